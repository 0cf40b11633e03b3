//! Storing a file: encode it once, then place its shards until all are committed to.

use std::{
    fs::{self, DirBuilder, File},
    io::Read,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;

use super::{
    encode::{encode, EncodeJob, Encoded},
    group::ShardGroup,
    manifest::{
        manifest_id, write_key, Manifest, ManifestError, ManifestPaths, ShardRecord, ShardState,
        CIPHER_NAME, MANIFEST_VERSION,
    },
    place::Placement,
    random_bytes, CipherError, FileKey, IoContext, Layout, LeaseChoice, StoreContext, StoreError,
    StoreEvent, NONCE_PREFIX_BYTES,
};

/// Bytes hashed at once.
const HASH_BUFFER_BYTES: usize = 1 << 20;
/// Folders that hold keys are their owner's alone.
const PRIVATE_FOLDER_MODE: u32 = 0o700;

/// How to store a file.
#[derive(Debug, Clone)]
pub struct PutOptions {
    /// Shards that are enough to bring the file back.
    pub data: u16,
    /// Shards in all.
    pub total: u16,
    pub lease: LeaseChoice,
    /// Credits an epoch that a shard may cost at most.
    pub rate_max: Option<u64>,
    /// A lease group that pays for all shards, by its own terms instead of `lease`.
    pub group: Option<Pubkey>,
}

/// What [`put`] did.
#[derive(Debug, Clone)]
pub struct PutReport {
    pub manifest: Manifest,
    pub paths: ManifestPaths,
    /// Whether there was nothing left to do.
    pub already_stored: bool,
}

/// Where manifests are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Library {
    /// One manifest per file, named after its id, in this folder.
    Folder(PathBuf),
    /// Exactly this manifest.
    File(PathBuf),
}

impl Library {
    /// Paths of the manifest with this id.
    pub fn paths(&self, id: &str) -> ManifestPaths {
        match self {
            Self::Folder(folder) => ManifestPaths::of(&folder.join(format!("{id}.json"))),
            Self::File(path) => ManifestPaths::of(path),
        }
    }
}

/// Stores a file. Run again after a failure it continues where it stood.
pub async fn put(
    context: &StoreContext<'_>,
    source: &Path,
    library: &Library,
    options: &PutOptions,
) -> Result<PutReport, StoreError> {
    let file = inspect(context, source).await?;
    let layout = Layout::for_file(file.size, options.data, options.total)?;
    let options = &by_group(context, options).await?;
    let customer = context.customer.pubkey();
    let id = manifest_id(&file.sha256, &context.network, &customer, &layout);
    let paths = library.paths(&id);
    let manifest = match Manifest::read(&paths.manifest)? {
        Some(manifest) => resume(context, manifest, &paths, &file, options)?,
        None => {
            let start = Start {
                source: source.to_path_buf(),
                file,
                layout,
                id,
                lease: options.lease.clone(),
                group: options.group,
            };
            begin(context, &start, &paths).await?
        }
    };
    let already_stored = manifest.is_complete();
    let manifest = if already_stored {
        manifest
    } else {
        let group = match &manifest.group {
            Some(group) => Some(ShardGroup::read(context, group).await?),
            None => None,
        };
        let placement = Placement::new(context, paths.clone(), manifest, group);
        placement.run(options.rate_max).await?
    };
    remove_staging(&paths)?;
    Ok(PutReport {
        manifest,
        paths,
        already_stored,
    })
}

/// The options with the terms of the group, if one pays.
async fn by_group(
    context: &StoreContext<'_>,
    options: &PutOptions,
) -> Result<PutOptions, StoreError> {
    let mut options = options.clone();
    if let Some(group) = &options.group {
        options.lease = ShardGroup::read(context, group).await?.lease();
    }
    Ok(options)
}

struct SourceFile {
    size: u64,
    sha256: [u8; 32],
}

struct Start {
    source: PathBuf,
    file: SourceFile,
    layout: Layout,
    id: String,
    lease: LeaseChoice,
    group: Option<Pubkey>,
}

/// Size and hash: they find the manifest of an earlier try.
async fn inspect(context: &StoreContext<'_>, source: &Path) -> Result<SourceFile, StoreError> {
    let path = source.to_path_buf();
    let observer = context.observer.clone();
    blocking(move || {
        let mut file = File::open(&path).at(&path)?;
        let total = file.metadata().at(&path)?.len();
        let mut hash = Sha256::new();
        let mut buffer = vec![0_u8; HASH_BUFFER_BYTES];
        let mut size = 0_u64;
        loop {
            let read = file.read(&mut buffer).at(&path)?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
            size = size.saturating_add(read as u64);
            observer(StoreEvent::Hashing { done: size, total });
        }
        Ok(SourceFile {
            size,
            sha256: hash.finalize().into(),
        })
    })
    .await
}

/// Continues an earlier try, if it was for the same file, customer and network.
fn resume(
    context: &StoreContext<'_>,
    mut manifest: Manifest,
    paths: &ManifestPaths,
    file: &SourceFile,
    options: &PutOptions,
) -> Result<Manifest, StoreError> {
    let same = manifest.sha256 == file.sha256
        && manifest.network == context.network
        && manifest.service == context.service
        && manifest.customer == context.customer.pubkey();
    if !same {
        let path = paths.manifest.clone();
        return Err(ManifestError::OtherFile { path }.into());
    }
    // Terms can still be changed while nobody has agreed to them.
    let untouched = |shard: &ShardRecord| shard.operator.is_none();
    if manifest.shards.iter().all(untouched) {
        manifest.lease = options.lease.clone();
        manifest.group = options.group;
        manifest.write(&paths.manifest)?;
    }
    Ok(manifest)
}

/// Encodes the file. The manifest is written last: where it exists, shards and key are complete.
async fn begin(
    context: &StoreContext<'_>,
    start: &Start,
    paths: &ManifestPaths,
) -> Result<Manifest, StoreError> {
    create_private_folder(&paths.staging)?;
    let key = FileKey::generate().map_err(CipherError::from)?;
    let nonce_prefix = random_bytes::<NONCE_PREFIX_BYTES>().map_err(CipherError::from)?;
    write_key(&paths.key, &key)?;
    let encoded = encode_staged(context, start, paths, key, nonce_prefix).await?;
    if encoded.file_sha256 != start.file.sha256 {
        return Err(StoreError::SourceChanged(start.source.clone()));
    }
    let name = start.source.file_name().unwrap_or_default();
    let shards = encoded.shards.into_iter().map(|shard| ShardRecord {
        root: shard.root,
        sha256: shard.sha256,
        state: ShardState::Encoded,
        operator: None,
        rate: 0,
        transaction: None,
    });
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        id: start.id.clone(),
        name: name.to_string_lossy().into_owned(),
        sha256: start.file.sha256,
        network: context.network,
        service: context.service,
        customer: context.customer.pubkey(),
        layout: start.layout,
        cipher: CIPHER_NAME.to_string(),
        nonce_prefix: hex::encode(nonce_prefix),
        lease: start.lease.clone(),
        group: start.group,
        shards: shards.collect(),
    };
    manifest.write(&paths.manifest)?;
    Ok(manifest)
}

async fn encode_staged(
    context: &StoreContext<'_>,
    start: &Start,
    paths: &ManifestPaths,
    key: FileKey,
    nonce_prefix: [u8; NONCE_PREFIX_BYTES],
) -> Result<Encoded, StoreError> {
    let (source, folder) = (start.source.clone(), paths.staging.clone());
    let layout = start.layout;
    let total = start.file.size;
    let observer = context.observer.clone();
    blocking(move || {
        let job = EncodeJob {
            source: &source,
            folder: &folder,
            layout,
            key: &key,
            nonce_prefix,
        };
        encode(&job, &|done| observer(StoreEvent::Encoding { done, total }))
    })
    .await
}

fn create_private_folder(folder: &Path) -> Result<(), StoreError> {
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_FOLDER_MODE)
        .create(folder)
        .at(folder)
}

/// Shards that operators have are needed here no longer.
fn remove_staging(paths: &ManifestPaths) -> Result<(), StoreError> {
    match fs::remove_dir_all(&paths.staging) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).at(&paths.staging),
    }
}

/// Runs work that computes or waits for the disk where it does not hold up the network.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.map_err(|error| StoreError::Worker(error.to_string()))?
}
