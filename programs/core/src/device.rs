//! Devices of an operator: the keys that sign what its hardware reports, as leaves of the tree
//! whose root stands in the operator's account.

use crate::{
    hash::{sha256, Hash, TAG_DEVICE},
    merkle::{self, ProofError},
};

/// Kind of an ed25519 key.
pub const DEVICE_ED25519: u8 = 1;
/// Kind of a secp256r1 key, as secure elements hold it.
pub const DEVICE_SECP256R1: u8 = 2;
/// Bytes of a device leaf: kind and key, padded with zeroes to the longest key.
pub const DEVICE_BYTES: usize = 34;

/// Bytes of an ed25519 key.
const ED25519_BYTES: usize = 32;
/// Bytes of a compressed secp256r1 key.
const SECP256R1_BYTES: usize = 33;

/// The key of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceKey {
    /// An ed25519 key.
    Ed25519([u8; ED25519_BYTES]),
    /// A secp256r1 key in its compressed form, which starts with 2 or 3.
    Secp256r1([u8; SECP256R1_BYTES]),
}

impl DeviceKey {
    /// The bytes of the leaf: kind, key, zeroes.
    pub const fn encode(&self) -> [u8; DEVICE_BYTES] {
        let mut bytes = [0; DEVICE_BYTES];
        let (_, body) = bytes.split_at_mut(1);
        let kind = match self {
            Self::Ed25519(key) => {
                body.split_at_mut(ED25519_BYTES).0.copy_from_slice(key);
                DEVICE_ED25519
            }
            Self::Secp256r1(key) => {
                body.copy_from_slice(key);
                DEVICE_SECP256R1
            }
        };
        let (first, _) = bytes.split_at_mut(1);
        first.copy_from_slice(&[kind]);
        bytes
    }

    /// The key in the bytes of a leaf. `None` for another kind, for padding that is not zero and
    /// for a key that is no compressed point, so that a key has one encoding.
    pub fn decode(bytes: &[u8; DEVICE_BYTES]) -> Option<Self> {
        let (kind, body) = bytes.split_first()?;
        match *kind {
            DEVICE_ED25519 => {
                let (key, padding) = body.split_first_chunk::<ED25519_BYTES>()?;
                (padding == [0]).then_some(Self::Ed25519(*key))
            }
            DEVICE_SECP256R1 => {
                let (key, _) = body.split_first_chunk::<SECP256R1_BYTES>()?;
                matches!(key.first(), Some(2 | 3)).then_some(Self::Secp256r1(*key))
            }
            _ => None,
        }
    }

    /// Hash of the leaf.
    pub fn leaf_hash(&self) -> Hash {
        sha256(&[&[TAG_DEVICE], &self.encode()])
    }

    /// Checks that this is device number `index` of the tree with `count` devices under `root`.
    pub fn verify(
        &self,
        root: &Hash,
        count: u32,
        index: u32,
        proof: &[Hash],
    ) -> Result<(), ProofError> {
        merkle::verify(root, count, index, &self.leaf_hash(), proof)
    }
}

/// Whether a root and a number of devices can belong together: no devices have no root, and more
/// than a tree holds have none either.
pub fn is_device_tree(root: &Hash, count: u32) -> bool {
    let is_none = *root == crate::hash::ZERO_HASH;
    is_none == (count == 0) && count <= merkle::MAX_LEAVES
}
