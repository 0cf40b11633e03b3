//! "Why is my reward X?": every term of one operator's new leaf, and its proof.

use crate::error::VerifyError;
use crate::storage::fault::OperatorTerms;
use crate::storage::inputs::{Allotted, EpochInputs, OperatorState};
use crate::storage::score::EpochOutcome;
use crate::text::{amount, hash, hashes, key};
use crate::RULES_VERSION;
use serde::Serialize;
use trestle_core::hash::Hash;

/// Where one leaf comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Version of the rules applied.
    pub rules_version: u32,
    /// Service account.
    #[serde(with = "key")]
    pub service: [u8; 32],
    /// The epoch.
    #[serde(with = "amount")]
    pub epoch: u64,
    /// What was to be shared among all operators.
    pub allotted: Allotted,
    /// Counters before the epoch.
    pub before: OperatorState,
    /// The terms.
    pub terms: OperatorTerms,
    /// Counters after the epoch: the leaf.
    pub after: OperatorState,
    /// Position of the leaf.
    pub index: u32,
    /// Leaves of the tree.
    pub leaf_count: u32,
    /// Way from the leaf to the root.
    #[serde(serialize_with = "hashes::serialize")]
    pub proof: Vec<Hash>,
    /// Root of the tree.
    #[serde(with = "hash")]
    pub tree_root: Hash,
    /// Digest that verifiers attested.
    #[serde(with = "hash")]
    pub digest: Hash,
}

/// Explains the leaf of `operator`.
pub fn explain(
    inputs: &EpochInputs,
    outcome: &EpochOutcome,
    operator: &[u8; 32],
) -> Result<Explanation, VerifyError> {
    let unknown = VerifyError::UnknownOperator(*operator);
    let index = outcome.index_of(operator).ok_or(unknown.clone())?;
    let slot = index as usize;
    let (after, terms) = outcome
        .states
        .get(slot)
        .zip(outcome.terms.get(slot))
        .ok_or(unknown.clone())?;
    let before = inputs
        .previous
        .iter()
        .flat_map(|previous| &previous.states)
        .find(|state| state.operator == *operator)
        .copied()
        .unwrap_or_else(|| OperatorState::new(*operator));
    Ok(Explanation {
        rules_version: RULES_VERSION,
        service: inputs.service,
        epoch: inputs.epoch,
        allotted: inputs.allotted,
        before,
        terms: terms.clone(),
        after: *after,
        index,
        leaf_count: outcome.leaf_count,
        proof: outcome.tree.proof(index).map_err(|_| unknown)?,
        tree_root: outcome.tree_root(),
        digest: outcome.digest,
    })
}
