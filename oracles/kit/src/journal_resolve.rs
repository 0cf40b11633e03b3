//! Deciding entries whose outcome is not known, after a crash or a timeout.

use crate::journal::{Entry, EntryState, Journal, JournalError};
use async_trait::async_trait;
use solana_signature::Signature;
use std::collections::BTreeSet;
use thiserror::Error;

/// The chain did not answer. Nothing is decided then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("chain: {0}")]
pub struct ChainUnavailable(pub String);

/// What the chain says of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureFate {
    /// Not seen.
    Absent,
    /// Seen, but its block may still be dropped.
    Unconfirmed,
    /// In a confirmed block, with success.
    Landed {
        /// In which slot.
        slot: u64,
    },
    /// In a confirmed block, with an error.
    Failed {
        /// The error.
        error: String,
    },
}

/// The two questions that decide an entry.
#[async_trait]
pub trait ChainStatus: Send + Sync {
    /// Height of the newest block that can no longer be dropped.
    async fn finalized_block_height(&self) -> Result<u64, ChainUnavailable>;
    /// Fate of a signature, history included.
    async fn fate(&self, signature: &Signature) -> Result<SignatureFate, ChainUnavailable>;
}

/// Why an entry could not be decided.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// Ask again later.
    #[error(transparent)]
    Chain(#[from] ChainUnavailable),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What became of a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Entries decided.
    pub decided: u32,
    /// Entries that may still land.
    pub open: u32,
}

/// Decides every entry that can be decided now, but for those in `awaited`: whoever sent them is
/// waiting for them and will decide them.
pub async fn resolve_pending(
    journal: &dyn Journal,
    chain: &dyn ChainStatus,
    awaited: &BTreeSet<i64>,
) -> Result<Resolved, ResolveError> {
    let mut resolved = Resolved::default();
    let entries = journal.pending().await?;
    for entry in entries
        .into_iter()
        .filter(|entry| !awaited.contains(&entry.id))
    {
        match resolve(chain, &entry).await? {
            EntryState::Unknown => resolved.open = resolved.open.saturating_add(1),
            state => {
                tracing::info!(key = entry.draft.key, ?state, "decided a sent transaction");
                journal.decide(entry.id, state).await?;
                resolved.decided = resolved.decided.saturating_add(1);
            }
        }
    }
    Ok(resolved)
}

/// What can be said of an entry now; `Unknown` when it may still land.
pub async fn resolve(
    chain: &dyn ChainStatus,
    entry: &Entry,
) -> Result<EntryState, ChainUnavailable> {
    // The height first: a transaction that lands between the two questions is then still seen.
    let height = chain.finalized_block_height().await?;
    Ok(match chain.fate(&entry.draft.signature).await? {
        SignatureFate::Landed { slot } => EntryState::Landed { slot },
        SignatureFate::Failed { error } => EntryState::Failed { error },
        SignatureFate::Unconfirmed => EntryState::Unknown,
        SignatureFate::Absent if height > entry.draft.last_valid_block_height => {
            EntryState::Expired
        }
        SignatureFate::Absent => EntryState::Unknown,
    })
}
