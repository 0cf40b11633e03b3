//! The accounts of this program.

mod gateway;
mod plan;

pub use {
    gateway::{CustomerSigner, Gateway, GatewayAccounts},
    plan::{Plan, PlanLease},
};

use {crate::error, trestle_staking::versioned::VersionedAccount};

/// An account of Trestle's: one of a layout that this program does not know is refused.
pub(crate) type State<T> = VersionedAccount<T, { error::WRONG_VERSION }>;
