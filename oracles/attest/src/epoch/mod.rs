//! From what was seen to what is scored, and from what others published to a decision. Pure.

mod assemble;
mod inputs;
mod review;
mod service;
#[cfg(test)]
mod tests;

pub use assemble::{assemble, Assembled, OwnEvidence};
pub use inputs::{allotted, OperatorHistory, OwnView};
pub use review::{review, Disagreement};
pub use service::ServiceHistory;
