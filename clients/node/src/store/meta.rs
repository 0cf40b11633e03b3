//! Whose a shard is: a small file beside its bytes.

use super::layout::{Root, META_FILE};
use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use std::{fs, io, path::Path};
use thiserror::Error;
use trestle_sdk::encoding::{base58, hex32};

/// Version of the file.
const VERSION: u32 = 1;
/// Longest file that can be one, in bytes.
const META_BYTES_MAX: u64 = 4_096;

/// What is known of a shard besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShardMeta {
    version: u32,
    /// Poseidon root, as in the folder's name.
    #[serde(with = "hex32")]
    pub root: [u8; 32],
    /// Bytes of the shard.
    pub size_bytes: u64,
    /// Leaves of its tree.
    pub leaf_count: u32,
    /// Whose it is.
    #[serde(with = "base58")]
    pub customer: Pubkey,
    /// sha256 of the shard.
    #[serde(with = "hex32")]
    pub digest: [u8; 32],
    /// Unix seconds of its arrival.
    pub stored_at: i64,
}

/// Why the file is of no use.
#[derive(Debug, Error)]
pub enum MetaError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It does not say what it must.
    #[error("is malformed: {0}")]
    Malformed(String),
}

impl ShardMeta {
    /// What will be written for a shard.
    pub fn new(root: Root, size_bytes: u64, leaf_count: u32, origin: Origin) -> Self {
        let Origin {
            customer,
            digest,
            stored_at,
        } = origin;
        let root = root.0;
        Self {
            version: VERSION,
            root,
            size_bytes,
            leaf_count,
            customer,
            digest,
            stored_at,
        }
    }

    /// The file's content.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// Reads the file in a shard's folder and checks that it is that shard's.
    pub fn read(folder: &Path, root: &Root) -> Result<Self, MetaError> {
        let path = folder.join(META_FILE);
        if fs::metadata(&path)?.len() > META_BYTES_MAX {
            return Err(MetaError::Malformed("it is too long".to_owned()));
        }
        let meta: Self = serde_json::from_slice(&fs::read(path)?)
            .map_err(|error| MetaError::Malformed(error.to_string()))?;
        if meta.version != VERSION {
            return Err(MetaError::Malformed(format!(
                "its version is {}",
                meta.version
            )));
        }
        if meta.root != root.0 {
            return Err(MetaError::Malformed("it speaks of another root".to_owned()));
        }
        Ok(meta)
    }
}

/// Where a shard comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// Whose it is.
    pub customer: Pubkey,
    /// sha256 of its bytes.
    pub digest: [u8; 32],
    /// Unix seconds of its arrival.
    pub stored_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meta_is_read_back_and_anything_else_refused() {
        let dir = tempfile::tempdir().unwrap();
        let origin = Origin {
            customer: Pubkey::new_unique(),
            digest: [2; 32],
            stored_at: 9,
        };
        let meta = ShardMeta::new(Root([1; 32]), 500, 5, origin);
        let text = String::from_utf8(meta.encode().unwrap()).unwrap();
        let path = dir.path().join(META_FILE);
        fs::write(&path, &text).unwrap();
        assert_eq!(ShardMeta::read(dir.path(), &Root([1; 32])).unwrap(), meta);
        assert!(ShardMeta::read(dir.path(), &Root([2; 32])).is_err());
        for spoiled in [
            text.replace("\"version\": 1", "\"version\": 2"),
            text.replace("sizeBytes", "size"),
            text[..text.len() - 3].to_owned(),
            " ".repeat(5_000),
        ] {
            fs::write(&path, spoiled).unwrap();
            assert!(ShardMeta::read(dir.path(), &Root([1; 32])).is_err());
        }
    }
}
