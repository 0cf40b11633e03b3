//! Fund the delegators of an operator.
//!
//! The rewards program calls this when it has paid an operator, after it has moved the delegators'
//! share into the network's vaults. It reaches the shares evenly over the unbonding time: whoever
//! enters for a payment must stay, and stand in for the operator, as long as it takes to be paid.
//!
//! Specification:
//! - Only the rewards program can call it, by the signature of its distributor address.
//! - What is funded is owed to the pool's delegators, in both assets.
//! - It reaches the shares evenly over the network's unbonding time.
//! - While nobody has a share it waits.
//! - The vaults must hold what they owe after it, so a payment that did not arrive is refused.
//! - It works while the network is paused.

use {
    crate::{
        constants::DISTRIBUTOR,
        error::StakingError,
        event::DelegationFunded,
        groups,
        state::{Network, State},
    },
    anchor_lang::prelude::*,
    trestle_core::units::{StableAmount, TokenAmount},
};

#[derive(Accounts)]
pub struct DelegationFund {
    /// The rewards program's distributor address.
    #[account(address = DISTRIBUTOR @ StakingError::NotDistributor)]
    pub distributor: Signer,
    /// The operator's network: it knows the unbonding time.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = rewards.pool.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator's pool and the vaults that the money lies in.
    pub rewards: Nested<groups::DelegatorRewards>,
}

impl DelegationFund {
    pub fn delegation_fund(
        &mut self,
        tokens: TokenAmount,
        stable: StableAmount,
    ) -> Result<DelegationFunded> {
        let now = Clock::get()?.unix_timestamp;
        let pool = &mut self.rewards.0.pool;
        pool.advance(now)?;
        pool.fund(tokens, stable, now, self.network.unbonding_seconds)?;
        self.rewards.vaults.owe(tokens, stable)?;
        self.rewards.invariant()?;
        let pool = &self.rewards.pool;
        Ok(DelegationFunded {
            pool: *pool.address(),
            tokens: tokens.0,
            stable: stable.0,
            owed_tokens: pool.tokens.owed,
            owed_stable: pool.stable.owed,
            tokens_end_at: pool.tokens.ends_at,
            stable_end_at: pool.stable.ends_at,
        })
    }
}
