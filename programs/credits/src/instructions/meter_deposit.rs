//! Put more credits into a meter.
//!
//! Specification:
//! - The customer deposits, or a delegate within its limits.
//! - The deposit leaves the free balance.
//! - A meter that was ended takes no deposit.
//! - A paused network takes no deposit.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MeterDeposited,
        groups,
        state::{Meter, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct MeterDeposit {
    /// The customer or a delegate.
    pub signer: Signer,
    /// The customer's account, and what the delegate may spend of it.
    pub spender: Nested<groups::Spender>,
    /// The meter.
    #[account(
        mut,
        constraint = meter.is_at(meter.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&meter.account, spender.funds.account.address())
            @ CreditsError::WrongMeter,
    )]
    pub meter: State<Meter>,
}

impl MeterDeposit {
    fn validate(&self, credits: Credits) -> Result<()> {
        self.spender.require_running()?;
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        Ok(())
    }

    pub fn meter_deposit(&mut self, credits: Credits) -> Result<MeterDeposited> {
        self.validate(credits)?;
        let spender = &mut *self.spender;
        let epoch = network_epoch(&spender.funds.network, Clock::get()?.unix_timestamp)?;
        spender.spend(self.signer.address(), credits, &self.meter.service, epoch)?;
        spender.funds.account.escrow(credits)?;
        spender.funds.market.escrow(credits)?;
        self.meter.deposit(credits)?;
        self.meter.invariant()?;
        spender.invariant()?;
        Ok(MeterDeposited {
            meter: *self.meter.address(),
            customer: spender.funds.account.customer,
            credits: credits.0,
            escrow: self.meter.escrow,
            balance: spender.funds.account.balance,
        })
    }
}
