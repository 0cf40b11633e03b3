//! Poseidon over BN254 with circom's parameters: the syscall on chain, the same hash off it.
//!
//! Values are 32 bytes, big-endian, below the field's modulus. The number of inputs is the domain:
//! two make a node, four make a leaf of storage.

#[cfg(all(feature = "host", not(target_os = "solana")))]
mod fast;

#[cfg(all(feature = "host", not(target_os = "solana")))]
pub use fast::{Element, Hasher};

use crate::hash::Hash;
use core::fmt;

/// Why there is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoseidonError {
    /// An input is not below the modulus of the field.
    NotCanonical,
    /// The round constants of the host's implementation are unusable.
    Parameters,
}

impl fmt::Display for PoseidonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotCanonical => "an input is not below the field's modulus; it never was a hash",
            Self::Parameters => "the round constants are unusable; rebuild with the pinned crates",
        })
    }
}

impl core::error::Error for PoseidonError {}

impl From<PoseidonError> for crate::merkle::ProofError {
    fn from(_: PoseidonError) -> Self {
        Self::NotCanonical
    }
}

/// Hash of two values: an inner node.
#[cfg(not(all(feature = "host", not(target_os = "solana"))))]
pub fn hash2(left: &Hash, right: &Hash) -> Result<Hash, PoseidonError> {
    reference(&[left, right])
}

/// Hash of four values: a leaf of storage.
#[cfg(not(all(feature = "host", not(target_os = "solana"))))]
pub fn hash4(values: &[Hash; 4]) -> Result<Hash, PoseidonError> {
    let [a, b, c, d] = values;
    reference(&[a, b, c, d])
}

/// Hash of two values: an inner node.
#[cfg(all(feature = "host", not(target_os = "solana")))]
pub fn hash2(left: &Hash, right: &Hash) -> Result<Hash, PoseidonError> {
    fast::two(left, right)
}

/// Hash of four values: a leaf of storage.
#[cfg(all(feature = "host", not(target_os = "solana")))]
pub fn hash4(values: &[Hash; 4]) -> Result<Hash, PoseidonError> {
    fast::four(values)
}

/// The hash as the syscall's own crate computes it; what the fast one is tested against.
pub fn reference(values: &[&[u8]]) -> Result<Hash, PoseidonError> {
    use solana_poseidon::{hashv, Endianness, Parameters};
    hashv(Parameters::Bn254X5, Endianness::BigEndian, values)
        .map(|hash| hash.to_bytes())
        .map_err(|_| PoseidonError::NotCanonical)
}
