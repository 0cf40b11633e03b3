//! How a lease is settled: with which root, and what that comes to.

use {
    super::{
        lease::Lease,
        lease_terms::{kernel_terms, schedule},
    },
    crate::{commitment::Commitment, constants::LEASE_SETTLED, error::CreditsError, roots},
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        leaf::LeafCounters,
        lease::{self, Price, Reason, Verdict},
        maintenance::{declared_epochs, settled_together, EpochRange},
        root::{FinalRoot, RootRing},
        units::Credits,
    },
};

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
    /// The part of `refunded` that is a service credit.
    pub credit: Credits,
    /// The part of `consumed` that pays for a notice that was cut short.
    pub notice_paid: Credits,
    pub verdict: Verdict,
}

impl Lease {
    /// Moves the end forward to that of the commitment, which the lease cannot outlast: to be done
    /// before each settlement. `None` if the commitment's account is gone: nothing tells any more
    /// when it ended, so that what is not settled by then is not paid. (The account stays for two
    /// epochs after its last one got a final root.)
    ///
    /// A customer who ends the commitment cannot have the notice of the lease served: what is cut
    /// short of it is owed.
    pub fn end_with_commitment(&mut self, commitment: Option<&Commitment>) -> Result<()> {
        // Another customer may have committed the same data after this one's was closed.
        let own = commitment.filter(|one| address_eq(&one.customer, &self.customer));
        let settled = self.settled_epoch();
        let last_epoch = own.map_or(settled, |one| one.ended_epoch.max(settled));
        if last_epoch < self.end_epoch {
            let before = self.end_at(last_epoch, Reason::CommitmentEnded)?;
            if own.is_some_and(Commitment::is_ended_by_customer) {
                let cut = before.saturating_sub(last_epoch);
                let owed = cut.min(u64::from(self.notice_epochs));
                self.notice_owed = u16::try_from(owed).unwrap_or(self.notice_epochs);
            }
        }
        Ok(())
    }

    /// Finds the one root that the lease can be settled with now. `maintenance` are the operator's
    /// declared windows.
    pub fn next_root<'a>(
        &mut self,
        ring: &'a RootRing,
        maintenance: &[EpochRange],
    ) -> Result<SettlementRoot<'a>> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        if self.baseline_known == 0 {
            if let Some(root) = roots::baseline(ring, self.start_epoch, self.registered_epoch)? {
                return Ok(SettlementRoot::Baseline(root));
            }
            // No root before the first epoch knows the operator: it starts from zero.
            self.baseline_known = 1;
            self.baseline_epoch = self.start_epoch.saturating_sub(1);
        }
        let settled = self.settled_epoch();
        let last = settled
            .saturating_add(u64::from(self.period_epochs))
            .min(self.end_epoch);
        let due = settled_together(maintenance, settled.saturating_add(1), last);
        let root = ring
            .oldest_from(due)
            .ok_or(CreditsError::SettlementNotDue)?;
        Ok(SettlementRoot::Period(root))
    }

    /// Starts counting from these counters. Epochs of the lease up to `epoch` have no counters to
    /// be judged by: they are given back.
    pub fn set_baseline(&mut self, epoch: u64, counters: &LeafCounters) -> Result<Settled> {
        let first = self.settled_epoch().saturating_add(1);
        self.baseline_known = 1;
        self.advance(epoch, counters);
        let range = EpochRange::between(first, self.settled_epoch().min(self.end_epoch));
        let verdict = if range.is_empty() {
            Verdict::Baseline
        } else {
            Verdict::NoBaseline
        };
        let price = Price {
            whole: self.price_of(&range)?,
            payable: 0,
        };
        let settled = self.pay(&price, 0, 0)?;
        Ok(Settled {
            epochs: range.epochs,
            verdict,
            ..settled
        })
    }

    /// Pays for the epochs up to that of the root, by the windows between the two leaves.
    /// `maintenance` are the operator's declared windows.
    pub fn settle(
        &mut self,
        epoch: u64,
        counters: &LeafCounters,
        maintenance: &[EpochRange],
    ) -> Result<Settled> {
        let first = self.settled_epoch().saturating_add(1);
        let ok = counters
            .windows_ok
            .checked_sub(self.baseline_ok)
            .ok_or(CreditsError::CounterFell)?;
        let total = counters
            .windows_total
            .checked_sub(self.baseline_total)
            .ok_or(CreditsError::CounterFell)?;
        self.advance(epoch, counters);
        let range = EpochRange::between(first, epoch.min(self.end_epoch));
        let price = self.price_without(&range, maintenance)?;
        let settled = self.pay(&price, ok, total)?;
        Ok(Settled {
            epochs: range.epochs,
            ..settled
        })
    }

    /// What these epochs cost, with and without the ones of declared maintenance.
    fn price_without(&self, range: &EpochRange, maintenance: &[EpochRange]) -> Result<Price> {
        let whole = self.price_of(range)?;
        let mut payable = whole;
        if declared_epochs(maintenance, range) > 0 {
            for window in maintenance {
                payable = payable
                    .checked_sub(self.price_of(&window.intersection(range))?)
                    .ok_or(CreditsError::InvariantViolated)?;
            }
        }
        Ok(Price { whole, payable })
    }

    fn advance(&mut self, epoch: u64, counters: &LeafCounters) {
        self.baseline_epoch = epoch;
        self.baseline_ok = counters.windows_ok;
        self.baseline_total = counters.windows_total;
    }

    /// Takes out what these epochs cost and, after the last one, all that is left.
    #[inline(never)]
    fn pay(&mut self, price: &Price, ok: u32, total: u32) -> Result<Settled> {
        let terms = self.kernel_terms()?;
        let settlement = lease::settle(&terms, price, ok, total, self.escrow);
        self.take(settlement.consumed, settlement.refunded)?;
        self.credited = self
            .credited
            .checked_add(settlement.credit)
            .ok_or(CreditsError::MathOverflow)?;
        let mut settled = Settled {
            epochs: 0,
            windows_ok: ok,
            windows_total: total,
            consumed: Credits(settlement.consumed),
            refunded: Credits(settlement.refunded),
            credit: Credits(settlement.credit),
            notice_paid: Credits::ZERO,
            verdict: Verdict::of(price, ok, total, &settlement),
        };
        if self.is_settled() {
            self.status = LEASE_SETTLED;
            settled.notice_paid = self.pay_notice()?;
            let rest = self.refund_rest()?;
            let sum = |a: Credits, b| a.checked_add(b).map_err(|_| CreditsError::MathOverflow);
            settled.consumed = sum(settled.consumed, settled.notice_paid)?;
            settled.refunded = sum(settled.refunded, rest)?;
        }
        Ok(settled)
    }

    /// Pays for the notice that the customer cut short, as far as the escrow reaches.
    fn pay_notice(&mut self) -> Result<Credits> {
        let owed = EpochRange {
            first: self.end_epoch.saturating_add(1),
            epochs: u64::from(self.notice_owed),
        };
        let due = self.price_of(&owed)?.min(self.escrow);
        self.take(due, 0)?;
        Ok(Credits(due))
    }

    fn kernel_terms(&self) -> Result<lease::LeaseTerms> {
        let steps = schedule(self.sla_bps, self.credit_bps, &self.deeper_steps);
        kernel_terms(steps, self.credit_cap_bps, self.deposited, self.credited)
    }

    /// Settles a lease in which no epoch is left to pay for, because it has ended early.
    pub fn finish(&mut self) -> Result<Settled> {
        require!(self.status != LEASE_SETTLED, CreditsError::LeaseSettled);
        require!(self.is_settled(), CreditsError::LeaseNotFinished);
        let settled = self.pay(&Price::default(), 0, 0)?;
        Ok(Settled {
            verdict: Verdict::Finished,
            ..settled
        })
    }
}
