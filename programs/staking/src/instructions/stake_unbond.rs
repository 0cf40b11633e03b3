//! Ask for stake back.
//!
//! Moves stake into an unbonding ticket. It stops counting as stake at once and can be withdrawn
//! after the network's unbonding time; until it is withdrawn it can still be slashed.
//!
//! Specification:
//! - Only the operator's controller can unbond.
//! - The amount leaves the stake and waits in a free ticket for the unbonding time.
//! - More than the stake is refused, and so is zero.
//! - A fifth ticket is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::StakeUnbonded,
        state::{Network, Operator, State},
    },
    anchor_lang::prelude::*,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct StakeUnbond {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorAuthority)]
    pub authority: Signer,
    /// The operator's network: it knows the unbonding time.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator whose stake unbonds.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl StakeUnbond {
    pub fn stake_unbond(&mut self, amount: TokenAmount) -> Result<StakeUnbonded> {
        let unlock_at = self.network.unlock_at(Clock::get()?.unix_timestamp)?;
        self.operator.unbond(amount, unlock_at)?;
        self.operator.invariant()?;
        Ok(StakeUnbonded {
            operator: *self.operator.address(),
            amount: amount.0,
            stake: self.operator.stake,
            unlock_at,
        })
    }
}
