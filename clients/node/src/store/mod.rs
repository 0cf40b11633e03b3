//! The shards on the disk.

pub mod durable;
mod index;
mod layout;
mod meta;
mod opening;
mod tree;
mod upload;

pub use index::{Admission, Claim, Entry, Index, IndexError};
pub use layout::{
    Layout, LayoutError, Root, RootError, TempFolder, DATA_FILE, HELD_FILE, META_FILE, TREE_FILE,
};
pub use meta::{MetaError, Origin, ShardMeta};
pub use opening::{AnswerError, Answers, LeafAnswer, Question};
pub use upload::{UploadError, UploadPlan, PIECES_MAX};

use crate::settings::Limits;
use axum::body::Bytes;
use opening::Opener;
use solana_pubkey::Pubkey;
use std::{fs::File, io, path::Path};
use tokio::sync::mpsc::Receiver;

/// All shards of a node.
#[derive(Debug)]
pub struct ShardStore {
    layout: Layout,
    index: Index,
    opener: Opener,
}

/// What a start found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Whole shards.
    pub shards: usize,
    /// Shards whose bytes are missing or cut short.
    pub damaged: usize,
    /// Folders that cannot be understood; they are left alone.
    pub unreadable: usize,
    /// Leftovers of uploads and removals that were swept.
    pub leftovers: usize,
    /// Shards whose tree file must be built again.
    pub treeless: Vec<Root>,
}

/// A shard to be sent.
#[derive(Debug)]
pub struct Download {
    /// Open on its bytes.
    pub file: File,
    /// What is known of it.
    pub meta: ShardMeta,
}

impl ShardStore {
    /// Reads what is on the disk and sweeps what was left half done.
    pub fn open(layout: Layout, limits: &Limits) -> Result<(Self, Found), LayoutError> {
        let leftovers = layout.sweep_temp()?;
        let store = Self {
            layout,
            index: Index::new(limits.capacity_bytes, limits.uploads_per_key_max),
            opener: Opener::default(),
        };
        let mut found = Found {
            leftovers,
            ..Found::default()
        };
        let dir = store.layout.shards_dir();
        store
            .load_all(&mut found)
            .map_err(|source| LayoutError::Io { path: dir, source })?;
        Ok((store, found))
    }

    /// The data directory.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What is known without touching the disk.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Takes in a shard. Blocks until it is durable or refused.
    pub fn receive(
        &self,
        plan: &UploadPlan,
        claim: Claim,
        pieces: &mut Receiver<Bytes>,
    ) -> Result<Entry, UploadError> {
        upload::receive(&self.layout, plan, claim, pieces)
    }

    /// Opens a shard for sending; `None` if it is not whole any more.
    pub fn download(&self, root: &Root) -> Result<Option<Download>, MetaError> {
        let folder = self.layout.shard_dir(root);
        let meta = match ShardMeta::read(&folder, root) {
            Err(MetaError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                self.index.mark_damaged(root);
                return Ok(None);
            }
            other => other?,
        };
        let file = opening::open_whole(&folder, meta.size_bytes)?;
        if file.is_none() {
            self.index.mark_damaged(root);
        }
        Ok(file.map(|file| Download { file, meta }))
    }

    /// Removes a shard, unless an agreement holds it. It is gone for good when this returns.
    pub fn remove(&self, root: &Root, now: i64) -> Result<(), RemoveError> {
        let claim = self.index.claim_removal(*root)?;
        // Asked with the claim in hand: `hold` needs the same one.
        if self
            .index
            .get(root)
            .is_some_and(|entry| is_held(&entry, now))
        {
            return Err(RemoveError::Held);
        }
        let removed = self.layout.set_aside(root)?;
        claim.removed();
        drop(removed);
        Ok(())
    }

    /// Opens challenged leaves. Blocks on the disk.
    pub fn answer(
        &self,
        root: &Root,
        size_bytes: u64,
        indices: &[u32],
    ) -> Result<Answers, AnswerError> {
        let known_damaged = self.index.get(root).is_some_and(|entry| entry.damaged);
        let question = Question {
            root,
            size_bytes,
            known_damaged,
            indices,
        };
        let answers = self.opener.answer(&self.layout, &question)?;
        if answers.leaves.contains(&LeafAnswer::Lost) {
            self.index.mark_damaged(root);
        }
        Ok(answers)
    }

    /// Notes durably that an agreement is being signed for a shard; `false` if it is not whole.
    ///
    /// The shard is claimed meanwhile, so that it is not removed between check and note.
    pub fn hold(&self, root: &Root, now: i64) -> Result<bool, RemoveError> {
        let claim = self.index.claim_removal(*root)?;
        let Some(entry) = self.index.get(root) else {
            return Ok(false);
        };
        let folder = self.layout.shard_dir(root);
        if entry.damaged || opening::open_whole(&folder, entry.size_bytes)?.is_none() {
            self.index.mark_damaged(root);
            return Ok(false);
        }
        durable::replace_file(&folder.join(HELD_FILE), format!("{now}\n").as_bytes())?;
        self.index.hold(root, now);
        drop(claim);
        Ok(true)
    }

    /// Builds the tree file of a shard again.
    pub fn rebuild_tree(&self, root: &Root) -> Result<(), AnswerError> {
        let Some(entry) = self.index.get(root) else {
            return Ok(());
        };
        let folder = self.layout.shard_dir(root);
        if self
            .opener
            .rebuild(&folder, root, entry.size_bytes)?
            .is_none()
        {
            self.index.mark_damaged(root);
        }
        Ok(())
    }

    fn load_all(&self, found: &mut Found) -> io::Result<()> {
        for group in std::fs::read_dir(self.layout.shards_dir())? {
            let group = group?;
            if !group.file_type()?.is_dir() {
                continue;
            }
            for shard in std::fs::read_dir(group.path())? {
                let shard = shard?;
                let name = shard.file_name();
                let root = name.to_str().and_then(|name| name.parse::<Root>().ok());
                match root {
                    Some(root) => self.load(&shard.path(), root, found),
                    None => found.unreadable = found.unreadable.saturating_add(1),
                }
            }
        }
        Ok(())
    }

    fn load(&self, folder: &Path, root: Root, found: &mut Found) {
        let meta = match ShardMeta::read(folder, &root) {
            Ok(meta) => meta,
            Err(error) => {
                tracing::error!(%root, %error, "shard has no usable `{META_FILE}`");
                found.unreadable = found.unreadable.saturating_add(1);
                return;
            }
        };
        let whole = matches!(opening::open_whole(folder, meta.size_bytes), Ok(Some(_)));
        if whole {
            found.shards = found.shards.saturating_add(1);
            if !matches!(tree::open(folder, &root, meta.size_bytes), Ok(Some(_))) {
                found.treeless.push(root);
            }
        } else {
            tracing::error!(%root, "shard's bytes are missing or cut short");
            found.damaged = found.damaged.saturating_add(1);
        }
        let ShardMeta {
            customer,
            size_bytes,
            stored_at,
            ..
        } = meta;
        // An unreadable note holds the shard as if it were new: too long is the safe side.
        let held_at = std::fs::read_to_string(folder.join(HELD_FILE))
            .ok()
            .map(|text| {
                text.trim()
                    .parse()
                    .unwrap_or_else(|_| crate::auth::clock::unix_now())
            });
        let damaged = !whole;
        self.index.load(
            root,
            Entry {
                customer,
                size_bytes,
                stored_at,
                held_at,
                damaged,
            },
        );
    }
}

/// Why a shard is neither removed nor held.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// It is not here, or is being written.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// An agreement over it may still land.
    #[error("an agreement over the shard was signed just now")]
    Held,
    /// The disk fails.
    #[error("the shard's folder could not be changed: {0}")]
    Io(#[from] io::Error),
}

/// Seconds for which a signed agreement keeps a shard: ten times as long as the hash of a block,
/// and so the transaction, is valid. A customer could else delete first and have the agreement
/// land after.
pub const HOLD_SECONDS: i64 = 600;

/// Whether an agreement over this shard may still land.
pub fn is_held(entry: &Entry, now: i64) -> bool {
    entry
        .held_at
        .is_some_and(|held_at| now < held_at.saturating_add(HOLD_SECONDS))
}

/// Whether a customer is this shard's.
pub fn is_owner(entry: &Entry, customer: &Pubkey) -> bool {
    entry.customer == *customer
}
