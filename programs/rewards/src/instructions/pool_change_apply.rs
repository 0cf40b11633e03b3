//! Apply a proposed change of a pool's parameters.
//!
//! Specification:
//! - Anybody can apply a change that is due.
//! - Before its delay has passed, and once it has lapsed, a change is refused.
//! - What its bounds no longer allow is refused: the market's fee can have fallen meanwhile.
//! - A running epoch that is not allotted yet is allotted first, by the old parameters.
//! - What the breakers let out before still fills them: it drains by the old parameters until now.
//! - The account is closed and its rent goes back to whoever proposed.
//! - A paused network refuses.

use {
    crate::{
        clock::network_epoch,
        error::RewardsError,
        event::PoolChangeApplied,
        sources,
        state::{Emission, Pool, PoolChange, State},
    },
    anchor_lang::{address_eq, prelude::*, AccountClose},
    trestle_core::{pause::AREA_REWARDS, pool::MODE_MINT},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct PoolChangeApply {
    /// Whoever proposed: receives the rent.
    #[account(mut, address = change.proposer @ RewardsError::WrongChange)]
    pub proposer: UncheckedAccount,
    /// The pool's network: its clock counts the epochs.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool that changes.
    #[account(mut, constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The pool's emission: changes too. This and the next one are not read if the pool is funded.
    #[account(mut)]
    pub emission: UncheckedAccount,
    /// The network's market.
    pub market: UncheckedAccount,
    /// The change.
    #[account(
        mut,
        constraint = change.is_at(change.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&change.pool, pool.address()) @ RewardsError::WrongChange,
    )]
    pub change: State<PoolChange>,
}

impl PoolChangeApply {
    fn validate(&self, epoch: u64) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        self.change.require_due(epoch)?;
        require!(
            self.pool.next_epoch()? > epoch,
            RewardsError::EpochNotAllotted
        );
        self.change.terms.validate(&self.pool)
    }

    pub fn pool_change_apply(&mut self) -> Result<PoolChangeApplied> {
        let now = Clock::get()?.unix_timestamp;
        let epoch = network_epoch(&self.network, now)?;
        self.validate(epoch)?;
        if self.pool.mode == MODE_MINT {
            self.change_emission()?;
        }
        self.pool.set(&self.change.terms, now)?;
        self.pool.invariant()?;
        let event = PoolChangeApplied {
            change: *self.change.address(),
            pool: *self.pool.address(),
            epoch: self.pool.next_epoch()?,
            params_version: self.pool.params_version,
            _pad: [0; 4],
        };
        self.change.close(*self.proposer.account())?;
        Ok(event)
    }

    fn change_emission(&mut self) -> Result<()> {
        let view = *self.emission.account();
        let market = sources::market(self.market.account(), self.network.address())?;
        let params = self.change.emission();
        let emission = sources::emission(&view, self.pool.address())?;
        params.validate(&sources::bounds(&self.pool, &emission, &market))?;
        drop(emission);
        // SAFETY: the emission is of another type than the accounts that are loaded, and the one
        // that was read is dropped: no other reference to its data is alive.
        let mut emission = unsafe { State::<Emission>::load_mut(view)? };
        emission.set(&params)?;
        emission.invariant()
    }
}
