//! Scoring an epoch from own evidence, and publishing it before anybody is asked to vote for it.

use super::book::{blocking, BookError, RootBook};
use crate::epoch::{assemble, Assembled, OwnEvidence, OwnView};
use crate::peers::Peers;
use crate::store::EvidenceStore;
use std::sync::Arc;
use thiserror::Error;
use trestle_core::hash::Hash;
use trestle_sdk::instruction::proofs::{ProposedRoot, Totals};
use trestle_verify::published::{EpochFiles, EpochTexts};
use trestle_verify::storage::{check_evidence, score, EpochInputs};
use trestle_verify::{VerifyError, RULES_VERSION};

/// A scored and published epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// What is proposed.
    pub root: ProposedRoot,
    /// Its digest.
    pub digest: Hash,
}

/// Why there is no draft.
#[derive(Debug, Error)]
pub enum DraftError {
    /// Some challenges were never asked here, and no peer has an answer.
    #[error("{0} challenges were not asked here and no peer has answers to them")]
    Unasked(
        /// How many.
        u64,
    ),
    /// The rules refuse the inputs.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// Something could not be read or written.
    #[error(transparent)]
    Book(#[from] BookError),
}

/// Scores epochs.
pub struct Drafter {
    /// Own evidence.
    pub store: Arc<dyn EvidenceStore>,
    /// For evidence that is missing here.
    pub peers: Arc<Peers>,
    /// Where results go.
    pub book: Arc<RootBook>,
}

impl Drafter {
    /// Scores and publishes an epoch.
    pub async fn draft(&self, view: &OwnView) -> Result<Draft, DraftError> {
        let epoch = view.opened.epoch;
        let inputs = Arc::new(view.inputs());
        let mut own = self.own_evidence(epoch).await?;
        let mut assembled = put_together(&inputs, &mut own, Vec::new()).await?;
        // Another verifier may have reached a node that this one could not. One peer at a time, so
        // that the evidence of all of them need not fit into memory.
        for peer in 0..self.peers.count() {
            if assembled.missed == 0 && assembled.unasked == 0 {
                break;
            }
            let others = self.peers.findings(peer, epoch).await;
            assembled = put_together(&inputs, &mut own, others).await?;
        }
        if assembled.unasked > 0 {
            return Err(DraftError::Unasked(assembled.unasked));
        }
        let (files, texts) = scored(inputs, assembled).await?;
        let draft = draft_of(&files);
        self.book.record(&files, texts).await?;
        tracing::info!(
            epoch,
            leaves = draft.root.leaf_count,
            "epoch scored and published"
        );
        Ok(draft)
    }

    /// What this verifier saw of an epoch.
    pub async fn own_evidence(&self, epoch: u64) -> Result<OwnEvidence, BookError> {
        let findings = self.store.findings(epoch).await?;
        Ok(OwnEvidence::new(
            findings,
            &self.store.attempts(epoch).await?,
        ))
    }
}

async fn put_together(
    inputs: &Arc<EpochInputs>,
    own: &mut OwnEvidence,
    others: Vec<trestle_verify::storage::ChallengeEvidence>,
) -> Result<Assembled, BookError> {
    let inputs = Arc::clone(inputs);
    let mut held = std::mem::take(own);
    let (assembled, held) = blocking(move || {
        let taken = held.merge(&inputs, others);
        if taken > 0 {
            tracing::info!(taken, "took over findings of other verifiers");
        }
        (assemble(&inputs, &held), held)
    })
    .await?;
    *own = held;
    Ok(assembled)
}

async fn scored(
    inputs: Arc<EpochInputs>,
    assembled: Assembled,
) -> Result<(EpochFiles, EpochTexts), DraftError> {
    let scored = blocking(move || {
        let outcome = score(&check_evidence(&inputs, &assembled.records)?)?;
        let inputs = Arc::unwrap_or_clone(inputs);
        let files = EpochFiles::new(inputs, assembled.records, &outcome);
        let texts = files.render()?;
        Ok::<_, VerifyError>((files, texts))
    });
    Ok(scored.await??)
}

fn draft_of(files: &EpochFiles) -> Draft {
    let root = &files.root;
    Draft {
        root: ProposedRoot {
            epoch: root.epoch,
            tree_root: root.tree_root,
            leaf_count: root.leaf_count,
            totals: Totals {
                tokens: root.totals.tokens,
                stable: root.totals.stable,
                slashed: root.totals.slashed,
                units: root.totals.units,
            },
            inputs_digest: root.inputs_digest,
            rules_version: RULES_VERSION,
            previous_digest: root.previous_digest,
        },
        digest: root.digest,
    }
}
