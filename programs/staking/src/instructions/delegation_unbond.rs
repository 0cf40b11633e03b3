//! Ask for delegated stake back.
//!
//! Gives up shares of the pool. What they are worth stops earning at once and can be withdrawn
//! after the network's unbonding time; until it is withdrawn it can still be slashed, in proportion
//! with all that is delegated.
//!
//! Specification:
//! - Only the delegator can unbond.
//! - The shares' worth leaves the delegated stake and waits in a free ticket.
//! - What the shares have earned stays the delegator's.
//! - More shares than the delegation has are refused, and so is zero.
//! - Shares without worth are given up without a ticket.
//! - A fifth ticket is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::DelegationUnbonded,
        state::{Delegation, DelegationPool, Network, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct DelegationUnbond {
    /// The delegator.
    #[account(address = delegation.delegator @ StakingError::NotDelegator)]
    pub delegator: Signer,
    /// The operator's network: it knows the unbonding time.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = pool.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator's pool: stake moves from one bucket to the other.
    #[account(
        mut,
        constraint = pool.is_at(pool.address()) @ StakingError::WrongAddress,
        address = delegation.pool @ StakingError::WrongDelegationPool,
    )]
    pub pool: State<DelegationPool>,
    /// What the delegator has with this operator.
    #[account(
        mut,
        constraint = delegation.is_at(delegation.address()) @ StakingError::WrongAddress,
    )]
    pub delegation: State<Delegation>,
}

impl DelegationUnbond {
    pub fn delegation_unbond(&mut self, shares: u64) -> Result<DelegationUnbonded> {
        let now = Clock::get()?.unix_timestamp;
        self.pool.advance(now)?;
        self.delegation.accrue(&self.pool)?;
        self.delegation.give_up(shares)?;
        let moved = self.pool.unbond(shares)?;
        let unlock_at = if moved.shares > 0 {
            let unlock_at = self.network.unlock_at(now)?;
            self.delegation
                .unbond(&self.pool, moved.shares, unlock_at)?;
            unlock_at
        } else {
            now
        };
        self.pool.invariant()?;
        self.delegation.invariant(&self.pool)?;
        Ok(DelegationUnbonded {
            pool: *self.pool.address(),
            delegator: self.delegation.delegator,
            shares,
            amount: moved.amount.0,
            delegated: self.pool.amount,
            pool_shares: self.pool.shares,
            unlock_at,
        })
    }
}
