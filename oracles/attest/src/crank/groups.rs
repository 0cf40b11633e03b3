//! Lease groups: members that final roots can record, and periods that can be settled.

use super::due::Due;
use crate::chain::{Action, ChainView};
use solana_pubkey::Pubkey;
use trestle_core::bytemuck::must_cast_ref;
use trestle_core::root::FinalRoot;
use trestle_credits::state::{GroupMember, NextRecord};
use trestle_sdk::fetch::LeaseGroup;
use trestle_sdk::instruction::credits::{lease_group_record, lease_group_settle};
use trestle_sdk::instruction::staking::LeafProof;

/// Settlements sent in one round.
const GROUPS_PER_ROUND_MAX: usize = 16;
/// Records sent in one round: those of two groups of the largest size.
const RECORDS_PER_ROUND_MAX: usize = 32;

/// A member of a group and the final root that records it next.
#[derive(Clone, Copy)]
pub struct DueRecord {
    address: Pubkey,
    group: LeaseGroup,
    member: GroupMember,
    code: u8,
    /// The root whose leaf the record shows; where it shows none, the newest.
    pub root: FinalRoot,
    /// Whether it shows a leaf.
    pub needs_leaf: bool,
}

/// Periods of groups that can be settled now, by the program's own rules.
pub fn due_group_settlements(view: &ChainView, groups: &[(Pubkey, LeaseGroup)]) -> Vec<Due> {
    let due = groups.iter().filter(|(_, group)| {
        let mut copy = *group;
        copy.settle(view.epoch).is_ok()
    });
    due.take(GROUPS_PER_ROUND_MAX)
        .map(|(address, group)| Due {
            action: Action {
                key: format!("settle-group:{address}:{}", group.settled_epoch),
                kind: "settle",
                instructions: vec![lease_group_settle(group)],
            },
            turn_epoch: group.round_epoch,
        })
        .collect()
}

/// Members of groups that can be recorded now. The program's own rules choose the root.
pub fn due_records(view: &ChainView, groups: &[(Pubkey, LeaseGroup)]) -> Vec<DueRecord> {
    groups
        .iter()
        .flat_map(|(address, group)| {
            let places = 0..group.members().len();
            places.filter_map(|place| next_record(view, address, group, place))
        })
        .take(RECORDS_PER_ROUND_MAX)
        .collect()
}

fn next_record(
    view: &ChainView,
    address: &Pubkey,
    group: &LeaseGroup,
    place: usize,
) -> Option<DueRecord> {
    let member = *group.members().get(place)?;
    let served = view.registry.commitment(member.commitment.as_array());
    let served = served.map(must_cast_ref);
    let mut copy = *group;
    let next = copy
        .next_record(place, served, &view.ring, view.epoch)
        .ok()?;
    let (root, needs_leaf) = match next {
        NextRecord::End | NextRecord::Later(_) => (view.latest_final()?, false),
        NextRecord::Baseline(root) | NextRecord::Period(root) => (root, true),
    };
    Some(DueRecord {
        address: *address,
        group: *group,
        member,
        code: next.code(),
        root: *root,
        needs_leaf,
    })
}

impl DueRecord {
    /// The operator whose leaf it takes.
    pub fn operator(&self) -> &[u8; 32] {
        self.member.operator.as_array()
    }

    /// The record with the leaf of its root.
    pub fn record(&self, proof: LeafProof) -> Due {
        Due {
            action: Action {
                key: format!(
                    "record:{}:{}:{}:{}:{}",
                    self.address,
                    self.member.commitment,
                    self.group.settled_epoch,
                    self.code,
                    self.root.epoch
                ),
                kind: "record",
                instructions: vec![lease_group_record(&self.group, &self.member, proof)],
            },
            turn_epoch: self.root.epoch,
        }
    }
}
