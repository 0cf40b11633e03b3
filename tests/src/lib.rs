//! Off chain: what the integration tests share.

pub mod artifacts;
pub mod billing;
pub mod challenges;
pub mod costs;
pub mod credits;
pub mod final_roots;
pub mod large;
mod log;
pub mod matrix;
pub mod metering;
pub mod proofs;
pub mod rewards;
pub mod staking;
pub mod svm;
pub mod tokens;
