//! Decide a chargeback of a card sale.
//!
//! Lost, the customer has the money back: the frozen credits cease to exist and their price goes
//! back to the biller. Won, the customer keeps them, and the sale is final.
//!
//! Specification:
//! - The biller decides; a chargeback is lost no sooner than three days after it was opened.
//! - Lost: the frozen credits are burned, and their price goes from the vault to the biller.
//! - Won: the frozen credits are free again.
//! - What nobody decides in 90 days anybody may declare won.
//! - A chargeback is decided once.
//! - A paused network decides.

use {
    crate::{event::CardChargebackDecided, groups, price},
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::StableAmount,
};

#[derive(Accounts)]
pub struct CardChargebackResolve {
    /// The biller: anybody, when the time is over.
    pub decider: Signer,
    /// The sale, its customer's account and the market.
    pub card: Nested<groups::CardReversal>,
    /// The vault, and where the biller gets the price back.
    pub payback: Nested<groups::Payback>,
}

impl CardChargebackResolve {
    pub fn card_chargeback_resolve(&mut self, lost: bool) -> Result<CardChargebackDecided> {
        let now = Clock::get()?.unix_timestamp;
        let card = &mut *self.card;
        let by_biller = address_eq(self.decider.address(), &card.biller.key);
        let frozen = card.sale.decide(by_biller, lost, now)?;
        card.funds.account.unfreeze(frozen)?;
        card.funds.market.unfreeze(frozen)?;
        let mut paid_back = StableAmount::ZERO;
        if lost {
            paid_back = price::in_stable(frozen)?;
            card.take_back(frozen)?;
            card.biller.charge_back(frozen)?;
            self.payback.pay(&card.funds.market, paid_back)?;
        }
        card.finish()?;
        card.invariant()?;
        Ok(CardChargebackDecided {
            sale: *card.sale.address(),
            account: card.sale.account,
            customer: card.funds.account.customer,
            frozen: frozen.0,
            stable_paid_back: paid_back.0,
            balance: card.funds.account.balance,
            lost: u8::from(lost),
            _pad: [0; 7],
        })
    }
}
