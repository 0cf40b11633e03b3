//! Withdraw stake that has finished unbonding.
//!
//! Sweeps all matured tickets of an operator at once.
//!
//! Specification:
//! - Only the operator's controller can withdraw, to a token account of its own.
//! - All matured tickets are paid and become free; the others stay.
//! - A ticket matures at its unlock time, not a second earlier.
//! - When nothing has matured, it is refused.
//! - It works while the network is paused.

use {
    crate::{error::StakingError, event::StakeWithdrawn, groups, token_calls},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
};

#[derive(Accounts)]
pub struct StakeWithdraw {
    /// The operator's controller.
    #[account(address = stake.operator.controller @ StakingError::NotOperatorAuthority)]
    pub authority: Signer,
    /// Where the tokens go.
    #[account(
        mut,
        constraint = address_eq(destination.mint(), stake.stake_vault.mint())
            @ StakingError::WrongMint,
        constraint = address_eq(destination.owner(), authority.address())
            @ StakingError::NotDestinationOwner,
    )]
    pub destination: Account<TokenAccount>,
    /// The operator, its network and the vault.
    pub stake: Nested<groups::StakeVault>,
}

impl StakeWithdraw {
    pub fn stake_withdraw(&mut self) -> Result<StakeWithdrawn> {
        let amount = self.stake.operator.withdraw(Clock::get()?.unix_timestamp)?;
        self.stake.network.stake_out(amount)?;
        let signer = self.stake.network.signer();
        let stake = &mut self.stake.0;
        token_calls::transfer(
            stake.token_program.address(),
            stake.stake_vault.try_cpi_handle_mut()?,
            self.destination.try_cpi_handle_mut()?,
            stake.network.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        self.stake.invariant()?;
        Ok(StakeWithdrawn {
            operator: *self.stake.operator.address(),
            destination: *self.destination.address(),
            amount: amount.0,
            stake: self.stake.operator.stake,
            total_stake: self.stake.network.total_stake,
        })
    }
}
