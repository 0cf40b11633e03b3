//! Off chain: what the integration tests share.

pub mod artifacts;
mod log;
pub mod staking;
pub mod svm;
pub mod tokens;
