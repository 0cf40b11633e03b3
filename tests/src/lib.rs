//! Off chain: what the integration tests share.

pub mod artifacts;
pub mod challenges;
pub mod costs;
pub mod credits;
pub mod disputes;
pub mod final_roots;
pub mod large;
mod log;
pub mod matrix;
pub mod proofs;
pub mod rewards;
pub mod staking;
pub mod svm;
pub mod tokens;
