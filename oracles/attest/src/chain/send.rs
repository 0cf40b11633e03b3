//! Sending with the journal in between: simulate, sign, write down, submit, wait, write down.

use crate::metrics::AttestMetrics;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_signer::Signer;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use trestle_kit::journal::{Begun, Draft, Entry, EntryState, Journal, JournalError};
use trestle_kit::journal_resolve::{resolve, resolve_pending, ChainStatus, ResolveError};
use trestle_kit::retry::RetryPolicy;
use trestle_sdk::send::{Outcome, SendConfig, SendError, Sender, Signed, TransactionRequest};

/// How soon an action that the simulation refuses is tried again. A refusal costs nothing.
const REFUSAL_BACKOFF: RetryPolicy = RetryPolicy {
    attempts_max: u32::MAX,
    first_delay: Duration::from_secs(1),
    delay_max: Duration::from_secs(60),
};
/// Refused actions that are remembered; with more, all are tried again at once.
const REFUSALS_MAX: usize = 4_096;

/// Something to do on chain, once.
#[derive(Debug, Clone)]
pub struct Action {
    /// The same action always has the same key.
    pub key: String,
    /// What kind it is, for metrics.
    pub kind: &'static str,
    /// What it consists of.
    pub instructions: Vec<Instruction>,
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It landed just now.
    Landed(Signature),
    /// It was done before; nothing was sent.
    Done(Signature),
    /// It was sent and may still land.
    InFlight(Signature),
    /// The chain refuses it as things stand; nothing was sent.
    Refused(String),
    /// It was refused a moment ago; nothing was tried.
    Waiting,
    /// It landed and failed. It may be tried again.
    Failed(String),
    /// It did not land in time. It may be tried again.
    Expired,
    /// It failed so often that a person must look.
    Exhausted(String),
    /// The RPC node does not answer; nothing was sent.
    Unavailable(String),
}

impl Sent {
    /// Whether the action is done.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Landed(_) | Self::Done(_))
    }

    fn label(&self) -> &'static str {
        match self {
            Self::Landed(_) => "landed",
            Self::Done(_) => "done",
            Self::InFlight(_) => "in-flight",
            Self::Refused(_) => "refused",
            Self::Waiting => "waiting",
            Self::Failed(_) => "failed",
            Self::Expired => "expired",
            Self::Exhausted(_) => "exhausted",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

/// Sends actions with the verifier's key.
pub struct ActionSender {
    /// Where transactions go.
    pub rpc: Arc<RpcClient>,
    /// Signs and pays.
    pub keypair: Arc<Keypair>,
    /// Every transaction is in it before it is sent.
    pub journal: Arc<dyn Journal>,
    /// Decides what became of earlier transactions.
    pub status: Arc<dyn ChainStatus>,
    /// Counts outcomes.
    pub metrics: AttestMetrics,
    /// How often each action was refused, and when last.
    pub refusals: Mutex<BTreeMap<String, (u32, Instant)>>,
    /// Journal entries that are being waited for.
    pub awaited: Mutex<BTreeSet<i64>>,
}

/// Marks a journal entry as waited for, for as long as it lives.
struct Awaited<'a> {
    entries: &'a Mutex<BTreeSet<i64>>,
    id: i64,
}

impl<'a> Awaited<'a> {
    fn new(entries: &'a Mutex<BTreeSet<i64>>, id: i64) -> Self {
        entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id);
        Self { entries, id }
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.id);
    }
}

impl ActionSender {
    /// The key that signs and pays.
    pub fn pubkey(&self) -> Pubkey {
        self.keypair.pubkey()
    }

    /// Does an action unless it is done, undecided or backing off. An error means that the journal
    /// failed, and the service must stop.
    pub async fn send(&self, action: &Action) -> Result<Sent, JournalError> {
        let sent = self.try_send(action).await?;
        if matches!(sent, Sent::Waiting | Sent::Done(_)) {
            return Ok(sent);
        }
        self.metrics
            .actions
            .with_label_values(&[action.kind, sent.label()])
            .inc();
        match &sent {
            Sent::Landed(signature) => tracing::info!(key = action.key, %signature, "landed"),
            Sent::Refused(reason) => tracing::debug!(key = action.key, reason, "refused"),
            other => tracing::warn!(key = action.key, outcome = ?other, "not landed"),
        }
        Ok(sent)
    }

    /// Decides what an earlier run or an earlier attempt left open.
    pub async fn resolve_left_open(&self) -> Result<(), ResolveError> {
        let awaited = self
            .awaited
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        resolve_pending(self.journal.as_ref(), self.status.as_ref(), &awaited).await?;
        Ok(())
    }

    async fn try_send(&self, action: &Action) -> Result<Sent, JournalError> {
        if let Some(sent) = self.earlier(&action.key).await? {
            return Ok(sent);
        }
        if self.is_backing_off(&action.key) {
            return Ok(Sent::Waiting);
        }
        let sender = Sender::new(&self.rpc, SendConfig::default());
        let request = TransactionRequest::new(self.pubkey(), action.instructions.clone());
        let signed = match self.sign(&sender, &request).await {
            Ok(signed) => signed,
            Err(SendError::Rejected { error, .. }) => {
                self.note_refusal(&action.key);
                return Ok(Sent::Refused(error.to_string()));
            }
            Err(error) => return Ok(Sent::Unavailable(error.to_string())),
        };
        let entry = match self.write_down(action, &signed).await? {
            Ok(entry) => entry,
            Err(sent) => return Ok(sent),
        };
        let _awaited = Awaited::new(&self.awaited, entry.id);
        let outcome = sender.submit_and_resolve(&signed).await;
        self.decide(&entry, outcome).await
    }

    /// What an earlier attempt means for this one; `None` if it is free to go.
    async fn earlier(&self, key: &str) -> Result<Option<Sent>, JournalError> {
        let Some(entry) = self.journal.latest(key).await? else {
            return Ok(None);
        };
        let signature = entry.draft.signature;
        match &entry.state {
            EntryState::Landed { .. } => Ok(Some(Sent::Done(signature))),
            EntryState::Failed { .. } | EntryState::Expired => Ok(None),
            EntryState::Unknown => match resolve(self.status.as_ref(), &entry).await {
                Ok(EntryState::Unknown) => Ok(Some(Sent::InFlight(signature))),
                Ok(state) => {
                    let landed = matches!(state, EntryState::Landed { .. });
                    self.journal.decide(entry.id, state).await?;
                    Ok(landed.then_some(Sent::Done(signature)))
                }
                Err(error) => Ok(Some(Sent::Unavailable(error.to_string()))),
            },
        }
    }

    async fn sign(
        &self,
        sender: &Sender<'_>,
        request: &TransactionRequest,
    ) -> Result<Signed, SendError> {
        let prepared = sender.prepare(request).await?;
        sender.sign(&prepared, &[self.keypair.as_ref()])
    }

    async fn write_down(
        &self,
        action: &Action,
        signed: &Signed,
    ) -> Result<Result<Entry, Sent>, JournalError> {
        let wire = match trestle_sdk::send::encode_transaction(&signed.transaction) {
            Ok(text) => text.into_bytes(),
            Err(error) => return Ok(Err(Sent::Refused(error.to_string()))),
        };
        let draft = Draft {
            key: action.key.clone(),
            signature: signed.signature(),
            last_valid_block_height: signed.last_valid_block_height,
            wire,
        };
        Ok(match self.journal.begin(draft).await? {
            Begun::Started(entry) => Ok(entry),
            Begun::Pending(entry) => Err(Sent::InFlight(entry.draft.signature)),
            Begun::Landed(entry) => Err(Sent::Done(entry.draft.signature)),
            Begun::Exhausted { last_error } => Err(Sent::Exhausted(
                last_error.unwrap_or_else(|| "never landed".into()),
            )),
        })
    }

    async fn decide(&self, entry: &Entry, outcome: Outcome) -> Result<Sent, JournalError> {
        let signature = entry.draft.signature;
        let (state, sent) = match outcome {
            Outcome::Landed { slot } => (EntryState::Landed { slot }, Sent::Landed(signature)),
            Outcome::Failed { error, .. } => {
                let error = error.to_string();
                (
                    EntryState::Failed {
                        error: error.clone(),
                    },
                    Sent::Failed(error),
                )
            }
            Outcome::Expired => (EntryState::Expired, Sent::Expired),
            // The entry stays undecided; the next attempt decides it first.
            Outcome::Unknown { reason } => {
                tracing::warn!(key = entry.draft.key, reason, "fate unknown");
                return Ok(Sent::InFlight(signature));
            }
        };
        self.journal.decide(entry.id, state).await?;
        Ok(sent)
    }

    fn is_backing_off(&self, key: &str) -> bool {
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals
            .get(key)
            .is_some_and(|(count, last)| last.elapsed() < REFUSAL_BACKOFF.delay(*count))
    }

    fn note_refusal(&self, key: &str) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if refusals.len() >= REFUSALS_MAX {
            refusals.clear();
        }
        let entry = refusals
            .entry(key.to_owned())
            .or_insert((0, Instant::now()));
        *entry = (entry.0.saturating_add(1), Instant::now());
    }
}
