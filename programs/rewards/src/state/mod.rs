//! The accounts of this program: layout, domain verbs and invariants.

mod claim;
mod pool;

pub use {
    claim::Claim,
    pool::{Allotment, Pool, PoolAccounts, PoolParams, PoolSigner},
};
