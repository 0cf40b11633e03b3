//! Addresses of the accounts of this program, on chain and off.
//!
//! Each function returns the address and its bump. On chain they search for the bump (1,500 CU a
//! try): there, use the bump that the account stores.

use {
    crate::ID,
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        hash::sha256,
        program_ids::REWARDS_ID,
        seeds::{
            SEED_BILLER, SEED_CARD_SALE, SEED_CHANGE, SEED_CREDIT_MINT, SEED_CUSTOMER,
            SEED_DELEGATE, SEED_INSURANCE_STABLE_VAULT, SEED_LEASE, SEED_LEASE_GROUP,
            SEED_MAINTENANCE, SEED_MARKET, SEED_METER, SEED_POOL, SEED_POOL_STABLE_VAULT,
            SEED_REVENUE, SEED_REVENUE_VAULT, SEED_TOPUP, SEED_TREASURY,
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

/// The lease that pays for a commitment.
pub fn lease_address(commitment: &Address) -> (Address, u8) {
    find_program_address(&[SEED_LEASE, commitment.as_ref()], &ID)
}

/// A customer's group with this number.
pub fn lease_group_address(customer: &Address, id: u64) -> (Address, u8) {
    find_program_address(
        &[SEED_LEASE_GROUP, customer.as_ref(), &id.to_le_bytes()],
        &ID,
    )
}

/// The pending change of a market's rules.
pub fn market_change_address(market: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CHANGE, market.as_ref()], &ID)
}

/// The token account with the protocol's share of a market's revenue.
pub fn treasury_address(market: &Address) -> (Address, u8) {
    find_program_address(&[SEED_TREASURY, market.as_ref()], &ID)
}

/// The token account with the insurance's share of a market's revenue.
pub fn insurance_stable_vault_address(market: &Address) -> (Address, u8) {
    find_program_address(&[SEED_INSURANCE_STABLE_VAULT, market.as_ref()], &ID)
}

/// What customers paid for a service.
pub fn revenue_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_REVENUE, service.as_ref()], &ID)
}

/// The token account of the rewards program that pays a service's operators in stablecoin.
pub fn pool_stable_vault_address(service: &Address) -> (Address, u8) {
    let rewards = Address::new_from_array(REWARDS_ID);
    let (pool, _) = find_program_address(&[SEED_POOL, service.as_ref()], &rewards);
    find_program_address(&[SEED_POOL_STABLE_VAULT, pool.as_ref()], &rewards)
}

/// Who sells a market's credits by card.
pub fn biller_address(market: &Address) -> (Address, u8) {
    find_program_address(&[SEED_BILLER, market.as_ref()], &ID)
}

/// The sale of a card payment.
pub fn card_sale_address(market: &Address, payment_id: &[u8; 32]) -> (Address, u8) {
    find_program_address(&[SEED_CARD_SALE, market.as_ref(), payment_id], &ID)
}

/// What a key may spend of a customer's account.
pub fn delegate_address(account: &Address, key: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DELEGATE, account.as_ref(), key.as_ref()], &ID)
}

/// How a customer's account fills itself.
pub fn topup_address(account: &Address) -> (Address, u8) {
    find_program_address(&[SEED_TOPUP, account.as_ref()], &ID)
}

/// The meter of a customer's account at an operator.
pub fn meter_address(account: &Address, operator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_METER, account.as_ref(), operator.as_ref()], &ID)
}

/// The maintenance that an operator declared.
pub fn maintenance_address(operator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_MAINTENANCE, operator.as_ref()], &ID)
}
