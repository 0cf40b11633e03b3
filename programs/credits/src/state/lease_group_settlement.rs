//! How a group is settled: member by member with one root, and then what that comes to.

use {
    super::{
        lease_group::{GroupMember, LeaseGroup},
        lease_terms::{kernel_terms, schedule},
    },
    crate::{
        commitment::Commitment,
        constants::{GROUP_SILENT_EPOCHS, LEASE_SETTLED},
        error::CreditsError,
        roots,
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        leaf::LeafCounters,
        lease_group::{self, Delivery, GroupPrice, GROUP_MEMBERS_MAX},
        maintenance::{declared_epochs, EpochRange},
        root::{FinalRoot, RootRing},
        units::Credits,
    },
    trestle_staking::leaf::LeafProof,
};

/// What is recorded of a member next. One call records one of these, in this order.
#[derive(Clone, Copy)]
pub enum NextRecord<'a> {
    /// The last epoch that it serves; it is noted already, and takes no leaf.
    End,
    /// The counters that it starts from are those of its leaf in this root.
    Baseline(&'a FinalRoot),
    /// Its leaf in this root shows what it delivered in the running period.
    Period(&'a FinalRoot),
    /// It serves only after the running period, which is settled with this root: that is noted,
    /// and takes no leaf.
    Later(&'a FinalRoot),
}

impl NextRecord<'_> {
    /// As events store it.
    pub const fn code(&self) -> u8 {
        match self {
            Self::End => 0,
            Self::Baseline(_) => 1,
            Self::Period(_) => 2,
            Self::Later(_) => 3,
        }
    }
}

/// What the settlement of one period came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSettled {
    pub epochs: u64,
    pub consumed: Credits,
    pub refunded: Credits,
    /// The part of `refunded` that is a service credit.
    pub credit: Credits,
    /// What of `consumed` each member earned.
    pub earned: [u64; GROUP_MEMBERS_MAX],
}

impl LeaseGroup {
    /// Finds the member that serves a commitment.
    pub fn place_of(&self, commitment: &Address) -> Result<usize> {
        let mut members = self.members().iter();
        let place = members.position(|one| address_eq(&one.commitment, commitment));
        place.ok_or_else(|| CreditsError::WrongCommitment.into())
    }

    /// Records the next thing of a member. `commitment` is `None` if its account is gone;
    /// `maintenance` are the declared windows of its operator.
    pub fn record<'a>(
        &mut self,
        place: usize,
        commitment: Option<&Commitment>,
        maintenance: &[EpochRange],
        ring: &'a RootRing,
        leaf: &LeafProof,
        current_epoch: u64,
    ) -> Result<NextRecord<'a>> {
        let next = self.next_record(place, commitment, ring, current_epoch)?;
        let period = self.period();
        let member = self.member(place)?;
        match next {
            NextRecord::End => {}
            NextRecord::Baseline(root) => {
                let counters = roots::verify_leaf(leaf, root, &member.operator)?;
                // Epochs that have passed by then cannot be judged.
                member.first_epoch = member.first_epoch.max(root.epoch.saturating_add(1));
                member.baseline_known = 1;
                member.count(&counters);
            }
            NextRecord::Period(root) => {
                let counters = roots::verify_leaf(leaf, root, &member.operator)?;
                member.deliver(&counters)?;
                member.excuse(&period, maintenance);
            }
            NextRecord::Later(_) => member.recorded = 1,
        }
        Ok(next)
    }

    /// Finds what is recorded of a member next, and the one root whose leaf shows it.
    pub fn next_record<'a>(
        &mut self,
        place: usize,
        commitment: Option<&Commitment>,
        ring: &'a RootRing,
        current_epoch: u64,
    ) -> Result<NextRecord<'a>> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        require!(
            self.member_count >= self.needed,
            CreditsError::GroupTooSmall
        );
        if self.note_end(place, commitment)? {
            return Ok(NextRecord::End);
        }
        let is_later = self.is_later(place, ring)?;
        if !is_later {
            if let Some(root) = self.baseline_root(place, ring)? {
                return Ok(NextRecord::Baseline(root));
            }
        }
        let root = self.open_round(ring, current_epoch)?;
        require!(
            self.member(place)?.recorded == 0,
            CreditsError::MemberRecorded
        );
        Ok(if is_later {
            NextRecord::Later(root)
        } else {
            NextRecord::Period(root)
        })
    }

    /// Whether a member begins to serve only after the running period. What it starts from is in a
    /// later root then, which need not be there yet.
    fn is_later(&mut self, place: usize, ring: &RootRing) -> Result<bool> {
        let first_epoch = self.member(place)?.first_epoch;
        let root = self.round_root(ring);
        Ok(root.is_ok_and(|root| first_epoch > root.epoch))
    }

    /// The epochs of the running period, once its root is known.
    fn period(&self) -> EpochRange {
        let first = self.settled_epoch.saturating_add(1);
        EpochRange::between(first, self.round_epoch.min(self.end_epoch))
    }

    fn member(&mut self, place: usize) -> Result<&mut GroupMember> {
        let member = self.members.get_mut(place);
        member.ok_or_else(|| CreditsError::InvariantViolated.into())
    }

    /// Notes when a member's commitment ends, if that is news. If its account is gone and nobody
    /// noted its end, nothing tells it any more: what is neither settled nor recorded by then is
    /// not paid.
    ///
    /// A customer who ends it cannot have the notice of the group served: what is cut short of it
    /// is owed. Nor does what it cut count against the service level.
    fn note_end(&mut self, place: usize, commitment: Option<&Commitment>) -> Result<bool> {
        // Another customer may have committed the same data after this one's was closed.
        let own = commitment.filter(|one| address_eq(&one.customer, &self.customer));
        let (settled, group_end) = (self.settled_epoch, self.end_epoch);
        let (notice, round_epoch) = (u64::from(self.notice_epochs), self.round_epoch);
        let member = self.member(place)?;
        let before = member.last_epoch;
        let known = match member.recorded {
            1 => round_epoch,
            _ => settled,
        };
        let last = match own {
            Some(one) => one.ended_epoch,
            None if before == u64::MAX => known,
            None => before,
        };
        if last >= before {
            return Ok(false);
        }
        let is_cut = own.is_some_and(Commitment::is_ended_by_customer);
        let owed = last.saturating_add(notice).min(before).min(group_end);
        member.last_epoch = last;
        member.cut_by_customer = u8::from(is_cut);
        member.owed_epoch = if is_cut { owed } else { 0 };
        Ok(true)
    }

    /// The root whose leaf shows the counters that a member starts from, if that is needed.
    fn baseline_root<'a>(
        &mut self,
        place: usize,
        ring: &'a RootRing,
    ) -> Result<Option<&'a FinalRoot>> {
        let member = self.member(place)?;
        if member.baseline_known == 1 {
            return Ok(None);
        }
        let root = roots::baseline(ring, member.first_epoch, member.registered_epoch)?;
        // No root before the first epoch knows the operator: it starts from zero.
        member.baseline_known = u8::from(root.is_none());
        Ok(root)
    }

    /// The one root that the running period is settled with: the oldest that reaches its end when
    /// the first member is recorded.
    fn round_root<'a>(&self, ring: &'a RootRing) -> Result<&'a FinalRoot> {
        if self.round_open == 1 {
            let root = ring.find(self.round_epoch);
            return root.ok_or_else(|| CreditsError::WrongSettlementEpoch.into());
        }
        let due = self
            .settled_epoch
            .saturating_add(u64::from(self.period_epochs))
            .min(self.end_epoch);
        ring.oldest_from(due)
            .ok_or_else(|| CreditsError::SettlementNotDue.into())
    }

    fn open_round<'a>(&mut self, ring: &'a RootRing, current_epoch: u64) -> Result<&'a FinalRoot> {
        let root = self.round_root(ring)?;
        if self.round_open == 0 {
            self.round_open = 1;
            self.round_epoch = root.epoch;
            self.round_opened = current_epoch;
        }
        Ok(root)
    }

    /// Pays for the running period by what was recorded of its members.
    #[inline(never)]
    pub fn settle(&mut self, current_epoch: u64) -> Result<GroupSettled> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        require!(
            self.is_recorded(current_epoch),
            CreditsError::MemberNotRecorded
        );
        let range = self.period();
        let mut deliveries = [Delivery::default(); GROUP_MEMBERS_MAX];
        for (delivery, member) in deliveries.iter_mut().zip(self.members()) {
            *delivery = member.delivery(&range);
        }
        let price = GroupPrice {
            rate: self.rate_per_epoch,
            epochs: range.epochs,
            needed: self.needed,
        };
        let steps = schedule(self.sla_bps, self.credit_bps, &self.deeper_steps);
        let terms = kernel_terms(steps, self.credit_cap_bps, self.deposited, self.credited)?;
        let settlement = lease_group::settle(&terms, &price, &deliveries)
            .map_err(|_| CreditsError::MathOverflow)?;
        let whole = settlement.whole;
        self.take(whole.consumed, whole.refunded)?;
        self.credited = self
            .credited
            .checked_add(whole.credit)
            .ok_or(CreditsError::MathOverflow)?;
        let rest = self.finish_round(&range)?;
        let refunded = Credits(whole.refunded).checked_add(rest);
        Ok(GroupSettled {
            epochs: range.epochs,
            consumed: Credits(whole.consumed),
            refunded: refunded.map_err(|_| CreditsError::MathOverflow)?,
            credit: Credits(whole.credit),
            earned: settlement.earned,
        })
    }

    /// Whether all that serve are recorded, or the time for it is over.
    fn is_recorded(&self, current_epoch: u64) -> bool {
        let waited = current_epoch.saturating_sub(self.round_opened);
        let mut members = self.members().iter();
        self.round_open == 1
            && (waited > GROUP_SILENT_EPOCHS
                || members.all(|one| one.recorded == 1 || one.last_epoch <= self.settled_epoch))
    }

    /// Begins the next period; after the last one gives back all that is left.
    fn finish_round(&mut self, range: &EpochRange) -> Result<Credits> {
        self.settled_epoch = range.last().max(self.settled_epoch);
        self.round_open = 0;
        for member in &mut self.members {
            member.recorded = 0;
        }
        if !self.is_settled() {
            return Ok(Credits::ZERO);
        }
        self.status = LEASE_SETTLED;
        self.refund_rest()
    }
}

impl GroupMember {
    fn count(&mut self, counters: &LeafCounters) {
        self.counted_ok = counters.windows_ok;
        self.counted_total = counters.windows_total;
    }

    /// Takes in what it delivered since it was last recorded.
    fn deliver(&mut self, counters: &LeafCounters) -> Result<()> {
        let ok = counters.windows_ok.checked_sub(self.counted_ok);
        let total = counters.windows_total.checked_sub(self.counted_total);
        self.delivered_ok = ok.ok_or(CreditsError::CounterFell)?;
        self.delivered_total = total.ok_or(CreditsError::CounterFell)?;
        self.recorded = 1;
        self.count(counters);
        Ok(())
    }

    /// Notes for how many epochs of the running period it had declared maintenance.
    fn excuse(&mut self, period: &EpochRange, maintenance: &[EpochRange]) {
        let epochs = declared_epochs(maintenance, &period.intersection(&self.serves()));
        self.excused_epochs = u16::try_from(epochs).unwrap_or(u16::MAX);
    }

    fn serves(&self) -> EpochRange {
        EpochRange::between(self.first_epoch, self.last_epoch)
    }

    /// What it delivered in these epochs: nothing if it is not recorded, but for what was cut.
    fn delivery(&self, range: &EpochRange) -> Delivery {
        let after = self.last_epoch.saturating_add(1);
        let owed = EpochRange::between(after, self.owed_epoch);
        let before = match self.place_was_cut {
            1 => EpochRange::between(0, self.first_epoch.saturating_sub(1)),
            _ => EpochRange::default(),
        };
        let since = match self.cut_by_customer {
            1 => EpochRange::between(after.max(before.end()), u64::MAX),
            _ => EpochRange::default(),
        };
        let (excused, ok, total) = if self.recorded == 1 {
            (self.excused_epochs, self.delivered_ok, self.delivered_total)
        } else {
            (0, 0, 0)
        };
        let shared = |epochs: &EpochRange| range.intersection(epochs).epochs;
        Delivery {
            served: shared(&self.serves()),
            cut: shared(&before).saturating_add(shared(&since)),
            owed: shared(&owed),
            excused: excused.into(),
            ok,
            total,
        }
    }
}
