//! Withdraw from the treasury of a market.
//!
//! Specification:
//! - Only the network's authority withdraws, to whatever token account it names.
//! - Nothing, or more than the treasury holds, is refused.
//! - A paused network lets the treasury out.

use {
    crate::{address::treasury_address, error::CreditsError, event::TreasuryWithdrawn, groups},
    anchor_lang::prelude::*,
    anchor_spl::token::TokenAccount,
    trestle_core::units::StableAmount,
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct TreasuryWithdraw {
    /// The network's authority.
    #[account(address = rules.network.authority @ CreditsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The market, with its network.
    pub rules: Nested<groups::MarketRules>,
    /// The treasury.
    #[account(
        mut,
        constraint = *treasury.address() == treasury_address(rules.market.address()).0
            @ CreditsError::WrongTreasury,
    )]
    pub treasury: Account<TokenAccount>,
    /// Where the stablecoin goes. The token program checks its mint.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl TreasuryWithdraw {
    fn validate(&self, amount: StableAmount) -> Result<()> {
        let is_there = amount.0 > 0 && amount.0 <= self.treasury.amount();
        require!(is_there, CreditsError::BadAmount);
        Ok(())
    }

    pub fn treasury_withdraw(&mut self, amount: StableAmount) -> Result<TreasuryWithdrawn> {
        self.validate(amount)?;
        let balance = self.treasury.amount().saturating_sub(amount.0);
        let signer = self.rules.market.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.treasury.try_cpi_handle_mut()?,
            self.destination.try_cpi_handle_mut()?,
            self.rules.market.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        Ok(TreasuryWithdrawn {
            market: *self.rules.market.address(),
            destination: *self.destination.address(),
            amount: amount.0,
            balance,
        })
    }
}
