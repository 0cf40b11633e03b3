//! The final roots of a service, root after root, with the leaves behind them: written into the
//! chain as the proofs program would write them.

use {
    crate::svm::Svm,
    bytemuck::Zeroable,
    solana_address::Address,
    std::collections::BTreeMap,
    trestle_core::{
        hash::sha256,
        leaf::{LeafCounters, PayoutLeaf, Totals},
        merkle::Tree,
        root::{FinalRoot, RootRing, ROOT_RING_VERSION},
    },
    trestle_proofs::address::ring_address,
    trestle_staking::{constants::PROOFS_ID, leaf::LeafProof, ring::FinalRoots},
};

/// The final roots of a service.
pub struct Roots {
    pub service: Address,
    /// Address of the ring.
    pub ring: Address,
    state: Box<FinalRoots>,
    trees: BTreeMap<u64, Leaves>,
}

/// The leaves of one root, in the order of its tree.
pub struct Leaves {
    pub leaves: Vec<PayoutLeaf>,
    pub tree: Tree,
}

impl Leaves {
    /// The tree over these leaves, in this order.
    pub fn new(leaves: Vec<PayoutLeaf>) -> Self {
        let hashes = leaves.iter().map(PayoutLeaf::hash).collect();
        Self {
            tree: Tree::build(hashes).expect("a tree"),
            leaves,
        }
    }

    fn index(&self, operator: &Address) -> u32 {
        let mut leaves = self.leaves.iter();
        let found = leaves.position(|leaf| leaf.operator == operator.to_bytes());
        u32::try_from(found.expect("an operator with a leaf")).expect("a small tree")
    }
}

impl Roots {
    /// An empty ring.
    pub fn new(svm: &mut Svm, service: Address) -> Self {
        let (ring, bump) = ring_address(&service);
        let mut state = Box::new(FinalRoots::zeroed());
        state.0.version = ROOT_RING_VERSION;
        state.0.bump = bump;
        state.0.service = service.to_bytes();
        let roots = Self {
            service,
            ring,
            state,
            trees: BTreeMap::new(),
        };
        roots.write(svm);
        roots
    }

    /// Makes a root final whose tree has at least `leaf_count` leaves: these, and others that
    /// have earned nothing.
    pub fn publish(
        &mut self,
        svm: &mut Svm,
        epoch: u64,
        leaves: &[(Address, LeafCounters)],
        leaf_count: usize,
    ) {
        let totals = leaves
            .iter()
            .fold(Totals::default(), |sum, (_, leaf)| Totals {
                tokens: sum.tokens + leaf.tokens,
                stable: sum.stable + leaf.stable,
                slashed: sum.slashed + leaf.slashed,
                units: sum.units + leaf.units,
            });
        self.publish_with_totals(svm, epoch, leaves, leaf_count, totals);
    }

    /// The same with totals that need not be the sums.
    pub fn publish_with_totals(
        &mut self,
        svm: &mut Svm,
        epoch: u64,
        leaves: &[(Address, LeafCounters)],
        leaf_count: usize,
        totals: Totals,
    ) {
        let others = (leaves.len()..leaf_count).map(|number| PayoutLeaf {
            operator: low_address(number),
            ..PayoutLeaf::default()
        });
        let mut all: Vec<PayoutLeaf> = leaves
            .iter()
            .map(|(operator, counters)| PayoutLeaf::from_parts(operator.as_array(), counters))
            .chain(others)
            .collect();
        all.sort_by_key(|leaf| leaf.operator);
        let leaves = Leaves::new(all);
        let tree_root = leaves.tree.root();
        let root = FinalRoot {
            epoch,
            tree_root,
            digest: sha256(&[&epoch.to_le_bytes(), &tree_root]),
            totals,
            leaf_count: leaves.tree.leaf_count(),
            rules_version: 1,
            finalized_at: svm.now(),
            ..FinalRoot::default()
        };
        self.state.0.push(&root).expect("a newer epoch");
        self.trees.insert(epoch, leaves);
        self.write(svm);
    }

    /// Reads what the proofs program has made of the ring.
    pub fn read(&mut self, svm: &Svm) {
        let account = svm.raw(&self.ring).expect("a ring");
        let ring = RootRing::read_account_data(&account.data).expect("a ring");
        self.state.0 = *ring;
    }

    /// Remembers the leaves behind a root that became final by itself.
    pub fn remember(&mut self, epoch: u64, leaves: Leaves) {
        self.trees.insert(epoch, leaves);
    }

    /// Rewrites the ring after a change that no program would make.
    pub fn tamper(&mut self, svm: &mut Svm, change: impl FnOnce(&mut RootRing)) {
        change(&mut self.state.0);
        self.write(svm);
    }

    fn write(&self, svm: &mut Svm) {
        svm.put_pod(self.ring, PROOFS_ID, self.state.as_ref());
    }

    /// The ring as programs read it.
    pub fn ring(&self) -> &RootRing {
        &self.state.0
    }

    /// The leaf of an operator in the root of an epoch, with its proof.
    pub fn leaf(&self, epoch: u64, operator: &Address) -> LeafProof {
        let leaves = self.leaves(epoch);
        let index = leaves.index(operator);
        LeafProof {
            epoch,
            index,
            counters: counters(&leaves.leaves[index as usize]).into(),
            proof: leaves.tree.proof(index).expect("a proof"),
        }
    }

    /// The leaves behind the root of an epoch.
    pub fn leaves(&self, epoch: u64) -> &Leaves {
        &self.trees[&epoch]
    }
}

/// An operator's address that stands before all those that programs derive, so that the leaves
/// under test lie side by side.
fn low_address(number: usize) -> [u8; 32] {
    let mut address = [0; 32];
    address[24..].copy_from_slice(&(number as u64).to_be_bytes());
    address
}

/// The counters of a leaf.
pub fn counters(leaf: &PayoutLeaf) -> LeafCounters {
    LeafCounters {
        tokens: leaf.tokens,
        stable: leaf.stable,
        slashed: leaf.slashed,
        units: leaf.units,
        windows_ok: leaf.windows_ok,
        windows_total: leaf.windows_total,
    }
}

/// A leaf that has earned tokens and nothing else.
pub fn earned(tokens: u64) -> LeafCounters {
    LeafCounters {
        tokens,
        ..LeafCounters::default()
    }
}

/// A leaf that has windows and nothing else.
pub fn windows(ok: u32, total: u32) -> LeafCounters {
    LeafCounters {
        windows_ok: ok,
        windows_total: total,
        ..LeafCounters::default()
    }
}

/// A leaf that nothing reads.
pub fn any_leaf() -> LeafProof {
    LeafProof {
        epoch: 0,
        index: 0,
        counters: LeafCounters::default().into(),
        proof: vec![],
    }
}
