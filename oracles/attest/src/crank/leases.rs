//! Leases that final roots can settle.

use super::due::Due;
use crate::chain::{Action, ChainView};
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use trestle_core::bytemuck::must_cast_ref;
use trestle_core::maintenance::EpochRange;
use trestle_core::root::FinalRoot;
use trestle_credits::constants::LEASE_SETTLED;
use trestle_sdk::fetch::{Lease, Maintenance};
use trestle_sdk::instruction::credits::lease_settle;
use trestle_sdk::instruction::staking::LeafProof;

/// Settlements sent in one round.
const LEASES_PER_ROUND_MAX: usize = 16;

/// A lease and the final root that settles it next.
#[derive(Clone, Copy)]
pub struct DueLease {
    address: Pubkey,
    lease: Lease,
    /// The root whose leaf the settlement needs.
    pub root: FinalRoot,
}

/// Maintenance by operator.
pub type MaintenanceBook = BTreeMap<Pubkey, Maintenance>;

/// Leases that can be settled now. The program's own rules choose the root.
pub fn due_leases(
    view: &ChainView,
    leases: &[(Pubkey, Lease)],
    maintenance: &MaintenanceBook,
) -> Vec<DueLease> {
    leases
        .iter()
        .filter(|(_, lease)| lease.status != LEASE_SETTLED)
        .filter_map(|(address, lease)| {
            let declared = maintenance.get(&lease.operator);
            let windows = declared.map_or(&[][..], |one| one.ranges());
            let root = next_root(view, *lease, windows)?;
            Some(DueLease {
                address: *address,
                lease: *lease,
                root,
            })
        })
        .take(LEASES_PER_ROUND_MAX)
        .collect()
}

/// What the program would take, with the end that the commitment imposes.
fn next_root(view: &ChainView, mut lease: Lease, windows: &[EpochRange]) -> Option<FinalRoot> {
    let commitment = view.registry.commitment(lease.commitment.as_array());
    let commitment = commitment.map(must_cast_ref);
    lease.end_with_commitment(commitment).ok()?;
    if lease.is_settled() {
        // Only the rest is given back; any leaf will do.
        return view.latest_final().copied();
    }
    let next = lease.next_root(&view.ring, windows).ok()?;
    Some(*next.root())
}

impl DueLease {
    /// The operator whose leaf it takes.
    pub fn operator(&self) -> &[u8; 32] {
        self.lease.operator.as_array()
    }

    /// The settlement with the leaf of its root.
    pub fn settle(&self, proof: LeafProof) -> Due {
        let lease = &self.lease;
        Due {
            action: Action {
                key: format!(
                    "settle:{}:{}:{}:{}",
                    self.address,
                    lease.baseline_known,
                    lease.settled_epoch(),
                    self.root.epoch
                ),
                kind: "settle",
                instructions: vec![lease_settle(lease, proof)],
            },
            turn_epoch: self.root.epoch,
        }
    }
}
