//! How lease groups are settled: member by member with one root, and then all together.

use {
    crate::{require, Group, GroupDeal, Leaf, Member, Refusal, Told, World},
    trestle_core::lease_group::{self, Delivery, GroupPrice, GroupSettlement, GROUP_MEMBERS_MAX},
};

/// Epochs after the first record of a period for which the other members are waited for.
const SILENT_EPOCHS: u64 = 4;

/// Epochs from the first to the last.
type Epochs = (u64, u64);

/// What is recorded of a member next.
enum Next {
    /// That its commitment ends, which takes no leaf.
    End,
    /// Its windows in the root of this epoch, to start from.
    Baseline(u64),
    /// Its windows in the root of this epoch, with which the period is settled.
    Period(u64),
    /// That it serves only after the period, which takes no leaf.
    Later,
}

fn count((first, last): Epochs) -> u64 {
    (last + 1).saturating_sub(first)
}

fn shared(one: Epochs, other: Epochs) -> u64 {
    let (first, last) = (one.0.max(other.0), one.1.min(other.1));
    if first <= last {
        count((first, last))
    } else {
        0
    }
}

impl Member {
    /// Notes the last epoch of its commitment, if that is news. A customer who ended it owes the
    /// notice, and nobody gets service credits for what it cut.
    fn note(&mut self, ended: Option<(u64, bool)>, notice: u64, group_end: u64) -> bool {
        let before = self.last.unwrap_or(u64::MAX);
        let Some((last, by_customer)) = ended.filter(|(last, _)| *last < before) else {
            return false;
        };
        self.last = Some(last);
        self.is_cut = by_customer;
        self.owed = if by_customer {
            (last + notice).min(before).min(group_end)
        } else {
            0
        };
        true
    }

    /// What it delivered in these epochs.
    fn delivery(&self, epochs: Epochs) -> Delivery {
        let ((ok, total), excused) = if self.is_recorded {
            (self.delivered, self.excused)
        } else {
            ((0, 0), 0)
        };
        let after = self.last.map(|last| last + 1);
        let owed = after.map_or(0, |after| shared(epochs, (after, self.owed)));
        let is_cut = |epoch: &u64| {
            let before = self.is_place_cut && *epoch < self.first;
            before || (self.is_cut && after.is_some_and(|after| *epoch >= after))
        };
        let cut = (epochs.0..=epochs.1).filter(is_cut).count();
        Delivery {
            served: shared(epochs, self.serves()),
            cut: cut as u64,
            owed,
            excused,
            ok,
            total,
        }
    }

    fn serves(&self) -> Epochs {
        (self.first, self.last.unwrap_or(u64::MAX))
    }

    fn count(&mut self, leaf: &Leaf) {
        self.counted = (leaf.windows_ok, leaf.windows_total);
    }

    fn deliver(&mut self, leaf: &Leaf) -> Told {
        let fell = Refusal("a counter that fell");
        let ok = leaf.windows_ok.checked_sub(self.counted.0).ok_or(fell)?;
        let total = leaf.windows_total.checked_sub(self.counted.1);
        self.delivered = (ok, total.ok_or(fell)?);
        self.is_recorded = true;
        self.count(leaf);
        Ok(())
    }
}

impl GroupDeal {
    fn price(&self, epochs: Epochs) -> GroupPrice {
        GroupPrice {
            rate: self.lease.rate,
            epochs: count(epochs),
            needed: self.needed,
        }
    }
}

impl Group {
    fn place(&self, operator: u8) -> Told<usize> {
        let mut members = self.members.iter();
        let place = members.position(|member| member.operator == operator);
        place.ok_or(Refusal("not a member"))
    }

    /// Whether all that serve are recorded, or were waited for long enough.
    fn is_recorded(&self, epoch: u64) -> bool {
        let settled = self.settled;
        let has_left = |member: &Member| member.last.is_some_and(|last| last <= settled);
        let mut members = self.members.iter();
        let all = members.all(|member| member.is_recorded || has_left(member));
        self.is_open && (all || epoch - self.round.1 > SILENT_EPOCHS)
    }

    fn settlement(&self, epochs: Epochs) -> Told<GroupSettlement> {
        let mut deliveries = [Delivery::default(); GROUP_MEMBERS_MAX];
        for (delivery, member) in deliveries.iter_mut().zip(&self.members) {
            *delivery = member.delivery(epochs);
        }
        let terms = self.deal.lease.kernel(self.deposited, self.credited)?;
        let price = self.deal.price(epochs);
        lease_group::settle(&terms, &price, &deliveries).map_err(|_| Refusal("too much"))
    }

    /// Pays for the running period; returns what was used up and refunded.
    fn pay(&mut self) -> Told<(u64, u64)> {
        let epochs = (self.settled + 1, self.round.0.min(self.end));
        let paid = self.settlement(epochs)?;
        let (consumed, mut refunded) = (paid.whole.consumed, paid.whole.refunded);
        self.take(consumed, refunded)?;
        self.credited += paid.whole.credit;
        for (member, earned) in self.members.iter_mut().zip(paid.earned) {
            member.earned += earned;
            member.is_recorded = false;
        }
        self.settled = epochs.1.max(self.settled);
        self.is_open = false;
        if self.is_settled() {
            self.is_done = true;
            refunded += self.escrow;
            self.take(0, self.escrow)?;
        }
        Ok((consumed, refunded))
    }
}

impl World {
    /// The last epoch that an operator serves a customer, as far as that is known, and whether the
    /// customer says so. Once the commitment is gone, nothing tells what is not settled.
    fn served(&self, customer: u8, operator: u8, settled: u64) -> Option<(u64, bool)> {
        match self.commitments.get(&(customer, operator)) {
            Some(commitment) => commitment.ended,
            None => Some((settled, false)),
        }
    }

    /// The epoch of the root to start from: the newest before the group. Where there was none,
    /// operators start from zero; where it was forgotten, with the oldest that is left.
    fn group_baseline(&self, start: u64) -> Told<Option<u64>> {
        let newest = self.roots.last().map(|root| root.epoch);
        require(newest.is_some_and(|newest| newest >= start), "no root yet")?;
        let mut older = self.roots.iter().rev().map(|root| root.epoch);
        let forgotten = self.roots.first().filter(|_| self.roots_forgotten > 0);
        let before = older.find(|epoch| *epoch < start);
        Ok(before.or(forgotten.map(|root| root.epoch)))
    }

    /// The epoch of the root with which the running period is settled.
    fn group_root(&self, group: &Group) -> Told<u64> {
        let mut epochs = self.roots.iter().map(|root| root.epoch);
        if group.is_open {
            let kept = epochs.find(|epoch| *epoch == group.round.0);
            return kept.ok_or(Refusal("not the root that is due"));
        }
        let due = (group.settled + u64::from(group.deal.lease.period)).min(group.end);
        epochs
            .find(|epoch| *epoch >= due)
            .ok_or(Refusal("no root yet"))
    }

    /// What is recorded of a member next. What needs no leaf is noted at once.
    fn group_next(&self, group: &mut Group, customer: u8, operator: u8) -> Told<Next> {
        let place = group.place(operator)?;
        require(!group.is_settled(), "a lease that is settled")?;
        require(group.is_complete(), "a group that is too small")?;
        let (notice, end) = (u64::from(group.deal.lease.notice), group.end);
        let member = &mut group.members[place];
        // An end that was noted is not forgotten with the commitment.
        let unknown = if member.is_recorded {
            group.round.0
        } else {
            group.settled
        };
        let ended = self.served(customer, operator, member.last.unwrap_or(unknown));
        if member.note(ended, notice, end) {
            return Ok(Next::End);
        }
        let first = member.first;
        let is_later = self.group_root(group).is_ok_and(|root| first > root);
        let member = &mut group.members[place];
        if !is_later && !member.has_baseline {
            member.has_baseline = true;
            if let Some(epoch) = self.group_baseline(first)? {
                return Ok(Next::Baseline(epoch));
            }
        }
        let root = self.group_root(group)?;
        if !group.is_open {
            group.is_open = true;
            group.round = (root, self.epoch());
        }
        let is_recorded = group.members[place].is_recorded;
        require(!is_recorded, "a member that is recorded")?;
        Ok(if is_later {
            Next::Later
        } else {
            Next::Period(root)
        })
    }

    /// The epoch of the leaf by which a member can be recorded now; any will do for an end.
    pub fn group_due(&self, customer: u8, number: u8, operator: u8) -> Told<Option<u64>> {
        let group = self.credits.groups.get(&(customer, number));
        let mut group = group.ok_or(Refusal("no such group"))?.clone();
        match self.group_next(&mut group, customer, operator)? {
            Next::End | Next::Later => Ok(None),
            Next::Baseline(epoch) | Next::Period(epoch) => Ok(Some(epoch)),
        }
    }

    pub(crate) fn group_record(
        &mut self,
        customer: u8,
        number: u8,
        operator: u8,
        back: u8,
    ) -> Told {
        let mut group = self.group(customer, number)?.clone();
        let next = self.group_next(&mut group, customer, operator)?;
        let place = group.place(operator)?;
        let period = (group.settled + 1, group.round.0.min(group.end));
        let windows = self.windows(operator);
        let member = &mut group.members[place];
        let shown = |due: u64| {
            let shown = self.leaf(operator, back).ok();
            let shown = shown.filter(|(epoch, _)| *epoch == due);
            shown.ok_or(Refusal("not the root that is due"))
        };
        match next {
            Next::End => {}
            Next::Baseline(epoch) => {
                member.count(&shown(epoch)?.1);
                // Epochs that have passed by then cannot be judged.
                member.first = member.first.max(epoch + 1);
            }
            Next::Period(epoch) => {
                member.deliver(&shown(epoch)?.1)?;
                let serves = member.serves();
                let served = (period.0.max(serves.0), period.1.min(serves.1));
                let declared = windows
                    .iter()
                    .map(|window| window.within(served.0, served.1));
                member.excused = declared.map(count).sum();
            }
            Next::Later => member.is_recorded = true,
        }
        *self.group(customer, number)? = group;
        Ok(())
    }

    pub(crate) fn group_settle(&mut self, customer: u8, number: u8) -> Told {
        let epoch = self.epoch();
        let group = self.group(customer, number)?;
        require(!group.is_settled(), "a lease that is settled")?;
        let is_recorded = group.is_recorded(epoch);
        require(is_recorded, "a member that nobody recorded")?;
        let (consumed, refunded) = group.pay()?;
        self.settle(customer, consumed, refunded)
    }
}
