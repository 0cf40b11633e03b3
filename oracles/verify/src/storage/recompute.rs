//! What any third party does: take the published files, score again, compare.

use crate::error::VerifyError;
use crate::published::{EpochFiles, LeavesFile, RootFile, LEAVES_FILE, ROOT_FILE};
use crate::storage::check::check_evidence;
use crate::storage::inputs::OperatorState;
use crate::storage::score::{score, EpochOutcome};
use trestle_core::hash::Hash;
use trestle_core::root::FinalRoot;

/// An epoch whose published files agree with each other.
#[derive(Debug, Clone)]
pub struct Recomputed {
    /// What they lead to.
    pub outcome: EpochOutcome,
    root: RootFile,
}

/// Scores the published inputs and evidence and compares each result with the published one.
pub fn recompute(files: &EpochFiles) -> Result<Recomputed, VerifyError> {
    let checked = check_evidence(&files.inputs, &files.evidence)?;
    let outcome = score(&checked)?;
    compare_leaves(&files.leaves, &LeavesFile::new(&files.inputs, &outcome))?;
    let root = RootFile::new(&files.inputs, &outcome);
    compare_roots(&files.root, &root)?;
    Ok(Recomputed { outcome, root })
}

impl Recomputed {
    /// Compares with the root that the chain holds.
    pub fn compare_with_chain(&self, chain: &FinalRoot) -> Result<(), VerifyError> {
        let held = RootFile {
            rules_version: chain.rules_version,
            epoch: chain.epoch,
            tree_root: chain.tree_root,
            leaf_count: chain.leaf_count,
            totals: chain.totals.into(),
            inputs_digest: chain.inputs_digest,
            digest: chain.digest,
            ..self.root.clone()
        };
        compare_roots(&held, &self.root)
    }
}

fn compare_roots(published: &RootFile, recomputed: &RootFile) -> Result<(), VerifyError> {
    for (published, recomputed) in numbers(published).into_iter().zip(numbers(recomputed)) {
        compare_numbers(ROOT_FILE, published.0, published.1, recomputed.1)?;
    }
    for (published, recomputed) in hashes(published).into_iter().zip(hashes(recomputed)) {
        let ((field, published), (_, recomputed)) = (published, recomputed);
        if published != recomputed {
            return Err(VerifyError::differs_hash(
                ROOT_FILE, field, published, recomputed,
            ));
        }
    }
    Ok(())
}

fn numbers(root: &RootFile) -> [(&'static str, u64); 8] {
    [
        ("rulesVersion", root.rules_version.into()),
        ("epoch", root.epoch),
        ("leafCount", root.leaf_count.into()),
        ("evidenceCount", root.evidence_count.into()),
        ("totals.tokens", root.totals.tokens),
        ("totals.stable", root.totals.stable),
        ("totals.slashed", root.totals.slashed),
        ("totals.units", root.totals.units),
    ]
}

fn hashes(root: &RootFile) -> [(&'static str, &Hash); 8] {
    [
        ("network", &root.network),
        ("service", &root.service),
        ("treeRoot", &root.tree_root),
        ("previousDigest", &root.previous_digest),
        ("contextDigest", &root.context_digest),
        ("evidenceRoot", &root.evidence_root),
        ("inputsDigest", &root.inputs_digest),
        ("digest", &root.digest),
    ]
}

fn compare_leaves(published: &LeavesFile, recomputed: &LeavesFile) -> Result<(), VerifyError> {
    compare_numbers(LEAVES_FILE, "epoch", published.epoch, recomputed.epoch)?;
    let count = |file: &LeavesFile| file.leaves.len() as u64;
    compare_numbers(
        LEAVES_FILE,
        "leaf count",
        count(published),
        count(recomputed),
    )?;
    if published.service != recomputed.service {
        let (published, recomputed) = (&published.service, &recomputed.service);
        return Err(VerifyError::differs_hash(
            LEAVES_FILE,
            "service",
            published,
            recomputed,
        ));
    }
    published
        .leaves
        .iter()
        .zip(&recomputed.leaves)
        .try_for_each(|(published, recomputed)| compare_states(published, recomputed))
}

fn compare_states(left: &OperatorState, right: &OperatorState) -> Result<(), VerifyError> {
    if left.operator != right.operator {
        let (left, right) = (&left.operator, &right.operator);
        return Err(VerifyError::differs_hash(
            LEAVES_FILE,
            "operator",
            left,
            right,
        ));
    }
    let numbers = [
        ("tokens", left.tokens, right.tokens),
        ("stable", left.stable, right.stable),
        ("slashed", left.slashed, right.slashed),
        ("units", left.units, right.units),
        ("windowsOk", left.windows_ok.into(), right.windows_ok.into()),
        (
            "windowsTotal",
            left.windows_total.into(),
            right.windows_total.into(),
        ),
        (
            "missStreak",
            left.miss_streak.into(),
            right.miss_streak.into(),
        ),
    ];
    numbers
        .into_iter()
        .try_for_each(|(field, left, right)| compare_numbers(LEAVES_FILE, field, left, right))
}

fn compare_numbers(
    file: &'static str,
    field: &'static str,
    published: u64,
    recomputed: u64,
) -> Result<(), VerifyError> {
    if published == recomputed {
        return Ok(());
    }
    Err(VerifyError::Differs {
        file,
        field,
        published: published.to_string(),
        recomputed: recomputed.to_string(),
    })
}
