//! Opening challenged leaves from the disk, and saying honestly when they are gone.

use super::{
    layout::{Layout, Root, DATA_FILE, TREE_FILE},
    tree::{self, TreeFile},
};
use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufReader},
    path::Path,
    sync::{Mutex, PoisonError},
};
use thiserror::Error;
use trestle_core::storage::{commit_with_cache, opening, CommitError, Opening, OpeningError};

/// A challenged leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeafAnswer {
    /// Here it is.
    Opened(Box<Opening>),
    /// It is gone, or not what was committed to.
    Lost,
}

/// Why no answer can be given, neither good nor bad.
#[derive(Debug, Error)]
pub enum AnswerError {
    /// The tree file is being built again.
    #[error("the shard's tree is being built again")]
    Rebuilding,
    /// The disk fails; that does not show that the data is lost.
    #[error("the shard cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The tree could not be computed.
    #[error("the shard's tree could not be built: {0}")]
    Commit(CommitError),
}

/// Which leaves of which shard are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The shard.
    pub root: &'a Root,
    /// Its length as committed to.
    pub size_bytes: u64,
    /// It was found damaged before, so that building its tree again is in vain.
    pub known_damaged: bool,
    /// The leaves.
    pub indices: &'a [u32],
}

/// What came of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// One for each index, in their order.
    pub leaves: Vec<LeafAnswer>,
    /// The tree file had to be built again.
    pub rebuilt: bool,
}

/// Opens leaves; knows which tree files are being rebuilt.
#[derive(Debug, Default)]
pub(super) struct Opener {
    rebuilding: Mutex<HashSet<Root>>,
}

impl Opener {
    /// Opens leaves of a shard. Reads the disk: call it where blocking is allowed.
    pub(super) fn answer(
        &self,
        layout: &Layout,
        question: &Question<'_>,
    ) -> Result<Answers, AnswerError> {
        let Question {
            root,
            size_bytes,
            known_damaged,
            indices,
        } = *question;
        let lost = || Answers {
            leaves: vec![LeafAnswer::Lost; indices.len()],
            rebuilt: false,
        };
        let folder = layout.shard_dir(root);
        let Some(mut data) = open_whole(&folder, size_bytes)? else {
            return Ok(lost());
        };
        let (mut nodes, mut rebuilt) = match tree::open(&folder, root, size_bytes)? {
            Some(nodes) => (nodes, false),
            None if known_damaged => return Ok(lost()),
            None => match self.rebuild(&folder, root, size_bytes)? {
                Some(nodes) => (nodes, true),
                None => return Ok(lost()),
            },
        };
        let mut leaves = Vec::with_capacity(indices.len());
        for index in indices {
            let mut answer = open_leaf(&mut data, &mut nodes, *index)?;
            let suspect = answer == LeafAnswer::Lost && !rebuilt && !known_damaged;
            if suspect && !tree::is_whole(&folder)? {
                let Some(fresh) = self.rebuild(&folder, root, size_bytes)? else {
                    return Ok(lost());
                };
                (nodes, rebuilt) = (fresh, true);
                answer = open_leaf(&mut data, &mut nodes, *index)?;
            }
            leaves.push(answer);
        }
        Ok(Answers { leaves, rebuilt })
    }

    /// Builds the tree file again; `None` if the data has another root, so that all is lost.
    pub(super) fn rebuild(
        &self,
        folder: &Path,
        root: &Root,
        size_bytes: u64,
    ) -> Result<Option<TreeFile>, AnswerError> {
        if !self.lock().insert(*root) {
            return Err(AnswerError::Rebuilding);
        }
        let built = build(folder, root);
        self.lock().remove(root);
        if built? {
            Ok(tree::open(folder, root, size_bytes)?)
        } else {
            Ok(None)
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Root>> {
        self.rebuilding
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The shard's bytes, if all of them are there.
pub(super) fn open_whole(folder: &Path, size_bytes: u64) -> io::Result<Option<File>> {
    match File::open(folder.join(DATA_FILE)) {
        Ok(file) => Ok((file.metadata()?.len() == size_bytes).then_some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn open_leaf(data: &mut File, nodes: &mut TreeFile, index: u32) -> Result<LeafAnswer, AnswerError> {
    match opening(data, nodes, index) {
        Ok(opened) => Ok(LeafAnswer::Opened(Box::new(opened))),
        Err(OpeningError::Io(error)) => Err(error.into()),
        Err(OpeningError::Poseidon(error)) => Err(io::Error::other(error).into()),
        Err(OpeningError::Damaged | OpeningError::Malformed | OpeningError::IndexOutOfRange) => {
            Ok(LeafAnswer::Lost)
        }
    }
}

fn build(folder: &Path, root: &Root) -> Result<bool, AnswerError> {
    let mut reader = BufReader::new(File::open(folder.join(DATA_FILE))?);
    let (commitment, cache) =
        commit_with_cache(&mut reader, |_| {}).map_err(AnswerError::Commit)?;
    if commitment.root != root.0 {
        return Ok(false);
    }
    let fresh = folder.join("tree.new");
    tree::write(&fresh, &cache)?;
    std::fs::rename(&fresh, folder.join(TREE_FILE))?;
    super::durable::sync_dir(folder)?;
    Ok(true)
}
