//! Refund a card sale.
//!
//! Customer and biller agree to undo a sale that is unspent: the credits cease to exist, their
//! price goes back to the biller, and the biller gives the customer the money back on the card.
//!
//! Specification:
//! - Biller and customer both sign.
//! - The whole sale is refunded, before it is final, and once.
//! - A customer with fewer free credits than the sale's is refused.
//! - The credits are burned, and their price goes from the vault to the biller.
//! - A paused network refunds.

use {
    crate::{error::CreditsError, event::CardRefunded, groups, price},
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct CardRefund {
    /// The biller.
    #[account(address = card.biller.key @ CreditsError::NotBiller)]
    pub seller: Signer,
    /// The customer.
    #[account(address = card.funds.account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The sale, its customer's account and the market.
    pub card: Nested<groups::CardReversal>,
    /// The vault, and where the biller gets the price back.
    pub payback: Nested<groups::Payback>,
}

impl CardRefund {
    pub fn card_refund(&mut self) -> Result<CardRefunded> {
        let card = &mut *self.card;
        let credits = card.sale.reverse(Clock::get()?.unix_timestamp)?;
        let cost = price::in_stable(credits)?;
        card.take_back(credits)?;
        card.biller.take_refund(credits)?;
        card.finish()?;
        self.payback.pay(&card.funds.market, cost)?;
        card.invariant()?;
        Ok(CardRefunded {
            sale: *card.sale.address(),
            account: card.sale.account,
            customer: card.funds.account.customer,
            credits: credits.0,
            stable_paid_back: cost.0,
            balance: card.funds.account.balance,
        })
    }
}
