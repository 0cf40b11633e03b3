//! The accounts of this program: layout, domain verbs and invariants.

mod network;
mod operator;
mod service;
#[cfg(test)]
mod tests;
mod verifier_set;

pub use {
    network::{is_stable_mint, Network, NetworkAccounts, NetworkParams, NetworkSigner},
    operator::{Operator, OperatorIdentity, OperatorProfile, UnbondTicket},
    service::{Service, ServiceParams},
    verifier_set::{BondsTaken, VerifierEntry, VerifierSet},
};
