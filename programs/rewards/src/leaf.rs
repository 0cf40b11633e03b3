//! Whether a leaf stands in a final root.

use {
    crate::error::RewardsError,
    anchor_lang::prelude::*,
    trestle_core::{
        leaf::{LeafCounters, PayoutLeaf},
        merkle,
        root::FinalRoot,
    },
    trestle_staking::leaf::LeafProof,
};

/// The counters of an operator's leaf; refuses one that is not in the root.
#[inline(always)]
pub fn require_leaf(
    root: &FinalRoot,
    operator: &Address,
    leaf: &LeafProof,
) -> Result<LeafCounters> {
    let counters = LeafCounters::from(leaf.counters);
    let hash = PayoutLeaf::from_parts(operator.as_array(), &counters).hash();
    merkle::verify(
        &root.tree_root,
        root.leaf_count,
        leaf.index,
        &hash,
        &leaf.proof,
    )
    .map_err(|_| RewardsError::LeafNotProven)?;
    Ok(counters)
}
