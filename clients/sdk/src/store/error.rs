//! Why a file could not be stored or brought back.

use std::{
    io,
    path::{Path, PathBuf},
};

use solana_pubkey::Pubkey;
use thiserror::Error;
use trestle_core::storage::CommitError;

use super::{CipherError, ErasureError, LayoutError, ManifestError};
use crate::{
    clearance::ClearanceError, fetch::FetchError, node::NodeError, send::SendError, time::TimeError,
};

/// Why a file could not be stored or brought back.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("`{path}`: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the file could not be written: {0}")]
    Sink(io::Error),
    #[error("`{0}` changed while it was read; store it when nobody writes to it")]
    SourceChanged(PathBuf),
    #[error("the file has too many segments for one manifest")]
    TooManySegments,
    #[error("shard file `{0}` does not have the length that the manifest says")]
    ShardLength(PathBuf),
    #[error("what came back is not the file that was stored (sha256 differs)")]
    WrongContent,
    #[error("the data could not be committed to: {0}")]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Cipher(#[from] CipherError),
    #[error(transparent)]
    Erasure(#[from] ErasureError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Time(#[from] TimeError),
    #[error(transparent)]
    Clearance(#[from] ClearanceError),
    #[error("{found} operators can take a shard now, {needed} are needed{}", reasons(.refusals))]
    TooFewOperators {
        found: usize,
        needed: usize,
        /// Why the others cannot.
        refusals: Vec<(Pubkey, String)>,
    },
    #[error("storing costs {needed} credits, but the account holds {available}")]
    TooFewCredits { needed: u64, available: u64 },
    #[error("{0} is not a lease group of this customer and service")]
    ForeignGroup(Pubkey),
    #[error("{needed} shards need an operator, but the lease group takes in {free} more")]
    GroupPlaces { needed: usize, free: usize },
    #[error("shard {shard} could not be placed: {reason}")]
    ShardNotPlaced { shard: usize, reason: String },
    #[error("only {found} of {needed} shards came back whole{}", reasons(.failures))]
    TooFewShards {
        found: usize,
        needed: usize,
        /// Why the others did not.
        failures: Vec<(Pubkey, String)>,
    },
    #[error("the transaction {signature} for shard {shard} is undecided: {reason}")]
    Undecided {
        shard: usize,
        signature: String,
        reason: String,
    },
    #[error("{0} sent other data than the commitment says")]
    WrongShard(String),
    #[error("a worker stopped: {0}")]
    Worker(String),
}

fn reasons(list: &[(Pubkey, String)]) -> String {
    list.iter()
        .map(|(operator, reason)| format!("\n  {operator}: {reason}"))
        .collect()
}

/// Adds the path to an error of the file system's.
pub(super) trait IoContext<T> {
    fn at(self, path: &Path) -> Result<T, StoreError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Io {
            path: path.to_path_buf(),
            source,
        })
    }
}
