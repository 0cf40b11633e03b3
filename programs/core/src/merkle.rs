//! The sha256 tree over payout leaves and evidence records: verified anywhere, built on the host.
//!
//! Leaves are padded with [`EMPTY_LEAF`] up to a power of two, never by repeating one. A proof
//! is directed by the index, has exactly the tree's depth, and exists only below `leaf_count`.

#[cfg(feature = "host")]
mod tree;

#[cfg(feature = "host")]
pub use tree::Tree;

use crate::hash::{sha256, Hash, TAG_NODE};
use core::fmt;

/// Deepest tree: 16,777,216 leaves, whose proof still fits one legacy transaction.
pub const MAX_DEPTH: u8 = 24;
/// Most leaves of a tree.
pub const MAX_LEAVES: u32 = 1 << MAX_DEPTH;
/// Most leaves of one multiproof; bounds the work of its check. No transaction holds more.
pub const MULTIPROOF_LEAVES_MAX: usize = 64;

/// Hash that pads a tree: sha256 of the tag for empty leaves alone.
pub const EMPTY_LEAF: Hash = [
    0x08, 0x4f, 0xed, 0x08, 0xb9, 0x78, 0xaf, 0x4d, 0x7d, 0x19, 0x6a, 0x74, 0x46, 0xa8, 0x6b, 0x58,
    0x00, 0x9e, 0x63, 0x6b, 0x61, 0x1d, 0xb1, 0x62, 0x11, 0xb6, 0x5a, 0x9a, 0xad, 0xff, 0x29, 0xc5,
];

/// Why a proof is refused or a tree cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// The index is not below the number of leaves.
    IndexOutOfRange,
    /// The proof has more or fewer nodes than the tree's shape asks for.
    WrongLength,
    /// The proof leads to another root.
    Mismatch,
    /// The leaves of a multiproof are not in strictly ascending order of index.
    NotSorted,
    /// More leaves than a tree or a multiproof may have.
    TooMany,
    /// There is no leaf.
    Empty,
    /// A value is not an element of the field that the tree hashes over.
    NotCanonical,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IndexOutOfRange => "the index is not below the leaf count; use the leaf's own",
            Self::WrongLength => "the proof's length is not the tree's depth; fetch it again",
            Self::Mismatch => "the proof does not lead to the root; fetch it for this root",
            Self::NotSorted => "sort the leaves by index and name each once",
            Self::TooMany => "too many leaves; split them over several proofs",
            Self::Empty => "there is no leaf; give at least one",
            Self::NotCanonical => "a value is not a field element; fetch the proof again",
        })
    }
}

impl core::error::Error for ProofError {}

/// Parent of two nodes.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[TAG_NODE], left, right])
}

/// Levels above the leaves of a tree: 0 for a single leaf.
pub const fn depth_for(leaf_count: u32) -> u8 {
    let last = leaf_count.saturating_sub(1);
    // At most 32, the width of the count.
    u32::BITS.saturating_sub(last.leading_zeros()) as u8
}

/// Checks that `leaf_hash` stands at `index` of the tree with `leaf_count` leaves under `root`.
pub fn verify(
    root: &Hash,
    leaf_count: u32,
    index: u32,
    leaf_hash: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    check_position(leaf_count, index)?;
    if proof.len() != usize::from(depth_for(leaf_count)) {
        return Err(ProofError::WrongLength);
    }
    let mut hash = *leaf_hash;
    let mut position = index;
    for sibling in proof {
        hash = if position & 1 == 0 {
            node(&hash, sibling)
        } else {
            node(sibling, &hash)
        };
        position >>= 1;
    }
    match_root(&hash, root)
}

/// Checks several leaves at once against nodes that they share. `leaves` ascend strictly by index;
/// `proof` has exactly the siblings that cannot be computed, level by level from the leaves up
/// and from left to right within a level.
///
/// Works in the caller's memory, whose content it destroys: a copy of as many leaves as are
/// permitted would not fit a stack frame on chain, which ends at 4 KB, beside anything else.
pub fn multiproof_verify_in_place(
    root: &Hash,
    leaf_count: u32,
    leaves: &mut [(u32, Hash)],
    proof: &[Hash],
) -> Result<(), ProofError> {
    check_multiproof_leaves(leaf_count, leaves)?;
    let mut siblings = proof.iter();
    let mut count = leaves.len();
    for _ in 0..depth_for(leaf_count) {
        count = fold_level(leaves, count, &mut siblings)?;
    }
    if siblings.next().is_some() {
        return Err(ProofError::WrongLength);
    }
    let (_, hash) = leaves.first().ok_or(ProofError::Empty)?;
    match_root(hash, root)
}

/// [`multiproof_verify_in_place`] on a copy of the leaves.
#[cfg(feature = "host")]
pub fn multiproof_verify(
    root: &Hash,
    leaf_count: u32,
    leaves: &[(u32, Hash)],
    proof: &[Hash],
) -> Result<(), ProofError> {
    multiproof_verify_in_place(root, leaf_count, &mut leaves.to_vec(), proof)
}

/// Replaces the first `count` nodes by their parents and returns how many those are.
fn fold_level<'a>(
    nodes: &mut [(u32, Hash)],
    count: usize,
    siblings: &mut impl Iterator<Item = &'a Hash>,
) -> Result<usize, ProofError> {
    let mut read = 0_usize;
    let mut written = 0_usize;
    while read < count {
        let (index, hash) = nodes.get(read).ok_or(ProofError::WrongLength)?;
        let index = *index;
        read = read.saturating_add(1);
        let parent = if index & 1 == 1 {
            node(siblings.next().ok_or(ProofError::WrongLength)?, hash)
        } else {
            match nodes.get(read) {
                Some((next, right)) if read < count && *next == index | 1 => {
                    read = read.saturating_add(1);
                    node(hash, right)
                }
                _ => node(hash, siblings.next().ok_or(ProofError::WrongLength)?),
            }
        };
        *nodes.get_mut(written).ok_or(ProofError::WrongLength)? = (index >> 1, parent);
        written = written.saturating_add(1);
    }
    Ok(written)
}

fn check_multiproof_leaves(leaf_count: u32, leaves: &[(u32, Hash)]) -> Result<(), ProofError> {
    if leaves.is_empty() {
        return Err(ProofError::Empty);
    }
    if leaves.len() > MULTIPROOF_LEAVES_MAX {
        return Err(ProofError::TooMany);
    }
    let mut previous = None;
    for (index, _) in leaves {
        if previous.is_some_and(|previous| previous >= *index) {
            return Err(ProofError::NotSorted);
        }
        check_position(leaf_count, *index)?;
        previous = Some(*index);
    }
    Ok(())
}

fn check_position(leaf_count: u32, index: u32) -> Result<(), ProofError> {
    if leaf_count > MAX_LEAVES {
        return Err(ProofError::TooMany);
    }
    if index >= leaf_count {
        return Err(ProofError::IndexOutOfRange);
    }
    Ok(())
}

fn match_root(computed: &Hash, root: &Hash) -> Result<(), ProofError> {
    if computed == root {
        Ok(())
    } else {
        Err(ProofError::Mismatch)
    }
}
