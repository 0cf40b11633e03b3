//! Storage commitments: the Poseidon tree over a file, the leaves that are asked, and openings.
//!
//! A leaf is 124 bytes: four field elements of 31 bytes each, which always are below the modulus.
//! A leaf is the hash of four values and a node the hash of two, so neither passes for the other.
//! The last leaf is padded with zero bytes and the tree with leaves of zeros up to a power of two;
//! size and leaf count stand beside the root on chain.

#[cfg(feature = "host")]
mod cache;
#[cfg(feature = "host")]
mod commit;

#[cfg(feature = "host")]
pub use {
    cache::{opening, CacheFile, Opening, OpeningError, SubtreeCache, SubtreeNodes},
    commit::{commit, commit_with_cache, CommitError, Commitment, CommitmentBuilder},
};

use crate::{
    hash::{sha256, Hash, TAG_ANSWER, TAG_CHALLENGE},
    math::mul_div_ceil,
    merkle::ProofError,
    poseidon::{hash2, hash4, PoseidonError},
    units::{Bps, BPS_ONE},
};
use core::fmt;

/// Bytes of a field element's data: the most that always stay below the modulus.
pub const ELEMENT_BYTES: usize = 31;
/// Field elements in a leaf.
pub const LEAF_ELEMENTS: usize = 4;
/// Bytes of data in a leaf.
pub const LEAF_BYTES: usize = ELEMENT_BYTES * LEAF_ELEMENTS;
/// Largest file under one commitment, bytes (64 GiB).
pub const SIZE_MAX_BYTES: u64 = 1 << 36;
/// Most leaves of a commitment.
pub const LEAVES_MAX: u32 = SIZE_MAX_BYTES.div_ceil(LEAF_BYTES as u64) as u32;
/// Levels above the leaves of the largest commitment, hence the longest path.
pub const DEPTH_MAX: u8 = depth_for(LEAVES_MAX);
/// Level of the tree whose nodes a node agent keeps to answer challenges: 64 leaves below each.
pub const SUBTREE_LEVEL: u8 = 6;
/// Leaves below a kept node.
pub const SUBTREE_LEAVES: usize = 1 << SUBTREE_LEVEL;
/// Bytes of data below a kept node.
pub const SUBTREE_BYTES: usize = SUBTREE_LEAVES * LEAF_BYTES;
/// Most challenges of one commitment in one epoch; bounds what verifiers and nodes send.
pub const CHALLENGES_MAX: u32 = 1_024;

/// Fixed point one of probabilities. Four factors in basis points fit exactly, and no power of a
/// share in basis points is itself a share in basis points beyond the fourth: bounds that are met
/// exactly are seen as met.
const PROBABILITY_ONE: u64 = 10_u64.pow(16);
const PROBABILITY_BPS: u64 = PROBABILITY_ONE / BPS_ONE as u64;

/// Data of one leaf, zero-padded.
pub type LeafData = [u8; LEAF_BYTES];

/// Why a storage parameter is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// The file is larger than one commitment may be.
    TooLarge,
    /// More bytes than one leaf holds.
    LeafTooLong,
    /// No permitted number of challenges detects the loss with the wanted probability.
    Undetectable,
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the file is larger than 64 GiB; split it",
            Self::LeafTooLong => "a leaf holds at most 124 bytes",
            Self::Undetectable => {
                "1024 challenges cannot detect this; raise the missing share or lower the detection"
            }
        })
    }
}

impl core::error::Error for StorageError {}

/// Leaves of a file: one per started 124 bytes, at least one.
pub fn leaf_count(size_bytes: u64) -> Result<u32, StorageError> {
    if size_bytes > SIZE_MAX_BYTES {
        return Err(StorageError::TooLarge);
    }
    let leaves = size_bytes.div_ceil(LEAF_BYTES as u64).max(1);
    u32::try_from(leaves).map_err(|_| StorageError::TooLarge)
}

/// Levels above the leaves of a commitment: 0 for a single leaf.
pub const fn depth_for(leaf_count: u32) -> u8 {
    crate::merkle::depth_for(leaf_count)
}

/// Bytes of a leaf's data, zero-padded to its full length.
pub fn leaf_data(bytes: &[u8]) -> Result<LeafData, StorageError> {
    let mut data = [0; LEAF_BYTES];
    data.get_mut(..bytes.len())
        .ok_or(StorageError::LeafTooLong)?
        .copy_from_slice(bytes);
    Ok(data)
}

/// What stands in the tree for a leaf's data.
pub fn leaf_hash(data: &LeafData) -> Result<Hash, PoseidonError> {
    let mut elements = [[0_u8; 32]; LEAF_ELEMENTS];
    for (element, bytes) in elements.iter_mut().zip(data.as_chunks::<ELEMENT_BYTES>().0) {
        let (_, low) = element.split_at_mut(1);
        low.copy_from_slice(bytes);
    }
    hash4(&elements)
}

/// The leaf that challenge `challenge_number` of an epoch asks for. A commitment without leaves,
/// which no program accepts, is asked for leaf 0.
pub fn challenge_index(
    seed: &Hash,
    commitment: &[u8; 32],
    challenge_number: u32,
    leaf_count: u32,
) -> u32 {
    let digest = sha256(&[
        &[TAG_CHALLENGE],
        seed,
        commitment,
        &challenge_number.to_le_bytes(),
    ]);
    let [a, b, c, d, e, f, g, h, ..] = digest;
    let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let index = number.checked_rem(u64::from(leaf_count)).unwrap_or(0);
    u32::try_from(index).unwrap_or(0)
}

/// Challenges an epoch that find a loss of the share `missing` with at least the probability
/// `detect`: the smallest c >= 1 with `(1 - missing)^c <= 1 - detect`.
pub fn challenge_count(missing: Bps, detect: Bps) -> Result<u32, StorageError> {
    let kept = u64::from(missing.complement().get());
    let bound = PROBABILITY_BPS.saturating_mul(u64::from(detect.complement().get()));
    let mut undetected = PROBABILITY_ONE;
    for count in 1..=CHALLENGES_MAX {
        // Rounded up, so that a count is never too small.
        undetected = mul_div_ceil(undetected, kept, u64::from(BPS_ONE))
            .map_err(|_| StorageError::Undetectable)?;
        if undetected <= bound {
            return Ok(count);
        }
    }
    Err(StorageError::Undetectable)
}

/// Digest of an opening: it stands in the evidence record and in the answer that the node signs.
pub fn opening_digest(leaf_data: &LeafData, path: &[Hash]) -> Hash {
    sha256(&[&[TAG_ANSWER], leaf_data, path.as_flattened()])
}

/// Checks that `leaf_data` stands at `index` of the commitment with `leaf_count` leaves under
/// `root`.
pub fn verify_opening(
    root: &Hash,
    leaf_count: u32,
    index: u32,
    leaf_data: &LeafData,
    path: &[Hash],
) -> Result<(), ProofError> {
    if leaf_count > LEAVES_MAX {
        return Err(ProofError::TooMany);
    }
    if index >= leaf_count {
        return Err(ProofError::IndexOutOfRange);
    }
    if path.len() != usize::from(depth_for(leaf_count)) {
        return Err(ProofError::WrongLength);
    }
    let mut hash = leaf_hash(leaf_data)?;
    let mut position = index;
    for sibling in path {
        let left_first = position & 1 == 0;
        hash = if left_first {
            hash2(&hash, sibling)?
        } else {
            hash2(sibling, &hash)?
        };
        position >>= 1;
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofError::Mismatch)
    }
}
