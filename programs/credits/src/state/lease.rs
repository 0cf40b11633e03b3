//! A lease: credits that pay an operator for keeping one commitment, as far as final roots show
//! that it did.
//!
//! A lease is settled period by period, always with the oldest final root that reaches the end of
//! the period. Which root that is depends on the chain alone: nobody can choose between many
//! small settlements and one large one, although only one of them may pass the service level.
//!
//! The counters of a leaf are cumulative, so a lease needs those from before its first epoch: its
//! baseline. It is taken from the newest root before the first epoch by the first settlement.
//!
//! Maintenance that the operator declared ahead is settled apart: the epochs before it with the
//! root of the last of them, then its own epochs with the root of their last one, whose counters
//! are where the epochs after it start from. Where an epoch at such a border has no root, the next
//! root covers both sides: the declared epochs go unpaid then as always, and the others are paid in
//! proportion to all windows, without a service credit.

use {
    super::{
        lease_escrow::Escrow,
        lease_terms::{price, LeaseTerms, SlaStep, DEEPER_STEPS},
    },
    crate::{
        address::is_derived,
        constants::{
            LEASE_ACTIVE, LEASE_ENDING, LEASE_EPOCHS_MAX, LEASE_SETTLED, LEASE_TIMEOUT_EPOCHS,
            VERSION,
        },
        error::CreditsError,
        ID,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        lease::Reason,
        maintenance::EpochRange,
        seeds::{SEED_LEASE, SEED_MAINTENANCE},
        units::Credits,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["lease", commitment]`.
#[account]
pub struct Lease {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 active, 2 ending before its term, 3 settled to the end.
    pub status: u8,
    /// Why it ends before its term; 0 if it does not.
    pub reason: u8,
    /// Share of good windows below which a period earns a service credit.
    pub sla_bps: u16,
    /// Share of what a bad period would have cost that the customer gets back besides.
    pub credit_bps: u16,
    /// Epochs that are settled together.
    pub period_epochs: u32,
    /// Good windows of the operator at the baseline.
    pub baseline_ok: u32,
    /// All windows of the operator at the baseline.
    pub baseline_total: u32,
    /// 1 once the baseline is known.
    pub baseline_known: u8,
    /// Zero.
    pub _pad: [u8; 3],
    /// The network whose credits it holds.
    pub network: Address,
    /// The service that is bought.
    pub service: Address,
    /// The staking account of the operator that serves.
    pub operator: Address,
    /// The wallet that pays.
    pub customer: Address,
    /// What is served: a commitment of the proofs program.
    pub commitment: Address,
    /// Credits an epoch.
    pub rate_per_epoch: u64,
    /// First epoch that is paid for.
    pub start_epoch: u64,
    /// Last epoch that is paid for; one before the first if none is.
    pub end_epoch: u64,
    /// Last epoch that is settled, once the baseline is known.
    pub baseline_epoch: u64,
    /// Epoch in which the operator registered: older roots have no leaf of it.
    pub registered_epoch: u64,
    /// Credits that it was opened with.
    pub deposited: u64,
    /// Credits that are still in it.
    pub escrow: u64,
    /// Credits that it has used up.
    pub consumed: u64,
    /// Credits that it has given back.
    pub refunded: u64,
    /// Service credits that it has given; they are part of what it has given back.
    pub credited: u64,
    /// Credits an epoch from `renewed_epoch` on.
    pub renewed_rate: u64,
    /// First epoch that costs `renewed_rate`; zero while all cost `rate_per_epoch`.
    pub renewed_epoch: u64,
    /// Epochs by which the customer may extend it without asking the operator again.
    pub renewal_epochs: u64,
    /// Credits that each of those epochs costs.
    pub renewal_rate: u64,
    /// What worse periods give back instead of `credit_bps`.
    pub deeper_steps: [SlaStep; DEEPER_STEPS],
    /// Most that service credits may give back, as a share of `deposited`.
    pub credit_cap_bps: u16,
    /// Epochs that a customer who leaves early still pays for after the running one.
    pub notice_epochs: u16,
    /// Epochs of that notice that the customer cut short by ending the commitment: they are paid
    /// in full.
    pub notice_owed: u16,
    /// Bump of the address of the operator's maintenance, which may not exist.
    pub maintenance_bump: u8,
    /// Zero.
    pub _pad2: [u8; 5],
    /// Zero; room for what is to come.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<Lease>() == 352);
const _: () = assert!(offset_of!(Lease, period_epochs) == 8);
const _: () = assert!(offset_of!(Lease, network) == 24);
const _: () = assert!(offset_of!(Lease, rate_per_epoch) == 184);
const _: () = assert!(offset_of!(Lease, refunded) == 248);
const _: () = assert!(offset_of!(Lease, deeper_steps) == 296);

impl Layout for Lease {
    const VERSION: u8 = VERSION;
}

/// Who a lease is between, and about what.
pub struct LeaseParties {
    pub bump: u8,
    pub network: Address,
    pub service: Address,
    pub operator: Address,
    pub customer: Address,
    pub commitment: Address,
    pub registered_epoch: u64,
    pub maintenance_bump: u8,
}

impl Lease {
    /// Writes a fresh lease that starts with the epoch after `current_epoch`, because what is
    /// committed in an epoch is first challenged in the next.
    pub fn open(
        &mut self,
        parties: &LeaseParties,
        terms: &LeaseTerms,
        current_epoch: u64,
    ) -> Result<()> {
        let price = terms.price()?;
        let end_epoch = current_epoch
            .checked_add(terms.epochs)
            .ok_or(CreditsError::MathOverflow)?;
        self.version = VERSION;
        self.bump = parties.bump;
        self.status = LEASE_ACTIVE;
        self.network = parties.network;
        self.service = parties.service;
        self.operator = parties.operator;
        self.customer = parties.customer;
        self.commitment = parties.commitment;
        self.registered_epoch = parties.registered_epoch;
        self.rate_per_epoch = terms.rate_per_epoch;
        self.period_epochs = terms.period_epochs;
        self.sla_bps = terms.sla_bps;
        self.credit_bps = terms.credit_bps;
        self.deeper_steps = terms.deeper_steps;
        self.credit_cap_bps = terms.credit_cap_bps;
        self.notice_epochs = terms.notice_epochs;
        self.renewal_epochs = terms.renewal_epochs;
        self.renewal_rate = terms.renewal_rate;
        self.maintenance_bump = parties.maintenance_bump;
        self.start_epoch = current_epoch
            .checked_add(1)
            .ok_or(CreditsError::MathOverflow)?;
        self.end_epoch = end_epoch;
        self.deposited = price.0;
        self.escrow = price.0;
        Ok(())
    }

    /// Whether `address` is the one that the commitment gives.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_LEASE, self.commitment.as_ref(), &[]];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// Whether `address` is the one of its operator's maintenance, whether that exists or not.
    pub fn is_maintenance(&self, address: &Address) -> bool {
        let seeds = [SEED_MAINTENANCE, self.operator.as_ref(), &[]];
        is_derived(address, seeds, self.maintenance_bump, &ID)
    }

    /// Last epoch that is settled; the one before the first if none is.
    #[inline(never)]
    pub fn settled_epoch(&self) -> u64 {
        let before = self.start_epoch.saturating_sub(1);
        if self.baseline_known == 1 {
            self.baseline_epoch.max(before)
        } else {
            before
        }
    }

    /// Whether nothing is left to settle.
    pub fn is_settled(&self) -> bool {
        self.status == LEASE_SETTLED || self.settled_epoch() >= self.end_epoch
    }

    /// Whether whatever is left may go back to the customer, because nobody settled in time.
    pub fn is_timed_out(&self, current_epoch: u64) -> bool {
        current_epoch > self.end_epoch.saturating_add(LEASE_TIMEOUT_EPOCHS)
    }

    /// Moves the end forward. Returns the end before.
    #[inline(never)]
    pub fn end_at(&mut self, epoch: u64, reason: Reason) -> Result<u64> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        let before = self.end_epoch;
        let end = epoch.max(self.settled_epoch());
        require!(end < before, CreditsError::LeaseEndsAlready);
        self.end_epoch = end;
        self.status = LEASE_ENDING;
        self.reason = reason.code();
        Ok(before)
    }

    /// What these epochs cost.
    #[inline(never)]
    pub fn price_of(&self, range: &EpochRange) -> Result<u64> {
        let renewed = if self.renewed_epoch == 0 {
            0
        } else {
            range
                .end()
                .saturating_sub(range.first.max(self.renewed_epoch))
        };
        let first = range
            .epochs
            .checked_sub(renewed)
            .ok_or(CreditsError::InvariantViolated)?;
        price(self.rate_per_epoch, first)?
            .checked_add(price(self.renewed_rate, renewed)?)
            .ok_or_else(|| CreditsError::MathOverflow.into())
    }

    /// Extends a running lease at this rate, which applies from the first new epoch on. Returns
    /// what the new epochs cost; they are in the lease from now on.
    pub fn renew(&mut self, epochs: u64, rate: u64, current_epoch: u64) -> Result<Credits> {
        require!(
            self.status == LEASE_ACTIVE && current_epoch <= self.end_epoch,
            CreditsError::LeaseNotRunning
        );
        require!(rate > 0, CreditsError::BadRate);
        let end = self
            .end_epoch
            .checked_add(epochs)
            .ok_or(CreditsError::MathOverflow)?;
        require!(
            epochs > 0 && end.saturating_sub(current_epoch) <= LEASE_EPOCHS_MAX,
            CreditsError::BadTerm
        );
        self.set_rate_after_end(rate)?;
        let added = price(rate, epochs)?;
        self.end_epoch = end;
        self.deposited = self
            .deposited
            .checked_add(added)
            .ok_or(CreditsError::MathOverflow)?;
        self.escrow = self
            .escrow
            .checked_add(added)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(Credits(added))
    }

    /// A lease has two rates at most: the second one replaces the first as soon as no epoch at the
    /// first is left to settle.
    fn set_rate_after_end(&mut self, rate: u64) -> Result<()> {
        if self.renewed_epoch > 0 && self.settled_epoch().saturating_add(1) >= self.renewed_epoch {
            self.rate_per_epoch = self.renewed_rate;
            (self.renewed_rate, self.renewed_epoch) = (0, 0);
        }
        let last = if self.renewed_epoch > 0 {
            self.renewed_rate
        } else {
            self.rate_per_epoch
        };
        if rate != last {
            require!(self.renewed_epoch == 0, CreditsError::RenewalPending);
            self.renewed_rate = rate;
            self.renewed_epoch = self
                .end_epoch
                .checked_add(1)
                .ok_or(CreditsError::MathOverflow)?;
        }
        Ok(())
    }

    /// Uses the option to extend the lease that the operator granted when it was opened.
    pub fn use_renewal_option(&mut self, epochs: u64, rate: u64) -> Result<()> {
        require!(
            rate == self.renewal_rate && epochs <= self.renewal_epochs,
            CreditsError::NotNodeKey
        );
        self.renewal_epochs = self
            .renewal_epochs
            .checked_sub(epochs)
            .ok_or(CreditsError::InvariantViolated)?;
        Ok(())
    }

    /// Moves the end to the one that the customer's notice allows, unless it comes sooner already,
    /// and takes out what the epochs until then do not cost.
    pub fn leave(&mut self, current_epoch: u64, reason: Reason) -> Result<Credits> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        let last = current_epoch.saturating_add(u64::from(self.notice_epochs));
        if last < self.end_epoch {
            self.end_at(last, reason)?;
        }
        let owed = u64::from(self.notice_owed);
        let first = self.settled_epoch().saturating_add(1);
        let needed = EpochRange::between(first, self.end_epoch.saturating_add(owed));
        let surplus = self.escrow.saturating_sub(self.price_of(&needed)?);
        self.take(0, surplus)?;
        Ok(Credits(surplus))
    }

    /// Gives back all that is left.
    #[inline(never)]
    pub fn refund_rest(&mut self) -> Result<Credits> {
        let rest = self.escrow;
        self.take(0, rest)?;
        Ok(Credits(rest))
    }

    pub(super) fn take(&mut self, consumed: u64, refunded: u64) -> Result<()> {
        let escrow = Escrow {
            left: &mut self.escrow,
            consumed: &mut self.consumed,
            refunded: &mut self.refunded,
        };
        escrow.take(consumed, refunded)
    }

    /// What holds after every instruction that changes a lease.
    ///
    /// - It has this layout and a known status.
    /// - It has a reason to end before its term.
    /// - Every credit that it was opened with is used up, given back or still in it.
    /// - Nothing is left in a settled lease.
    /// - No window is good that was not counted.
    /// - Service credits are part of what was given back.
    /// - It has a second rate exactly if that applies from some epoch on.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let placed = self
            .consumed
            .checked_add(self.refunded)
            .and_then(|out| out.checked_add(self.escrow));
        let holds = self.version == VERSION
            && (LEASE_ACTIVE..=LEASE_SETTLED).contains(&self.status)
            && (self.status != LEASE_ENDING || self.reason != Reason::None.code())
            && placed == Some(self.deposited)
            && (self.status != LEASE_SETTLED || self.escrow == 0)
            && self.baseline_ok <= self.baseline_total
            && self.credited <= self.refunded
            && (self.renewed_epoch == 0) == (self.renewed_rate == 0);
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
