//! Addresses of the accounts of this program, on chain and off.
//!
//! Each function returns the address and its bump. On chain they search for the bump (1,500 CU a
//! try): there, use the bump that the account stores.

use {
    crate::{constants::REWARDS_ID, ID},
    anchor_lang::{address_eq, prelude::*},
    trestle_core::seeds::{
        SEED_COMMITMENT, SEED_DISPUTE, SEED_DISPUTE_VAULT, SEED_LOAD, SEED_POOL, SEED_PROPOSAL,
        SEED_RING, SEED_ROUND, SEED_SEEDS, SEED_SLASHER,
    },
};

/// The ring of final roots of a service.
pub fn ring_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_RING, service.as_ref()], &ID)
}

/// The ring of challenge seeds of a service.
pub fn seeds_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_SEEDS, service.as_ref()], &ID)
}

/// The commitment of an operator to the data under a root.
pub fn commitment_address(operator: &Address, root: &[u8; 32]) -> (Address, u8) {
    find_program_address(&[SEED_COMMITMENT, operator.as_ref(), root], &ID)
}

/// The votes of one epoch of a service.
pub fn round_address(service: &Address, epoch: u64) -> (Address, u8) {
    find_program_address(&[SEED_ROUND, service.as_ref(), &epoch.to_le_bytes()], &ID)
}

/// The root that a verifier proposes for an epoch of a service.
pub fn proposal_address(service: &Address, epoch: u64, proposer: &Address) -> (Address, u8) {
    let epoch = epoch.to_le_bytes();
    let seeds = [SEED_PROPOSAL, service.as_ref(), &epoch, proposer.as_ref()];
    find_program_address(&seeds, &ID)
}

/// The address that signs for this program when it orders a slash of bonds.
pub fn slasher_address() -> (Address, u8) {
    find_program_address(&[SEED_SLASHER], &ID)
}

/// Whether this program's account with these seeds and this bump stands at `address`.
/// Kept out of line: inlined into every instruction it would double the program.
#[inline(never)]
pub fn is_derived<const N: usize>(seeds: &[&[u8]; N], bump: u8, address: &Address) -> bool {
    address_eq(address, &Address::derive_address(seeds, Some(bump), &ID))
}

/// The reward pool of a service, which the rewards program owns.
pub fn pool_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_POOL, service.as_ref()], &REWARDS_ID)
}

/// The dispute about a proposal.
pub fn dispute_address(proposal: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DISPUTE, proposal.as_ref()], &ID)
}

/// The token account that holds the bond of a dispute's challenger.
pub fn dispute_vault_address(dispute: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DISPUTE_VAULT, dispute.as_ref()], &ID)
}

/// What an operator has committed to over all its commitments.
pub fn load_address(operator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_LOAD, operator.as_ref()], &ID)
}
