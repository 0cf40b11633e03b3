//! The cluster's clock in the network's epochs.

use {crate::error::ProofsError, anchor_lang::prelude::*, trestle_staking::state::Network};

/// Unix seconds.
pub fn now() -> Result<i64> {
    Ok(Clock::get()?.unix_timestamp)
}

/// The epoch of a network that runs at `now`.
pub fn current_epoch(network: &Network, now: i64) -> Result<u64> {
    network
        .epoch_at(now)
        .map(|epoch| epoch.0)
        .map_err(|_| ProofsError::BeforeGenesis.into())
}
