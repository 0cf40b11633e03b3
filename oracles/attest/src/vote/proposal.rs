//! Reviewing a proposal of another verifier: fetch its files, recompute, compare, decide.

use super::book::{blocking, BookError};
use super::draft::Drafter;
use crate::epoch::{review, OwnEvidence, OwnView};
use crate::peers::PeerError;
use std::sync::Arc;
use trestle_core::root::FinalRoot;
use trestle_sdk::fetch::Proposal;
use trestle_verify::published::{EpochFiles, EpochTexts};
use trestle_verify::storage::recompute;
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
            Err(reason) => Verdict::Wrong(reason),
        })
        .await
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
) -> Result<(), String> {
    let recomputed = recompute(files).map_err(|error| error.to_string())?;
    recomputed
        .compare_with_chain(chain)
        .map_err(|error| error.to_string())?;
    review(view, own, &files.inputs, &files.evidence).map_err(|error| error.to_string())
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
