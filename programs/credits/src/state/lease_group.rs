//! A lease group: credits that pay k of n operators, each by what it delivered.
//!
//! A customer who cannot do without k operators takes n, so that some may fail. The group holds
//! what k of them cost, and never pays more. It is settled period by period like a lease, all
//! members with the same root: each is recorded by its leaf, then the period is settled.
//!
//! A commitment of a member may have a lease besides, or be in a second group: the customer signs
//! each of them, and whatever it pays twice is revenue of the service twice.
//!
//! A member whose commitment has ended makes room: another operator can join in its place while the
//! group runs, and serves from the next epoch on.

use {
    super::{
        group_terms::GroupTerms,
        lease_escrow::Escrow,
        lease_terms::{price, LeaseTerms, SlaStep, DEEPER_STEPS},
    },
    crate::{
        address::{is_derived, maintenance_address},
        constants::{GROUP_TIMEOUT_EPOCHS, LEASE_ACTIVE, LEASE_ENDING, LEASE_SETTLED, VERSION},
        error::CreditsError,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        lease::Reason,
        lease_group::GROUP_MEMBERS_MAX,
        maintenance::EpochRange,
        seeds::{SEED_LEASE_GROUP, SEED_MAINTENANCE},
        units::Credits,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["lease_group", customer, id]`.
#[account]
pub struct LeaseGroup {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 active, 2 ending before its term, 3 settled to the end.
    pub status: u8,
    /// Why it ends before its term; 0 if it does not.
    pub reason: u8,
    /// Operators whose whole delivery is paid for at most: k.
    pub needed: u8,
    /// Operators that may join: n.
    pub members_max: u8,
    /// Operators that have joined.
    pub member_count: u8,
    /// 1 once a member was recorded in the running period.
    pub round_open: u8,
    /// Share of what k operators deliver below which a period earns a service credit.
    pub sla_bps: u16,
    /// Share of what a bad period would have cost that the customer gets back besides.
    pub credit_bps: u16,
    /// Most that service credits may give back, as a share of `deposited`.
    pub credit_cap_bps: u16,
    /// Epochs that a customer who leaves early still pays for after the running one.
    pub notice_epochs: u16,
    /// What worse periods give back instead of `credit_bps`.
    pub deeper_steps: [SlaStep; DEEPER_STEPS],
    /// Epochs that are settled together.
    pub period_epochs: u32,
    /// The customer's number for it.
    pub id: u64,
    /// The network whose credits it holds.
    pub network: Address,
    /// The service that is bought.
    pub service: Address,
    /// The wallet that pays.
    pub customer: Address,
    /// Credits an epoch for all that one operator can deliver.
    pub rate_per_epoch: u64,
    /// First epoch that is paid for.
    pub start_epoch: u64,
    /// Last epoch that is paid for; one before the first if none is.
    pub end_epoch: u64,
    /// Last epoch that is settled; one before the first if none is.
    pub settled_epoch: u64,
    /// The root that the running period is settled with, once a member was recorded by it.
    pub round_epoch: u64,
    /// Epoch in which the first member was recorded in the running period.
    pub round_opened: u64,
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
    /// Zero; room for what is to come.
    pub _reserved: [u8; 32],
    /// Who serves, by place.
    pub members: [GroupMember; GROUP_MEMBERS_MAX],
}

/// An operator of a group. Zeroed while nobody has the place.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct GroupMember {
    /// The staking account of the operator.
    pub operator: Address,
    /// What it serves: a commitment of the proofs program.
    pub commitment: Address,
    /// Epoch in which the operator registered: older roots have no leaf of it.
    pub registered_epoch: u64,
    /// First epoch that it can be paid for.
    pub first_epoch: u64,
    /// Last epoch that it serves; the largest number while its commitment has no end.
    pub last_epoch: u64,
    /// Last epoch that counts as delivered although it serves no longer, because the customer ended
    /// the commitment without keeping the notice; zero if there is none.
    pub owed_epoch: u64,
    /// Good windows of the operator when it was last recorded.
    pub counted_ok: u32,
    /// All windows of the operator when it was last recorded.
    pub counted_total: u32,
    /// Good windows of the running period.
    pub delivered_ok: u32,
    /// All windows of the running period.
    pub delivered_total: u32,
    /// 1 once the counters to start from are known.
    pub baseline_known: u8,
    /// 1 once it is recorded in the running period.
    pub recorded: u8,
    /// 1 if the customer ended its commitment.
    pub cut_by_customer: u8,
    /// 1 if the customer had emptied the place: the epochs before `first_epoch` count as cut.
    pub place_was_cut: u8,
    /// Bump of the address of its operator's maintenance; zero for members of a time when groups
    /// did not ask for it.
    pub maintenance_bump: u8,
    /// Zero.
    pub _pad: u8,
    /// Epochs of the running period in which it serves and has declared maintenance.
    pub excused_epochs: u16,
}

const _: () = {
    assert!(size_of::<GroupMember>() == 120);
    assert!(offset_of!(GroupMember, excused_epochs) == 118);
    assert!(size_of::<LeaseGroup>() == 256 + GROUP_MEMBERS_MAX * size_of::<GroupMember>());
    assert!(offset_of!(LeaseGroup, id) == 32);
    assert!(offset_of!(LeaseGroup, network) == 40);
    assert!(offset_of!(LeaseGroup, customer) == 104);
    assert!(offset_of!(LeaseGroup, rate_per_epoch) == 136);
    assert!(offset_of!(LeaseGroup, escrow) == 192);
    assert!(offset_of!(LeaseGroup, members) == 256);
};

impl Layout for LeaseGroup {
    const VERSION: u8 = VERSION;
}

/// Whose group it is, and of what.
pub struct GroupParties {
    pub bump: u8,
    pub id: u64,
    pub network: Address,
    pub service: Address,
    pub customer: Address,
}

impl GroupMember {
    /// An operator that serves this commitment from now on.
    pub fn new(operator: Address, commitment: Address, registered_epoch: u64) -> Self {
        Self {
            operator,
            commitment,
            registered_epoch,
            last_epoch: u64::MAX,
            maintenance_bump: maintenance_address(&operator).1,
            ..Self::zeroed()
        }
    }

    /// Whether `address` is that of its operator's maintenance.
    pub fn is_maintenance(&self, address: &Address) -> bool {
        let seeds = [SEED_MAINTENANCE, self.operator.as_ref(), &[]];
        is_derived(address, seeds, self.maintenance_bump, &ID)
    }

    /// Whether it serves no longer, and nothing is owed to it any more.
    fn has_left(&self, settled_epoch: u64) -> bool {
        self.last_epoch.max(self.owed_epoch) <= settled_epoch
    }

    /// Whether the customer, and nobody else, is why its place is empty after `settled_epoch`.
    fn is_place_cut(&self, settled_epoch: u64) -> bool {
        let never_served = self.first_epoch > settled_epoch;
        self.cut_by_customer == 1 || (self.place_was_cut == 1 && never_served)
    }
}

impl LeaseGroup {
    /// Writes a fresh group without members.
    pub fn open(&mut self, parties: &GroupParties, terms: &GroupTerms) -> Result<()> {
        let lease = &terms.lease;
        let before = terms
            .start_epoch
            .checked_sub(1)
            .ok_or(CreditsError::MathOverflow)?;
        self.version = VERSION;
        self.bump = parties.bump;
        self.status = LEASE_ACTIVE;
        self.needed = terms.needed;
        self.members_max = terms.members_max;
        self.sla_bps = lease.sla_bps;
        self.credit_bps = lease.credit_bps;
        self.credit_cap_bps = lease.credit_cap_bps;
        self.notice_epochs = lease.notice_epochs;
        self.deeper_steps = lease.deeper_steps;
        self.period_epochs = lease.period_epochs;
        self.id = parties.id;
        self.network = parties.network;
        self.service = parties.service;
        self.customer = parties.customer;
        self.rate_per_epoch = lease.rate_per_epoch;
        self.start_epoch = terms.start_epoch;
        self.end_epoch = before
            .checked_add(lease.epochs)
            .ok_or(CreditsError::MathOverflow)?;
        self.settled_epoch = before;
        self.deposited = terms.price()?.0;
        self.escrow = self.deposited;
        Ok(())
    }

    /// Whether `address` is the one that customer and number give.
    pub fn is_at(&self, address: &Address) -> bool {
        let id = self.id.to_le_bytes();
        let seeds = [SEED_LEASE_GROUP, self.customer.as_ref(), &id];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// What it was opened with, while its end has not been moved.
    pub fn terms(&self) -> GroupTerms {
        GroupTerms {
            needed: self.needed,
            members_max: self.members_max,
            start_epoch: self.start_epoch,
            lease: LeaseTerms {
                rate_per_epoch: self.rate_per_epoch,
                epochs: EpochRange::between(self.start_epoch, self.end_epoch).epochs,
                period_epochs: self.period_epochs,
                sla_bps: self.sla_bps,
                credit_bps: self.credit_bps,
                deeper_steps: self.deeper_steps,
                credit_cap_bps: self.credit_cap_bps,
                notice_epochs: self.notice_epochs,
                renewal_epochs: 0,
                renewal_rate: 0,
            },
        }
    }

    /// The operators that have joined.
    pub fn members(&self) -> &[GroupMember] {
        let count = usize::from(self.member_count);
        self.members.get(..count).unwrap_or(&self.members)
    }

    /// Takes in an operator that has agreed to these terms: before the group begins or, while it
    /// runs, from the next epoch on. Returns its place.
    #[inline(never)]
    pub fn join(
        &mut self,
        terms: &GroupTerms,
        member: &GroupMember,
        current_epoch: u64,
    ) -> Result<u8> {
        let first_epoch = self.start_epoch.max(current_epoch.saturating_add(1));
        require!(
            self.status == LEASE_ACTIVE && first_epoch <= self.end_epoch,
            CreditsError::LeaseNotRunning
        );
        require!(!self.is_void(current_epoch), CreditsError::GroupBegun);
        require!(*terms == self.terms(), CreditsError::GroupTermsDiffer);
        let free = self.free_place(&member.operator)?;
        let settled = self.settled_epoch;
        let place = self.members.get_mut(usize::from(free));
        let place = place.ok_or(CreditsError::InvariantViolated)?;
        *place = GroupMember {
            first_epoch,
            place_was_cut: u8::from(place.is_place_cut(settled)),
            ..*member
        };
        let count = free.checked_add(1).ok_or(CreditsError::MathOverflow)?;
        self.member_count = self.member_count.max(count);
        Ok(free)
    }

    /// Places that operators can take.
    pub fn places_free(&self) -> usize {
        let members = self.members().iter();
        let left = members.filter(|member| member.has_left(self.settled_epoch));
        let unused = self.members_max.saturating_sub(self.member_count);
        left.count().saturating_add(unused.into())
    }

    /// The place that an operator takes which joins: its own if it has left and comes back, else
    /// one that nobody has had, else that of the first member that has left.
    fn free_place(&self, operator: &Address) -> Result<u8> {
        let has_left = |member: &GroupMember| member.has_left(self.settled_epoch);
        let places = || (0..).zip(self.members());
        if let Some((place, own)) = places().find(|(_, one)| address_eq(&one.operator, operator)) {
            require!(has_left(own), CreditsError::MemberTwice);
            return Ok(place);
        }
        if self.member_count < self.members_max {
            return Ok(self.member_count);
        }
        let left = places().find(|(_, member)| has_left(member));
        left.map(|(place, _)| place)
            .ok_or_else(|| CreditsError::GroupFull.into())
    }

    /// Whether nothing is left to settle.
    pub fn is_settled(&self) -> bool {
        self.settled_epoch >= self.end_epoch
    }

    /// Whether it can never begin, because too few operators joined in time.
    pub fn is_void(&self, current_epoch: u64) -> bool {
        self.member_count < self.needed && current_epoch >= self.start_epoch
    }

    /// Whether whatever is left may go back to the customer, because nobody settled in time.
    pub fn is_timed_out(&self, current_epoch: u64) -> bool {
        current_epoch > self.end_epoch.saturating_add(GROUP_TIMEOUT_EPOCHS)
    }

    /// Moves the end forward to the one that the customer's notice allows. Returns the end before.
    pub fn leave(&mut self, current_epoch: u64, reason: Reason) -> Result<u64> {
        require!(!self.is_settled(), CreditsError::LeaseSettled);
        let before = self.end_epoch;
        let last = current_epoch.saturating_add(u64::from(self.notice_epochs));
        let end = last.max(self.settled_epoch);
        require!(end < before, CreditsError::LeaseEndsAlready);
        self.end_epoch = end;
        self.status = LEASE_ENDING;
        self.reason = reason.code();
        Ok(before)
    }

    /// Gives back all that is left.
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

    /// What the epochs that are not settled cost at most.
    fn price_left(&self) -> Result<u64> {
        let left = self.end_epoch.saturating_sub(self.settled_epoch);
        price(price(self.rate_per_epoch, left)?, self.needed.into())
    }

    /// What holds after every instruction that changes a group.
    ///
    /// - It has this layout and a known status.
    /// - It has a reason to end before its term.
    /// - It has at most n members, and n is at least k.
    /// - Every credit that it was opened with is used up, given back or still in it.
    /// - What is still in it pays for the epochs that are left, unless it is being closed.
    /// - Nothing is left in a settled group.
    /// - No window is good that was not counted.
    /// - Service credits are part of what was given back.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let placed = self
            .consumed
            .checked_add(self.refunded)
            .and_then(|out| out.checked_add(self.escrow));
        let holds = self.version == VERSION
            && (LEASE_ACTIVE..=LEASE_SETTLED).contains(&self.status)
            && (self.status != LEASE_ENDING || self.reason != Reason::None.code())
            && (1..=self.members_max).contains(&self.needed)
            && self.member_count <= self.members_max
            && usize::from(self.members_max) <= GROUP_MEMBERS_MAX
            && placed == Some(self.deposited)
            && (self.escrow == 0 || self.escrow >= self.price_left()?)
            && (self.status != LEASE_SETTLED || self.escrow == 0)
            && self
                .members()
                .iter()
                .all(|member| member.counted_ok <= member.counted_total)
            && self.credited <= self.refunded;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
