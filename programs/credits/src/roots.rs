//! Finding a final root by its place in time, among the ones that the ring still holds, and reading
//! an operator's leaf in it.

use {
    crate::error::CreditsError,
    anchor_lang::prelude::*,
    trestle_core::{
        leaf::{LeafCounters, PayoutLeaf},
        merkle,
        root::{FinalRoot, RootRing},
    },
    trestle_staking::leaf::LeafProof,
};

/// The root whose leaf shows what an operator had before `start_epoch`, or `None` if no root before
/// that can have a leaf of an operator that registered in `registered_epoch`.
pub fn baseline(
    ring: &RootRing,
    start_epoch: u64,
    registered_epoch: u64,
) -> Result<Option<&FinalRoot>> {
    // Until a root of this time is final, an earlier one can still come.
    let newest = ring.latest().ok_or(CreditsError::SettlementNotDue)?;
    require!(newest.epoch >= start_epoch, CreditsError::SettlementNotDue);
    let mut newest_first = ring.by_age().rev();
    let Some(before) = newest_first.find(|root| root.epoch < start_epoch) else {
        return Ok(if is_whole(ring) {
            None
        } else {
            ring.oldest_from(0)
        });
    };
    Ok((before.epoch >= registered_epoch).then_some(before))
}

/// The counters of an operator's leaf in this root, which the proof must be of.
pub fn verify_leaf(leaf: &LeafProof, root: &FinalRoot, operator: &Address) -> Result<LeafCounters> {
    require!(leaf.epoch == root.epoch, CreditsError::WrongSettlementEpoch);
    let counters = LeafCounters::from(leaf.counters);
    let hash = PayoutLeaf::from_parts(operator.as_array(), &counters).hash();
    merkle::verify(
        &root.tree_root,
        root.leaf_count,
        leaf.index,
        &hash,
        &leaf.proof,
    )
    .map_err(|_| CreditsError::LeafNotProven)?;
    Ok(counters)
}

/// Whether the ring still holds every root that was ever final.
fn is_whole(ring: &RootRing) -> bool {
    usize::try_from(ring.count).is_ok_and(|count| count <= ring.entries.len())
}
