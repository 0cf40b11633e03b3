//! The journal of transactions. An entry is on disk before its transaction leaves the machine, so
//! after a crash the service knows what may have landed and never acts twice.
//!
//! Each money or vote action has a key, such as `attest:<service>:<epoch>`. While an entry of a key
//! is undecided or has landed, no other entry of that key can begin.

use async_trait::async_trait;
use solana_signature::Signature;
use thiserror::Error;

/// Transactions that may be sent for one key. Reached only when an action fails on chain again and
/// again; then a person must look.
pub const ATTEMPTS_MAX: u32 = 16;
/// Most entries that one call returns.
pub const PENDING_MAX: u32 = 256;
/// Longest key in bytes.
pub const KEY_BYTES_MAX: usize = 256;

/// A signed transaction that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it does; the same action always has the same key.
    pub key: String,
    /// First signature of the transaction: its id.
    pub signature: Signature,
    /// Height after which it cannot land any more.
    pub last_valid_block_height: u64,
    /// The transaction as it is sent.
    pub wire: Vec<u8>,
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number of the row.
    pub id: i64,
    /// What was sent.
    pub draft: Draft,
    /// What is known of it.
    pub state: EntryState,
}

/// What is known of a sent transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// Sent or about to be; nothing is known. After a crash this is decided first.
    Unknown,
    /// On chain, with success.
    Landed {
        /// In which slot.
        slot: u64,
    },
    /// On chain, with an error. It changed nothing but the fee.
    Failed {
        /// The error.
        error: String,
    },
    /// Its block height passed without it: it can never land, another may be sent.
    Expired,
}

/// Answer to the wish to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Written: send it.
    Started(Entry),
    /// An earlier one is undecided: resolve it first.
    Pending(Entry),
    /// Already done.
    Landed(Entry),
    /// [`ATTEMPTS_MAX`] attempts failed.
    Exhausted {
        /// The last error on chain, if any.
        last_error: Option<String>,
    },
}

/// Why the journal cannot be used. The service must not send anything then.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The key is empty or too long.
    #[error("journal key must have 1 to {KEY_BYTES_MAX} bytes")]
    Key,
    /// No such entry, or one that was decided otherwise.
    #[error("journal entry {0} does not exist or is decided otherwise")]
    NotPending(
        /// Number of the row.
        i64,
    ),
    /// The store failed.
    #[error("journal: {0}")]
    Store(
        /// Why.
        #[source]
        Box<dyn std::error::Error + Send + Sync>,
    ),
}

/// Where entries are kept. Every method returns only after its effect is durable.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Writes the draft, unless its key forbids it.
    async fn begin(&self, draft: Draft) -> Result<Begun, JournalError>;
    /// Decides an entry, once; saying the same again changes nothing. `Unknown` is no decision and
    /// is refused.
    async fn decide(&self, id: i64, state: EntryState) -> Result<(), JournalError>;
    /// Undecided entries, oldest first, at most [`PENDING_MAX`].
    async fn pending(&self) -> Result<Vec<Entry>, JournalError>;
    /// The newest entry of a key.
    async fn latest(&self, key: &str) -> Result<Option<Entry>, JournalError>;
}
