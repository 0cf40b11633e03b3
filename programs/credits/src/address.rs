//! Addresses of the accounts of this program, on chain and off.
//!
//! Each function returns the address and its bump. On chain they search for the bump (1,500 CU a
//! try): there, use the bump that the account stores.

use {
    crate::ID,
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        hash::sha256,
        seeds::{
            SEED_CREDIT_MINT, SEED_CUSTOMER, SEED_LEASE, SEED_MAINTENANCE, SEED_MARKET,
            SEED_REVENUE, SEED_REVENUE_VAULT,
        },
    },
};

/// What the runtime appends to the seeds of a program's address.
const MARKER: &[u8] = b"ProgramDerivedAddress";

/// Whether `address` is the one that these seeds and the bump give; shorter lists of seeds end in
/// empty ones. That it is no key's address is certain where the account exists: its program could
/// not have created it else. One copy serves all accounts: inlined it would make the program 2 KB
/// larger.
#[inline(never)]
pub fn is_derived(address: &Address, seeds: [&[u8]; 3], bump: u8, program: &Address) -> bool {
    let [first, second, third] = seeds;
    let hash = sha256(&[first, second, third, &[bump], program.as_ref(), MARKER]);
    address_eq(address, &Address::new_from_array(hash))
}

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

/// What customers paid for a service.
pub fn revenue_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_REVENUE, service.as_ref()], &ID)
}

/// The lease that pays for a commitment.
pub fn lease_address(commitment: &Address) -> (Address, u8) {
    find_program_address(&[SEED_LEASE, commitment.as_ref()], &ID)
}

/// The maintenance that an operator declared.
pub fn maintenance_address(operator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_MAINTENANCE, operator.as_ref()], &ID)
}
