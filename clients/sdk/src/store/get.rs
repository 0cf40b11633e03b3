//! Bringing a file back from any `data` of its shards.

use std::{
    collections::VecDeque,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::{stream::FuturesUnordered, StreamExt};
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;
use tokio::sync::mpsc;
use tokio_util::bytes::Bytes;

use super::{
    context::Tally,
    decode::{decode_to_file, DecodeJob},
    manifest::{read_key, Manifest, ManifestError, ManifestPaths, ShardRecord},
    put::blocking,
    retry::{retrying, Transient},
    IoContext, StoreContext, StoreError, StoreEvent,
};
use crate::{
    fetch::{fetch_many, Operator},
    node::NodeClient,
};

/// Shards that are downloaded at once. Each keeps up to [`PIECES_WAITING_MAX`] pieces in memory.
const DOWNLOADS_AT_ONCE: usize = 8;
/// Pieces of a shard that may wait to be hashed.
const PIECES_WAITING_MAX: usize = 16;

/// What [`get`] did.
#[derive(Debug, Clone)]
pub struct GetReport {
    pub manifest: Manifest,
    /// Operators whose shards the file was restored from.
    pub used: Vec<Pubkey>,
    /// Operators whose shards did not come back whole, and why.
    pub failures: Vec<(Pubkey, String)>,
}

/// Restores the file of a manifest as `target`, which is replaced only by the whole, checked file.
pub async fn get(
    context: &StoreContext<'_>,
    paths: &ManifestPaths,
    target: &Path,
) -> Result<GetReport, StoreError> {
    let manifest = read_manifest(paths)?;
    let key = read_key(&paths.key)?;
    let staging = staging_folder(target);
    fs::create_dir_all(&staging).at(&staging)?;
    let restored = async {
        let shards = download_enough(context, &manifest, &staging).await?;
        let layout = manifest.layout;
        let nonce_prefix = manifest.nonce().unwrap_or_default();
        let (files, sha256) = (shards.files, manifest.sha256);
        let (target, observer) = (target.to_path_buf(), context.observer.clone());
        blocking(move || {
            let job = DecodeJob {
                shards: &files,
                layout,
                key: &key,
                nonce_prefix,
            };
            let total = layout.file_bytes;
            let progress = |done| observer(StoreEvent::Decoding { done, total });
            decode_to_file(&job, &target, &sha256, &progress)
        })
        .await?;
        Ok((shards.used, shards.failures))
    };
    let outcome: Result<_, StoreError> = restored.await;
    // Whatever happened, the downloaded shards have no further use.
    let removed = fs::remove_dir_all(&staging).at(&staging);
    let (used, failures) = outcome?;
    removed?;
    Ok(GetReport {
        manifest,
        used,
        failures,
    })
}

/// Reads a manifest that must be there.
pub(super) fn read_manifest(paths: &ManifestPaths) -> Result<Manifest, StoreError> {
    let manifest = Manifest::read(&paths.manifest)?;
    manifest.ok_or_else(|| {
        ManifestError::Io {
            path: paths.manifest.clone(),
            source: std::io::ErrorKind::NotFound.into(),
        }
        .into()
    })
}

/// Beside the target, so that a full disk is noticed where the file will lie.
fn staging_folder(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.trestle-shards"))
}

struct Downloaded {
    files: Vec<Option<PathBuf>>,
    used: Vec<Pubkey>,
    failures: Vec<(Pubkey, String)>,
}

/// Downloads shards until there are enough, trying another one for each that fails.
async fn download_enough(
    context: &StoreContext<'_>,
    manifest: &Manifest,
    staging: &Path,
) -> Result<Downloaded, StoreError> {
    let needed = manifest.layout.data_shards();
    let total = manifest.layout.shard_bytes().saturating_mul(needed as u64);
    let tally = Arc::new(Tally::new(total));
    let mut waiting: VecDeque<_> = shard_sources(context, manifest).await?.into();
    let mut done = Downloaded {
        files: vec![None; manifest.shards.len()],
        used: Vec::new(),
        failures: Vec::new(),
    };
    let mut running = FuturesUnordered::new();
    loop {
        let missing = needed.saturating_sub(done.used.len());
        while running.len() < missing.min(DOWNLOADS_AT_ONCE) {
            let Some(source) = waiting.pop_front() else {
                break;
            };
            let file = staging.join(format!("{:02}", source.shard));
            let tally = tally.clone();
            running.push(async move {
                let fetched = source.check(context, Some(file.clone()), &tally).await;
                (source.shard, source.operator, file, fetched)
            });
        }
        let Some((shard, operator, file, fetched)) = running.next().await else {
            break;
        };
        match fetched {
            Ok(()) => {
                done.used.push(operator);
                if let Some(place) = done.files.get_mut(shard) {
                    *place = Some(file);
                }
            }
            Err(reason) => {
                context.tell(StoreEvent::ShardFailed {
                    shard,
                    operator,
                    reason: reason.clone(),
                });
                done.failures.push((operator, reason));
            }
        }
    }
    if done.used.len() < needed {
        return Err(StoreError::TooFewShards {
            found: done.used.len(),
            needed,
            failures: done.failures,
        });
    }
    Ok(done)
}

/// Where a shard is to be had.
pub(super) struct ShardSource {
    pub(super) shard: usize,
    pub(super) operator: Pubkey,
    root: [u8; 32],
    /// Of the shard as it was encoded, together with its root: it answers the same question without
    /// hashing every leaf by Poseidon.
    sha256: [u8; 32],
    size: u64,
    /// Or why nobody can be asked.
    node: Result<NodeClient, String>,
}

/// The node of every shard that was placed, as its operator's account names it now.
pub(super) async fn shard_sources(
    context: &StoreContext<'_>,
    manifest: &Manifest,
) -> Result<Vec<ShardSource>, StoreError> {
    let placed: Vec<(usize, Pubkey, &ShardRecord)> = manifest
        .shards
        .iter()
        .enumerate()
        .filter_map(|(shard, record)| Some((shard, record.operator?, record)))
        .collect();
    let addresses: Vec<Pubkey> = placed.iter().map(|(_, operator, _)| *operator).collect();
    let accounts = fetch_many::<Operator>(context.sender.rpc, &addresses).await?;
    let sources = placed.into_iter().zip(accounts);
    Ok(sources
        .map(|((shard, operator, record), account)| ShardSource {
            shard,
            operator,
            root: record.root,
            sha256: record.sha256,
            size: manifest.layout.shard_bytes(),
            node: node_of(context, account),
        })
        .collect())
}

fn node_of(context: &StoreContext<'_>, account: Option<Operator>) -> Result<NodeClient, String> {
    let account = account.ok_or("the operator's account is gone")?;
    NodeClient::new(
        context.http.clone(),
        account.endpoint_str(),
        account.node_key,
    )
    .map_err(|error| error.to_string())
}

impl ShardSource {
    /// Downloads the shard, into `file` if one is given, and checks that it is the one that was
    /// encoded.
    pub(super) async fn check(
        &self,
        context: &StoreContext<'_>,
        file: Option<PathBuf>,
        tally: &Tally,
    ) -> Result<(), String> {
        let node = self.node.as_ref().map_err(Clone::clone)?;
        let download = || self.download(context, node, file.clone(), tally);
        let sha256 = retrying(download)
            .await
            .map_err(|error| error.to_string())?;
        if sha256 == self.sha256 {
            Ok(())
        } else {
            Err("it sent other data than it committed to".to_string())
        }
    }

    /// Sha256 of what the node sends. Hashing and writing run beside the transfer.
    async fn download(
        &self,
        context: &StoreContext<'_>,
        node: &NodeClient,
        file: Option<PathBuf>,
        tally: &Tally,
    ) -> Result<[u8; 32], StoreError> {
        let (sender, receiver) = mpsc::channel::<Bytes>(PIECES_WAITING_MAX);
        let hashing = tokio::spawn(blocking(move || hash_pieces(receiver, file)));
        let mut transfer = node
            .open_shard(context.customer, &self.root, self.size)
            .await?;
        while let Some(piece) = transfer.next().await? {
            let (done, total) = tally.add(piece.len() as u64);
            context.tell(StoreEvent::Downloading { done, total });
            if sender.send(piece).await.is_err() {
                // The hasher has stopped; it says why.
                break;
            }
        }
        drop(sender);
        let hashed = hashing.await;
        hashed.map_err(|error| StoreError::Worker(error.to_string()))?
    }
}

impl Transient for StoreError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Node(error) if error.is_transient())
    }

    fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Node(error) => error.asked_wait(),
            _ => None,
        }
    }
}

fn hash_pieces(
    mut pieces: mpsc::Receiver<Bytes>,
    path: Option<PathBuf>,
) -> Result<[u8; 32], StoreError> {
    let mut hash = Sha256::new();
    let mut file = match &path {
        Some(path) => Some((File::create(path).at(path)?, path)),
        None => None,
    };
    while let Some(piece) = pieces.blocking_recv() {
        if let Some((file, path)) = &mut file {
            file.write_all(&piece).at(path)?;
        }
        hash.update(&piece);
    }
    Ok(hash.finalize().into())
}
