//! Final roots over leaves of the tests' choice, written into the chain as the proofs program
//! would write them.

use {
    crate::{
        staking::World,
        svm::{program_id, Svm},
    },
    bytemuck::Zeroable,
    solana_address::Address,
    std::collections::BTreeMap,
    trestle_core::{
        hash::Hash,
        leaf::{LeafCounters, PayoutLeaf, Totals},
        merkle::Tree,
        root::{FinalRoot, RootRing, ROOT_RING_VERSION},
        seeds::SEED_RING,
    },
    trestle_staking::{leaf::LeafProof, ring::FinalRoots},
};

/// The ring of a service and the leaves behind its roots.
pub struct Roots {
    /// The ring's account.
    pub ring: Address,
    published: BTreeMap<u64, Leaves>,
}

/// The leaves of one root, in the order of the tree.
pub struct Leaves {
    pub leaves: Vec<PayoutLeaf>,
    pub tree: Tree,
}

/// Counters of an operator that earned this much and nothing else.
pub fn earned(tokens: u64) -> LeafCounters {
    LeafCounters {
        tokens,
        ..LeafCounters::default()
    }
}

/// The ring of a service and its bump.
pub fn ring_address(service: &Address) -> (Address, u8) {
    Address::find_program_address(&[SEED_RING, service.as_ref()], &program_id("proofs"))
}

impl Leaves {
    /// These leaves, sorted as the protocol sorts them and followed by others' up to the count.
    fn new(operators: &[(Address, LeafCounters)], leaf_count: usize) -> Self {
        let mut leaves: Vec<PayoutLeaf> = operators
            .iter()
            .map(|(operator, counters)| PayoutLeaf::from_parts(operator.as_array(), counters))
            .collect();
        leaves.sort_by_key(|leaf| leaf.operator);
        let mut hashes: Vec<Hash> = leaves.iter().map(PayoutLeaf::hash).collect();
        let last = PayoutLeaf {
            operator: [0xff; 32],
            ..PayoutLeaf::default()
        };
        hashes.resize(leaf_count.max(hashes.len()), last.hash());
        let tree = Tree::build(hashes).expect("a tree");
        Self { leaves, tree }
    }

    fn proof(&self, epoch: u64, operator: &Address) -> LeafProof {
        let position = self
            .leaves
            .iter()
            .position(|leaf| leaf.operator == operator.to_bytes())
            .expect("a leaf of this operator");
        let index = u32::try_from(position).expect("a small tree");
        LeafProof {
            epoch,
            index,
            counters: self.leaves[position].counters().into(),
            proof: self.tree.proof(index).expect("a proof"),
        }
    }
}

impl Roots {
    /// Writes an empty ring of a service.
    pub fn new(svm: &mut Svm, service: Address) -> Self {
        let (address, bump) = ring_address(&service);
        let mut ring = RootRing::zeroed();
        ring.version = ROOT_RING_VERSION;
        ring.bump = bump;
        ring.service = service.to_bytes();
        svm.put_pod(address, program_id("proofs"), &FinalRoots(ring));
        Self {
            ring: address,
            published: BTreeMap::new(),
        }
    }

    /// Makes a root over these leaves final, beside those of others up to `leaf_count`.
    pub fn publish(
        &mut self,
        svm: &mut Svm,
        epoch: u64,
        leaves: &[(Address, LeafCounters)],
        leaf_count: usize,
    ) {
        let sum = |sum: Totals, (_, counters): &(Address, LeafCounters)| sum.checked_add(counters);
        let totals = leaves
            .iter()
            .try_fold(Totals::default(), sum)
            .expect("sums in range");
        self.publish_with_totals(svm, epoch, leaves, leaf_count, totals);
    }

    /// The same with totals that need not be those of the leaves.
    pub fn publish_with_totals(
        &mut self,
        svm: &mut Svm,
        epoch: u64,
        leaves: &[(Address, LeafCounters)],
        leaf_count: usize,
        totals: Totals,
    ) {
        let leaves = Leaves::new(leaves, leaf_count);
        let record = FinalRoot {
            epoch,
            tree_root: leaves.tree.root(),
            totals,
            leaf_count: leaves.tree.leaf_count(),
            rules_version: 1,
            finalized_at: svm.now(),
            ..FinalRoot::zeroed()
        };
        self.tamper(svm, |ring| ring.push(&record).expect("a newer epoch"));
        self.published.insert(epoch, leaves);
    }

    /// Changes the ring in place.
    pub fn tamper(&self, svm: &mut Svm, change: impl FnOnce(&mut RootRing)) {
        svm.edit::<FinalRoots>(&self.ring, |ring| change(&mut ring.0));
    }

    /// The leaf of an operator in the root of an epoch, with its proof.
    pub fn leaf(&self, epoch: u64, operator: &Address) -> LeafProof {
        self.leaves(epoch).proof(epoch, operator)
    }

    /// The leaves of an epoch.
    pub fn leaves(&self, epoch: u64) -> &Leaves {
        self.published.get(&epoch).expect("a published root")
    }
}

impl World {
    /// An empty ring of the service.
    pub fn roots(&mut self) -> Roots {
        Roots::new(&mut self.svm, self.service)
    }
}
