//! sha256 and the domain tags. Each use of the hash starts with a tag of its own, so that a value
//! hashed for one purpose can never be passed off as another.

/// A 32-byte digest.
pub type Hash = [u8; 32];

/// A digest that stands for "none": nothing is known to hash to it.
pub const ZERO_HASH: Hash = [0; 32];

/// Tag of a payout leaf.
pub const TAG_LEAF: u8 = 0x00;
/// Tag of an inner node of a tree.
pub const TAG_NODE: u8 = 0x01;
/// Tag of a root record.
pub const TAG_ROOT: u8 = 0x02;
/// Tag of the leaf that pads a tree.
pub const TAG_EMPTY: u8 = 0x03;
/// Tag of the digest of an epoch's inputs.
pub const TAG_INPUTS: u8 = 0x04;
/// Tag of an evidence record.
pub const TAG_EVIDENCE: u8 = 0x05;
/// Tag of an epoch's challenge seed.
pub const TAG_SEED: u8 = 0x06;
/// Tag of the derivation of a challenged index.
pub const TAG_CHALLENGE: u8 = 0x07;
/// Tag of an opening and of the answer that a node signs.
pub const TAG_ANSWER: u8 = 0x08;
/// Tag of a device's key.
pub const TAG_DEVICE: u8 = 0x09;
/// Tag of what proves a loss.
pub const TAG_LOSS: u8 = 0x0a;

/// sha256 of the concatenated parts; the syscall on chain.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    solana_sha256_hasher::hashv(parts).to_bytes()
}

/// The seed that decides what is asked in an epoch. It binds a slot hash that nobody knew when the
/// commitments were made, and the latest final root, so that a fork of history asks otherwise.
pub fn epoch_seed(
    slot_hash: &Hash,
    slot: u64,
    latest_digest: &Hash,
    service: &[u8; 32],
    epoch: u64,
) -> Hash {
    sha256(&[
        &[TAG_SEED],
        slot_hash,
        &slot.to_le_bytes(),
        latest_digest,
        service,
        &epoch.to_le_bytes(),
    ])
}
