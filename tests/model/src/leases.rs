//! Leases: work that is paid in advance and settled by the roots.

use {
    crate::{require, rest, sum, Actor, Refusal, Rules, Told, World},
    std::collections::btree_map::Entry,
    trestle_core::{
        lease::{self, Price, SlaStep, SLA_STEPS_MAX},
        units::Bps,
    },
};

/// Epochs after its end in which a lease can still be settled.
const TIMEOUT_EPOCHS: u64 = 8;
/// Longest term, period and notice, epochs.
const TERM_MAX: u64 = 3_650;
const PERIOD_MAX: u64 = 32;
const NOTICE_MAX: u16 = 90;

/// What a lease is opened with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseDeal {
    pub rate: u64,
    pub epochs: u64,
    /// Epochs that are settled together.
    pub period: u32,
    /// Below this share of good windows so much comes back.
    pub sla_bps: u16,
    pub credit_bps: u16,
    /// Of all that was paid, what may come back in this way.
    pub cap_bps: u16,
    /// Epochs of notice of the customer.
    pub notice: u16,
}

/// A lease of a customer with an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub deal: LeaseDeal,
    /// First and last epoch.
    pub start: u64,
    pub end: u64,
    /// Whether its last epoch has been settled.
    pub is_done: bool,
    /// Epoch and windows, good and all, up to which it is settled.
    pub baseline: Option<(u64, u32, u32)>,
    pub deposited: u64,
    pub escrow: u64,
    pub consumed: u64,
    pub refunded: u64,
    /// The part of what was refunded because of bad windows.
    pub credited: u64,
}

impl LeaseDeal {
    fn validate(&self) -> Told {
        let whole = 10_000;
        let is_sane = self.rate > 0
            && (1..=TERM_MAX).contains(&self.epochs)
            && (1..=PERIOD_MAX).contains(&u64::from(self.period))
            && self.sla_bps <= whole
            && self.credit_bps <= whole
            && self.cap_bps <= whole
            && self.notice <= NOTICE_MAX;
        require(is_sane, "no such deal")
    }

    fn price(&self, epochs: u64) -> Told<u64> {
        self.rate.checked_mul(epochs).ok_or(Refusal("too much"))
    }
}

impl Lease {
    /// Last epoch that is settled.
    pub fn settled(&self) -> u64 {
        let before = self.start - 1;
        self.baseline
            .map_or(before, |(epoch, ..)| epoch.max(before))
    }

    fn is_settled(&self) -> bool {
        self.is_done || self.settled() >= self.end
    }

    /// Pays for epochs of which so many windows were good; returns what was used up and refunded.
    fn pay(&mut self, price: Price, ok: u32, total: u32) -> Told<(u64, u64)> {
        let bps = |share| Bps::new(share).ok_or(Refusal("a share above the whole"));
        let mut steps = [SlaStep::default(); SLA_STEPS_MAX];
        steps[0] = SlaStep {
            below: bps(self.deal.sla_bps)?,
            credit: bps(self.deal.credit_bps)?,
        };
        let cap = crate::bps(self.deposited, self.deal.cap_bps);
        let terms = lease::LeaseTerms {
            steps,
            credit_left: cap.saturating_sub(self.credited),
        };
        let paid = lease::settle(&terms, &price, ok, total, self.escrow);
        self.escrow = rest(self.escrow, paid.consumed + paid.refunded)?;
        self.credited += paid.credit;
        let mut refunded = paid.refunded;
        if self.is_settled() {
            self.is_done = true;
            refunded += std::mem::take(&mut self.escrow);
        }
        self.consumed += paid.consumed;
        self.refunded += refunded;
        Ok((paid.consumed, refunded))
    }
}

impl World {
    fn lease(&mut self, customer: u8, operator: u8) -> Told<&mut Lease> {
        self.credits
            .leases
            .get_mut(&(customer, operator))
            .ok_or(Refusal("no such lease"))
    }

    pub(crate) fn lease_open(&mut self, customer: u8, operator: u8, deal: LeaseDeal) -> Told {
        let epoch = self.epoch();
        require(
            !self.operator(operator)?.exited,
            "an operator that has left",
        )?;
        self.require_running(Rules::CREDITS)?;
        deal.validate()?;
        let price = deal.price(deal.epochs)?;
        self.escrow(customer, price)?;
        let Entry::Vacant(place) = self.credits.leases.entry((customer, operator)) else {
            return Err(Refusal("a lease already"));
        };
        place.insert(Lease {
            deal,
            start: epoch + 1,
            end: epoch + deal.epochs,
            is_done: false,
            baseline: None,
            deposited: price,
            escrow: price,
            consumed: 0,
            refunded: 0,
            credited: 0,
        });
        Ok(())
    }

    /// The epoch of the only root that a lease can be settled with now, and whether it is the one
    /// to start from. Every root has a leaf of every operator.
    fn lease_root(&self, lease: &Lease) -> Told<(u64, bool)> {
        let epochs: Vec<u64> = self.roots.iter().map(|(epoch, _)| *epoch).collect();
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
        let due = (settled + u64::from(lease.deal.period)).min(lease.end);
        let root = epochs.into_iter().find(|epoch| *epoch >= due);
        Ok((root.ok_or(not_due)?, false))
    }

    /// The epoch of the leaf that settles a lease now.
    pub fn lease_due(&self, customer: u8, operator: u8) -> Told<u64> {
        let lease = self.credits.leases.get(&(customer, operator));
        let lease = lease.ok_or(Refusal("no such lease"))?;
        require(!lease.is_settled(), "a lease that is settled")?;
        Ok(self.lease_root(lease)?.0)
    }

    pub(crate) fn lease_settle(&mut self, customer: u8, operator: u8, back: u8) -> Told {
        let mut lease = *self.lease(customer, operator)?;
        require(!lease.is_done, "a lease that is settled")?;
        let (consumed, refunded) = if lease.is_settled() {
            lease.pay(Price::default(), 0, 0)?
        } else {
            let (epoch, is_baseline) = self.lease_root(&lease)?;
            let (shown, leaf) = self.leaf(operator, back)?;
            require(shown == epoch, "not the root that is due")?;
            let first = lease.settled() + 1;
            let (ok, total) = lease.baseline.map_or((0, 0), |(_, ok, total)| (ok, total));
            lease.baseline = Some((epoch, leaf.windows_ok, leaf.windows_total));
            let epochs = (lease.settled().min(lease.end) + 1).saturating_sub(first);
            let whole = lease.deal.price(epochs)?;
            if is_baseline {
                // Without counters before them epochs cannot be judged.
                lease.pay(Price { whole, payable: 0 }, 0, 0)?
            } else {
                let (ok, total) = (leaf.windows_ok - ok, leaf.windows_total - total);
                let payable = whole;
                lease.pay(Price { whole, payable }, ok, total)?
            }
        };
        *self.lease(customer, operator)? = lease;
        self.settle(customer, consumed, refunded)
    }

    pub(crate) fn lease_end(&mut self, by: Actor, customer: u8, operator: u8) -> Told {
        let (epoch, notice) = (self.epoch(), self.rules.notice_epochs);
        let lease = self.lease(customer, operator)?;
        let notice = if by == Actor::Customer(customer) {
            lease.deal.notice
        } else {
            require(by == Actor::Operator(operator), "not a party")?;
            notice
        };
        require(!lease.is_settled(), "a lease that is settled")?;
        let end = (epoch + u64::from(notice)).max(lease.settled());
        require(end < lease.end, "it ends sooner")?;
        lease.end = end;
        Ok(())
    }

    pub(crate) fn lease_close(&mut self, customer: u8, operator: u8) -> Told {
        let epoch = self.epoch();
        let lease = *self.lease(customer, operator)?;
        let is_over = lease.is_settled() || epoch > lease.end + TIMEOUT_EPOCHS;
        require(is_over, "a lease that is not over")?;
        self.credits.leases.remove(&(customer, operator));
        self.settle(customer, 0, lease.escrow)
    }

    /// Every credit of a lease or a meter is used up, given back or still in it.
    pub(crate) fn check_escrows(&self) -> Result<(), String> {
        for (parties, lease) in &self.credits.leases {
            let placed = sum(lease.consumed, lease.refunded).and_then(|out| sum(out, lease.escrow));
            if placed != Ok(lease.deposited) {
                return Err(format!("lease {parties:?}: {lease:?}"));
            }
        }
        for (parties, meter) in &self.credits.meters {
            if meter.units * meter.deal.price + meter.escrow != meter.deposited {
                return Err(format!("meter {parties:?}: {meter:?}"));
            }
        }
        Ok(())
    }
}
