//! Addresses of the accounts of this program, on chain and off.
//!
//! Each function returns the address and its bump. On chain they search for the bump (1,500 CU a
//! try): there, use the bump that the account stores.

use {
    crate::ID,
    anchor_lang::prelude::*,
    trestle_core::seeds::{
        SEED_BOND_VAULT, SEED_CHANGE, SEED_CLEARANCE, SEED_DELEGATION, SEED_DELEGATION_POOL,
        SEED_DELEGATOR_STABLE_VAULT, SEED_DELEGATOR_VAULT, SEED_DELEGATOR_VAULTS,
        SEED_INSURANCE_VAULT, SEED_ISSUER, SEED_NETWORK, SEED_OPERATOR, SEED_POLICY, SEED_SERVICE,
        SEED_STAKE_VAULT, SEED_VERIFIERS,
    },
};

/// The network of a token.
pub fn network_address(token_mint: &Address) -> (Address, u8) {
    find_program_address(&[SEED_NETWORK, token_mint.as_ref()], &ID)
}

/// The verifier set of a network.
pub fn verifiers_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_VERIFIERS, network.as_ref()], &ID)
}

/// The token account that holds the stake of every operator of a network.
pub fn stake_vault_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_STAKE_VAULT, network.as_ref()], &ID)
}

/// The token account that holds the bonds of a network's verifiers.
pub fn bond_vault_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_BOND_VAULT, network.as_ref()], &ID)
}

/// The token account that collects the insurance share of what is slashed.
pub fn insurance_vault_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_INSURANCE_VAULT, network.as_ref()], &ID)
}

/// The service of a network with this index.
pub fn service_address(network: &Address, index: u16) -> (Address, u8) {
    find_program_address(&[SEED_SERVICE, network.as_ref(), &index.to_le_bytes()], &ID)
}

/// The operator that a wallet has registered with a service.
pub fn operator_address(service: &Address, authority: &Address) -> (Address, u8) {
    find_program_address(&[SEED_OPERATOR, service.as_ref(), authority.as_ref()], &ID)
}

/// The record of what a network's vaults owe to delegators.
pub fn delegator_vaults_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DELEGATOR_VAULTS, network.as_ref()], &ID)
}

/// The token account that holds what delegators have earned in the network's token.
pub fn delegator_vault_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DELEGATOR_VAULT, network.as_ref()], &ID)
}

/// The token account that holds what delegators have earned in stablecoin.
pub fn delegator_stable_vault_address(network: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DELEGATOR_STABLE_VAULT, network.as_ref()], &ID)
}

/// The pool of what others have delegated to an operator.
pub fn delegation_pool_address(operator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DELEGATION_POOL, operator.as_ref()], &ID)
}

/// What a delegator has in a delegation pool.
pub fn delegation_address(pool: &Address, delegator: &Address) -> (Address, u8) {
    find_program_address(&[SEED_DELEGATION, pool.as_ref(), delegator.as_ref()], &ID)
}

/// The pending change of a network or a service.
pub fn change_address(target: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CHANGE, target.as_ref()], &ID)
}

/// The issuer of this key in a network.
pub fn issuer_address(network: &Address, authority: &Address) -> (Address, u8) {
    find_program_address(&[SEED_ISSUER, network.as_ref(), authority.as_ref()], &ID)
}

/// What an issuer vouches for about a wallet.
pub fn clearance_address(issuer: &Address, subject: &Address) -> (Address, u8) {
    find_program_address(&[SEED_CLEARANCE, issuer.as_ref(), subject.as_ref()], &ID)
}

/// What a service asks of operators and customers.
pub fn policy_address(service: &Address) -> (Address, u8) {
    find_program_address(&[SEED_POLICY, service.as_ref()], &ID)
}
