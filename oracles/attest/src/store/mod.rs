//! What the verifier has seen and decided. Everything is on disk before it counts.
//!
//! The trait is what the pipeline needs, not what SQLite offers: another database implements these
//! methods and nothing else changes.

mod rows;
mod service_rows;
mod sqlite;

pub use sqlite::{SqliteStore, MIGRATIONS};

use async_trait::async_trait;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use trestle_core::hash::Hash;
use trestle_kit::database::{Database, DatabaseError};
use trestle_kit::journal::Journal;
use trestle_kit::journal_sqlite::SqliteJournal;
use trestle_verify::storage::{ChallengeEvidence, CommitmentInput, OperatorState, ServiceParams};

/// Name of the database in the data directory.
const DATABASE_FILE: &str = "attest.db";

/// What is kept: sent transactions and evidence.
pub type Stores = (Arc<dyn Journal>, Arc<dyn EvidenceStore>);

/// Opens both, in one database: so they share a lock and a backup.
pub fn open_stores(data_dir: &Path) -> Result<Stores, DatabaseError> {
    let database = Database::open(&data_dir.join(DATABASE_FILE), &MIGRATIONS)?;
    let journal = Arc::new(SqliteJournal::new(database.clone()));
    Ok((journal, Arc::new(SqliteStore::new(database))))
}

/// Challenges in one request to a node. A node answers a chunk as a whole.
pub const CHUNK_CHALLENGES: u32 = 32;
/// Most bytes of an answer that are kept.
pub const ANSWER_BYTES_MAX: usize = 512 << 10;
/// Most characters of a reason or an error that are kept.
pub const REASON_CHARS_MAX: usize = 500;

/// The store failed; the service stops, since it can no longer keep its promises.
#[derive(Debug, Error)]
#[error("evidence store: {0}")]
pub struct StoreError(#[from] pub DatabaseError);

/// An operator account as it stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorSeen {
    /// Operator account.
    pub operator: [u8; 32],
    /// Key that signs answers.
    pub node_key: [u8; 32],
    /// Zone.
    pub zone: u32,
    /// Own stake that a slash goes by, in base units: active and unbonding.
    pub stake: u64,
    /// The active part of it.
    pub active_stake: u64,
    /// Least active stake that earns, in base units.
    pub min_stake: u64,
    /// Epoch of registration.
    pub registered_epoch: u64,
    /// Chain time of the account's state, in unix seconds.
    pub seen_at: i64,
}

/// The service's parameters as they stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceSeen {
    /// Those that decide scores.
    pub params: ServiceParams,
    /// Changes that were applied before.
    pub version: u32,
    /// Chain time of the account's state, in unix seconds.
    pub seen_at: i64,
}

/// An epoch whose questions are fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedEpoch {
    /// The epoch.
    pub epoch: u64,
    /// Its seed.
    pub seed: Hash,
    /// Challenges of each commitment.
    pub challenges: u32,
    /// What is challenged, by address.
    pub commitments: Vec<CommitmentInput>,
}

/// A request to a node, written before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeDraft {
    /// The epoch.
    pub epoch: u64,
    /// The commitment asked about.
    pub commitment: [u8; 32],
    /// Which chunk of its challenges.
    pub chunk: u32,
    /// The request's body.
    pub request: String,
    /// Local clock in unix milliseconds. For people; nothing is decided by it.
    pub asked_at_ms: i64,
}

/// What came back, written before it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeResult {
    /// The raw answer, cut at [`ANSWER_BYTES_MAX`].
    pub answer: Vec<u8>,
    /// Why there is none, or what was wrong with it.
    pub error: Option<String>,
    /// Milliseconds from request to answer.
    pub elapsed_ms: u64,
    /// Findings that prove themselves.
    pub findings: Vec<ChallengeEvidence>,
}

/// Completed attempts at one chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChunkAttempts {
    /// The commitment.
    pub commitment: [u8; 32],
    /// The chunk.
    pub chunk: u32,
    /// How often the node was asked and answered, refused, or let the deadline pass.
    pub attempts: u32,
}

/// A root that this verifier computed or checked, with what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct KnownRoot {
    /// The epoch.
    pub epoch: u64,
    /// Digest of the root.
    pub digest: Hash,
    /// Counters of each operator after it.
    pub states: Vec<OperatorState>,
}

/// What the verifier thinks of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Proposal account, base58.
    pub proposal: String,
    /// Its proposer, base58.
    pub proposer: String,
    /// Its digest, hex.
    pub digest: String,
    /// What was decided.
    pub verdict: DecisionVerdict,
    /// Why, for a refusal.
    pub reason: String,
    /// Chain time in unix seconds.
    pub decided_at: i64,
    /// How often the proposal was looked at.
    pub reviews: u32,
}

/// Whether to vouch for a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecisionVerdict {
    /// Recomputed and right.
    Attest,
    /// Not what this verifier computes.
    Refuse,
}

/// Storage of one service's evidence. Every method returns only after its effect is durable.
#[async_trait]
pub trait EvidenceStore: Send + Sync {
    /// Notes operators that changed since they were last seen. Returns how many.
    async fn note_operators(&self, seen: &[OperatorSeen]) -> Result<u32, StoreError>;
    /// For each operator: the last state seen at or before `since`, and all later ones; by operator
    /// and time.
    async fn operators_since(&self, since: i64) -> Result<Vec<OperatorSeen>, StoreError>;

    /// Notes the service's parameters if they changed, or were last seen before `since`. Returns
    /// whether it did.
    async fn note_service(&self, seen: &ServiceSeen, since: i64) -> Result<bool, StoreError>;
    /// The parameters last seen at or before `since`, and all later ones, by time.
    async fn services_since(&self, since: i64) -> Result<Vec<ServiceSeen>, StoreError>;

    /// Fixes the questions of an epoch. Repeating it changes nothing.
    async fn open_epoch(&self, opened: &OpenedEpoch) -> Result<(), StoreError>;
    /// The questions of an epoch.
    async fn opened(&self, epoch: u64) -> Result<Option<OpenedEpoch>, StoreError>;

    /// Notes a request. Returns its number.
    async fn begin_exchange(&self, draft: &ExchangeDraft) -> Result<i64, StoreError>;
    /// Notes what came of a request, and its findings, at once.
    async fn end_exchange(&self, id: i64, result: &ExchangeResult) -> Result<(), StoreError>;
    /// Completed attempts of an epoch.
    async fn attempts(&self, epoch: u64) -> Result<Vec<ChunkAttempts>, StoreError>;
    /// Commitment and number of each finding of an epoch.
    async fn found(&self, epoch: u64) -> Result<Vec<([u8; 32], u32)>, StoreError>;
    /// Findings of an epoch, by commitment and number.
    async fn findings(&self, epoch: u64) -> Result<Vec<ChallengeEvidence>, StoreError>;

    /// Notes what a root stands for.
    async fn put_root(&self, root: &KnownRoot) -> Result<(), StoreError>;
    /// What a root stands for.
    async fn root(&self, digest: &Hash) -> Result<Option<KnownRoot>, StoreError>;

    /// Notes a decision about a proposal; a later one replaces it and counts the reviews.
    async fn put_decision(&self, epoch: u64, decision: &Decision) -> Result<(), StoreError>;
    /// Decisions of an epoch, oldest first.
    async fn decisions(&self, epoch: u64) -> Result<Vec<Decision>, StoreError>;

    /// Forgets everything of epochs before `epoch`, and states of operators and service that only
    /// they need.
    async fn prune(&self, epoch: u64, since: i64) -> Result<(), StoreError>;
}
