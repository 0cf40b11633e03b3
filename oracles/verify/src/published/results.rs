//! `leaves.json` and `root.json`.

use crate::storage::{EpochInputs, EpochOutcome, OperatorState};
use crate::text::{amount, hash, key};
use crate::RULES_VERSION;
use serde::{Deserialize, Serialize};
use trestle_core::hash::Hash;
use trestle_core::leaf::Totals;

/// The counters of each operator after the epoch, in the order of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeavesFile {
    /// Service account.
    #[serde(with = "key")]
    pub service: [u8; 32],
    /// The epoch.
    #[serde(with = "amount")]
    pub epoch: u64,
    /// By operator; the position is the index in the tree.
    pub leaves: Vec<OperatorState>,
}

/// What went on chain and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RootFile {
    /// Version of the rules applied.
    pub rules_version: u32,
    /// Network account.
    #[serde(with = "key")]
    pub network: [u8; 32],
    /// Service account.
    #[serde(with = "key")]
    pub service: [u8; 32],
    /// The epoch.
    #[serde(with = "amount")]
    pub epoch: u64,
    /// Root of the payout tree.
    #[serde(with = "hash")]
    pub tree_root: Hash,
    /// Leaves of the payout tree.
    pub leaf_count: u32,
    /// Sums over the leaves.
    pub totals: TotalsText,
    /// Digest of the previous root; zero for the first.
    #[serde(with = "hash")]
    pub previous_digest: Hash,
    /// Digest of the inputs without the evidence.
    #[serde(with = "hash")]
    pub context_digest: Hash,
    /// Root of the evidence tree.
    #[serde(with = "hash")]
    pub evidence_root: Hash,
    /// Records in the evidence tree.
    pub evidence_count: u32,
    /// Digest of inputs and evidence.
    #[serde(with = "hash")]
    pub inputs_digest: Hash,
    /// What verifiers attest.
    #[serde(with = "hash")]
    pub digest: Hash,
}

/// Totals of a root as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TotalsText {
    /// Network token base units.
    #[serde(with = "amount")]
    pub tokens: u64,
    /// Stablecoin base units.
    #[serde(with = "amount")]
    pub stable: u64,
    /// Slashed stake in network token base units.
    #[serde(with = "amount")]
    pub slashed: u64,
    /// KiB times epochs.
    #[serde(with = "amount")]
    pub units: u64,
}

impl From<Totals> for TotalsText {
    fn from(totals: Totals) -> Self {
        Self {
            tokens: totals.tokens,
            stable: totals.stable,
            slashed: totals.slashed,
            units: totals.units,
        }
    }
}

impl LeavesFile {
    /// The file of a scored epoch.
    pub fn new(inputs: &EpochInputs, outcome: &EpochOutcome) -> Self {
        Self {
            service: inputs.service,
            epoch: inputs.epoch,
            leaves: outcome.states.clone(),
        }
    }
}

impl RootFile {
    /// The file of a scored epoch.
    pub fn new(inputs: &EpochInputs, outcome: &EpochOutcome) -> Self {
        Self {
            rules_version: RULES_VERSION,
            network: inputs.network,
            service: inputs.service,
            epoch: inputs.epoch,
            tree_root: outcome.tree_root(),
            leaf_count: outcome.leaf_count,
            totals: outcome.totals.into(),
            previous_digest: outcome.previous_digest,
            context_digest: outcome.context_digest,
            evidence_root: outcome.evidence_root,
            evidence_count: outcome.evidence_count,
            inputs_digest: outcome.inputs_digest,
            digest: outcome.digest,
        }
    }
}
