//! Sell credits for a card payment.
//!
//! The biller, whom the customer paid by card, pays for the credits from its own stablecoin, and
//! they appear in the customer's account. One account per payment makes sure that a payment is sold
//! once, however often its notice is delivered: delivered again, the instruction succeeds and
//! changes nothing.
//!
//! Specification:
//! - Only the market's biller sells, up to its daily cap.
//! - The biller pays ten base units of the stablecoin for each credit into the revenue vault.
//! - The customer's account gets exactly the credits that were paid for.
//! - A payment sells once: the same sale again succeeds without effect.
//! - The payment of another sale is refused.
//! - A payment older than three days, or from the future, is refused.
//! - A paused network sells nothing.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        constants::{PAYMENT_AGE_SECONDS_MAX, PAYMENT_AHEAD_SECONDS_MAX},
        error::CreditsError,
        event::CardSold,
        groups, price,
        state::{Biller, CardPurchase, CardSale, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        pause::AREA_CREDITS,
        seeds::SEED_CARD_SALE,
        units::{Credits, StableAmount},
    },
    trestle_staking::token_calls,
};

#[derive(Accounts)]
#[instruction(payment_id: [u8; 32])]
pub struct CardSell {
    /// The biller: pays for the credits and for the account of the sale.
    #[account(mut, address = biller.key @ CreditsError::NotBiller)]
    pub seller: Signer,
    /// The customer's account, which gets the credits, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The market's biller: its counters change.
    #[account(
        mut,
        constraint = biller.is_at(biller.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&biller.market, funds.market.address())
            @ CreditsError::WrongMarket,
    )]
    pub biller: State<Biller>,
    /// The sale of this payment.
    #[account(
        init_if_needed,
        payer = seller,
        seeds = [SEED_CARD_SALE, funds.market.address().as_ref(), payment_id],
        bump,
    )]
    pub sale: State<CardSale>,
    /// The biller's stablecoin. The token program checks that it is the vault's kind and that the
    /// biller may spend it.
    #[account(mut)]
    pub seller_stable: UncheckedAccount,
    /// Collects what is paid.
    #[account(mut, address = funds.market.revenue_vault @ CreditsError::WrongVault)]
    pub revenue_vault: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl CardSell {
    fn validate(&self, credits: Credits, paid_at: i64, now: i64) -> Result<()> {
        require!(
            !self.funds.network.is_paused(AREA_CREDITS),
            CreditsError::NetworkPaused
        );
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        require!(
            now.saturating_sub(paid_at) <= PAYMENT_AGE_SECONDS_MAX,
            CreditsError::PaymentTooOld
        );
        require!(
            paid_at.saturating_sub(now) <= PAYMENT_AHEAD_SECONDS_MAX,
            CreditsError::PaymentInFuture
        );
        Ok(())
    }

    /// Sells, or returns nothing if this payment was sold in the same way before.
    pub fn card_sell(
        &mut self,
        payment_id: &[u8; 32],
        credits: Credits,
        paid_at: i64,
        bumps: &CardSellBumps,
    ) -> Result<Option<CardSold>> {
        if !self.sale.is_blank() {
            let is_same = self.sale.is_of(self.funds.account.address(), credits);
            require!(is_same, CreditsError::PaymentDiffers);
            return Ok(None);
        }
        let now = Clock::get()?.unix_timestamp;
        self.validate(credits, paid_at, now)?;
        let cost = price::in_stable(credits)?;
        self.biller.sell(&self.funds.market, credits, now)?;
        self.sale.sell(&CardPurchase {
            bump: bumps.sale,
            market: *self.funds.market.address(),
            account: *self.funds.account.address(),
            payment_id: *payment_id,
            payer: *self.seller.address(),
            credits,
            final_at: now.saturating_add(i64::from(self.biller.chargeback_seconds)),
        });
        self.funds.account.deposit(credits)?;
        self.funds.market.sell_by_card(credits, cost)?;
        self.pay(cost)?;
        self.invariant()?;
        Ok(Some(self.event(cost)))
    }

    fn pay(&mut self, cost: StableAmount) -> Result<()> {
        token_calls::transfer(
            self.token_program.address(),
            self.seller_stable.try_cpi_handle_mut()?,
            self.revenue_vault.try_cpi_handle_mut()?,
            self.seller.cpi_handle(),
            &[],
            cost.0,
        );
        Ok(())
    }

    fn invariant(&self) -> Result<()> {
        self.biller.invariant()?;
        self.sale.invariant()?;
        self.funds.account.invariant()?;
        self.funds.market.invariant()
    }

    fn event(&self, cost: StableAmount) -> CardSold {
        CardSold {
            sale: *self.sale.address(),
            market: self.sale.market,
            account: self.sale.account,
            customer: self.funds.account.customer,
            payment_id: self.sale.payment_id,
            credits: self.sale.credits,
            stable_paid: cost.0,
            final_at: self.sale.final_at,
            balance: self.funds.account.balance,
            minted_total: self.funds.market.minted,
        }
    }
}
