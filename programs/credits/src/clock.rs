//! What time it is for a network.

use {
    crate::error::CreditsError,
    anchor_lang::prelude::*,
    trestle_core::{epoch::epoch_at, units::UnixSeconds},
    trestle_staking::state::Network,
};

/// The epoch of a network that runs at `now`.
#[inline(never)]
pub fn network_epoch(network: &Network, now: i64) -> Result<u64> {
    let genesis = UnixSeconds(network.genesis);
    let epoch = epoch_at(genesis, network.epoch_seconds, UnixSeconds(now));
    Ok(epoch.ok_or(CreditsError::BeforeGenesis)?.0)
}
