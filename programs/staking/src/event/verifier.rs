//! Verifiers and their bonds.

use anchor_lang::prelude::*;

/// A verifier was admitted.
#[event(bytemuck)]
pub struct VerifierRegistered {
    pub network: Address,
    pub authority: Address,
    pub bond: u64,
    pub total_bond: u64,
    pub admitted_epoch: u64,
    /// Number of the verifier in votes.
    pub index: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A verifier began to leave.
#[event(bytemuck)]
pub struct VerifierExited {
    pub network: Address,
    pub authority: Address,
    pub bond: u64,
    /// Unix seconds.
    pub unlock_at: i64,
    pub index: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A verifier got its bond back, and its number is free.
#[event(bytemuck)]
pub struct VerifierWithdrawn {
    pub network: Address,
    pub authority: Address,
    pub destination: Address,
    pub amount: u64,
    pub total_bond: u64,
    pub index: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// The authority ended a verifier's work.
#[event(bytemuck)]
pub struct VerifierRemoved {
    pub network: Address,
    pub by: Address,
    pub verifier: Address,
    pub bond: u64,
    /// Unix seconds.
    pub unlock_at: i64,
    pub index: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A verifier added to its bond.
#[event(bytemuck)]
pub struct VerifierBondAdded {
    pub network: Address,
    pub verifier: Address,
    pub amount: u64,
    pub bond: u64,
    pub total_bond: u64,
    pub index: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A newcomer took the place of the verifier with the smallest bond, which leaves.
#[event(bytemuck)]
pub struct VerifierDisplaced {
    pub network: Address,
    /// The newcomer.
    pub verifier: Address,
    /// Who leaves.
    pub displaced: Address,
    pub bond: u64,
    /// What unbonds.
    pub displaced_bond: u64,
    /// Unix seconds from which that can be withdrawn.
    pub unlock_at: i64,
    pub total_bond: u64,
    pub admitted_epoch: u64,
    pub index: u32,
    pub displaced_index: u32,
}
