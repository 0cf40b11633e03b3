//! The message that a node's key signs for each answer to a challenge.

use crate::hash::{sha256, Hash, TAG_ANSWER};

/// Names the purpose and version of the signed message.
pub const ANSWER_DOMAIN: &[u8; 17] = b"trestle:answer:v1";

/// Digest that the node's key signs (ed25519): it answers challenge `challenge_number` of `epoch`,
/// leaf `index` of `commitment`, with `outcome` (an [`crate::evidence::Outcome`] as a byte). A lost
/// leaf has no opening, its `opening_digest` is [`crate::hash::ZERO_HASH`].
pub fn answer_message(
    commitment: &[u8; 32],
    epoch: u64,
    challenge_number: u32,
    index: u32,
    outcome: u8,
    opening_digest: &Hash,
) -> Hash {
    sha256(&[
        &[TAG_ANSWER],
        ANSWER_DOMAIN,
        commitment,
        &epoch.to_le_bytes(),
        &challenge_number.to_le_bytes(),
        &index.to_le_bytes(),
        &[outcome],
        opening_digest,
    ])
}
