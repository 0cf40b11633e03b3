//! Reviewing a proposal of another verifier: fetch its files, recompute, compare, decide.

use super::book::{blocking, BookError};
use super::draft::Drafter;
use crate::chain::Registry;
use crate::epoch::{review, Disagreement, OwnEvidence, OwnView};
use crate::peers::PeerError;
use std::sync::Arc;
use thiserror::Error;
use trestle_core::leaf::PayoutLeaf;
use trestle_core::root::FinalRoot;
use trestle_sdk::challenge::{find_false_record, find_fault, Fault, Suspect, SuspectEvidence};
use trestle_sdk::fetch::Proposal;
use trestle_verify::error::VerifyError;
use trestle_verify::published::{EpochFiles, EpochTexts};
use trestle_verify::storage::{recompute, ChallengeEvidence, OperatorState};
use trestle_verify::RULES_VERSION;

/// What a review came to.
#[derive(Debug)]
pub enum Verdict {
    /// Everything is right. The files are what to publish here too.
    Right(Box<(EpochFiles, EpochTexts)>),
    /// Something is wrong.
    Wrong(String),
    /// It cannot be told yet.
    Unknown(String),
}

/// Why a proposal is not right.
#[derive(Debug, Error)]
enum Refusal {
    /// Its files contradict themselves, each other or the chain.
    #[error(transparent)]
    Files(#[from] VerifyError),
    /// They are not what this verifier saw.
    #[error(transparent)]
    Seen(#[from] Disagreement),
}

impl Refusal {
    /// Whether it would be wrong for everybody. What this verifier did not see others may have.
    fn is_certain(&self) -> bool {
        !matches!(
            self,
            Self::Seen(
                Disagreement::UnseenMiss { .. }
                    | Disagreement::OperatorState(_)
                    | Disagreement::Params
            )
        )
    }
}

/// Reviews proposals.
pub struct Reviewer {
    /// Gives own evidence and the peers.
    pub drafter: Arc<Drafter>,
}

impl Reviewer {
    /// Reviews a live proposal. `published_late` says that its files should be there by now.
    pub async fn review(
        &self,
        view: &OwnView,
        proposal: &Proposal,
        published_late: bool,
    ) -> Result<Verdict, BookError> {
        if proposal.rules_version != RULES_VERSION {
            let reason = format!("it follows rules version {}", proposal.rules_version);
            return Ok(Verdict::Wrong(reason));
        }
        let peers = &self.drafter.peers;
        let fetched = peers
            .files(proposal.epoch, &proposal.digest, Some(&proposal.proposer))
            .await;
        let (texts, files) = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return Ok(unfetched(&error, published_late)),
        };
        let own = self.drafter.own_evidence(proposal.epoch).await?;
        let (view, chain) = (view.clone(), claimed(proposal));
        blocking(move || match compare(&view, &own, &files, &chain) {
            Ok(()) => Verdict::Right(Box::new((files, texts))),
            Err(reason) => Verdict::Wrong(reason.to_string()),
        })
        .await
    }

    /// Whether a disputed root is right, by own recomputation. `None` abstains: where the files
    /// cannot be had, or where this verifier did not look, it must not convict anybody.
    pub async fn judge(
        &self,
        view: &OwnView,
        proposal: &Proposal,
    ) -> Result<Option<bool>, BookError> {
        if proposal.rules_version != RULES_VERSION {
            return Ok(Some(false));
        }
        let files = match self.files(proposal).await {
            Ok(files) => files,
            Err(error) => return Ok(error.is_content().then_some(false)),
        };
        let own = self.drafter.own_evidence(proposal.epoch).await?;
        let (view, chain) = (view.clone(), claimed(proposal));
        blocking(move || match compare(&view, &own, &files, &chain) {
            Ok(()) => Some(true),
            Err(refusal) => refusal.is_certain().then_some(false),
        })
        .await
    }

    /// What of a wrong proposal can be proven on chain, if the files behind it can be had.
    pub async fn fault(
        &self,
        view: &OwnView,
        registry: &Arc<Registry>,
        proposal: &Proposal,
    ) -> Result<Option<Fault>, BookError> {
        let Ok(files) = self.files(proposal).await else {
            return Ok(None);
        };
        let (view, registry, proposal) = (view.clone(), registry.clone(), *proposal);
        blocking(move || {
            let fault = fault_of(&view, &proposal, &files);
            fault.or_else(|| false_record(&view, &registry, &proposal, &files))
        })
        .await
    }

    async fn files(&self, proposal: &Proposal) -> Result<EpochFiles, PeerError> {
        let peers = &self.drafter.peers;
        let fetched = peers
            .files(proposal.epoch, &proposal.digest, Some(&proposal.proposer))
            .await;
        fetched.map(|(_, files)| files)
    }
}

/// A root without the files behind it may be anything. They are published before it is proposed, so
/// after a while their absence is a reason to refuse.
fn unfetched(error: &PeerError, published_late: bool) -> Verdict {
    let reason = error.to_string();
    if error.is_content() {
        return Verdict::Wrong(reason);
    }
    if published_late {
        return Verdict::Wrong(format!(
            "nobody publishes the files behind its digest: {reason}"
        ));
    }
    Verdict::Unknown(reason)
}

fn compare(
    view: &OwnView,
    own: &OwnEvidence,
    files: &EpochFiles,
    chain: &FinalRoot,
) -> Result<(), Refusal> {
    let recomputed = recompute(files)?;
    recomputed.compare_with_chain(chain)?;
    review(view, own, &files.inputs, &files.evidence)?;
    Ok(())
}

fn fault_of(view: &OwnView, proposal: &Proposal, files: &EpochFiles) -> Option<Fault> {
    let leaves = |states: &[OperatorState]| -> Vec<PayoutLeaf> {
        states.iter().map(OperatorState::leaf).collect()
    };
    let known = view.previous.as_ref();
    let previous = known
        .filter(|one| one.digest == proposal.previous_digest)
        .map(|one| (one.epoch, leaves(&one.states)));
    let operators = view.operators.at_start(proposal.epoch);
    let operators: Vec<_> = operators.iter().map(|one| one.address.into()).collect();
    let suspect = Suspect {
        leaves: &leaves(&files.leaves.leaves),
        totals: proposal.totals.into(),
        previous: previous
            .as_ref()
            .map(|(epoch, leaves)| (*epoch, &leaves[..])),
        operators: &operators,
    };
    find_fault(&suspect).ok().flatten()
}

fn false_record(
    view: &OwnView,
    registry: &Registry,
    proposal: &Proposal,
    files: &EpochFiles,
) -> Option<Fault> {
    let records: Vec<_> = files
        .evidence
        .iter()
        .map(ChallengeEvidence::shown)
        .collect();
    let suspect = SuspectEvidence {
        epoch: proposal.epoch,
        inputs_digest: proposal.inputs_digest,
        context_digest: files.root.context_digest,
        seed: view.opened.seed,
        records: &records,
        commitments: &registry.commitments,
        operators: &registry.operators,
    };
    find_false_record(&suspect).ok().flatten()
}

/// The proposal as the final root that it wants to be.
fn claimed(proposal: &Proposal) -> FinalRoot {
    FinalRoot {
        epoch: proposal.epoch,
        tree_root: proposal.tree_root,
        digest: proposal.digest,
        inputs_digest: proposal.inputs_digest,
        totals: proposal.totals.into(),
        leaf_count: proposal.leaf_count,
        rules_version: proposal.rules_version,
        finalized_at: 0,
    }
}
