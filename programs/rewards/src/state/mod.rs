//! The accounts of this program: layout, domain verbs and invariants.

mod change;
mod claim;
mod emission;
mod pool;
mod pool_params;

pub use {
    change::{ChangeOrigin, PoolChange},
    claim::Claim,
    emission::{
        Emission, EmissionBounds, EmissionFacts, EmissionOrigin, EmissionParams, EmissionRecord,
        EmissionStep,
    },
    pool::{Allotment, Pool, PoolAccounts, PoolSigner},
    pool_params::{PoolParams, PoolTerms, StableParams},
};
