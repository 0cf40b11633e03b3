//! What a node answered to one challenge, in the form that convinces a third party.

use crate::storage::inputs::CommitmentInput;
use trestle_core::answer::{answer_message, loss_message};
use trestle_core::evidence::{EvidenceRecord, Outcome, Shown, ShownOpening, ShownRecord};
use trestle_core::hash::{Hash, ZERO_HASH};
use trestle_core::storage::{challenge_index, LEAF_BYTES};

/// An ed25519 signature.
pub type SignatureBytes = [u8; 64];

/// One challenge and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeEvidence {
    /// Commitment account.
    pub commitment: [u8; 32],
    /// Number of the challenge, from 0.
    pub number: u32,
    /// What came of it.
    pub finding: Finding,
}

/// Three outcomes, of which two prove themselves: an opening that verifies, and a loss that the
/// node's own key signed. Only a miss rests on the word of the verifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The leaf was shown.
    Ok(Opening),
    /// The node signed that it no longer has the leaf.
    LossDeclared(SignatureBytes),
    /// The node signed an opening that does not verify.
    LossShown(Opening, SignatureBytes),
    /// No valid answer in time.
    Missed,
}

/// A leaf and its way to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The leaf, padded with zeros.
    pub leaf: [u8; LEAF_BYTES],
    /// Siblings from the bottom to the top.
    pub path: Vec<Hash>,
}

impl Opening {
    /// What the node signs, and what evidence records bind.
    pub fn digest(&self) -> Hash {
        self.shown().digest()
    }

    fn shown(&self) -> ShownOpening<'_> {
        ShownOpening {
            leaf: &self.leaf,
            path: &self.path,
        }
    }
}

impl Finding {
    /// The outcome that the evidence record carries.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Ok(_) => Outcome::Ok,
            Self::LossDeclared(_) | Self::LossShown(..) => Outcome::Lost,
            Self::Missed => Outcome::Missed,
        }
    }
}

impl ChallengeEvidence {
    /// The record that goes into the evidence tree.
    pub fn record(&self) -> EvidenceRecord {
        self.shown().record()
    }

    /// What is published, as records are made of it and challenges prove them false.
    pub fn shown(&self) -> ShownRecord<'_> {
        let shown = match &self.finding {
            Finding::Ok(opening) => Shown::Ok(opening.shown()),
            Finding::LossDeclared(signature) => Shown::Lost(None, signature),
            Finding::LossShown(opening, signature) => Shown::Lost(Some(opening.shown()), signature),
            Finding::Missed => Shown::Missed,
        };
        ShownRecord {
            commitment: &self.commitment,
            challenge_number: self.number,
            shown,
        }
    }
}

/// What fixes the questions of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChallengeScope {
    /// The epoch.
    pub epoch: u64,
    /// Its seed, as recorded on chain.
    pub seed: Hash,
}

impl ChallengeScope {
    /// The leaf that a challenge asks for.
    pub fn index(&self, commitment: &CommitmentInput, number: u32) -> u32 {
        challenge_index(
            &self.seed,
            &commitment.address,
            number,
            commitment.leaf_count,
        )
    }
}

/// What a node signs when it shows an opening.
pub fn challenge_message(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    number: u32,
    opening: &Opening,
) -> Hash {
    answer_message(
        &commitment.address,
        scope.epoch,
        number,
        scope.index(commitment, number),
        Outcome::Ok.byte(),
        &opening.digest(),
    )
}

/// What a node signs when it declares a leaf lost.
pub fn declared_loss_message(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    number: u32,
) -> Hash {
    let index = scope.index(commitment, number);
    loss_message(&commitment.address, scope.epoch, number, index, &ZERO_HASH)
}
