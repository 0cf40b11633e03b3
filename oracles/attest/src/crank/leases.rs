//! Leases that final roots can settle.

use super::due::Due;
use crate::chain::{Action, ChainView};
use solana_pubkey::Pubkey;
use trestle_core::root::FinalRoot;
use trestle_credits::constants::{LEASE_SETTLED, REASON_COMMITMENT_ENDED};
use trestle_sdk::fetch::Lease;
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

/// Leases that can be settled now. The program's own rules choose the root.
pub fn due_leases(view: &ChainView, leases: &[(Pubkey, Lease)]) -> Vec<DueLease> {
    leases
        .iter()
        .filter(|(_, lease)| lease.status != LEASE_SETTLED)
        .filter_map(|(address, lease)| {
            let root = next_root(view, *lease)?;
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
fn next_root(view: &ChainView, mut lease: Lease) -> Option<FinalRoot> {
    let commitment = view.registry.commitment(lease.commitment.as_array());
    let last_epoch = match commitment.filter(|one| one.customer == lease.customer) {
        Some(one) if one.ended_epoch > lease.end_epoch => lease.end_epoch,
        Some(one) => one.ended_epoch,
        None => lease.settled_epoch(),
    };
    if last_epoch.max(lease.settled_epoch()) < lease.end_epoch {
        lease.end_at(last_epoch, REASON_COMMITMENT_ENDED).ok()?;
    }
    if lease.is_settled() {
        // Only the rest is given back; any leaf will do.
        return view.latest_final().copied();
    }
    lease.next_root(&view.ring).ok().map(|next| *next.root())
}

impl DueLease {
    /// The operator whose leaf it takes.
    pub fn operator(&self) -> &[u8; 32] {
        self.lease.operator.as_array()
    }

    /// The settlement with the leaf of its root.
    pub fn settle(&self, view: &ChainView, proof: LeafProof) -> Due {
        let lease = &self.lease;
        let (network, service) = (&view.network_address, &view.service_address);
        let (customer, commitment) = (&lease.customer, &lease.commitment);
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
                instructions: vec![lease_settle(network, service, customer, commitment, proof)],
            },
            turn_epoch: self.root.epoch,
        }
    }
}
