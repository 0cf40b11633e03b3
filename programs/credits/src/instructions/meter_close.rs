//! Close a meter.
//!
//! Gives what is left in an ended meter back to the customer's account. Anybody may do it, so that
//! nobody can keep the credits in it.
//!
//! Specification:
//! - A meter is closed once its notice has passed.
//! - What is left goes back into the free balance.
//! - The meter's rent goes back to whoever opened it.
//! - A paused network closes meters.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MeterClosed,
        groups,
        state::{Meter, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct MeterClose {
    /// The account of the meter's customer, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The meter; it is closed.
    #[account(
        mut,
        constraint = meter.is_at(meter.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&meter.account, funds.account.address())
            @ CreditsError::WrongMeter,
    )]
    pub meter: State<Meter>,
    /// Whoever opened it: gets the rent back.
    #[account(mut, address = meter.signer @ CreditsError::WrongMeter)]
    pub opener: UncheckedAccount,
}

impl MeterClose {
    pub fn meter_close(&mut self) -> Result<MeterClosed> {
        let funds = &mut *self.funds;
        let epoch = network_epoch(&funds.network, Clock::get()?.unix_timestamp)?;
        let refunded = self.meter.empty(epoch)?;
        funds.account.settle(Credits::ZERO, refunded)?;
        funds.account.close_meter()?;
        funds.market.settle(Credits::ZERO, refunded)?;
        funds.account.invariant()?;
        funds.market.invariant()?;
        let event = MeterClosed {
            meter: *self.meter.address(),
            customer: funds.account.customer,
            refunded: refunded.0,
            consumed_total: self.meter.consumed,
            balance: funds.account.balance,
        };
        self.meter.close(*self.opener.account())?;
        Ok(event)
    }
}
