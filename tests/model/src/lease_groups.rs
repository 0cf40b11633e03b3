//! Lease groups: operators of which a customer needs k and takes n.

use {
    crate::{require, rest, sum, Actor, LeaseDeal, Refusal, Rules, Told, World},
    std::collections::btree_map::Entry,
};

/// Operators of a group, at most.
const MEMBERS_MAX: u8 = 16;
/// Epochs between opening a group and its first epoch, at most.
const LEAD_EPOCHS_MAX: u64 = 32;
/// Epochs after its end in which a group can still be settled.
const TIMEOUT_EPOCHS: u64 = 16;

/// What a group is opened with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupDeal {
    /// Operators whose whole delivery is paid for at most.
    pub needed: u8,
    /// Operators that may join.
    pub members_max: u8,
    /// First epoch.
    pub start: u64,
    /// What each member is leased by.
    pub lease: LeaseDeal,
}

/// A group of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub deal: GroupDeal,
    /// Last epoch.
    pub end: u64,
    /// Last epoch that is settled.
    pub settled: u64,
    /// Whether the customer left before the term.
    pub is_ending: bool,
    /// Whether its last epoch has been settled.
    pub is_done: bool,
    /// Whether a member was recorded in the running period.
    pub is_open: bool,
    /// Epoch of the root that a period is settled with, and the one in which its first member was
    /// recorded: of the running period, or of the last one that was.
    pub round: (u64, u64),
    pub deposited: u64,
    pub escrow: u64,
    pub consumed: u64,
    pub refunded: u64,
    /// The part of what was refunded because of bad windows.
    pub credited: u64,
    /// By place.
    pub members: Vec<Member>,
    /// What those have earned whose places others took.
    pub earned_before: u64,
}

/// An operator of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub operator: u8,
    /// First epoch that it can be paid for.
    pub first: u64,
    /// Last epoch that it serves, once an end of its commitment was noted.
    pub last: Option<u64>,
    /// Last epoch that it is paid for although it serves no longer; zero if there is none.
    pub owed: u64,
    /// Whether the customer ended its commitment.
    pub is_cut: bool,
    /// Whether the customer had emptied its place.
    pub is_place_cut: bool,
    /// Whether the windows to start from are known.
    pub has_baseline: bool,
    /// Good windows and all, up to which it was recorded.
    pub counted: (u32, u32),
    /// The same of the period in which it was recorded last.
    pub delivered: (u32, u32),
    /// Whether it is recorded in the running period.
    pub is_recorded: bool,
    /// Epochs of maintenance in the period in which it was recorded last.
    pub excused: u64,
    /// All that it has earned.
    pub earned: u64,
}

impl GroupDeal {
    fn validate(&self, epoch: u64) -> Told {
        let is_sized = (1..=self.members_max).contains(&self.needed);
        let is_sized = is_sized && self.members_max <= MEMBERS_MAX;
        require(is_sized, "no such group of operators")?;
        let starts = epoch + 1..=epoch + LEAD_EPOCHS_MAX;
        require(starts.contains(&self.start), "no such beginning")?;
        self.lease.validate()?;
        require(self.lease.renewal_epochs == 0, "no such deal")?;
        self.price_of(self.members_max)?;
        Ok(())
    }

    /// What so many operators cost that deliver everything.
    fn price_of(&self, operators: u8) -> Told<u64> {
        let one = self.lease.rate.checked_mul(self.lease.epochs);
        let all = one.and_then(|one| one.checked_mul(u64::from(operators)));
        all.ok_or(Refusal("too much"))
    }
}

impl Member {
    fn new(operator: u8, first: u64) -> Self {
        Self {
            operator,
            first,
            last: None,
            owed: 0,
            is_cut: false,
            is_place_cut: false,
            has_baseline: false,
            counted: (0, 0),
            delivered: (0, 0),
            is_recorded: false,
            excused: 0,
            earned: 0,
        }
    }
}

impl Group {
    /// The first place whose member has left for good.
    fn free_place(&self) -> Option<usize> {
        (0..self.members.len()).find(|place| self.has_left(*place))
    }

    /// Whether its member serves no longer, and nothing is owed to it.
    fn has_left(&self, place: usize) -> bool {
        let member = &self.members[place];
        let last = member.last.map(|last| last.max(member.owed));
        last.is_some_and(|last| last <= self.settled)
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.settled >= self.end
    }

    /// Whether enough operators have joined.
    pub(crate) fn is_complete(&self) -> bool {
        self.members.len() >= usize::from(self.deal.needed)
    }

    /// Credits leave it: used up, or given back.
    pub(crate) fn take(&mut self, consumed: u64, refunded: u64) -> Told {
        self.escrow = rest(self.escrow, sum(consumed, refunded)?)?;
        self.consumed += consumed;
        self.refunded += refunded;
        Ok(())
    }

    /// Every credit is used up, given back or still in it; members earned what was used up, and
    /// never more than as many whole deliveries as were needed.
    fn is_sound(&self) -> bool {
        let placed = sum(self.consumed, self.refunded).and_then(|out| sum(out, self.escrow));
        let members = self.members.iter();
        let earned: u128 = members.map(|member| u128::from(member.earned)).sum();
        let earned = earned + u128::from(self.earned_before);
        let paid = u128::from(self.settled + 1 - self.deal.start);
        let most = paid * u128::from(self.deal.lease.rate) * u128::from(self.deal.needed);
        placed == Ok(self.deposited) && earned == u128::from(self.consumed) && earned <= most
    }
}

impl World {
    pub(crate) fn group(&mut self, customer: u8, number: u8) -> Told<&mut Group> {
        let group = self.credits.groups.get_mut(&(customer, number));
        group.ok_or(Refusal("no such group"))
    }

    pub(crate) fn group_open(&mut self, customer: u8, number: u8, deal: GroupDeal) -> Told {
        let key = (customer, number);
        let is_there = self.credits.groups.contains_key(&key);
        require(!is_there, "a group already")?;
        self.require_running(Rules::CREDITS)?;
        deal.validate(self.epoch())?;
        let price = deal.price_of(deal.needed)?;
        self.escrow(customer, price)?;
        let settled = deal.start - 1;
        if let Entry::Vacant(place) = self.credits.groups.entry(key) {
            place.insert(Group {
                deal,
                end: settled + deal.lease.epochs,
                settled,
                is_ending: false,
                is_done: false,
                is_open: false,
                round: (0, 0),
                deposited: price,
                escrow: price,
                consumed: 0,
                refunded: 0,
                credited: 0,
                members: Vec::new(),
                earned_before: 0,
            });
        }
        Ok(())
    }

    /// `agreed` is whether what both sign are the terms of the group.
    pub(crate) fn group_join(
        &mut self,
        customer: u8,
        number: u8,
        operator: u8,
        agreed: bool,
    ) -> Told {
        let epoch = self.epoch();
        self.group(customer, number)?;
        self.require_commitment(customer, operator)?;
        self.require_running(Rules::CREDITS)?;
        let has_left = self.operator(operator)?.exited;
        require(!has_left, "an operator that has left")?;
        self.require_admitted(customer, operator)?;
        let group = self.group(customer, number)?;
        let first = group.deal.start.max(epoch + 1);
        let runs = !group.is_ending && !group.is_done && first <= group.end;
        require(runs, "a lease that does not run")?;
        let is_void = !group.is_complete() && epoch >= group.deal.start;
        require(!is_void, "a group that has begun")?;
        require(agreed, "terms that are not the group's")?;
        let own = group
            .members
            .iter()
            .position(|one| one.operator == operator);
        let is_there = own.is_some_and(|place| !group.has_left(place));
        require(!is_there, "a member already")?;
        let is_full = group.members.len() >= usize::from(group.deal.members_max);
        let left = own.or_else(|| is_full.then(|| group.free_place()).flatten());
        require(!is_full || left.is_some(), "a group that is full")?;
        let mut member = Member::new(operator, first);
        match left {
            Some(place) => {
                let before = group.members[place];
                let never_served = before.first > group.settled;
                member.is_place_cut = before.is_cut || (before.is_place_cut && never_served);
                group.earned_before += before.earned;
                group.members[place] = member;
            }
            None => group.members.push(member),
        }
        Ok(())
    }

    pub(crate) fn group_end(&mut self, by: Actor, customer: u8, number: u8) -> Told {
        let epoch = self.epoch();
        let group = self.group(customer, number)?;
        require(by == Actor::Customer(customer), "not the customer")?;
        require(!group.is_settled(), "a lease that is settled")?;
        let last = epoch + u64::from(group.deal.lease.notice);
        let end = last.max(group.settled);
        require(end < group.end, "it ends sooner")?;
        group.end = end;
        group.is_ending = true;
        Ok(())
    }

    pub(crate) fn group_close(&mut self, customer: u8, number: u8) -> Told {
        let epoch = self.epoch();
        let group = self.group(customer, number)?;
        let is_void = !group.is_complete() && epoch >= group.deal.start;
        let is_over = group.is_settled() || epoch > group.end + TIMEOUT_EPOCHS;
        require(is_void || is_over, "a lease that is not over")?;
        let left = group.escrow;
        self.credits.groups.remove(&(customer, number));
        self.settle(customer, 0, left)
    }

    pub(crate) fn check_groups(&self) -> Result<(), String> {
        let mut groups = self.credits.groups.iter();
        match groups.find(|(_, group)| !group.is_sound()) {
            Some((key, group)) => Err(format!("group {key:?}: {group:?}")),
            None => Ok(()),
        }
    }
}
