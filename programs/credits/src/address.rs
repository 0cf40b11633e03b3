//! Addresses of the accounts of this program, on chain and off.
//!
//! Each function returns the address and its bump. On chain they search for the bump (1,500 CU a
//! try): there, use the bump that the account stores.

use {
    crate::ID,
    anchor_lang::prelude::*,
    trestle_core::seeds::{
        SEED_CREDIT_MINT, SEED_CUSTOMER, SEED_LEASE, SEED_MARKET, SEED_REVENUE_VAULT,
    },
};

/// The credit market of a network.
pub fn market_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_MARKET, network.as_ref()], &ID)
}

/// The mint of a network's credits (Token-2022).
pub fn credit_mint_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CREDIT_MINT, network.as_ref()], &ID)
}

/// The token account that collects the stablecoin of a network's sales.
pub fn revenue_vault_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_REVENUE_VAULT, network.as_ref()], &ID)
}

/// The account that a customer has with a network.
pub fn customer_address(network: &Address, customer: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CUSTOMER, network.as_ref(), customer.as_ref()], &ID)
}

/// The lease that pays for a commitment.
pub fn lease_address(commitment: &Address) -> (Address, u8) {
    find_program_address(&[SEED_LEASE, commitment.as_ref()], &ID)
}
