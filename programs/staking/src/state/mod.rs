//! The accounts of this program: layout, domain verbs and invariants.

mod clearance;
mod delegation;
mod delegation_pool;
mod delegator_vaults;
mod issuer;
mod network;
mod network_change;
mod operator;
mod policy;
mod service;
mod service_change;
#[cfg(test)]
mod tests;
mod verifier_set;

use crate::{error, versioned::VersionedAccount};

pub use {
    clearance::{Clearance, ClearanceTerms},
    delegation::{Delegation, Earnings, Rewards, ShareTicket},
    delegation_pool::{is_pool_address, DelegationPool, RewardStream, Unbonding},
    delegator_vaults::{DelegatorVaults, VaultsSigner},
    issuer::{Issuer, IssuerParams},
    network::{is_stable_mint, Network, NetworkAccounts, NetworkParams, NetworkSigner},
    network_change::{require_due, NetworkChange},
    operator::{Operator, OperatorIdentity, OperatorProfile, SlashTaken, UnbondTicket},
    policy::{PolicyRules, ServicePolicy},
    service::{Service, ServiceParams},
    service_change::ServiceChange,
    verifier_set::{BondsTaken, VerifierEntry, VerifierSet},
};

/// An account of a version that this program knows.
pub(crate) type State<T> = VersionedAccount<T, { error::WRONG_VERSION }>;
