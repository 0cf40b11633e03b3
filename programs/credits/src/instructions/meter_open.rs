//! Open a meter.
//!
//! Customer and operator agree on a price for usage that no final root can show. Credits move from
//! the customer's account into the meter.
//!
//! Specification:
//! - The operator's node signs, and the customer or a delegate within its limits.
//! - The deposit leaves the free balance.
//! - An account has one meter at a time with an operator.
//! - Terms out of bounds are refused.
//! - An operator that has left its service is refused.
//! - A paused network opens no meter.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MeterOpened,
        groups,
        state::{Meter, MeterParties, MeterTerms, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{seeds::SEED_METER, units::Credits},
    trestle_staking::state::Operator,
};

#[derive(Accounts)]
pub struct MeterOpen {
    /// The customer or a delegate: will sign receipts, and pays for the account of the meter.
    #[account(mut)]
    pub signer: Signer,
    /// The customer's account, and what the delegate may spend of it.
    pub spender: Nested<groups::Spender>,
    /// The operator's node: agrees by signing.
    #[account(address = operator.node_key @ CreditsError::NotNodeKey)]
    pub node_key: Signer,
    /// The operator that serves.
    #[account(
        constraint = operator.is_at(operator.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&operator.network, spender.funds.network.address())
            @ CreditsError::WrongNetwork,
    )]
    pub operator: State<Operator>,
    /// The meter.
    #[account(
        init,
        payer = signer,
        seeds = [
            SEED_METER,
            spender.funds.account.address().as_ref(),
            operator.address().as_ref(),
        ],
        bump,
    )]
    pub meter: State<Meter>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl MeterOpen {
    fn validate(&self, terms: &MeterTerms) -> Result<()> {
        self.spender.require_running()?;
        require!(!self.operator.has_exited(), CreditsError::OperatorExited);
        terms.validate()
    }

    pub fn meter_open(
        &mut self,
        terms: &MeterTerms,
        bumps: &MeterOpenBumps,
    ) -> Result<MeterOpened> {
        self.validate(terms)?;
        let deposit = Credits(terms.deposit);
        let spender = &mut *self.spender;
        let epoch = network_epoch(&spender.funds.network, Clock::get()?.unix_timestamp)?;
        let signer = *self.signer.address();
        spender.spend(&signer, deposit, &self.operator.service, epoch)?;
        let number = spender.funds.account.open_meter(deposit)?;
        spender.funds.market.escrow(deposit)?;
        let parties = MeterParties {
            bump: bumps.meter,
            number,
            account: *spender.funds.account.address(),
            operator: *self.operator.address(),
            service: self.operator.service,
            signer,
        };
        self.meter.open(&parties, terms);
        self.meter.invariant()?;
        spender.invariant()?;
        Ok(self.event())
    }

    fn event(&self) -> MeterOpened {
        let (meter, account) = (&self.meter, &self.spender.funds.account);
        MeterOpened {
            meter: *meter.address(),
            account: meter.account,
            customer: account.customer,
            operator: meter.operator,
            service: meter.service,
            signer: meter.signer,
            price: meter.price,
            epoch_cap: meter.epoch_cap,
            deposit: meter.deposited,
            balance: account.balance,
            notice_epochs: meter.notice_epochs,
            number: meter.number,
        }
    }
}
