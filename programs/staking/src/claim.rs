//! What the rewards program keeps of an operator's pay, which this program reads: the pool of a
//! service and the claims with it.

use {
    crate::{constants::REWARDS_ID, error::StakingError},
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        claim::{ClaimState, CLAIM_VERSION},
        pool::{PoolState, POOL_VERSION},
        seeds::{SEED_CLAIM, SEED_POOL},
    },
};

/// For which `slashed` counter the pay of an operator was asked; `None` if it has no claim, so that
/// nothing was ever paid to it or held of it.
#[inline(never)]
pub fn slash_asked(
    account: &AccountView,
    service: &Address,
    operator: &Address,
) -> Result<Option<u64>> {
    if !account.owned_by(&REWARDS_ID) {
        let address = claim_address(service, operator);
        require!(
            address_eq(account.address(), &address),
            StakingError::WrongAddress
        );
        return Ok(None);
    }
    let data = account.try_borrow()?;
    let state = ClaimState::from_account_data(&data).ok_or(StakingError::WrongAddress)?;
    require!(state.version == CLAIM_VERSION, StakingError::WrongVersion);
    let seeds = [SEED_CLAIM, state.pool.as_slice(), operator.as_ref()];
    let address = Address::derive_address(&seeds, Some(state.bump), &REWARDS_ID);
    require!(
        address_eq(account.address(), &address),
        StakingError::WrongAddress
    );
    Ok(Some(state.slash_asked))
}

/// The one address of an operator's claim. Nothing that is there tells the bumps, so they are
/// searched for: with others there would be an empty address beside every claim.
fn claim_address(service: &Address, operator: &Address) -> Address {
    let (pool, _) = find_program_address(&[SEED_POOL, service.as_ref()], &REWARDS_ID);
    let seeds = [SEED_CLAIM, pool.as_ref(), operator.as_ref()];
    find_program_address(&seeds, &REWARDS_ID).0
}

/// Refuses every account but the pool of a service.
#[inline(never)]
pub fn require_pool(account: &AccountView, service: &Address) -> Result<()> {
    require!(account.owned_by(&REWARDS_ID), StakingError::NotServicePool);
    let data = account.try_borrow()?;
    let state = PoolState::from_account_data(&data).ok_or(StakingError::NotServicePool)?;
    require!(state.version == POOL_VERSION, StakingError::WrongVersion);
    let seeds = [SEED_POOL, service.as_ref()];
    let address = Address::derive_address(&seeds, Some(state.bump), &REWARDS_ID);
    require!(
        address_eq(account.address(), &address),
        StakingError::NotServicePool
    );
    Ok(())
}
