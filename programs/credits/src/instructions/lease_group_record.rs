//! Record a member of a lease group.
//!
//! Shows what one member delivered in the running period, by its leaf in the root that the period
//! is settled with. Anybody may do it; once all members are recorded, the period can be settled.
//!
//! The first record of a member may only take its baseline, as the first settlement of a lease
//! does, and one that finds the member's commitment ended only notes that. The next one goes on.
//!
//! Specification:
//! - A period has one root: the oldest final root that reaches its end, and no other.
//! - The first record of a member takes the baseline from the newest root before the group.
//! - An operator without a leaf before the group starts from zero.
//! - Epochs whose baseline has left the ring are not paid to the member.
//! - A member is recorded once in a period.
//! - A member serves until its commitment ends.
//! - A member that serves only after the period is recorded without a leaf.
//! - What a member missed in declared maintenance is not paid and gives no service credit.
//! - A notice that the customer cut short by ending a commitment is paid.
//! - What a customer cuts by ending commitments gives no service credit.
//! - A member whose commitment is gone serves no longer.
//! - A group that too few operators joined records nobody.
//! - A leaf that is not in the root is refused.
//! - A paused network records.

use {
    crate::{
        clock::network_epoch,
        commitment::Commitment,
        error::CreditsError,
        event::LeaseGroupRecorded,
        state::{load_existing, GroupMember, LeaseGroup, Maintenance, NextRecord, State},
    },
    anchor_lang::prelude::*,
    trestle_staking::{leaf::LeafProof, ring::FinalRoots, state::Network},
};

#[derive(Accounts)]
pub struct LeaseGroupRecord {
    /// The group's network: its clock counts the epochs.
    #[account(address = group.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The group: one member's counters change.
    #[account(mut, constraint = group.is_at(group.address()) @ CreditsError::WrongAddress)]
    pub group: State<LeaseGroup>,
    /// The final roots of the group's service.
    #[account(
        constraint = ring.is_of(&group.service, ring.address()) @ CreditsError::WrongService,
    )]
    pub ring: State<FinalRoots>,
    /// What the member serves: says which member it is. Its account may be gone by now.
    pub commitment: UncheckedAccount,
    /// The maintenance of the member's operator, which may never have declared any.
    pub maintenance: UncheckedAccount,
}

impl LeaseGroupRecord {
    pub fn lease_group_record(&mut self, leaf: &LeafProof) -> Result<LeaseGroupRecorded> {
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        let place = self.group.place_of(self.commitment.address())?;
        let maintenance = self.maintenance(self.member(place)?)?;
        let windows = maintenance.as_ref().map_or(&[][..], |one| one.ranges());
        let commitment: Option<State<Commitment>> = load_existing(&self.commitment)?;
        let served = commitment.as_ref().map(|one| &***one);
        let recorded = self
            .group
            .record(place, served, windows, &self.ring, leaf, epoch)?;
        self.group.invariant()?;
        self.event(place, recorded)
    }

    fn member(&self, place: usize) -> Result<&GroupMember> {
        let member = self.group.members().get(place);
        member.ok_or_else(|| CreditsError::InvariantViolated.into())
    }

    /// What the operator of a member has declared, if it has and the group asks for it.
    fn maintenance(&self, member: &GroupMember) -> Result<Option<State<Maintenance>>> {
        if member.maintenance_bump == 0 {
            return Ok(None);
        }
        require!(
            member.is_maintenance(self.maintenance.address()),
            CreditsError::WrongMaintenance
        );
        load_existing(&self.maintenance)
    }

    fn event(&self, place: usize, recorded: NextRecord) -> Result<LeaseGroupRecorded> {
        let member = self.member(place)?;
        let (epoch, ok, total) = match recorded {
            NextRecord::End => (member.last_epoch, 0, 0),
            NextRecord::Baseline(root) | NextRecord::Later(root) => (root.epoch, 0, 0),
            NextRecord::Period(root) => (root.epoch, member.delivered_ok, member.delivered_total),
        };
        let excused = match recorded {
            NextRecord::Period(_) => member.excused_epochs,
            _ => 0,
        };
        Ok(LeaseGroupRecorded {
            group: *self.group.address(),
            customer: self.group.customer,
            operator: member.operator,
            epoch,
            windows_ok: ok,
            windows_total: total,
            recorded: recorded.code(),
            _pad: 0,
            excused_epochs: excused,
            _pad_end: [0; 4],
        })
    }
}
