//! Cancel a proposed change of a pool's parameters.
//!
//! Specification:
//! - Only the network's authority cancels a change, also one that has lapsed.
//! - The account is closed and its rent goes back to whoever proposed.
//! - It works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::PoolChangeCancelled,
        state::{Pool, PoolChange, State},
    },
    anchor_lang::{address_eq, prelude::*, AccountClose},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct PoolChangeCancel {
    /// The network's authority.
    #[account(address = network.authority @ RewardsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// Whoever proposed: receives the rent; mostly the authority itself.
    // SAFETY: no data of either is read or written, and lamports are added to this one alone.
    #[account(unsafe(dup), address = change.proposer @ RewardsError::WrongChange)]
    pub proposer: UncheckedAccount,
    /// The pool's network.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool that does not change.
    #[account(constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The change.
    #[account(
        mut,
        constraint = change.is_at(change.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&change.pool, pool.address()) @ RewardsError::WrongChange,
    )]
    pub change: State<PoolChange>,
}

impl PoolChangeCancel {
    pub fn pool_change_cancel(&mut self) -> Result<PoolChangeCancelled> {
        let event = PoolChangeCancelled {
            change: *self.change.address(),
            pool: *self.pool.address(),
            by: *self.authority.address(),
        };
        self.change.close(*self.proposer.account())?;
        Ok(event)
    }
}
