//! The accounts of this program: layout, domain verbs and invariants.

mod clearance;
mod issuer;
mod network;
mod operator;
mod policy;
mod service;
#[cfg(test)]
mod tests;
mod verifier_set;

pub use {
    clearance::{Clearance, ClearanceTerms},
    issuer::{Issuer, IssuerParams},
    network::{is_stable_mint, Network, NetworkAccounts, NetworkParams, NetworkSigner},
    operator::{Operator, OperatorIdentity, OperatorProfile, UnbondTicket},
    policy::{PolicyRules, ServicePolicy},
    service::{Service, ServiceParams},
    verifier_set::{BondsTaken, VerifierEntry, VerifierSet},
};
