//! The error tables of the four programs.

mod credits;
mod proofs;
mod rewards;
mod staking;

pub use {credits::CREDITS, proofs::PROOFS, rewards::REWARDS, staking::STAKING};
