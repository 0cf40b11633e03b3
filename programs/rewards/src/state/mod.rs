//! The accounts of this program: layout, domain verbs and invariants.

mod change;
mod claim;
mod emission;
mod pool;
mod pool_params;

use {crate::error, trestle_staking::versioned::VersionedAccount};

pub use {
    change::{ChangeOrigin, PoolChange},
    claim::{Claim, ClaimV1},
    emission::{
        Emission, EmissionBounds, EmissionFacts, EmissionOrigin, EmissionParams, EmissionRecord,
        EmissionStep,
    },
    pool::{Allotment, Pool, PoolAccounts, PoolSigner},
    pool_params::{PoolParams, PoolTerms, StableParams},
};

/// An account of a version that this program knows, whichever program owns it.
pub(crate) type State<T> = VersionedAccount<T, { error::WRONG_VERSION }>;
