//! Addresses of the accounts of this program, on chain and off.

use {
    crate::{
        constants::{SEED_CUSTOMER, SEED_GATEWAY, SEED_PLAN, SEED_TILL},
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
};

/// A gateway of an owner on a network.
pub fn gateway_address(network: &Address, owner: &Address, number: u32) -> (Address, u8) {
    let number = number.to_le_bytes();
    let seeds = [SEED_GATEWAY, network.as_ref(), owner.as_ref(), &number];
    find_program_address(&seeds, &ID)
}

/// The address that is Trestle's customer.
pub fn customer_address(gateway: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CUSTOMER, gateway.as_ref()], &ID)
}

/// The token account with a gateway's stablecoin.
pub fn till_address(gateway: &Address) -> (Address, u8) {
    find_program_address(&[SEED_TILL, gateway.as_ref()], &ID)
}

/// The plan that a gateway serves.
pub fn plan_address(gateway: &Address) -> (Address, u8) {
    find_program_address(&[SEED_PLAN, gateway.as_ref()], &ID)
}

/// Whether `address` is the one that these seeds and the bump give.
#[inline(never)]
pub fn is_derived<const N: usize>(seeds: &[&[u8]; N], bump: u8, address: &Address) -> bool {
    address_eq(address, &Address::derive_address(seeds, Some(bump), &ID))
}
