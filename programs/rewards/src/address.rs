//! Addresses of the accounts of this program, on chain and off.
//!
//! Each function returns the address and its bump. On chain they search for the bump (1,500 CU a
//! try): there, use the bump that the account stores.

use {
    crate::{constants::SEED_MINTER, ID},
    anchor_lang::prelude::*,
    trestle_core::seeds::{
        SEED_CHANGE, SEED_CLAIM, SEED_EMISSION, SEED_POOL, SEED_POOL_STABLE_VAULT, SEED_POOL_VAULT,
    },
};

/// The reward pool of a service.
pub fn pool_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_POOL, service.as_ref()], &ID)
}

/// The token account that a pool pays from.
pub fn pool_vault_address(pool: &Address) -> (Address, u8) {
    find_program_address(&[SEED_POOL_VAULT, pool.as_ref()], &ID)
}

/// The mint authority of a network whose pools mint. It signs for epoch allotments alone.
pub fn minter_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_MINTER, network.as_ref()], &ID)
}

/// What a pool has paid to an operator (a staking account).
pub fn claim_address(pool: &Address, operator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CLAIM, pool.as_ref(), operator.as_ref()], &ID)
}

/// How much a minting pool mints.
pub fn emission_address(pool: &Address) -> (Address, u8) {
    find_program_address(&[SEED_EMISSION, pool.as_ref()], &ID)
}

/// The token account that a pool pays stablecoin from.
pub fn pool_stable_vault_address(pool: &Address) -> (Address, u8) {
    find_program_address(&[SEED_POOL_STABLE_VAULT, pool.as_ref()], &ID)
}

/// The proposed change of a pool's parameters.
pub fn change_address(pool: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CHANGE, pool.as_ref()], &ID)
}
