//! Evidence records: what became of each challenge of an epoch.

use crate::{
    hash::{sha256, Hash, TAG_EVIDENCE, TAG_LOSS, ZERO_HASH},
    precompile::SIGNATURE_BYTES,
    storage::{opening_digest, LeafData},
};
use core::cmp::Ordering;

/// Bytes of an encoded record.
pub const EVIDENCE_BYTES: usize = 69;

/// What became of one challenge.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The node opened the challenged leaf.
    Ok = 1,
    /// The node's own signature shows that it does not have the data.
    Lost = 2,
    /// No answer in time.
    Missed = 3,
}

impl Outcome {
    /// The outcome of a byte as stored in records and signed in answers.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Ok),
            2 => Some(Self::Lost),
            3 => Some(Self::Missed),
            _ => None,
        }
    }

    /// The byte as stored in records and signed in answers.
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

/// One challenge and what became of it, as it stands in the evidence tree of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceRecord {
    /// Address of the Commitment that was challenged.
    pub commitment: [u8; 32],
    /// Number of the challenge in the epoch.
    pub challenge_number: u32,
    /// [`Outcome`] as a byte.
    pub outcome: u8,
    /// Digest of what proves the outcome: [`crate::storage::opening_digest`] of a good opening,
    /// [`loss_digest`] of a loss, and zero for a miss, which nothing proves.
    pub proof_digest: Hash,
}

impl EvidenceRecord {
    /// The record's bytes.
    pub fn encode(&self) -> [u8; EVIDENCE_BYTES] {
        let number = self.challenge_number.to_le_bytes();
        let parts = self.commitment.iter().chain(&number);
        let parts = parts
            .chain(core::slice::from_ref(&self.outcome))
            .chain(&self.proof_digest);
        let mut bytes = [0; EVIDENCE_BYTES];
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = *part;
        }
        bytes
    }

    /// The record of bytes that [`Self::encode`] wrote; `None` for an unknown outcome.
    pub fn decode(bytes: &[u8; EVIDENCE_BYTES]) -> Option<Self> {
        let (commitment, rest) = bytes.split_first_chunk::<32>()?;
        let (number, rest) = rest.split_first_chunk::<4>()?;
        let (outcome, proof_digest) = rest.split_first()?;
        Some(Self {
            commitment: *commitment,
            challenge_number: u32::from_le_bytes(*number),
            outcome: Outcome::from_byte(*outcome)?.byte(),
            proof_digest: proof_digest.try_into().ok()?,
        })
    }

    /// What stands in the evidence tree for this record.
    pub fn hash(&self) -> Hash {
        sha256(&[
            &[TAG_EVIDENCE],
            &self.commitment,
            &self.challenge_number.to_le_bytes(),
            &[self.outcome],
            &self.proof_digest,
        ])
    }

    /// The order of records in the tree: by commitment, then by number.
    pub fn canonical_cmp(&self, other: &Self) -> Ordering {
        self.commitment
            .cmp(&other.commitment)
            .then(self.challenge_number.cmp(&other.challenge_number))
    }
}

/// What the record of a loss binds: the node's signature, and the digest of the opening that it is
/// over; zero for a loss that the node declared without one. Which message the node signed follows
/// from it, see [`crate::answer::loss_message`].
pub fn loss_digest(opening_digest: &Hash, signature: &[u8; SIGNATURE_BYTES]) -> Hash {
    sha256(&[&[TAG_LOSS], opening_digest, signature])
}

/// A leaf and its way to the root, as a node answers with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownOpening<'a> {
    /// The leaf.
    pub leaf: &'a LeafData,
    /// Siblings from the bottom to the top.
    pub path: &'a [Hash],
}

/// What verifiers publish of one challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// An opening that they passed as good.
    Ok(ShownOpening<'a>),
    /// A loss: the opening that it is over, if there is one, and the node's signature.
    Lost(Option<ShownOpening<'a>>, &'a [u8; SIGNATURE_BYTES]),
    /// Nothing came.
    Missed,
}

/// One challenge, and what verifiers publish of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownRecord<'a> {
    /// Address of the Commitment that was challenged.
    pub commitment: &'a [u8; 32],
    /// Number of the challenge in the epoch.
    pub challenge_number: u32,
    /// What came of it.
    pub shown: Shown<'a>,
}

impl ShownOpening<'_> {
    /// What nodes sign, and what records bind.
    pub fn digest(&self) -> Hash {
        opening_digest(self.leaf, self.path)
    }
}

impl ShownRecord<'_> {
    /// The record of it.
    pub fn record(&self) -> EvidenceRecord {
        let (outcome, proof_digest) = match &self.shown {
            Shown::Ok(opening) => (Outcome::Ok, opening.digest()),
            Shown::Lost(opening, signature) => {
                let digest = opening.map_or(ZERO_HASH, |opening| opening.digest());
                (Outcome::Lost, loss_digest(&digest, signature))
            }
            Shown::Missed => (Outcome::Missed, ZERO_HASH),
        };
        EvidenceRecord {
            commitment: *self.commitment,
            challenge_number: self.challenge_number,
            outcome: outcome.byte(),
            proof_digest,
        }
    }
}

/// Root and number of records of the evidence tree over records in canonical order.
/// Without records the tree is one empty leaf and the number 0, under which nothing can be proven.
#[cfg(feature = "host")]
pub fn evidence_tree(
    records: &[EvidenceRecord],
) -> Result<(crate::merkle::Tree, u32), crate::merkle::ProofError> {
    use crate::merkle::{ProofError, Tree, EMPTY_LEAF};

    let sorted = records.is_sorted_by(|a, b| a.canonical_cmp(b) == Ordering::Less);
    if !sorted {
        return Err(ProofError::NotSorted);
    }
    let count = u32::try_from(records.len()).map_err(|_| ProofError::TooMany)?;
    let mut hashes: std::vec::Vec<Hash> = records.iter().map(EvidenceRecord::hash).collect();
    if hashes.is_empty() {
        hashes.push(EMPTY_LEAF);
    }
    Ok((Tree::build(hashes)?, count))
}
