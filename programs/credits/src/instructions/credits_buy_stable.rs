//! Buy credits with the network's stablecoin.
//!
//! A credit costs ten millionths of a dollar, and the stablecoin counts at par. The money waits in
//! the market's vault of revenue.
//!
//! Specification:
//! - The buyer gets exactly the credits asked for.
//! - The buyer pays ten base units of the stablecoin for each credit, into the revenue vault.
//! - A price above the buyer's maximum is refused.
//! - A paused network sells nothing.

use {
    crate::{error::CreditsError, event::CreditsBoughtByStable, groups, price},
    anchor_lang::prelude::*,
    trestle_core::units::{Credits, StableAmount},
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct CreditsBuyStable {
    /// The buyer's wallet, with its network, market and credits.
    pub buyer: Nested<groups::CreditWallet>,
    /// The buyer's stablecoin. The token program checks that it is the vault's kind and that the
    /// buyer may spend it.
    #[account(mut)]
    pub buyer_stable: UncheckedAccount,
    /// Collects what is paid.
    #[account(mut, address = buyer.market.revenue_vault @ CreditsError::WrongVault)]
    pub revenue_vault: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl CreditsBuyStable {
    fn validate(&self, credits: Credits) -> Result<()> {
        self.buyer.require_running()?;
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        Ok(())
    }

    pub fn credits_buy_stable(
        &mut self,
        credits: Credits,
        max_stable: StableAmount,
    ) -> Result<CreditsBoughtByStable> {
        self.validate(credits)?;
        let cost = price::in_stable(credits)?;
        require!(cost <= max_stable, CreditsError::CostAboveMaximum);
        self.buyer.market.sell_for_stable(credits, cost)?;
        token_calls::transfer(
            self.token_program.address(),
            self.buyer_stable.try_cpi_handle_mut()?,
            self.revenue_vault.try_cpi_handle_mut()?,
            self.buyer.wallet.cpi_handle(),
            &[],
            cost.0,
        );
        self.buyer.mint(credits)?;
        self.buyer.invariant()?;
        Ok(CreditsBoughtByStable {
            market: *self.buyer.market.address(),
            buyer: *self.buyer.wallet.address(),
            credits: credits.0,
            stable_paid: cost.0,
            minted_total: self.buyer.market.minted,
        })
    }
}
