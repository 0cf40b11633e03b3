//! How leases are settled by the roots, and the maintenance that they do without.

use {
    crate::{require, Actor, Lease, LeaseDeal, Refusal, Told, World},
    trestle_core::{
        lease::{self, Price, SlaStep, SLA_STEPS_MAX},
        units::Bps,
    },
};

/// Windows of maintenance that are remembered.
const WINDOWS: usize = 8;
/// Whole epochs between declaring a window and its first one.
const LEAD_EPOCHS: u64 = 2;
/// Epochs of a quarter, and of maintenance in any quarter.
const QUARTER_EPOCHS: u64 = 90;
const MAINTENANCE_EPOCHS_MAX: u64 = 9;

/// Epochs in which an operator said that it would be away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub first: u64,
    /// At least one.
    pub epochs: u64,
}

impl Window {
    fn last(&self) -> u64 {
        self.end() - 1
    }

    fn end(&self) -> u64 {
        self.first.saturating_add(self.epochs)
    }

    /// The part from the first to the last epoch.
    pub(crate) fn within(&self, first: u64, last: u64) -> (u64, u64) {
        (self.first.max(first), self.last().min(last))
    }
}

impl LeaseDeal {
    /// By what is settled that so much was paid into, and so much of it came back for bad windows.
    pub(crate) fn kernel(&self, deposited: u64, credited: u64) -> Told<lease::LeaseTerms> {
        let bps = |share| Bps::new(share).ok_or(Refusal("a share above the whole"));
        let mut steps = [SlaStep::default(); SLA_STEPS_MAX];
        steps[0] = SlaStep {
            below: bps(self.sla_bps)?,
            credit: bps(self.credit_bps)?,
        };
        let cap = crate::bps(deposited, self.cap_bps);
        Ok(lease::LeaseTerms {
            steps,
            credit_left: cap.saturating_sub(credited),
        })
    }
}

impl Lease {
    /// Pays for epochs of which so many windows were good; returns what was used up and refunded.
    fn pay(&mut self, price: Price, ok: u32, total: u32) -> Told<(u64, u64)> {
        let terms = self.deal.kernel(self.deposited, self.credited)?;
        let paid = lease::settle(&terms, &price, ok, total, self.escrow);
        self.take(paid.consumed, paid.refunded)?;
        self.credited += paid.credit;
        let (mut consumed, mut refunded) = (paid.consumed, paid.refunded);
        if self.is_settled() {
            self.is_done = true;
            let (first, owed) = (self.end + 1, u64::from(self.notice_owed));
            let notice = self.price_of(first, self.end + owed)?.min(self.escrow);
            self.take(notice, 0)?;
            let rest = self.escrow;
            self.take(0, rest)?;
            consumed += notice;
            refunded += rest;
        }
        Ok((consumed, refunded))
    }

    /// What the epochs up to the one that is settled now cost, with and without maintenance.
    fn price_since(&self, first: u64, windows: &[Window]) -> Told<Price> {
        let last = self.settled().min(self.end);
        let whole = self.price_of(first, last)?;
        let mut payable = whole;
        for window in windows {
            let (first, last) = window.within(first, last);
            payable -= self.price_of(first, last)?;
        }
        Ok(Price { whole, payable })
    }
}

impl World {
    pub(crate) fn maintenance_declare(
        &mut self,
        by: Actor,
        operator: u8,
        first: u64,
        epochs: u64,
    ) -> Told {
        let now = self.epoch();
        require(by == Actor::Operator(operator), "not its operator")?;
        let windows = self.maintenance.entry(operator).or_default();
        let window = Window { first, epochs };
        require(epochs > 0, "too much maintenance")?;
        require(first > now + LEAD_EPOCHS, "maintenance too soon")?;
        let is_later = windows.iter().all(|known| first >= known.end());
        require(is_later, "maintenance out of order")?;
        let quarter = window.end().saturating_sub(QUARTER_EPOCHS);
        let declared = windows.iter().map(|known| {
            let (first, last) = known.within(quarter, window.last());
            (last + 1).saturating_sub(first)
        });
        let declared = declared.sum::<u64>().saturating_add(epochs);
        let is_little = declared <= MAINTENANCE_EPOCHS_MAX;
        require(is_little, "too much maintenance")?;
        if windows.len() == WINDOWS {
            let is_forgotten = windows[0].end() + QUARTER_EPOCHS <= now;
            require(is_forgotten, "no place for maintenance")?;
            windows.remove(0);
        }
        windows.push(window);
        Ok(())
    }

    pub(crate) fn windows(&self, operator: u8) -> Vec<Window> {
        self.maintenance.get(&operator).cloned().unwrap_or_default()
    }

    /// The epoch of the only root that a lease can be settled with now, and whether it is the one
    /// to start from.
    fn lease_root(&self, lease: &Lease, windows: &[Window]) -> Told<(u64, bool)> {
        let epochs: Vec<u64> = self.roots.iter().map(|root| root.epoch).collect();
        let not_due = Refusal("no root yet");
        if lease.baseline.is_none() {
            let newest = *epochs.last().ok_or(not_due)?;
            require(newest >= lease.start, not_due.0)?;
            let before = epochs.iter().rev().find(|epoch| **epoch < lease.start);
            // Where none was forgotten there was none: the operator starts from zero.
            let forgotten = epochs.first().filter(|_| self.roots_forgotten > 0);
            if let Some(epoch) = before.or(forgotten) {
                return Ok((*epoch, true));
            }
        }
        let settled = lease.settled();
        let first = settled + 1;
        let mut due = (settled + u64::from(lease.deal.period)).min(lease.end);
        // Maintenance and other epochs are settled apart.
        for window in windows.iter().filter(|window| first < window.end()) {
            let border = if window.first <= first {
                window.last()
            } else {
                window.first - 1
            };
            due = due.min(border);
        }
        let root = epochs.into_iter().find(|epoch| *epoch >= due);
        Ok((root.ok_or(not_due)?, false))
    }

    /// A lease does not outlast its commitment. A customer who ended that owes the notice.
    fn ended_with_commitment(&self, customer: u8, operator: u8) -> Told<Lease> {
        let lease = self.credits.leases.get(&(customer, operator));
        let mut lease = *lease.ok_or(Refusal("no such lease"))?;
        require(!lease.is_done, "a lease that is settled")?;
        let settled = lease.settled();
        let commitment = self.commitments.get(&(customer, operator));
        let (last, by_customer) = match commitment {
            Some(commitment) => commitment.ended.unwrap_or((u64::MAX, false)),
            None => (settled, false),
        };
        let (last, before) = (last.max(settled), lease.end);
        if last < before {
            lease.end_with(last)?;
            if by_customer {
                let cut = (before - last).min(u64::from(lease.deal.notice));
                lease.notice_owed = u16::try_from(cut).unwrap_or(lease.deal.notice);
            }
        }
        Ok(lease)
    }

    /// The epoch of the leaf that settles a lease now.
    pub fn lease_due(&self, customer: u8, operator: u8) -> Told<u64> {
        let lease = self.ended_with_commitment(customer, operator)?;
        require(!lease.is_settled(), "a lease that is settled")?;
        Ok(self.lease_root(&lease, &self.windows(operator))?.0)
    }

    pub(crate) fn lease_settle(&mut self, customer: u8, operator: u8, back: u8) -> Told {
        let mut lease = self.ended_with_commitment(customer, operator)?;
        let (consumed, refunded) = if lease.is_settled() {
            lease.pay(Price::default(), 0, 0)?
        } else {
            self.settle_next(&mut lease, operator, back)?
        };
        *self.lease(customer, operator)? = lease;
        self.settle(customer, consumed, refunded)
    }

    fn settle_next(&self, lease: &mut Lease, operator: u8, back: u8) -> Told<(u64, u64)> {
        let windows = self.windows(operator);
        let (epoch, is_baseline) = self.lease_root(lease, &windows)?;
        let mut newer = self.roots.iter().rev();
        let shown = newer.nth(usize::from(back));
        let is_due = shown.is_some_and(|root| root.epoch == epoch);
        require(is_due, "not the root that is due")?;
        let (_, leaf) = self.leaf(operator, back)?;
        let first = lease.settled() + 1;
        let (ok, total) = lease.baseline.map_or((0, 0), |(_, ok, total)| (ok, total));
        lease.baseline = Some((epoch, leaf.windows_ok, leaf.windows_total));
        if is_baseline {
            // Without counters before them epochs cannot be judged.
            let whole = lease.price_since(first, &[])?.whole;
            return lease.pay(Price { whole, payable: 0 }, 0, 0);
        }
        let fell = Refusal("a counter that fell");
        let ok = leaf.windows_ok.checked_sub(ok).ok_or(fell)?;
        let total = leaf.windows_total.checked_sub(total).ok_or(fell)?;
        lease.pay(lease.price_since(first, &windows)?, ok, total)
    }
}
