//! From checked evidence to the payout tree.

use crate::error::VerifyError;
use crate::storage::check::CheckedEvidence;
use crate::storage::evidence::ChallengeEvidence;
use crate::storage::fault::{judge, tally, OperatorTerms};
use crate::storage::inputs::{EpochInputs, OperatorState};
use crate::RULES_VERSION;
use std::collections::BTreeMap;
use trestle_core::evidence::{evidence_tree, EvidenceRecord};
use trestle_core::hash::Hash;
use trestle_core::leaf::{PayoutLeaf, Totals};
use trestle_core::math::split_largest_remainder;
use trestle_core::merkle::Tree;
use trestle_core::root::{inputs_digest, root_digest, RootFields};

/// The result of an epoch: what is proposed on chain and what it was derived by.
#[derive(Debug, Clone)]
pub struct EpochOutcome {
    /// New counters, by operator; the leaves of the tree in order.
    pub states: Vec<OperatorState>,
    /// How each came about, in the same order.
    pub terms: Vec<OperatorTerms>,
    /// The payout tree.
    pub tree: Tree,
    /// Leaves of the payout tree.
    pub leaf_count: u32,
    /// Sums over the leaves.
    pub totals: Totals,
    /// Root of the evidence tree.
    pub evidence_root: Hash,
    /// Leaves of the evidence tree that are records.
    pub evidence_count: u32,
    /// Digest of the inputs without the evidence.
    pub context_digest: Hash,
    /// Digest of everything that was scored.
    pub inputs_digest: Hash,
    /// Digest of the previous root; zero for the first.
    pub previous_digest: Hash,
    /// What verifiers attest.
    pub digest: Hash,
}

impl EpochOutcome {
    /// Root of the payout tree.
    pub fn tree_root(&self) -> Hash {
        self.tree.root()
    }

    /// Position of an operator's leaf.
    pub fn index_of(&self, operator: &[u8; 32]) -> Option<u32> {
        let index = self
            .states
            .binary_search_by(|state| state.operator.cmp(operator))
            .ok()?;
        u32::try_from(index).ok()
    }
}

/// Scores an epoch. Pure: equal inputs and evidence give equal bytes on every machine.
pub fn score(checked: &CheckedEvidence<'_>) -> Result<EpochOutcome, VerifyError> {
    let inputs = checked.inputs();
    let previous = previous_states(inputs);
    let mut terms = tally(checked)?;
    judge(&inputs.params, &previous, &mut terms)?;
    let mut terms: Vec<OperatorTerms> = terms.into_values().collect();
    pay(inputs, &mut terms)?;
    let states = terms
        .iter()
        .map(|one| advance(previous.get(&one.operator), one))
        .collect::<Result<Vec<_>, _>>()?;
    finish(checked, states, terms)
}

fn previous_states(inputs: &EpochInputs) -> BTreeMap<[u8; 32], OperatorState> {
    inputs
        .previous
        .iter()
        .flat_map(|previous| &previous.states)
        .map(|state| (state.operator, *state))
        .collect()
}

/// Splits what was allotted by weight. With no weight at all nothing is handed out.
fn pay(inputs: &EpochInputs, terms: &mut [OperatorTerms]) -> Result<(), VerifyError> {
    let weights: Vec<u64> = terms.iter().map(|one| one.weight).collect();
    let weight_total = weights
        .iter()
        .try_fold(0_u64, |total, weight| total.checked_add(*weight))
        .ok_or(VerifyError::Arithmetic("total weight"))?;
    let split = |total| -> Result<Vec<u64>, VerifyError> {
        let mut shares = vec![0_u64; weights.len()];
        split_largest_remainder(total, &weights, &mut shares)
            .map_err(|_| VerifyError::Arithmetic("split of the allotment"))?;
        Ok(shares)
    };
    let tokens = split(inputs.allotted.tokens)?;
    let stable = split(inputs.allotted.stable)?;
    for ((one, tokens), stable) in terms.iter_mut().zip(tokens).zip(stable) {
        one.weight_total = weight_total;
        one.tokens = tokens;
        one.stable = stable;
    }
    Ok(())
}

fn advance(
    previous: Option<&OperatorState>,
    terms: &OperatorTerms,
) -> Result<OperatorState, VerifyError> {
    let old = previous
        .copied()
        .unwrap_or_else(|| OperatorState::new(terms.operator));
    let add =
        |left: u64, right: u64, name| left.checked_add(right).ok_or(VerifyError::Arithmetic(name));
    let add_windows = |left: u32, right: u32| {
        left.checked_add(right)
            .ok_or(VerifyError::Arithmetic("windows"))
    };
    Ok(OperatorState {
        operator: terms.operator,
        tokens: add(old.tokens, terms.tokens, "tokens")?,
        stable: add(old.stable, terms.stable, "stable")?,
        slashed: add(old.slashed, terms.slashed, "slashed")?,
        units: add(old.units, terms.units, "units")?,
        windows_ok: add_windows(old.windows_ok, terms.windows_ok)?,
        windows_total: add_windows(old.windows_total, terms.windows_total)?,
        miss_streak: terms.miss_streak_after,
    })
}

fn finish(
    checked: &CheckedEvidence<'_>,
    states: Vec<OperatorState>,
    terms: Vec<OperatorTerms>,
) -> Result<EpochOutcome, VerifyError> {
    let inputs = checked.inputs();
    let leaves: Vec<PayoutLeaf> = states.iter().map(OperatorState::leaf).collect();
    let totals = Totals::of(&leaves).ok_or(VerifyError::Arithmetic("totals"))?;
    let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect())
        .map_err(|_| VerifyError::Arithmetic("payout tree"))?;
    let records: Vec<EvidenceRecord> = checked
        .records()
        .iter()
        .map(ChallengeEvidence::record)
        .collect();
    let (evidence, evidence_count) =
        evidence_tree(&records).map_err(|_| VerifyError::Arithmetic("evidence tree"))?;
    let evidence_root = evidence.root();
    let context_digest = inputs.context_digest()?;
    let inputs_digest = inputs_digest(&evidence_root, evidence_count, &context_digest);
    let previous_digest = inputs.previous_digest();
    let digest = root_digest(&RootFields {
        network: &inputs.network,
        service: &inputs.service,
        epoch: inputs.epoch,
        tree_root: &tree.root(),
        leaf_count: tree.leaf_count(),
        totals: &totals,
        previous_digest: &previous_digest,
        inputs_digest: &inputs_digest,
        rules_version: RULES_VERSION,
    });
    Ok(EpochOutcome {
        states,
        terms,
        leaf_count: tree.leaf_count(),
        tree,
        totals,
        evidence_root,
        evidence_count,
        context_digest,
        inputs_digest,
        previous_digest,
        digest,
    })
}
