//! Leases: work that is paid in advance.

use {
    crate::{require, rest, sum, Actor, Refusal, Rules, Told, World},
    std::collections::btree_map::Entry,
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
    /// Epochs by which the customer may extend it alone, and what each costs.
    pub renewal_epochs: u64,
    pub renewal_rate: u64,
}

/// A lease of a customer with an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub deal: LeaseDeal,
    /// What an epoch costs from some epoch on.
    pub renewed: Option<(u64, u64)>,
    /// First and last epoch.
    pub start: u64,
    pub end: u64,
    /// Whether it ends before its term.
    pub is_ending: bool,
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
    /// Epochs of a notice that the customer cut short.
    pub notice_owed: u16,
}

impl LeaseDeal {
    pub(crate) fn validate(&self) -> Told {
        let whole = 10_000;
        let is_sane = self.rate > 0
            && (1..=TERM_MAX).contains(&self.epochs)
            && (1..=PERIOD_MAX).contains(&u64::from(self.period))
            && self.sla_bps <= whole
            && self.credit_bps <= whole
            && self.cap_bps <= whole
            && self.notice <= NOTICE_MAX
            && self.renewal_epochs <= TERM_MAX
            && (self.renewal_epochs > 0) == (self.renewal_rate > 0);
        require(is_sane, "no such deal")
    }
}

fn price(rate: u64, epochs: u64) -> Told<u64> {
    rate.checked_mul(epochs).ok_or(Refusal("too much"))
}

impl Lease {
    /// Last epoch that is settled.
    pub fn settled(&self) -> u64 {
        let before = self.start - 1;
        self.baseline
            .map_or(before, |(epoch, ..)| epoch.max(before))
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.is_done || self.settled() >= self.end
    }

    /// What the epochs from the first to the last cost.
    pub(crate) fn price_of(&self, first: u64, last: u64) -> Told<u64> {
        let count = |first: u64, last: u64| (last + 1).saturating_sub(first);
        let all = count(first, last);
        let (rate, renewed) = match self.renewed {
            Some((rate, from)) => (rate, count(first.max(from), last)),
            None => (0, 0),
        };
        sum(price(self.deal.rate, all - renewed)?, price(rate, renewed)?)
    }

    /// It ends with this epoch, or with the last one that is settled.
    pub(crate) fn end_with(&mut self, epoch: u64) -> Told {
        require(!self.is_settled(), "a lease that is settled")?;
        let end = epoch.max(self.settled());
        require(end < self.end, "it ends sooner")?;
        self.end = end;
        self.is_ending = true;
        Ok(())
    }

    /// Credits leave it: used up, or given back.
    pub(crate) fn take(&mut self, consumed: u64, refunded: u64) -> Told {
        self.escrow = rest(self.escrow, sum(consumed, refunded)?)?;
        self.consumed += consumed;
        self.refunded += refunded;
        Ok(())
    }

    fn renew(&mut self, epochs: u64, rate: u64, now: u64) -> Told<u64> {
        let is_running = !self.is_ending && !self.is_done && now <= self.end;
        require(is_running, "a lease that does not run")?;
        require(rate > 0, "no such rate")?;
        let end = sum(self.end, epochs)?;
        require(epochs > 0 && end - now <= TERM_MAX, "no such term")?;
        // Once all epochs at the first rate are settled the second one takes its place.
        if let Some((second, from)) = self.renewed {
            if self.settled() + 1 >= from {
                self.deal.rate = second;
                self.renewed = None;
            }
        }
        let last = self.renewed.map_or(self.deal.rate, |(rate, _)| rate);
        if rate != last {
            require(self.renewed.is_none(), "a third rate")?;
            self.renewed = Some((rate, self.end + 1));
        }
        let added = price(rate, epochs)?;
        self.end = end;
        self.deposited = sum(self.deposited, added)?;
        self.escrow = sum(self.escrow, added)?;
        Ok(added)
    }

    /// The customer leaves with its notice; returns what the epochs until then do not cost.
    fn leave(&mut self, now: u64) -> Told<u64> {
        require(!self.is_settled(), "a lease that is settled")?;
        let last = now + u64::from(self.deal.notice);
        if last < self.end {
            self.end_with(last)?;
        }
        let last = self.end + u64::from(self.notice_owed);
        let needed = self.price_of(self.settled() + 1, last)?;
        let surplus = self.escrow.saturating_sub(needed);
        self.take(0, surplus)?;
        Ok(surplus)
    }
}

impl World {
    pub(crate) fn lease(&mut self, customer: u8, operator: u8) -> Told<&mut Lease> {
        self.credits
            .leases
            .get_mut(&(customer, operator))
            .ok_or(Refusal("no such lease"))
    }

    pub(crate) fn require_commitment(&self, customer: u8, operator: u8) -> Told {
        let commitment = self.commitments.get(&(customer, operator));
        let commitment = commitment.ok_or(Refusal("no such commitment"))?;
        require(commitment.ended.is_none(), "a commitment that ends")
    }

    pub(crate) fn lease_open(&mut self, customer: u8, operator: u8, deal: LeaseDeal) -> Told {
        let epoch = self.epoch();
        self.require_commitment(customer, operator)?;
        let parties = (customer, operator);
        let is_there = self.credits.leases.contains_key(&parties);
        require(!is_there, "a lease already")?;
        require(
            !self.operator(operator)?.exited,
            "an operator that has left",
        )?;
        self.require_admitted(customer, operator)?;
        self.require_running(Rules::CREDITS)?;
        deal.validate()?;
        let price = price(deal.rate, deal.epochs)?;
        self.escrow(customer, price)?;
        if let Entry::Vacant(place) = self.credits.leases.entry(parties) {
            place.insert(Lease {
                deal,
                renewed: None,
                start: epoch + 1,
                end: epoch + deal.epochs,
                is_ending: false,
                is_done: false,
                baseline: None,
                deposited: price,
                escrow: price,
                consumed: 0,
                refunded: 0,
                credited: 0,
                notice_owed: 0,
            });
        }
        Ok(())
    }

    pub(crate) fn lease_renew(
        &mut self,
        customer: u8,
        operator: u8,
        epochs: u64,
        rate: u64,
        by_node: bool,
    ) -> Told {
        let epoch = self.epoch();
        self.lease(customer, operator)?;
        self.require_commitment(customer, operator)?;
        self.require_running(Rules::CREDITS)?;
        self.require_admitted(customer, operator)?;
        let lease = self.lease(customer, operator)?;
        if !by_node {
            let deal = &mut lease.deal;
            let is_agreed = rate == deal.renewal_rate && epochs <= deal.renewal_epochs;
            require(is_agreed, "nobody agreed for the operator")?;
            deal.renewal_epochs -= epochs;
        }
        let added = lease.renew(epochs, rate, epoch)?;
        self.escrow(customer, added)
    }

    pub(crate) fn lease_transfer(
        &mut self,
        customer: u8,
        from: u8,
        to: u8,
        deal: LeaseDeal,
    ) -> Told {
        let epoch = self.epoch();
        self.require_commitment(customer, to)?;
        require(from != to, "the same operator")?;
        let moved = self.lease(customer, from)?.leave(epoch)?;
        self.settle(customer, 0, moved)?;
        self.lease_open(customer, to, deal)
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
        lease.end_with(epoch + u64::from(notice))
    }

    pub(crate) fn lease_close(&mut self, customer: u8, operator: u8) -> Told {
        let epoch = self.epoch();
        let lease = *self.lease(customer, operator)?;
        let is_over = lease.is_settled() || epoch > lease.end + TIMEOUT_EPOCHS;
        require(is_over, "a lease that is not over")?;
        self.credits.leases.remove(&(customer, operator));
        self.settle(customer, 0, lease.escrow)
    }

    /// Every credit of a lease, a group or a meter is used up, given back or still in it.
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
        self.check_groups()
    }
}
