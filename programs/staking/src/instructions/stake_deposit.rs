//! Deposit stake for an operator.
//!
//! Tokens go from the depositor into the network's stake vault and count for the operator at
//! once. What is deposited belongs to the operator: only its controller can unbond it.
//!
//! Specification:
//! - Anybody can deposit for any operator.
//! - The amount moves from the source account into the vault and is added to the stake.
//! - An amount of zero is refused.
//! - An operator that has left is refused.
//! - A paused network refuses.

use {
    crate::{error::StakingError, event::StakeDeposited, groups, token_calls},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct StakeDeposit {
    /// Whoever deposits: owner or delegate of the source account, which the token program checks.
    pub depositor: Signer,
    /// Where the tokens come from.
    #[account(
        mut,
        constraint = address_eq(source.mint(), stake.stake_vault.mint()) @ StakingError::WrongMint,
    )]
    pub source: Account<TokenAccount>,
    /// The operator, its network and the vault.
    pub stake: Nested<groups::StakeVault>,
}

impl StakeDeposit {
    #[inline(always)]
    fn validate(&self) -> Result<()> {
        self.stake.network.require_running()
    }

    pub fn stake_deposit(&mut self, amount: TokenAmount) -> Result<StakeDeposited> {
        self.validate()?;
        self.stake.operator.deposit(amount)?;
        self.stake.network.stake_in(amount)?;
        let stake = &mut self.stake.0;
        token_calls::transfer(
            stake.token_program.address(),
            self.source.try_cpi_handle_mut()?,
            stake.stake_vault.try_cpi_handle_mut()?,
            self.depositor.cpi_handle(),
            &[],
            amount.0,
        );
        self.stake.invariant()?;
        Ok(StakeDeposited {
            operator: *self.stake.operator.address(),
            depositor: *self.depositor.address(),
            amount: amount.0,
            stake: self.stake.operator.stake,
            total_stake: self.stake.network.total_stake,
        })
    }
}
