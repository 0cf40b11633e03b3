//! Open a chargeback of a card sale.
//!
//! The customer's bank disputes the payment: what is unspent of the sale is frozen until it is
//! known who gets the money. What the customer has spent, leased or withdrawn stays so: that part
//! is the biller's loss.
//!
//! Specification:
//! - Only the market's biller opens a chargeback, once, before the sale is final.
//! - The customer's free credits are frozen, as far as they go, up to the sale's.
//! - Frozen credits cannot be withdrawn, leased or metered.
//! - A paused network freezes.

use {
    crate::{error::CreditsError, event::CardChargebackOpened, groups},
    anchor_lang::prelude::*,
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct CardChargeback {
    /// The biller.
    #[account(address = card.biller.key @ CreditsError::NotBiller)]
    pub seller: Signer,
    /// The sale, its customer's account and the market.
    pub card: Nested<groups::CardReversal>,
}

impl CardChargeback {
    pub fn card_chargeback(&mut self) -> Result<CardChargebackOpened> {
        let card = &mut *self.card;
        let frozen = card.funds.account.freeze(Credits(card.sale.credits))?;
        card.sale.freeze(frozen, Clock::get()?.unix_timestamp)?;
        card.funds.market.freeze(frozen)?;
        card.invariant()?;
        Ok(CardChargebackOpened {
            sale: *card.sale.address(),
            account: card.sale.account,
            customer: card.funds.account.customer,
            credits: card.sale.credits,
            frozen: frozen.0,
            balance: card.funds.account.balance,
        })
    }
}
