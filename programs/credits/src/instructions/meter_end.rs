//! End a meter.
//!
//! The customer gives notice, during which the operator can still settle its last receipt. The
//! operator can end the meter at once.
//!
//! Specification:
//! - The meter of a customer ends after the notice, and that of an operator at once.
//! - Only the customer or the operator's controller can end a meter.
//! - A meter cannot be made to end later.
//! - A paused network ends meters.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MeterEnded,
        state::{CustomerAccount, Meter, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_staking::state::{Network, Operator},
};

#[derive(Accounts)]
pub struct MeterEnd {
    /// The customer or the operator's controller.
    pub party: Signer,
    /// The network: its clock counts the epochs.
    #[account(address = account.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The customer's account: says who the customer is.
    #[account(address = meter.account @ CreditsError::WrongMeter)]
    pub account: State<CustomerAccount>,
    /// The operator that serves: says who its controller is.
    #[account(address = meter.operator @ CreditsError::WrongOperator)]
    pub operator: State<Operator>,
    /// The meter.
    #[account(mut, constraint = meter.is_at(meter.address()) @ CreditsError::WrongAddress)]
    pub meter: State<Meter>,
}

impl MeterEnd {
    /// Whether the operator ends it.
    fn validate(&self) -> Result<bool> {
        let party = self.party.address();
        if address_eq(party, &self.account.customer) {
            return Ok(false);
        }
        require!(
            address_eq(party, &self.operator.controller),
            CreditsError::NotMeterParty
        );
        Ok(true)
    }

    pub fn meter_end(&mut self) -> Result<MeterEnded> {
        let by_operator = self.validate()?;
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        self.meter.end(by_operator, epoch)?;
        self.meter.invariant()?;
        Ok(MeterEnded {
            meter: *self.meter.address(),
            ended_by: *self.party.address(),
            end_epoch: self.meter.end_epoch,
        })
    }
}
