//! Opening a commitment: 64 leaves from the data, the rest of the path from kept nodes.

use super::{
    commit::{fold, subtree_leaves},
    depth_for, leaf_data, verify_opening, Commitment, LeafData, StorageError, LEAF_BYTES,
    SUBTREE_BYTES, SUBTREE_LEAVES, SUBTREE_LEVEL,
};
use crate::{
    hash::Hash,
    merkle::ProofError,
    poseidon::{hash2, Hasher, PoseidonError},
};
use std::{
    fmt,
    io::{self, Read, Seek, SeekFrom, Write},
    vec::Vec,
};

/// First bytes of a kept cache; the digit is the format's version.
const MAGIC: [u8; 8] = *b"TRSTSUB1";
const HEADER_BYTES: u64 = 48;

/// A challenged leaf with its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Index of the leaf.
    pub index: u32,
    /// Data of the leaf, zero-padded.
    pub leaf: LeafData,
    /// Siblings from the leaf to the root.
    pub path: Vec<Hash>,
}

/// Why a leaf cannot be opened.
#[derive(Debug)]
pub enum OpeningError {
    /// Data or kept nodes cannot be read.
    Io(io::Error),
    /// The index is not below the leaf count.
    IndexOutOfRange,
    /// The data or the kept nodes are not what was committed to.
    Damaged,
    /// The kept nodes are of another format or cut short.
    Malformed,
    /// The hash is unusable.
    Poseidon(PoseidonError),
}

impl fmt::Display for OpeningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "data or kept nodes cannot be read: {error}"),
            Self::IndexOutOfRange => f.write_str("the index is not below the leaf count"),
            Self::Damaged => f.write_str("the data does not match its commitment; restore it"),
            Self::Malformed => f.write_str("the kept nodes are unusable; commit again"),
            Self::Poseidon(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpeningError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Poseidon(error) => Some(error),
            Self::IndexOutOfRange | Self::Damaged | Self::Malformed => None,
        }
    }
}

impl From<io::Error> for OpeningError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The data ends before the challenged leaf does.
            io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Io(error),
        }
    }
}

impl From<PoseidonError> for OpeningError {
    fn from(error: PoseidonError) -> Self {
        Self::Poseidon(error)
    }
}

/// Where the nodes at and above [`SUBTREE_LEVEL`] come from.
pub trait SubtreeNodes {
    /// What the nodes belong to.
    fn commitment(&self) -> Commitment;

    /// The node at `position` of `level`, `None` where only padding is below it.
    fn node(&mut self, level: u8, position: u32) -> Result<Option<Hash>, OpeningError>;
}

/// The nodes in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubtreeCache {
    commitment: Commitment,
    /// From [`SUBTREE_LEVEL`] to the root; empty for data of a single subtree.
    levels: Vec<Vec<Hash>>,
}

impl SubtreeCache {
    pub(super) fn new(commitment: Commitment, levels: Vec<Vec<Hash>>) -> Self {
        Self { commitment, levels }
    }

    /// What the nodes belong to.
    pub fn commitment(&self) -> Commitment {
        self.commitment
    }

    /// Writes the nodes so that [`CacheFile`] can look them up.
    pub fn write_to(&self, writer: &mut impl Write) -> io::Result<()> {
        writer.write_all(&MAGIC)?;
        writer.write_all(&self.commitment.size_bytes.to_le_bytes())?;
        writer.write_all(&self.commitment.root)?;
        for level in &self.levels {
            writer.write_all(level.as_flattened())?;
        }
        Ok(())
    }
}

impl SubtreeNodes for SubtreeCache {
    fn commitment(&self) -> Commitment {
        self.commitment
    }

    fn node(&mut self, level: u8, position: u32) -> Result<Option<Hash>, OpeningError> {
        let Some(stored) = level.checked_sub(SUBTREE_LEVEL) else {
            return Ok(None);
        };
        let nodes = self
            .levels
            .get(usize::from(stored))
            .ok_or(OpeningError::Malformed)?;
        let position = usize::try_from(position).map_err(|_| OpeningError::Malformed)?;
        Ok(nodes.get(position).copied())
    }
}

/// The nodes in a file that [`SubtreeCache::write_to`] wrote; reads only those that are asked for.
pub struct CacheFile<R> {
    reader: R,
    commitment: Commitment,
}

impl<R: Read + Seek> CacheFile<R> {
    /// Reads the header.
    pub fn open(mut reader: R) -> Result<Self, OpeningError> {
        let mut header = [0; HEADER_BYTES as usize];
        reader.seek(SeekFrom::Start(0))?;
        reader.read_exact(&mut header).map_err(cut_short)?;
        let body = header.strip_prefix(&MAGIC).ok_or(OpeningError::Malformed)?;
        let (size, root) = body
            .split_first_chunk::<8>()
            .ok_or(OpeningError::Malformed)?;
        let size_bytes = u64::from_le_bytes(*size);
        let root = root.try_into().map_err(|_| OpeningError::Malformed)?;
        let leaf_count =
            super::leaf_count(size_bytes).map_err(|_: StorageError| OpeningError::Malformed)?;
        Ok(Self {
            reader,
            commitment: Commitment {
                root,
                leaf_count,
                size_bytes,
            },
        })
    }
}

impl<R: Read + Seek> SubtreeNodes for CacheFile<R> {
    fn commitment(&self) -> Commitment {
        self.commitment
    }

    fn node(&mut self, level: u8, position: u32) -> Result<Option<Hash>, OpeningError> {
        if position >= nodes_at(self.commitment.leaf_count, level) {
            return Ok(None);
        }
        let before: u64 = (SUBTREE_LEVEL..level)
            .map(|lower| u64::from(nodes_at(self.commitment.leaf_count, lower)))
            .fold(u64::from(position), u64::saturating_add);
        let offset = before.saturating_mul(32).saturating_add(HEADER_BYTES);
        let mut node = [0; 32];
        self.reader.seek(SeekFrom::Start(offset))?;
        self.reader.read_exact(&mut node).map_err(cut_short)?;
        Ok(Some(node))
    }
}

/// Opens leaf `index` of the data in `reader`. The result is checked against the commitment:
/// whatever is returned does verify, and damaged data is an error that the caller can act on
/// before it signs anything.
pub fn opening<R: Read + Seek, N: SubtreeNodes>(
    reader: &mut R,
    nodes: &mut N,
    index: u32,
) -> Result<Opening, OpeningError> {
    let commitment = nodes.commitment();
    if index >= commitment.leaf_count {
        return Err(OpeningError::IndexOutOfRange);
    }
    let data = read_subtree(reader, &commitment, index)?;
    let depth = depth_for(commitment.leaf_count);
    let (leaf, mut path) = lower_path(&data, index, depth.min(SUBTREE_LEVEL))?;
    let mut zero = None;
    for level in SUBTREE_LEVEL..depth {
        let sibling = (index >> level) ^ 1;
        let empty = match zero {
            None => zero_node(level)?,
            Some(below) => hash2(&below, &below)?,
        };
        zero = Some(empty);
        path.push(nodes.node(level, sibling)?.unwrap_or(empty));
    }
    let checked = verify_opening(&commitment.root, commitment.leaf_count, index, &leaf, &path);
    match checked {
        Ok(()) => Ok(Opening { index, leaf, path }),
        Err(ProofError::Mismatch | ProofError::NotCanonical) => Err(OpeningError::Damaged),
        Err(_) => Err(OpeningError::Malformed),
    }
}

/// Data of the subtree that leaf `index` is in; shorter than a whole one at the end.
fn read_subtree<R: Read + Seek>(
    reader: &mut R,
    commitment: &Commitment,
    index: u32,
) -> Result<Vec<u8>, OpeningError> {
    let start = u64::from(index >> SUBTREE_LEVEL).saturating_mul(SUBTREE_BYTES as u64);
    let rest = commitment
        .size_bytes
        .saturating_sub(start)
        .min(SUBTREE_BYTES as u64);
    let mut data = std::vec![0; usize::try_from(rest).map_err(|_| OpeningError::Malformed)?];
    reader.seek(SeekFrom::Start(start))?;
    reader.read_exact(&mut data)?;
    Ok(data)
}

/// The leaf and its siblings on the lowest `depth` levels.
fn lower_path(data: &[u8], index: u32, depth: u8) -> Result<(LeafData, Vec<Hash>), OpeningError> {
    let hasher = Hasher::new()?;
    let mut position = usize::try_from(index).map_err(|_| OpeningError::Malformed)?;
    position %= SUBTREE_LEAVES;
    let bytes = data.chunks(LEAF_BYTES).nth(position).unwrap_or_default();
    let leaf = leaf_data(bytes).map_err(|_| OpeningError::Malformed)?;
    let mut nodes = subtree_leaves(&hasher, data);
    let mut path = Vec::with_capacity(usize::from(depth));
    for level in 0..depth {
        let sibling = nodes.get(position ^ 1).ok_or(OpeningError::Malformed)?;
        path.push(Hasher::bytes(sibling));
        fold(&hasher, &mut nodes, SUBTREE_LEAVES >> level);
        position >>= 1;
    }
    Ok((leaf, path))
}

/// Root of a subtree of `level` levels without data.
fn zero_node(level: u8) -> Result<Hash, OpeningError> {
    let leaf = super::leaf_hash(&[0; LEAF_BYTES])?;
    let mut node = leaf;
    for _ in 0..level {
        node = hash2(&node, &node)?;
    }
    Ok(node)
}

/// Nodes with data below them on a level.
fn nodes_at(leaf_count: u32, level: u8) -> u32 {
    leaf_count.div_ceil(1_u32.checked_shl(u32::from(level)).unwrap_or(u32::MAX))
}

fn cut_short(error: io::Error) -> OpeningError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => OpeningError::Malformed,
        _ => OpeningError::Io(error),
    }
}
