//! Settle a meter.
//!
//! Pays the operator for the units of a receipt. The runtime's ed25519 program checks the receipt
//! in the instruction right before this one. Anybody may do it.
//!
//! Specification:
//! - A receipt of the meter, signed by its key, pays for the units since the last one.
//! - A receipt pays once, and an older one pays nothing.
//! - A receipt of another key, another meter or an earlier meter at the address is refused.
//! - No more is used up in an epoch than the cap, and the same receipt pays the rest later.
//! - No more is used up than the meter holds.
//! - What is used up counts to the service's revenue.
//! - A paused network settles.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MeterSettled,
        groups, receipt,
        state::{Meter, ServiceRevenue, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct MeterSettle {
    /// The account of the meter's customer, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The meter.
    #[account(
        mut,
        constraint = meter.is_at(meter.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&meter.account, funds.account.address())
            @ CreditsError::WrongMeter,
    )]
    pub meter: State<Meter>,
    /// The revenue of the meter's service.
    #[account(
        mut,
        constraint = revenue.is_at(revenue.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&revenue.service, &meter.service) @ CreditsError::WrongRevenue,
    )]
    pub revenue: State<ServiceRevenue>,
    /// Shows which instruction stands before this one.
    pub instructions: Sysvar<SysvarInstructions>,
}

impl MeterSettle {
    pub fn meter_settle(&mut self, units: u64) -> Result<MeterSettled> {
        let meter = self.meter.address().as_array();
        let message = trestle_core::usage::receipt(meter, self.meter.number, units);
        receipt::require_signed(self.instructions.account(), &self.meter.signer, &message)?;
        let funds = &mut *self.funds;
        let epoch = network_epoch(&funds.network, Clock::get()?.unix_timestamp)?;
        let paid = self.meter.settle(units, epoch)?;
        let consumed = Credits(paid.credits);
        funds.account.settle(consumed, Credits::ZERO)?;
        funds.market.settle(consumed, Credits::ZERO)?;
        self.revenue.consume(consumed)?;
        self.meter.invariant()?;
        self.revenue.invariant()?;
        funds.account.invariant()?;
        funds.market.invariant()?;
        Ok(MeterSettled {
            meter: *self.meter.address(),
            customer: funds.account.customer,
            epoch,
            units: paid.units,
            units_total: self.meter.units,
            consumed: paid.credits,
            escrow: self.meter.escrow,
            balance: funds.account.balance,
        })
    }
}
