//! The accounts of this program: layout, domain verbs and invariants.

mod delegation;
mod delegation_pool;
mod delegator_vaults;
mod network;
mod network_change;
mod operator;
mod service;
mod service_change;
#[cfg(test)]
mod tests;
mod verifier_set;

pub use {
    delegation::{Delegation, Earnings, Rewards, ShareTicket},
    delegation_pool::{is_pool_address, DelegationPool, RewardStream, Unbonding},
    delegator_vaults::{DelegatorVaults, VaultsSigner},
    network::{is_stable_mint, Network, NetworkAccounts, NetworkParams, NetworkSigner},
    network_change::{require_due, NetworkChange},
    operator::{Operator, OperatorIdentity, OperatorProfile, SlashTaken, UnbondTicket},
    service::{Service, ServiceParams},
    service_change::ServiceChange,
    verifier_set::{BondsTaken, VerifierEntry, VerifierSet},
};
