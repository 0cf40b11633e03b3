//! A customer's side of storage: encrypt, erasure-code, place on operators, and get back.
//!
//! The key of a file never leaves the customer: operators hold ciphertext, and fewer shards than
//! `data` say nothing about the rest. Both directions stream: memory does not grow with the file.

mod cipher;
mod context;
mod copy;
mod decode;
mod encode;
mod erasure;
mod error;
mod get;
mod group;
mod layout;
mod lease_choice;
mod manifest;
mod place;
mod placement;
mod put;
mod retry;
mod verify;

pub use cipher::{
    random_bytes, CipherError, FileKey, RandomError, SegmentCipher, KEY_BYTES, NONCE_PREFIX_BYTES,
};
pub use context::{Observer, StoreContext, StoreEvent};
pub use copy::{copy_shard, ShardCopy};
pub use decode::{decode, decode_to_file, DecodeJob};
pub use encode::{encode, shard_path, EncodeJob, Encoded, EncodedShard};
pub use erasure::{data_chunks, recovery_chunks, ErasureError};
pub use error::StoreError;
pub use get::{get, GetReport};
pub use layout::{
    Layout, LayoutError, CHUNK_BYTES_MAX, DEFAULT_DATA_SHARDS, DEFAULT_TOTAL_SHARDS, SHARDS_MAX,
    TAG_BYTES,
};
pub use lease_choice::{LeaseChoice, SlaStepChoice};
pub use manifest::{
    manifest_id, read_key, write_key, Manifest, ManifestError, ManifestPaths, ShardRecord,
    ShardState, CIPHER_NAME, MANIFEST_VERSION,
};
pub use placement::{find_candidates, Candidate, Demand, Market};
pub use put::{put, Library, PutOptions, PutReport};
pub use verify::{verify, ShardCheck};

use error::IoContext;

/// Bytes of a file that are coded at once: enough for all cores, and little memory.
const BATCH_BYTES: u64 = 4 << 20;

/// Stripes in a batch of about [`BATCH_BYTES`].
fn batch_stripes(layout: &Layout) -> u64 {
    BATCH_BYTES
        .checked_div(layout.stripe() as u64)
        .unwrap_or(1)
        .max(1)
}

#[cfg(test)]
mod tests;
