//! The reward pool of a service, which the rewards program owns and this program reads.

use {
    crate::{constants::REWARDS_ID, error::ProofsError},
    anchor_lang::prelude::*,
    trestle_core::pool::{Allotted, PoolState, POOL_VERSION},
};

/// What the pool of `service` allotted to the epochs after `after` up to and including `through`.
///
/// The caller has checked that `pool` stands at the pool's address. An account there that the
/// rewards program does not own is no pool yet, and allotted nothing. Neither does a pool count
/// that no longer remembers that far back: a root without growth then lets it start anew.
pub fn allotted(
    pool: &UncheckedAccount,
    service: &Address,
    after: Option<u64>,
    through: u64,
) -> Result<Allotted> {
    let account = pool.account();
    if !account.owned_by(&REWARDS_ID) {
        return Ok(Allotted::default());
    }
    let data = account.try_borrow()?;
    let state = PoolState::from_account_data(&data).ok_or(ProofsError::InvariantViolated)?;
    require!(state.version == POOL_VERSION, ProofsError::WrongVersion);
    require!(
        state.service == *service.as_array(),
        ProofsError::WrongService
    );
    Ok(state.allotted_between(after, through).unwrap_or_default())
}
