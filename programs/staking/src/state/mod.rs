//! The accounts of this program: layout, domain verbs and invariants.

mod network;
mod network_change;
mod operator;
mod service;
mod service_change;
#[cfg(test)]
mod tests;
mod verifier_set;

pub use {
    network::{is_stable_mint, Network, NetworkAccounts, NetworkParams, NetworkSigner},
    network_change::{require_due, NetworkChange},
    operator::{Operator, OperatorIdentity, OperatorProfile, UnbondTicket},
    service::{Service, ServiceParams},
    service_change::ServiceChange,
    verifier_set::{BondsTaken, VerifierEntry, VerifierSet},
};
