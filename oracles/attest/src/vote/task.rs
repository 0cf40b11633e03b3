//! The task that casts this verifier's one vote in each epoch.

mod dispute;
mod own;

use super::book::{BookError, RootBook};
use super::draft::{Draft, DraftError, Drafter};
use super::proposal::{Reviewer, Verdict};
use super::vote_key;
use crate::chain::{Action, ActionSender, ChainView, Sent};
use crate::epoch::OwnView;
use crate::settings::VoteSettings;
use crate::shared::Shared;
use crate::store::{Decision, DecisionVerdict};
use async_trait::async_trait;
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trestle_kit::journal::JournalError;
use trestle_kit::supervisor::{TaskFailure, TaskResult, Tick};
use trestle_proofs::state::ProposalStatus;
use trestle_sdk::fetch::Proposal;
use trestle_sdk::instruction::proofs::{epoch_attest, epoch_propose, ProposalKey};
use trestle_verify::text::Hex;

/// Name of the task in logs, health and metrics.
pub const VOTER: &str = "voter";
/// Ended epochs that are worked on. What is older is passed over by a later root.
const EPOCHS_BACK: u64 = 2;
/// Reviews of one proposal. What is wrong once may have been a late look; five times is wrong.
const REVIEWS_MAX: u32 = 5;
/// Between two reviews of one proposal.
const REVIEW_SPACING: Duration = Duration::from_secs(5);
/// Turns that a proposal of another verifier is waited for while it cannot be judged.
const UNJUDGED_TURNS: u32 = 2;

/// Scores, proposes and attests.
pub struct Voter {
    shared: Shared,
    sender: Arc<ActionSender>,
    book: Arc<RootBook>,
    drafter: Arc<Drafter>,
    reviewer: Reviewer,
    settings: VoteSettings,
    memory: VoterMemory,
}

/// What may be forgotten by a restart: it only decides when to try.
#[derive(Default)]
struct VoterMemory {
    /// When an ended epoch was first seen.
    ended: BTreeMap<u64, Instant>,
    /// When a proposal was first seen.
    proposed: BTreeMap<Pubkey, Instant>,
    /// When a proposal was last reviewed.
    reviewed: BTreeMap<Pubkey, Instant>,
    /// Own drafts by epoch.
    drafts: BTreeMap<u64, Draft>,
}

/// What came of looking at an epoch.
enum Step {
    /// Nothing can be done for it; later epochs may go on.
    Done,
    /// Later epochs wait for it, but not for ever.
    Wait(String),
    /// A root of it is about to become final; later epochs build on that.
    Window,
}

/// What ends a tick early.
enum Interruption {
    /// Worth another try.
    Trouble(String),
    /// The service must stop.
    Fatal(TaskFailure),
}

impl From<JournalError> for Interruption {
    fn from(error: JournalError) -> Self {
        Self::Fatal(Box::new(error))
    }
}

impl From<crate::store::StoreError> for Interruption {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Fatal(Box::new(error))
    }
}

impl From<BookError> for Interruption {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Store(error) => error.into(),
            BookError::Io(error) => Self::Fatal(Box::new(error)),
            other => Self::Trouble(other.to_string()),
        }
    }
}

impl From<DraftError> for Interruption {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Book(error) => error.into(),
            other => Self::Trouble(other.to_string()),
        }
    }
}

#[async_trait]
impl Tick for Voter {
    async fn tick(&mut self) -> TaskResult {
        let Some(view) = self.shared.view.borrow().clone() else {
            return Ok(());
        };
        match self.round(&view).await {
            Ok(waiting) => {
                self.shared.health.succeeded(VOTER);
                self.shared
                    .status
                    .update(|report| report.waiting_for = waiting);
            }
            Err(Interruption::Trouble(reason)) => {
                self.shared.trouble(VOTER, &reason);
                self.shared
                    .status
                    .update(|report| report.waiting_for = reason);
            }
            Err(Interruption::Fatal(error)) => return Err(error),
        }
        Ok(())
    }
}

impl Voter {
    /// Remembers nothing yet.
    pub fn new(
        shared: Shared,
        sender: Arc<ActionSender>,
        book: Arc<RootBook>,
        drafter: Arc<Drafter>,
        settings: VoteSettings,
    ) -> Self {
        let reviewer = Reviewer {
            drafter: drafter.clone(),
        };
        let memory = VoterMemory::default();
        Self {
            shared,
            sender,
            book,
            drafter,
            reviewer,
            settings,
            memory,
        }
    }

    async fn round(&mut self, view: &ChainView) -> Result<String, Interruption> {
        self.memory.tidy(view);
        if let Some(latest) = view.latest_final() {
            self.shared.metrics.set_epoch("final", latest.epoch);
            self.book.publish_final(latest).await?;
        }
        let Some((slot, _)) = view.voter(&self.sender.pubkey()) else {
            return Ok("a place in the verifier set, with bond".into());
        };
        view.within(&self.shared.limits)
            .map_err(Interruption::Trouble)?;
        self.answer_disputes(view).await?;
        let first = view
            .latest_final()
            .map_or(0, |latest| latest.epoch.saturating_add(1));
        for epoch in first.max(view.epoch.saturating_sub(EPOCHS_BACK))..view.epoch {
            match self.epoch(view, slot, epoch).await? {
                Step::Done => {}
                Step::Wait(_) if self.is_given_up(view, epoch) => {}
                Step::Wait(reason) => return Ok(format!("epoch {epoch}: {reason}")),
                Step::Window => return Ok(format!("epoch {epoch}: the challenge window")),
            }
        }
        Ok(format!("the end of epoch {}", view.epoch))
    }

    /// An epoch goes before the next one, since each verifier has one vote in each and a root that
    /// becomes final in between spoils those for later epochs. But once every verifier has had its
    /// turn in the newer epoch too, one without a quorum must not hold up that one any longer.
    fn is_given_up(&self, view: &ChainView, epoch: u64) -> bool {
        let newest = view.epoch.saturating_sub(1);
        let turns = view
            .voters()
            .saturating_add(UNJUDGED_TURNS)
            .saturating_add(1);
        let patience = self.settings.proposer_delay.saturating_mul(turns);
        epoch < newest && self.memory.since_end(newest) >= patience
    }

    async fn epoch(
        &mut self,
        view: &ChainView,
        slot: u32,
        epoch: u64,
    ) -> Result<Step, Interruption> {
        let live: Vec<&(Pubkey, Proposal)> = view
            .proposals
            .iter()
            .filter(|(_, one)| is_live(view, one, epoch))
            .collect();
        if live.iter().any(|(_, proposal)| proposal.quorum_at != 0) {
            return Ok(Step::Window);
        }
        if view.has_voted(slot, epoch) {
            self.note_vote(epoch);
            return Ok(Step::Wait("the votes of other verifiers".into()));
        }
        let own = match self.own_view(view, epoch).await? {
            Ok(own) => own,
            Err(step) => return Ok(step),
        };
        let mut unjudged = false;
        for (address, proposal) in &live {
            match self.consider(view, &own, address, proposal).await? {
                Considered::Attested => return Ok(Step::Wait("its attestation".into())),
                Considered::Refused => {}
                Considered::Unjudged => unjudged = true,
            }
        }
        self.propose(view, &own, unjudged).await
    }

    /// Judges a proposal of another verifier and votes for it if it is right.
    async fn consider(
        &mut self,
        view: &ChainView,
        own: &OwnView,
        address: &Pubkey,
        proposal: &Proposal,
    ) -> Result<Considered, Interruption> {
        let digest = Hex(&proposal.digest).to_string();
        let decisions = self.shared.store.decisions(proposal.epoch).await?;
        let earlier = decisions
            .iter()
            .find(|one| one.proposal == address.to_string() && one.digest == digest);
        match earlier {
            Some(one) if one.verdict == DecisionVerdict::Attest => {
                return self.attest(view, proposal).await;
            }
            Some(one) if one.reviews >= REVIEWS_MAX => return Ok(Considered::Refused),
            Some(_) if self.memory.was_just_reviewed(address) => return Ok(Considered::Refused),
            None if self.memory.was_just_reviewed(address) => return Ok(Considered::Unjudged),
            _ => {}
        }
        self.memory.reviewed.insert(*address, Instant::now());
        let late = self.memory.age(address) >= self.settings.proposer_delay;
        match self.reviewer.review(own, proposal, late).await? {
            Verdict::Right(files) => {
                let (files, texts) = *files;
                self.book.record(&files, texts).await?;
                self.decide(view, address, proposal, None).await?;
                self.attest(view, proposal).await
            }
            Verdict::Wrong(reason) => {
                tracing::warn!(epoch = proposal.epoch, proposal = %address, reason, "refused");
                self.decide(view, address, proposal, Some(reason)).await?;
                self.accuse(view, own, address, proposal).await?;
                Ok(Considered::Refused)
            }
            Verdict::Unknown(reason) => {
                tracing::info!(epoch = proposal.epoch, proposal = %address, reason, "not judged");
                Ok(Considered::Unjudged)
            }
        }
    }

    async fn decide(
        &self,
        view: &ChainView,
        address: &Pubkey,
        proposal: &Proposal,
        refusal: Option<String>,
    ) -> Result<(), Interruption> {
        let verdict = match refusal {
            None => DecisionVerdict::Attest,
            Some(_) => DecisionVerdict::Refuse,
        };
        let label = if refusal.is_none() {
            "attest"
        } else {
            "refuse"
        };
        self.shared
            .metrics
            .decisions
            .with_label_values(&[label])
            .inc();
        let decision = Decision {
            proposal: address.to_string(),
            proposer: proposal.proposer.to_string(),
            digest: Hex(&proposal.digest).to_string(),
            verdict,
            reason: refusal.unwrap_or_default(),
            decided_at: view.time.unix_seconds,
            reviews: 1,
        };
        Ok(self
            .shared
            .store
            .put_decision(proposal.epoch, &decision)
            .await?)
    }

    async fn attest(
        &self,
        view: &ChainView,
        proposal: &Proposal,
    ) -> Result<Considered, Interruption> {
        let key = ProposalKey {
            network: view.network_address,
            service: view.service_address,
            epoch: proposal.epoch,
            proposer: proposal.proposer,
        };
        let vote = epoch_attest(&self.sender.pubkey(), &key, proposal.digest);
        self.vote(view, "attest", proposal.epoch, vote).await?;
        Ok(Considered::Attested)
    }

    async fn propose(
        &mut self,
        view: &ChainView,
        own: &OwnView,
        unjudged: bool,
    ) -> Result<Step, Interruption> {
        let epoch = own.opened.epoch;
        let rank = view.rank(&self.sender.pubkey(), epoch);
        let turns = if unjudged {
            rank.saturating_add(UNJUDGED_TURNS)
        } else {
            rank
        };
        if self.memory.since_end(epoch) < self.settings.proposer_delay.saturating_mul(turns) {
            return Ok(Step::Wait("the turn of another verifier".into()));
        }
        let draft = match self.memory.drafts.get(&epoch) {
            Some(draft) if draft.root.previous_digest == view.latest_digest() => *draft,
            _ => {
                let draft = match self.drafter.draft(own).await {
                    Ok(draft) => draft,
                    Err(error @ DraftError::Unasked(_)) => {
                        return Ok(Step::Wait(error.to_string()));
                    }
                    Err(error) => return Err(error.into()),
                };
                self.shared.metrics.set_epoch("scored", epoch);
                self.memory.drafts.insert(epoch, draft);
                draft
            }
        };
        // Scoring takes its time: a root that became final meanwhile makes the chain refuse this
        // draft (`StaleRoot`), and the next look drafts anew.
        let me = self.sender.pubkey();
        let (network, service) = (&view.network_address, &view.service_address);
        let vote = epoch_propose(&me, network, service, draft.root);
        let sent = self.vote(view, "propose", epoch, vote).await?;
        Ok(Step::Wait(match sent {
            Sent::Refused(reason) => format!("proposing is refused: {reason}"),
            _ => "its proposal".into(),
        }))
    }

    async fn vote(
        &self,
        view: &ChainView,
        kind: &'static str,
        epoch: u64,
        instruction: solana_instruction::Instruction,
    ) -> Result<Sent, Interruption> {
        let key = vote_key(&view.service_address.to_string(), epoch);
        let action = Action {
            key,
            kind,
            instructions: vec![instruction],
        };
        let sent = self.sender.send(&action).await?;
        if sent.is_done() {
            self.note_vote(epoch);
        }
        Ok(sent)
    }

    fn note_vote(&self, epoch: u64) {
        self.shared.metrics.set_epoch("voted", epoch);
        self.shared
            .status
            .update(|report| report.latest_vote = Some(epoch.to_string()));
    }
}

/// What came of a proposal.
enum Considered {
    Attested,
    Refused,
    Unjudged,
}

impl VoterMemory {
    /// Notes what is new and forgets what is over.
    fn tidy(&mut self, view: &ChainView) {
        let oldest = view.epoch.saturating_sub(EPOCHS_BACK);
        for epoch in oldest..view.epoch {
            self.ended.entry(epoch).or_insert_with(Instant::now);
        }
        self.ended.retain(|epoch, _| *epoch >= oldest);
        self.drafts.retain(|epoch, _| *epoch >= oldest);
        let open = |address: &Pubkey| view.proposals.iter().any(|(one, _)| one == address);
        for (address, _) in &view.proposals {
            self.proposed.entry(*address).or_insert_with(Instant::now);
        }
        self.proposed.retain(|address, _| open(address));
        self.reviewed.retain(|address, _| open(address));
    }

    fn since_end(&self, epoch: u64) -> Duration {
        self.ended
            .get(&epoch)
            .map_or(Duration::ZERO, Instant::elapsed)
    }

    fn age(&self, proposal: &Pubkey) -> Duration {
        self.proposed
            .get(proposal)
            .map_or(Duration::ZERO, Instant::elapsed)
    }

    fn was_just_reviewed(&self, proposal: &Pubkey) -> bool {
        self.reviewed
            .get(proposal)
            .is_some_and(|last| last.elapsed() < REVIEW_SPACING)
    }
}

/// Whether a proposal for this epoch can still become final.
fn is_live(view: &ChainView, proposal: &Proposal, epoch: u64) -> bool {
    proposal.epoch == epoch
        && proposal.status == ProposalStatus::Open as u8
        && proposal.previous_digest == view.latest_digest()
}
