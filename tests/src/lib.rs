//! Off chain: what the integration tests share.

pub mod artifacts;
pub mod billing;
pub mod challenges;
pub mod clearance;
pub mod commitments;
pub mod costs;
pub mod credits;
pub mod delegation;
pub mod disputes;
pub mod final_roots;
pub mod gates;
pub mod gateway;
pub mod governance;
pub mod heap;
pub mod large;
pub mod lease_groups;
pub mod leases;
mod log;
pub mod matrix;
pub mod metering;
pub mod proofs;
pub mod rewards;
pub mod rewards_more;
pub mod sales;
pub mod staking;
pub mod svm;
pub mod tokens;
