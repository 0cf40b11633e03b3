//! The message that a node's key signs for each answer to a challenge.

use crate::{
    evidence::Outcome,
    hash::{sha256, Hash, TAG_ANSWER, ZERO_HASH},
};

/// Names the purpose and version of the signed message.
pub const ANSWER_DOMAIN: &[u8; 17] = b"trestle:answer:v1";

/// Epochs for which verifiers may still go by the key that a node had before. They take what others
/// saw at any moment since the start of the epoch before, with a look that is up to an epoch old.
pub const KEY_LAG_EPOCHS: u64 = 2;

/// Digest that the node's key signs (ed25519): it answers challenge `challenge_number` of `epoch`,
/// leaf `index` of `commitment`, with `outcome` (an [`Outcome`] as a byte). A lost
/// leaf has no opening, its `opening_digest` is [`ZERO_HASH`].
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

/// Digest that a node signed if it lost what challenge `challenge_number` asks: without an opening
/// it declared the loss, with one it claimed to answer.
pub fn loss_message(
    commitment: &[u8; 32],
    epoch: u64,
    challenge_number: u32,
    index: u32,
    opening_digest: &Hash,
) -> Hash {
    let outcome = if *opening_digest == ZERO_HASH {
        Outcome::Lost
    } else {
        Outcome::Ok
    };
    answer_message(
        commitment,
        epoch,
        challenge_number,
        index,
        outcome.byte(),
        opening_digest,
    )
}

/// Whether every verifier knew a node by this key in `epoch`. `key_epoch` is the first epoch that
/// began with the key; zero if the node had no other before.
pub const fn is_key_certain(key_epoch: u64, epoch: u64) -> bool {
    key_epoch == 0 || key_epoch.saturating_add(KEY_LAG_EPOCHS) <= epoch
}
