//! Buy credits by burning the network's token.
//!
//! A credit costs 0.00001 dollars. The token counts at its average price less twice the
//! confidence of that average, and the number of tokens is rounded up, so that a sale never takes
//! less than the credits are worth.
//!
//! Specification:
//! - The buyer gets exactly the credits asked for.
//! - The price is Pyth's, fully verified, of the market's feed, recent and certain enough.
//! - The tokens burned are the credits' value at the conservative price, rounded up.
//! - A price above the buyer's maximum is refused.
//! - A paused network sells nothing.

use {
    crate::{
        constants::PRICE_PROGRAM, error::CreditsError, event::CreditsBoughtByBurn, groups, price,
    },
    anchor_lang::prelude::*,
    trestle_core::units::{Credits, TokenAmount},
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct CreditsBuyBurn {
    /// The buyer's wallet, with its network, market and credits.
    pub buyer: Nested<groups::CreditWallet>,
    /// The network's token: its supply falls.
    #[account(mut, address = buyer.network.token_mint @ CreditsError::WrongMint)]
    pub token_mint: UncheckedAccount,
    /// The buyer's tokens: they are burned. The token program checks mint and owner.
    #[account(mut)]
    pub buyer_tokens: UncheckedAccount,
    /// The one account that the market reads prices from.
    #[account(
        address = buyer.market.price_account @ CreditsError::WrongPriceAccount,
        owner = PRICE_PROGRAM @ CreditsError::NotPriceProgram,
    )]
    pub price_account: UncheckedAccount,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl CreditsBuyBurn {
    fn validate(&self, credits: Credits) -> Result<()> {
        self.buyer.require_running()?;
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        Ok(())
    }

    pub fn credits_buy_burn(
        &mut self,
        credits: Credits,
        max_tokens: TokenAmount,
    ) -> Result<CreditsBoughtByBurn> {
        self.validate(credits)?;
        let now = Clock::get()?.unix_timestamp;
        let price = price::read(self.price_account.account(), &self.buyer.market, now)?;
        let cost = price::in_tokens(credits, &price, self.buyer.network.token_decimals)?;
        require!(cost <= max_tokens, CreditsError::CostAboveMaximum);
        self.buyer.market.sell_for_burn(credits, cost)?;
        token_calls::burn(
            self.token_program.address(),
            self.buyer_tokens.try_cpi_handle_mut()?,
            self.token_mint.try_cpi_handle_mut()?,
            self.buyer.wallet.cpi_handle(),
            &[],
            cost.0,
        );
        self.buyer.mint(credits)?;
        self.buyer.invariant()?;
        Ok(CreditsBoughtByBurn {
            market: *self.buyer.market.address(),
            buyer: *self.buyer.wallet.address(),
            credits: credits.0,
            tokens_burned: cost.0,
            minted_total: self.buyer.market.minted,
            price_mantissa: price.mantissa,
            price_exponent: price.exponent,
            _pad: [0; 4],
        })
    }
}
