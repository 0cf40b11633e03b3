//! Building a commitment while the data streams by, with all cores.

use super::{
    depth_for, leaf_count, StorageError, SubtreeCache, ELEMENT_BYTES, LEAF_BYTES, LEAF_ELEMENTS,
    SIZE_MAX_BYTES, SUBTREE_BYTES, SUBTREE_LEAVES, SUBTREE_LEVEL,
};
use crate::{
    hash::Hash,
    poseidon::{Element, Hasher, PoseidonError},
};
use rayon::prelude::*;
use std::{
    fmt,
    io::{self, Read},
    vec::Vec,
};

/// Subtrees that are hashed at once; enough that no core waits, and 2 MB of memory.
const BATCH_SUBTREES: usize = 256;
const BATCH_BYTES: usize = BATCH_SUBTREES * SUBTREE_BYTES;

/// What a file is committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Root of the Poseidon tree.
    pub root: Hash,
    /// Leaves without padding.
    pub leaf_count: u32,
    /// Bytes of the file.
    pub size_bytes: u64,
}

/// Why there is no commitment.
#[derive(Debug)]
pub enum CommitError {
    /// The data cannot be read.
    Io(io::Error),
    /// The data cannot be committed to.
    Storage(StorageError),
    /// The hash is unusable.
    Poseidon(PoseidonError),
    /// The builder was not told to keep nodes.
    NoCache,
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the data cannot be read: {error}"),
            Self::Storage(error) => error.fmt(f),
            Self::Poseidon(error) => error.fmt(f),
            Self::NoCache => f.write_str("no nodes were kept; start with `with_cache`"),
        }
    }
}

impl std::error::Error for CommitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Storage(error) => Some(error),
            Self::Poseidon(error) => Some(error),
            Self::NoCache => None,
        }
    }
}

impl From<io::Error> for CommitError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StorageError> for CommitError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<PoseidonError> for CommitError {
    fn from(error: PoseidonError) -> Self {
        Self::Poseidon(error)
    }
}

/// Commits to all that `reader` gives. `progress` is called with the bytes read so far after each
/// batch of about 2 MB. Memory stays the same whatever the size.
pub fn commit(
    reader: &mut impl Read,
    progress: impl FnMut(u64),
) -> Result<Commitment, CommitError> {
    let mut builder = CommitmentBuilder::new()?;
    read_all(reader, &mut builder, progress)?;
    builder.finish()
}

/// Like [`commit`]; also keeps what later opens the commitment, about 1 byte for 124 of the data.
pub fn commit_with_cache(
    reader: &mut impl Read,
    progress: impl FnMut(u64),
) -> Result<(Commitment, SubtreeCache), CommitError> {
    let mut builder = CommitmentBuilder::with_cache()?;
    read_all(reader, &mut builder, progress)?;
    builder.finish_with_cache()
}

fn read_all(
    reader: &mut impl Read,
    builder: &mut CommitmentBuilder,
    mut progress: impl FnMut(u64),
) -> Result<(), CommitError> {
    let mut batch = Vec::with_capacity(BATCH_BYTES);
    loop {
        batch.clear();
        let read = reader
            .by_ref()
            .take(BATCH_BYTES as u64)
            .read_to_end(&mut batch)?;
        if read == 0 {
            return Ok(());
        }
        builder.push(&batch)?;
        progress(builder.size_bytes());
    }
}

/// Builds the commitment of data that comes in pieces of any length.
pub struct CommitmentBuilder {
    hasher: Hasher,
    /// Data that does not fill a batch yet.
    pending: Vec<u8>,
    size_bytes: u64,
    upper: Upper,
}

/// What is known of the tree at and above the subtrees' roots.
enum Upper {
    /// Of each level the one node that waits for its right sibling.
    Frontier(Vec<Option<Element>>),
    /// All roots of subtrees.
    Kept(Vec<Element>),
}

impl CommitmentBuilder {
    /// A builder whose memory does not grow with the data.
    pub fn new() -> Result<Self, CommitError> {
        Self::with_upper(Upper::Frontier(Vec::new()))
    }

    /// A builder that also keeps what [`Self::finish_with_cache`] returns.
    pub fn with_cache() -> Result<Self, CommitError> {
        Self::with_upper(Upper::Kept(Vec::new()))
    }

    fn with_upper(upper: Upper) -> Result<Self, CommitError> {
        Ok(Self {
            hasher: Hasher::new()?,
            pending: Vec::new(),
            size_bytes: 0,
            upper,
        })
    }

    /// Bytes pushed so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Adds the next bytes of the data.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), CommitError> {
        let size = self.size_bytes.saturating_add(bytes.len() as u64);
        if size > SIZE_MAX_BYTES {
            return Err(StorageError::TooLarge.into());
        }
        self.size_bytes = size;
        if !self.pending.is_empty() {
            let missing = BATCH_BYTES
                .saturating_sub(self.pending.len())
                .min(bytes.len());
            let (head, tail) = bytes.split_at(missing);
            self.pending.extend_from_slice(head);
            bytes = tail;
            if self.pending.len() < BATCH_BYTES {
                return Ok(());
            }
            let batch = core::mem::take(&mut self.pending);
            self.hash_subtrees(&batch);
            self.pending = batch;
            self.pending.clear();
        }
        let (batches, rest) = bytes.as_chunks::<BATCH_BYTES>();
        batches.iter().for_each(|batch| self.hash_subtrees(batch));
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    /// The commitment of all that was pushed. No data at all is one leaf of zeros.
    pub fn finish(self) -> Result<Commitment, CommitError> {
        Ok(self.close()?.0)
    }

    /// The commitment and what opens it; for builders made by [`Self::with_cache`] only.
    pub fn finish_with_cache(self) -> Result<(Commitment, SubtreeCache), CommitError> {
        if matches!(self.upper, Upper::Frontier(_)) {
            return Err(CommitError::NoCache);
        }
        let (commitment, levels) = self.close()?;
        Ok((commitment, SubtreeCache::new(commitment, levels)))
    }

    fn close(mut self) -> Result<(Commitment, Vec<Vec<Hash>>), CommitError> {
        let leaf_count = leaf_count(self.size_bytes)?;
        let depth = depth_for(leaf_count);
        let pending = core::mem::take(&mut self.pending);
        let (root, levels) = if depth <= SUBTREE_LEVEL {
            (subtree_root(&self.hasher, &pending, depth), Vec::new())
        } else {
            self.hash_subtrees(&pending);
            match self.upper {
                Upper::Frontier(frontier) => {
                    (frontier_root(&self.hasher, &frontier, depth), Vec::new())
                }
                Upper::Kept(roots) => upper_levels(&self.hasher, roots, depth),
            }
        };
        let root = Hasher::bytes(&root);
        Ok((
            Commitment {
                root,
                leaf_count,
                size_bytes: self.size_bytes,
            },
            levels,
        ))
    }

    fn hash_subtrees(&mut self, data: &[u8]) {
        let hasher = self.hasher;
        let roots: Vec<Element> = data
            .par_chunks(SUBTREE_BYTES)
            .map(|subtree| subtree_root(&hasher, subtree, SUBTREE_LEVEL))
            .collect();
        match &mut self.upper {
            Upper::Frontier(frontier) => {
                roots
                    .into_iter()
                    .for_each(|root| carry(&hasher, frontier, root));
            }
            Upper::Kept(kept) => kept.extend(roots),
        }
    }
}

/// Elements of a leaf; `bytes` are at most a leaf's and are padded with zeros.
fn leaf(hasher: &Hasher, bytes: &[u8]) -> Element {
    let mut elements = [Element::default(); LEAF_ELEMENTS];
    for (element, chunk) in elements.iter_mut().zip(bytes.chunks(ELEMENT_BYTES)) {
        let mut padded = [0; ELEMENT_BYTES];
        for (slot, byte) in padded.iter_mut().zip(chunk) {
            *slot = *byte;
        }
        *element = Hasher::data_element(&padded);
    }
    hasher.hash4(elements)
}

/// Root of the lowest `depth` levels (at most [`SUBTREE_LEVEL`]) over `data`.
fn subtree_root(hasher: &Hasher, data: &[u8], depth: u8) -> Element {
    let mut nodes = subtree_leaves(hasher, data);
    let mut count = 1_usize << depth;
    while count > 1 {
        fold(hasher, &mut nodes, count);
        count >>= 1;
    }
    let [root, ..] = nodes;
    root
}

/// All leaves of a subtree, those that `data` does not reach as leaves of zeros.
pub(super) fn subtree_leaves(hasher: &Hasher, data: &[u8]) -> [Element; SUBTREE_LEAVES] {
    let mut chunks = data.chunks(LEAF_BYTES);
    let mut zero = None;
    core::array::from_fn(|_| match chunks.next() {
        Some(chunk) => leaf(hasher, chunk),
        None => *zero.get_or_insert_with(|| leaf(hasher, &[])),
    })
}

/// Replaces the first `count` nodes by their parents.
pub(super) fn fold(hasher: &Hasher, nodes: &mut [Element; SUBTREE_LEAVES], count: usize) {
    let children = *nodes;
    let pairs = children.as_chunks::<2>().0.iter().take(count / 2);
    for (parent, [left, right]) in nodes.iter_mut().zip(pairs) {
        *parent = hasher.hash2(*left, *right);
    }
}

/// Root of a subtree without data.
fn zero_subtree(hasher: &Hasher) -> Element {
    (0..SUBTREE_LEVEL).fold(leaf(hasher, &[]), |node, _| hasher.hash2(node, node))
}

fn carry(hasher: &Hasher, frontier: &mut Vec<Option<Element>>, root: Element) {
    let mut node = root;
    for slot in frontier.iter_mut() {
        match slot.take() {
            Some(left) => node = hasher.hash2(left, node),
            None => {
                *slot = Some(node);
                return;
            }
        }
    }
    frontier.push(Some(node));
}

fn frontier_root(hasher: &Hasher, frontier: &[Option<Element>], depth: u8) -> Element {
    let mut zero = zero_subtree(hasher);
    let mut right: Option<Element> = None;
    let mut levels = frontier.iter().copied();
    for _ in SUBTREE_LEVEL..depth {
        let left = levels.next().flatten();
        right = match (left, right) {
            (Some(left), Some(right)) => Some(hasher.hash2(left, right)),
            (Some(node), None) | (None, Some(node)) => Some(hasher.hash2(node, zero)),
            (None, None) => None,
        };
        zero = hasher.hash2(zero, zero);
    }
    levels.next().flatten().or(right).unwrap_or(zero)
}

fn upper_levels(hasher: &Hasher, roots: Vec<Element>, depth: u8) -> (Element, Vec<Vec<Hash>>) {
    let mut zero = zero_subtree(hasher);
    let mut nodes = roots;
    let mut levels = std::vec![to_bytes(&nodes)];
    for _ in SUBTREE_LEVEL..depth {
        nodes = nodes
            .par_chunks(2)
            .map(|pair| match pair {
                [left, right] => hasher.hash2(*left, *right),
                [left] => hasher.hash2(*left, zero),
                _ => zero,
            })
            .collect();
        zero = hasher.hash2(zero, zero);
        levels.push(to_bytes(&nodes));
    }
    (nodes.first().copied().unwrap_or(zero), levels)
}

fn to_bytes(nodes: &[Element]) -> Vec<Hash> {
    nodes.par_iter().map(Hasher::bytes).collect()
}
