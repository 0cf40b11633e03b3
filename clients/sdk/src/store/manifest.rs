//! The manifest: what a customer must keep to get a file back, besides its key.
//!
//! It is written after every step, each time as a whole, so that a `put` that was interrupted at
//! any point continues where it stood and pays for nothing twice.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;
use thiserror::Error;

use super::{FileKey, Layout, LayoutError, LeaseChoice, NONCE_PREFIX_BYTES};
use crate::{
    encoding::{base58, base58_option, hex32, string},
    send::Pending,
};

/// Version of the format.
pub const MANIFEST_VERSION: u32 = 1;
/// How segments are encrypted; there is one way so far.
pub const CIPHER_NAME: &str = "xchacha20poly1305-stream-be32";
/// Bytes of the largest manifest that is read: 32 shards need under 32 KiB.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;
/// Only the owner reads and writes.
const PRIVATE_MODE: u32 = 0o600;

/// Why a manifest could not be used.
#[derive(Debug, Error)]
pub enum ManifestError {
    #[error("manifest `{path}`: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("manifest `{path}` is damaged: {source}")]
    Parse {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("manifest `{path}` is of version {version}; update `trestle`")]
    Version { path: PathBuf, version: u32 },
    #[error("manifest `{path}` is damaged: {source}")]
    Layout { path: PathBuf, source: LayoutError },
    #[error("manifest `{path}` is damaged: {what}")]
    Inconsistent { path: PathBuf, what: &'static str },
    #[error("key file `{0}` does not hold a key; restore it from your backup")]
    Key(PathBuf),
    #[error("manifest `{path}` describes another file; give another path by --manifest")]
    OtherFile { path: PathBuf },
}

/// How far a shard has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ShardState {
    /// On the customer's disk only.
    Encoded,
    /// On the operator's disk, without an agreement yet.
    Uploaded,
    /// The operator is committed to it and a lease or a group pays for it.
    Committed,
}

/// One shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShardRecord {
    #[serde(with = "hex32")]
    pub root: [u8; 32],
    #[serde(with = "hex32")]
    pub sha256: [u8; 32],
    pub state: ShardState,
    /// Who keeps it.
    #[serde(with = "base58_option", default)]
    pub operator: Option<Pubkey>,
    /// Credits an epoch.
    #[serde(with = "string")]
    pub rate: u64,
    /// The transaction that commits the operator, if one was ever sent.
    #[serde(default)]
    pub transaction: Option<Pending>,
}

impl ShardRecord {
    /// Address of the commitment to it.
    pub fn commitment(&self) -> Option<Pubkey> {
        let operator = self.operator?;
        Some(crate::address::commitment(&operator, &self.root))
    }

    /// Address of the lease that pays for it.
    pub fn lease(&self) -> Option<Pubkey> {
        self.commitment()
            .map(|commitment| crate::address::lease(&commitment))
    }
}

/// One stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub version: u32,
    /// Short name, the same for the same file, customer and layout.
    pub id: String,
    /// Name of the file, without its folder.
    pub name: String,
    /// Of the file.
    #[serde(with = "hex32")]
    pub sha256: [u8; 32],
    #[serde(with = "base58")]
    pub network: Pubkey,
    #[serde(with = "base58")]
    pub service: Pubkey,
    #[serde(with = "base58")]
    pub customer: Pubkey,
    pub layout: Layout,
    pub cipher: String,
    /// 19 bytes in hex.
    pub nonce_prefix: String,
    pub lease: LeaseChoice,
    /// The lease group that pays for all shards; without one, each has a lease.
    #[serde(
        with = "base58_option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub group: Option<Pubkey>,
    pub shards: Vec<ShardRecord>,
}

/// Where a manifest and what belongs to it lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestPaths {
    pub manifest: PathBuf,
    /// Holds the file's key in hex, readable by its owner only.
    pub key: PathBuf,
    /// Holds shards until they are stored.
    pub staging: PathBuf,
}

impl ManifestPaths {
    /// Everything beside the manifest `path`.
    pub fn of(path: &Path) -> Self {
        Self {
            manifest: path.to_path_buf(),
            key: path.with_extension("key"),
            staging: path.with_extension("shards"),
        }
    }
}

/// The same file of the same customer on the same network in the same layout has the same id.
pub fn manifest_id(
    sha256: &[u8; 32],
    network: &Pubkey,
    customer: &Pubkey,
    layout: &Layout,
) -> String {
    const ID_BYTES: usize = 8;
    let digest = Sha256::new()
        .chain_update(sha256)
        .chain_update(network)
        .chain_update(customer)
        .chain_update(layout.data.to_le_bytes())
        .chain_update(layout.total.to_le_bytes())
        .finalize();
    digest
        .iter()
        .take(ID_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Manifest {
    /// Reads and checks a manifest; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, ManifestError> {
        let io = |source| ManifestError::Io {
            path: path.to_path_buf(),
            source,
        };
        let size = match fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        if size > MANIFEST_BYTES_MAX {
            return Err(inconsistent(path, "it is too large for a manifest"));
        }
        let text = fs::read_to_string(path).map_err(io)?;
        Self::parse(path, &text).map(Some)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let parse = |source| ManifestError::Parse {
            path: path.to_path_buf(),
            source,
        };
        let version = serde_json::from_str::<Versioned>(text)
            .map_err(parse)?
            .version;
        if version != MANIFEST_VERSION {
            return Err(ManifestError::Version {
                path: path.to_path_buf(),
                version,
            });
        }
        let manifest: Self = serde_json::from_str(text).map_err(parse)?;
        manifest.check(path)?;
        Ok(manifest)
    }

    fn check(&self, path: &Path) -> Result<(), ManifestError> {
        self.layout
            .check()
            .map_err(|source| ManifestError::Layout {
                path: path.to_path_buf(),
                source,
            })?;
        if self.shards.len() != self.layout.total_shards() {
            return Err(inconsistent(path, "it does not list every shard"));
        }
        if !is_plain_name(&self.name) {
            return Err(inconsistent(path, "its file name is a path"));
        }
        if self.cipher != CIPHER_NAME {
            return Err(inconsistent(path, "its cipher is not known"));
        }
        if self.nonce().is_none() {
            return Err(inconsistent(
                path,
                "its nonce prefix is not 19 bytes of hex",
            ));
        }
        let unplaced =
            |shard: &ShardRecord| shard.state != ShardState::Encoded && shard.operator.is_none();
        if self.shards.iter().any(unplaced) {
            return Err(inconsistent(path, "a stored shard has no operator"));
        }
        Ok(())
    }

    /// Writes the manifest as a whole: a reader sees the old one or the new one.
    pub fn write(&self, path: &Path) -> Result<(), ManifestError> {
        let io = |source| ManifestError::Io {
            path: path.to_path_buf(),
            source,
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| io(error.into()))?;
        write_private(path, &(text + "\n")).map_err(io)
    }

    /// The part of the nonce that all segments share.
    pub fn nonce(&self) -> Option<[u8; NONCE_PREFIX_BYTES]> {
        let mut prefix = [0_u8; NONCE_PREFIX_BYTES];
        hex::decode_to_slice(&self.nonce_prefix, &mut prefix).ok()?;
        Some(prefix)
    }

    /// Whether every shard is committed to and paid for.
    pub fn is_complete(&self) -> bool {
        let done = |shard: &ShardRecord| shard.state == ShardState::Committed;
        self.shards.iter().all(done)
    }
}

/// A manifest may come from somebody else: its name must not lead out of the current folder.
fn is_plain_name(name: &str) -> bool {
    Path::new(name).file_name() == Some(name.as_ref())
}

fn inconsistent(path: &Path, what: &'static str) -> ManifestError {
    ManifestError::Inconsistent {
        path: path.to_path_buf(),
        what,
    }
}

/// Reads the key of a file.
pub fn read_key(path: &Path) -> Result<FileKey, ManifestError> {
    let text = fs::read_to_string(path).map_err(|source| ManifestError::Io {
        path: path.to_path_buf(),
        source,
    })?;
    FileKey::from_hex(&text).ok_or_else(|| ManifestError::Key(path.to_path_buf()))
}

/// Writes the key of a file, readable by its owner only.
pub fn write_key(path: &Path, key: &FileKey) -> Result<(), ManifestError> {
    write_private(path, &key.to_hex()).map_err(|source| ManifestError::Io {
        path: path.to_path_buf(),
        source,
    })
}

/// Durable and atomic: written beside, synced, renamed, and the folder synced.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(PRIVATE_MODE)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    pub(crate) fn sample() -> Manifest {
        let layout = Layout::for_file(1_000, 2, 3).unwrap();
        let shard = ShardRecord {
            root: [1; 32],
            sha256: [2; 32],
            state: ShardState::Encoded,
            operator: None,
            rate: 0,
            transaction: None,
        };
        Manifest {
            version: MANIFEST_VERSION,
            id: "00".to_string(),
            name: "file".to_string(),
            sha256: [3; 32],
            network: Pubkey::new_from_array([4; 32]),
            service: Pubkey::new_from_array([5; 32]),
            customer: Pubkey::new_from_array([6; 32]),
            layout,
            cipher: CIPHER_NAME.to_string(),
            nonce_prefix: hex::encode([7; NONCE_PREFIX_BYTES]),
            lease: LeaseChoice {
                epochs: 10,
                period_epochs: 1,
                sla_bps: 9_500,
                credit_bps: 1_000,
                deeper_steps: Vec::new(),
                credit_cap_bps: 10_000,
                notice_epochs: 0,
                renewal_epochs: 0,
            },
            group: None,
            shards: vec![shard.clone(), shard.clone(), shard],
        }
    }

    #[test]
    fn manifest_survives_the_disk_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert_eq!(Manifest::read(&path).unwrap(), None);
        sample().write(&path).unwrap();
        assert_eq!(Manifest::read(&path).unwrap(), Some(sample()));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, PRIVATE_MODE);
    }

    #[test]
    fn key_survives_the_disk_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        let key = FileKey::generate().unwrap();
        write_key(&path, &key).unwrap();
        assert_eq!(read_key(&path).unwrap(), key);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, PRIVATE_MODE);
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(read_key(&path), Err(ManifestError::Key(_))));
    }

    #[test]
    fn damage_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let spoil = |change: fn(&mut Manifest)| {
            let mut manifest = sample();
            change(&mut manifest);
            manifest.write(&path).unwrap();
            Manifest::read(&path).unwrap_err().to_string()
        };
        assert!(spoil(|m| m.version = 2).contains("version 2"));
        assert!(spoil(|m| m.shards.truncate(2)).contains("every shard"));
        assert!(spoil(|m| m.layout.stripes += 1).contains("contradicts"));
        assert!(spoil(|m| m.nonce_prefix.clear()).contains("nonce"));
        assert!(spoil(|m| m.cipher.clear()).contains("cipher"));
        assert!(spoil(|m| m.name = "../a".to_string()).contains("a path"));
        assert!(spoil(|m| m.name = "..".to_string()).contains("a path"));
        assert!(spoil(|m| m.name.clear()).contains("a path"));
        assert!(spoil(|m| m.shards[0].state = ShardState::Uploaded).contains("operator"));
        fs::write(&path, "{\"version\": 1,").unwrap();
        let error = Manifest::read(&path).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }

    #[test]
    fn id_depends_on_content_customer_and_layout() {
        let base = sample();
        let id = |m: &Manifest| manifest_id(&m.sha256, &m.network, &m.customer, &m.layout);
        assert_eq!(id(&base), id(&sample()));
        assert_eq!(id(&base).len(), 16);
        let mut other = sample();
        other.sha256[0] ^= 1;
        assert_ne!(id(&base), id(&other));
    }
}
