//! The verifier's key file.

use solana_keypair::{read_keypair_file, Keypair};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Permission bits of others than the owner.
const OTHERS: u32 = 0o077;

/// The key cannot be used.
#[derive(Debug, Error)]
#[error("cannot read the key `{}`: {reason}; make one with `solana-keygen new`", .path.display())]
pub struct KeyError {
    path: PathBuf,
    reason: String,
}

/// Reads a Solana keypair file, and warns when others can read it too.
pub fn read_key(path: &Path) -> Result<Keypair, KeyError> {
    let failed = |reason: String| KeyError {
        path: path.to_path_buf(),
        reason,
    };
    let metadata = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if metadata.permissions().mode() & OTHERS != 0 {
        tracing::warn!(path = %path.display(), "others can read the key; run `chmod 600` on it");
    }
    read_keypair_file(path).map_err(|error| failed(error.to_string()))
}
