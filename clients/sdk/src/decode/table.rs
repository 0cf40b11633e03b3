//! Generated from the programs' error enums; the tests beside it write and check it.

use super::ErrorEntry;

/// Errors of `trestle_staking`.
pub const STAKING: &[ErrorEntry] = &[];

/// Errors of `trestle_proofs`.
pub const PROOFS: &[ErrorEntry] = &[];

/// Errors of `trestle_rewards`.
pub const REWARDS: &[ErrorEntry] = &[];

/// Errors of `trestle_credits`.
pub const CREDITS: &[ErrorEntry] = &[];
