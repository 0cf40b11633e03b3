//! Taking in one shard: stream to a temporary file, check size, digest and root, make it durable,
//! and only then let it be seen. Runs on a thread that may block; the pieces come over a channel.

use super::{
    durable::write_file,
    index::{Claim, Entry},
    layout::{Layout, Root, TempFolder, DATA_FILE, HELD_FILE, META_FILE, TREE_FILE},
    meta::{Origin, ShardMeta},
    tree,
};
use axum::body::Bytes;
use sha2::{Digest, Sha256};
use std::{fs::File, io, io::Write};
use thiserror::Error;
use tokio::sync::mpsc::Receiver;
use trestle_core::storage::{CommitError, CommitmentBuilder};

/// Pieces of a body that wait to be written. A piece is what one read of a connection gave.
pub const PIECES_MAX: usize = 8;

/// What the customer says of an upload.
#[derive(Clone, Copy, Debug)]
pub struct UploadPlan {
    /// The root that must come out.
    pub root: Root,
    /// The bytes that must come.
    pub size_bytes: u64,
    /// Whose it is, its sha256, and when it came.
    pub origin: Origin,
}

/// Why an upload did not become a shard.
#[derive(Debug, Error)]
pub enum UploadError {
    /// The body ended early, or the client went away.
    #[error("{received_bytes} of {size_bytes} bytes arrived")]
    Incomplete {
        /// What came.
        received_bytes: u64,
        /// What was promised.
        size_bytes: u64,
    },
    /// The body is longer than it said.
    #[error("more than {size_bytes} bytes arrived")]
    TooLong {
        /// What was promised.
        size_bytes: u64,
    },
    /// The bytes are not those that were signed for.
    #[error("the body's sha256 is {0}")]
    DigestMismatch(String),
    /// The bytes have another root.
    #[error("the body's root is {0}")]
    RootMismatch(Root),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The disk fails.
    #[error("the shard could not be written: {0}")]
    Io(io::Error),
    /// The commitment could not be computed.
    #[error("the commitment could not be computed: {0}")]
    Commit(CommitError),
}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<CommitError> for UploadError {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

/// Receives a shard and installs it. Whatever fails, nothing is left of it.
pub(super) fn receive(
    layout: &Layout,
    plan: &UploadPlan,
    claim: Claim,
    pieces: &mut Receiver<Bytes>,
) -> Result<Entry, UploadError> {
    let folder = layout.new_temp()?;
    let meta = write_and_check(&folder, plan, pieces)?;
    let content = meta.encode().map_err(io::Error::other)?;
    write_file(&folder.join(META_FILE), &content)?;
    // A shard that is repaired stays held by what was agreed over it.
    let held_at = claim.previous().and_then(|entry| entry.held_at);
    if let Some(held_at) = held_at {
        write_file(&folder.join(HELD_FILE), format!("{held_at}\n").as_bytes())?;
    }
    layout.install(folder, &plan.root)?;
    let entry = Entry {
        customer: meta.customer,
        size_bytes: meta.size_bytes,
        stored_at: meta.stored_at,
        held_at,
        damaged: false,
    };
    claim.stored(entry);
    Ok(entry)
}

fn write_and_check(
    folder: &TempFolder,
    plan: &UploadPlan,
    pieces: &mut Receiver<Bytes>,
) -> Result<ShardMeta, UploadError> {
    let size_bytes = plan.size_bytes;
    let mut file = File::create_new(folder.join(DATA_FILE))?;
    let mut digest = Sha256::new();
    let mut builder = CommitmentBuilder::with_cache()?;
    let mut received_bytes = 0_u64;
    while let Some(piece) = pieces.blocking_recv() {
        received_bytes = received_bytes.saturating_add(piece.len() as u64);
        if received_bytes > size_bytes {
            return Err(UploadError::TooLong { size_bytes });
        }
        file.write_all(&piece)?;
        digest.update(&piece);
        builder.push(&piece)?;
    }
    if received_bytes < size_bytes {
        return Err(UploadError::Incomplete {
            received_bytes,
            size_bytes,
        });
    }
    let digest: [u8; 32] = digest.finalize().into();
    if digest != plan.origin.digest {
        return Err(UploadError::DigestMismatch(hex::encode(digest)));
    }
    let (commitment, cache) = builder.finish_with_cache()?;
    if commitment.root != plan.root.0 {
        return Err(UploadError::RootMismatch(Root(commitment.root)));
    }
    file.sync_all()?;
    tree::write(&folder.join(TREE_FILE), &cache)?;
    Ok(ShardMeta::new(
        plan.root,
        size_bytes,
        commitment.leaf_count,
        plan.origin,
    ))
}
