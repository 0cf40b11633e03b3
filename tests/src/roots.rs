//! Final roots over leaves of the tests' choice, written into the chain as the proofs program
//! would write them.

use {
    crate::{staking::World, svm::program_id},
    bytemuck::Zeroable,
    solana_address::Address,
    trestle_core::{
        leaf::{LeafCounters, PayoutLeaf, Totals},
        merkle::Tree,
        root::{FinalRoot, RootRing, ROOT_RING_VERSION},
        seeds::SEED_RING,
    },
    trestle_staking::{leaf::LeafProof, ring::FinalRoots},
};

/// The ring of a service.
pub fn ring_address(service: &Address) -> (Address, u8) {
    Address::find_program_address(&[SEED_RING, service.as_ref()], &program_id("proofs"))
}

/// An empty ring of a service.
pub fn empty_ring(service: &Address) -> FinalRoots {
    let mut ring = RootRing::zeroed();
    ring.version = ROOT_RING_VERSION;
    ring.bump = ring_address(service).1;
    ring.service = service.to_bytes();
    FinalRoots(ring)
}

/// A final root and its leaves.
pub struct Root {
    pub epoch: u64,
    leaves: Vec<PayoutLeaf>,
    tree: Tree,
}

impl Root {
    /// A root over these operators, sorted as the protocol sorts them.
    pub fn new(epoch: u64, operators: &[(Address, LeafCounters)]) -> Self {
        let mut leaves: Vec<PayoutLeaf> = operators
            .iter()
            .map(|(operator, counters)| PayoutLeaf::from_parts(operator.as_array(), counters))
            .collect();
        leaves.sort_by_key(|leaf| leaf.operator);
        let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect()).expect("a tree");
        Self {
            epoch,
            leaves,
            tree,
        }
    }

    /// The record that the ring keeps.
    pub fn record(&self) -> FinalRoot {
        FinalRoot {
            epoch: self.epoch,
            tree_root: self.tree.root(),
            totals: Totals::of(&self.leaves).expect("sums in range"),
            leaf_count: self.tree.leaf_count(),
            rules_version: 1,
            ..FinalRoot::zeroed()
        }
    }

    /// The leaf of an operator with its proof.
    pub fn leaf(&self, operator: &Address) -> LeafProof {
        let position = self
            .leaves
            .iter()
            .position(|leaf| leaf.operator == operator.to_bytes())
            .expect("a leaf of this operator");
        let index = u32::try_from(position).expect("a small tree");
        LeafProof {
            epoch: self.epoch,
            index,
            counters: self.leaves[position].counters().into(),
            proof: self.tree.proof(index).expect("a proof"),
        }
    }
}

impl World {
    /// Makes a root final: pushes it into the ring of the service and returns the ring's address.
    pub fn finalize(&mut self, root: &Root) -> Address {
        let (address, _) = ring_address(&self.service);
        if self.svm.raw(&address).is_none() {
            let ring = empty_ring(&self.service);
            self.svm.put_pod(address, program_id("proofs"), &ring);
        }
        self.svm.edit::<FinalRoots>(&address, |ring| {
            ring.0.push(&root.record()).expect("a newer epoch");
        });
        address
    }
}
