//! A meter: credits that pay an operator for usage that the customer signs for, unit by unit.
//!
//! The customer's key signs receipts that carry the units used since the meter was opened. A newer
//! receipt replaces all earlier ones, so none can be paid twice, and the operator serves no further
//! than it holds receipts for. Neither side can trap credits: the operator gets paid for receipts
//! without the customer, and the customer ends the meter without the operator, who then has the
//! agreed notice for its last receipt.

use {
    crate::{
        address::is_derived,
        constants::{METER_NOTICE_EPOCHS_MAX, VERSION},
        error::CreditsError,
        ID,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        seeds::SEED_METER,
        units::Credits,
        usage::{pay_usage, UsagePayment},
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["meter", account, operator]`.
#[account]
pub struct Meter {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// How many meters the customer had opened before.
    pub number: u32,
    /// The customer's account that pays.
    pub account: Address,
    /// The staking account of the operator that serves.
    pub operator: Address,
    /// The operator's service.
    pub service: Address,
    /// Who signs receipts: the customer, or the delegate that opened the meter. Paid the rent.
    pub signer: Address,
    /// Credits a unit.
    pub price: u64,
    /// Most credits that are used up in an epoch.
    pub epoch_cap: u64,
    /// Units that are paid.
    pub units: u64,
    /// Credits ever put in.
    pub deposited: u64,
    /// Credits that are still in it.
    pub escrow: u64,
    /// Credits that it has used up.
    pub consumed: u64,
    /// The epoch of `epoch_consumed`.
    pub epoch: u64,
    /// Credits used up in that epoch.
    pub epoch_consumed: u64,
    /// From this epoch on it can be closed; the largest number while nobody has ended it.
    pub end_epoch: u64,
    /// Epochs that the operator has for its last receipt.
    pub notice_epochs: u32,
    /// Zero.
    pub _pad2: [u8; 4],
}

const _: () = assert!(size_of::<Meter>() == 216);
const _: () = assert!(offset_of!(Meter, account) == 8);
const _: () = assert!(offset_of!(Meter, price) == 136);
const _: () = assert!(offset_of!(Meter, end_epoch) == 200);

impl Layout for Meter {
    const VERSION: u8 = VERSION;
}

/// What customer and operator agree on by signing together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct MeterTerms {
    /// Credits a unit, above zero.
    pub price: u64,
    /// Most credits that are used up in an epoch: at least the price of a unit.
    pub epoch_cap: u64,
    /// Credits to begin with.
    pub deposit: u64,
    /// Epochs that the operator has for its last receipt: 1 to 32.
    pub notice_epochs: u32,
}

impl MeterTerms {
    pub fn validate(&self) -> Result<()> {
        require!(self.price > 0, CreditsError::BadUnitPrice);
        require!(self.epoch_cap >= self.price, CreditsError::BadMeterCap);
        require!(self.deposit > 0, CreditsError::ZeroCredits);
        require!(
            (1..=METER_NOTICE_EPOCHS_MAX).contains(&self.notice_epochs),
            CreditsError::BadMeterNotice
        );
        Ok(())
    }
}

/// Who a meter is between.
pub struct MeterParties {
    pub bump: u8,
    pub number: u32,
    pub account: Address,
    pub operator: Address,
    pub service: Address,
    pub signer: Address,
}

impl Meter {
    /// Writes a fresh meter.
    pub fn open(&mut self, parties: &MeterParties, terms: &MeterTerms) {
        self.version = VERSION;
        self.bump = parties.bump;
        self.number = parties.number;
        self.account = parties.account;
        self.operator = parties.operator;
        self.service = parties.service;
        self.signer = parties.signer;
        self.price = terms.price;
        self.epoch_cap = terms.epoch_cap;
        self.deposited = terms.deposit;
        self.escrow = terms.deposit;
        self.end_epoch = u64::MAX;
        self.notice_epochs = terms.notice_epochs;
    }

    /// Whether `address` is the one that the account and the operator give.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_METER, self.account.as_ref(), self.operator.as_ref()];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// Whether nobody has ended it.
    pub fn is_running(&self) -> bool {
        self.end_epoch == u64::MAX
    }

    /// Takes in more credits.
    pub fn deposit(&mut self, credits: Credits) -> Result<()> {
        require!(self.is_running(), CreditsError::MeterEnded);
        let add = |sum: u64| sum.checked_add(credits.0).ok_or(CreditsError::MathOverflow);
        (self.deposited, self.escrow) = (add(self.deposited)?, add(self.escrow)?);
        Ok(())
    }

    /// Pays for the units of a receipt that are not paid yet, as far as the epoch's cap and the
    /// credits go; the same receipt pays the others later.
    pub fn settle(&mut self, units: u64, epoch: u64) -> Result<UsagePayment> {
        let due = units.saturating_sub(self.units);
        require!(due > 0, CreditsError::NothingUsed);
        if epoch != self.epoch {
            self.epoch = epoch;
            self.epoch_consumed = 0;
        }
        let allowed = self
            .epoch_cap
            .saturating_sub(self.epoch_consumed)
            .min(self.escrow);
        let paid = pay_usage(due, self.price, allowed);
        require!(paid.units > 0, CreditsError::MeterExhausted);
        let add = |sum: u64, part: u64| sum.checked_add(part).ok_or(CreditsError::MathOverflow);
        self.units = add(self.units, paid.units)?;
        self.epoch_consumed = add(self.epoch_consumed, paid.credits)?;
        self.consumed = add(self.consumed, paid.credits)?;
        self.escrow = self
            .escrow
            .checked_sub(paid.credits)
            .ok_or(CreditsError::InvariantViolated)?;
        Ok(paid)
    }

    /// Fixes the epoch from which it can be closed: now for the operator, whose money it is that
    /// comes too late; after the notice for the customer.
    pub fn end(&mut self, by_operator: bool, epoch: u64) -> Result<()> {
        let notice = u64::from(self.notice_epochs);
        let end_epoch = if by_operator {
            epoch
        } else {
            // The running epoch does not count, so that the notice is whole.
            epoch.saturating_add(notice).saturating_add(1)
        };
        require!(end_epoch < self.end_epoch, CreditsError::MeterEndsAlready);
        self.end_epoch = end_epoch;
        Ok(())
    }

    /// Takes out all that is left, once the last receipt had its time.
    pub fn empty(&mut self, epoch: u64) -> Result<Credits> {
        require!(epoch >= self.end_epoch, CreditsError::MeterNotEnded);
        let rest = self.escrow;
        self.escrow = 0;
        Ok(Credits(rest))
    }

    /// What holds after every instruction that changes a meter and leaves it open.
    ///
    /// - It has this layout, a signer and a price.
    /// - Every credit that was put in is used up or still in it.
    /// - What is used up is the price of the units that are paid, within the epoch's cap.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.signer != Address::default()
            && self.price > 0
            && self.consumed.checked_add(self.escrow) == Some(self.deposited)
            && self.units.checked_mul(self.price) == Some(self.consumed)
            && self.epoch_consumed <= self.epoch_cap;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
