//! The accounts of this program: layout, domain verbs and invariants.

mod delegation;
mod delegation_pool;
mod delegator_vaults;
mod network;
mod operator;
mod service;
#[cfg(test)]
mod tests;
mod verifier_set;

pub use {
    delegation::{Delegation, Earnings, Rewards, ShareTicket},
    delegation_pool::{is_pool_address, DelegationPool, RewardStream, Unbonding},
    delegator_vaults::{DelegatorVaults, VaultsSigner},
    network::{is_stable_mint, Network, NetworkAccounts, NetworkParams, NetworkSigner},
    operator::{Operator, OperatorIdentity, OperatorProfile, SlashTaken, UnbondTicket},
    service::{Service, ServiceParams},
    verifier_set::{BondsTaken, VerifierEntry, VerifierSet},
};
