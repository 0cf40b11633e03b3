//! Close a card sale.
//!
//! Ends the record of a sale that cannot be reversed any more. From then on its price counts to the
//! revenue that can be released. Anybody may do it.
//!
//! Specification:
//! - A sale is closed once its chargeback time has passed.
//! - While a chargeback is undecided the sale stays.
//! - The sale's rent goes back to whoever paid it.
//! - A paused network closes.

use {
    crate::{
        error::CreditsError,
        event::CardSaleClosed,
        state::{CardSale, Market, State},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct CardClose {
    /// The market: credits that can be reversed change.
    #[account(mut, constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
    /// The sale; it is closed.
    #[account(
        mut,
        constraint = sale.is_at(sale.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&sale.market, market.address()) @ CreditsError::WrongMarket,
    )]
    pub sale: State<CardSale>,
    /// Whoever paid the rent: gets it back.
    #[account(mut, address = sale.payer @ CreditsError::NotBiller)]
    pub payer: UncheckedAccount,
}

impl CardClose {
    pub fn card_close(&mut self) -> Result<CardSaleClosed> {
        let finished = self.sale.finish(Clock::get()?.unix_timestamp)?;
        self.market.finish_card(finished)?;
        self.market.invariant()?;
        let event = CardSaleClosed {
            sale: *self.sale.address(),
            market: self.sale.market,
            account: self.sale.account,
            credits: finished.0,
            pending_total: self.market.pending,
        };
        self.sale.close(*self.payer.account())?;
        Ok(event)
    }
}
