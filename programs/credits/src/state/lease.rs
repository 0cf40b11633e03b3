//! A lease: credits that pay an operator for keeping one commitment, as far as final roots show
//! that it did.
//!
//! A lease is settled period by period, always with the oldest final root that reaches the end of
//! the period. Which root that is depends on the chain alone: nobody can choose between many
//! small settlements and one large one, although only one of them may pass the service level.
//!
//! The counters of a leaf are cumulative, so a lease needs those from before its first epoch: its
//! baseline. It is taken from the newest root before the first epoch by the first settlement.

use {
    crate::{
        address::is_derived,
        commitment::Commitment,
        constants::{
            LEASE_ACTIVE, LEASE_ENDING, LEASE_EPOCHS_MAX, LEASE_PERIOD_EPOCHS_MAX, LEASE_SETTLED,
            LEASE_TIMEOUT_EPOCHS, REASON_COMMITMENT_ENDED, REASON_NONE, VERSION,
        },
        error::CreditsError,
        roots, ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        leaf::LeafCounters,
        lease,
        root::{FinalRoot, RootRing},
        seeds::SEED_LEASE,
        units::{Bps, Credits, BPS_ONE},
    },
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
    /// Zero; room for other schedules.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<Lease>() == 288);
const _: () = assert!(offset_of!(Lease, period_epochs) == 8);
const _: () = assert!(offset_of!(Lease, network) == 24);
const _: () = assert!(offset_of!(Lease, rate_per_epoch) == 184);
const _: () = assert!(offset_of!(Lease, refunded) == 248);

/// What customer and operator agree on by signing together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct LeaseTerms {
    /// Credits an epoch, above zero.
    pub rate_per_epoch: u64,
    /// Epochs of the term, from the next epoch on: 1 to 3,650.
    pub epochs: u64,
    /// Epochs that are settled together: 1 to 32.
    pub period_epochs: u32,
    /// Share of good windows below which a period earns a service credit.
    pub sla_bps: u16,
    /// Share of what a bad period would have cost that the customer gets back besides.
    pub credit_bps: u16,
}

impl LeaseTerms {
    pub fn validate(&self) -> Result<()> {
        require!(self.rate_per_epoch > 0, CreditsError::BadRate);
        require!(
            (1..=LEASE_EPOCHS_MAX).contains(&self.epochs),
            CreditsError::BadTerm
        );
        require!(
            (1..=LEASE_PERIOD_EPOCHS_MAX).contains(&self.period_epochs),
            CreditsError::BadPeriod
        );
        require!(self.sla_bps <= BPS_ONE, CreditsError::BadServiceLevel);
        require!(self.credit_bps <= BPS_ONE, CreditsError::BadServiceCredit);
        Ok(())
    }

    /// What the whole term costs.
    pub fn price(&self) -> Result<Credits> {
        let price = self
            .rate_per_epoch
            .checked_mul(self.epochs)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(Credits(price))
    }
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
}

/// The root that a lease is settled with next, and what for.
#[derive(Clone, Copy)]
pub enum SettlementRoot<'a> {
    /// Its leaf is the baseline; epochs that have passed by then are given back unpaid, because
    /// the counters at their begin are no longer in the ring.
    Baseline(&'a FinalRoot),
    /// Its leaf shows the work of the epochs up to it.
    Period(&'a FinalRoot),
}

impl SettlementRoot<'_> {
    pub fn root(&self) -> &FinalRoot {
        match self {
            Self::Baseline(root) | Self::Period(root) => root,
        }
    }
}

/// What one settlement came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    pub epochs: u64,
    pub windows_ok: u32,
    pub windows_total: u32,
    pub consumed: Credits,
    pub refunded: Credits,
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
    pub fn end_at(&mut self, epoch: u64, reason: u8) -> Result<u64> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        let before = self.end_epoch;
        let end = epoch.max(self.settled_epoch());
        require!(end < before, CreditsError::LeaseEndsAlready);
        self.end_epoch = end;
        self.status = LEASE_ENDING;
        self.reason = reason;
        Ok(before)
    }

    /// Moves the end forward to that of the commitment, which the lease cannot outlast: to be done
    /// before each settlement. `None` if the commitment's account is gone: nothing tells any more
    /// when it ended, so that what is not settled by then is not paid. (The account stays for two
    /// epochs after its last one, and until that one has a final root.)
    pub fn end_with_commitment(&mut self, commitment: Option<&Commitment>) -> Result<()> {
        // Another customer may have committed the same data after this one's was closed.
        let own = commitment.filter(|one| address_eq(&one.customer, &self.customer));
        let settled = self.settled_epoch();
        let last_epoch = own.map_or(settled, |one| one.ended_epoch.max(settled));
        if last_epoch < self.end_epoch {
            self.end_at(last_epoch, REASON_COMMITMENT_ENDED)?;
        }
        Ok(())
    }

    /// Finds the one root that the lease can be settled with now.
    pub fn next_root<'a>(&mut self, ring: &'a RootRing) -> Result<SettlementRoot<'a>> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        if self.baseline_known == 0 {
            if let Some(root) = self.baseline_root(ring)? {
                return Ok(SettlementRoot::Baseline(root));
            }
            // No root before the first epoch knows the operator: it starts from zero.
            self.baseline_known = 1;
            self.baseline_epoch = self.start_epoch.saturating_sub(1);
        }
        let settled = self.settled_epoch();
        let due = settled
            .saturating_add(u64::from(self.period_epochs))
            .min(self.end_epoch);
        let root = roots::oldest_from(ring, due).ok_or(CreditsError::SettlementNotDue)?;
        Ok(SettlementRoot::Period(root))
    }

    /// The root whose leaf is the baseline, or `None` if no root before the first epoch can have
    /// a leaf of this operator.
    fn baseline_root<'a>(&self, ring: &'a RootRing) -> Result<Option<&'a FinalRoot>> {
        // Until a root of the lease's own time is final, an earlier one can still come.
        let newest = ring.latest().ok_or(CreditsError::SettlementNotDue)?;
        require!(
            newest.epoch >= self.start_epoch,
            CreditsError::SettlementNotDue
        );
        let Some(before) = roots::newest_before(ring, self.start_epoch) else {
            return Ok(if roots::is_whole(ring) {
                None
            } else {
                roots::oldest_from(ring, 0)
            });
        };
        Ok((before.epoch >= self.registered_epoch).then_some(before))
    }

    /// Starts counting from these counters. Epochs of the lease up to `epoch` have no counters to
    /// be judged by: they are given back.
    pub fn set_baseline(&mut self, epoch: u64, counters: &LeafCounters) -> Result<Settled> {
        let before = self.settled_epoch();
        self.baseline_known = 1;
        self.advance(epoch, counters);
        let epochs = self
            .settled_epoch()
            .min(self.end_epoch)
            .saturating_sub(before);
        self.pay(epochs, 0, 0)
    }

    /// Pays for the epochs up to that of the root, by the windows between the two leaves.
    pub fn settle(&mut self, epoch: u64, counters: &LeafCounters) -> Result<Settled> {
        let before = self.settled_epoch();
        let ok = counters
            .windows_ok
            .checked_sub(self.baseline_ok)
            .ok_or(CreditsError::CounterFell)?;
        let total = counters
            .windows_total
            .checked_sub(self.baseline_total)
            .ok_or(CreditsError::CounterFell)?;
        self.advance(epoch, counters);
        let epochs = epoch.min(self.end_epoch).saturating_sub(before);
        self.pay(epochs, ok, total)
    }

    fn advance(&mut self, epoch: u64, counters: &LeafCounters) {
        self.baseline_epoch = epoch;
        self.baseline_ok = counters.windows_ok;
        self.baseline_total = counters.windows_total;
    }

    /// Takes out what these epochs cost and, after the last one, all that is left.
    #[inline(never)]
    fn pay(&mut self, epochs: u64, ok: u32, total: u32) -> Result<Settled> {
        let bps = |value| Bps::new(value).ok_or(CreditsError::InvariantViolated);
        let terms = lease::LeaseTerms {
            rate_per_epoch: self.rate_per_epoch,
            sla: bps(self.sla_bps)?,
            credit: bps(self.credit_bps)?,
        };
        let settlement = lease::settle(&terms, epochs, ok, total, self.escrow);
        self.take(settlement.consumed, settlement.refunded)?;
        let mut refunded = settlement.refunded;
        if self.is_settled() {
            self.status = LEASE_SETTLED;
            let rest = self.refund_rest()?;
            refunded = refunded
                .checked_add(rest.0)
                .ok_or(CreditsError::MathOverflow)?;
        }
        Ok(Settled {
            epochs,
            windows_ok: ok,
            windows_total: total,
            consumed: Credits(settlement.consumed),
            refunded: Credits(refunded),
        })
    }

    /// Settles a lease in which no epoch is left to pay for, because it has ended early.
    pub fn finish(&mut self) -> Result<Settled> {
        require!(self.status != LEASE_SETTLED, CreditsError::LeaseSettled);
        require!(self.is_settled(), CreditsError::LeaseNotFinished);
        self.pay(0, 0, 0)
    }

    /// Gives back all that is left.
    #[inline(never)]
    pub fn refund_rest(&mut self) -> Result<Credits> {
        let rest = self.escrow;
        self.take(0, rest)?;
        Ok(Credits(rest))
    }

    fn take(&mut self, consumed: u64, refunded: u64) -> Result<()> {
        let out = consumed
            .checked_add(refunded)
            .ok_or(CreditsError::MathOverflow)?;
        self.escrow = self
            .escrow
            .checked_sub(out)
            .ok_or(CreditsError::InvariantViolated)?;
        self.consumed = self
            .consumed
            .checked_add(consumed)
            .ok_or(CreditsError::MathOverflow)?;
        self.refunded = self
            .refunded
            .checked_add(refunded)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(())
    }

    /// What holds after every instruction that changes a lease.
    ///
    /// - It has this layout and a known status.
    /// - It has a reason to end before its term.
    /// - Every credit that it was opened with is used up, given back or still in it.
    /// - Nothing is left in a settled lease.
    /// - No window is good that was not counted.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let placed = self
            .consumed
            .checked_add(self.refunded)
            .and_then(|out| out.checked_add(self.escrow));
        let holds = self.version == VERSION
            && (LEASE_ACTIVE..=LEASE_SETTLED).contains(&self.status)
            && (self.status != LEASE_ENDING || self.reason != REASON_NONE)
            && placed == Some(self.deposited)
            && (self.status != LEASE_SETTLED || self.escrow == 0)
            && self.baseline_ok <= self.baseline_total;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
