//! What final roots stand for. Own results are remembered; those of others are fetched from any
//! peer, recomputed and compared with the chain, so that a verifier can join at any time.

use crate::peers::{PeerError, Peers};
use crate::publish::Publisher;
use crate::store::{EvidenceStore, KnownRoot, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use trestle_core::hash::Hash;
use trestle_core::root::FinalRoot;
use trestle_verify::published::{EpochFiles, EpochTexts};
use trestle_verify::storage::{recompute, PreviousRoot, Recomputed};
use trestle_verify::VerifyError;

/// Roots that are held in memory.
const CACHED_MAX: usize = 4;

/// Why it is not known what a root stands for.
#[derive(Debug, Error)]
pub enum BookError {
    /// No peer has the files.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The files do not lead to the root on chain.
    #[error("published files of a final root: {0}")]
    Verify(#[from] VerifyError),
    /// The files cannot be written.
    #[error("cannot publish: {0}")]
    Io(#[from] std::io::Error),
    /// Recomputing was interrupted.
    #[error("recomputing was interrupted")]
    Interrupted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds what roots stand for.
pub struct RootBook {
    store: Arc<dyn EvidenceStore>,
    peers: Arc<Peers>,
    publisher: Publisher,
    cached: Mutex<Vec<Arc<KnownRoot>>>,
}

impl RootBook {
    /// Over the store and the peers.
    pub fn new(store: Arc<dyn EvidenceStore>, peers: Arc<Peers>, publisher: Publisher) -> Self {
        Self {
            store,
            peers,
            publisher,
            cached: Mutex::default(),
        }
    }

    /// Counters and streaks behind a final root.
    pub async fn known(&self, root: &FinalRoot) -> Result<Arc<KnownRoot>, BookError> {
        if let Some(known) = self.cached(&root.digest) {
            return Ok(known);
        }
        let known = match self.store.root(&root.digest).await? {
            Some(known) => known,
            None => self.fetch(root).await?,
        };
        Ok(self.cache(known))
    }

    /// The newest final root as the next epoch needs it; `None` before the first.
    pub async fn previous(
        &self,
        latest: Option<&FinalRoot>,
    ) -> Result<Option<PreviousRoot>, BookError> {
        let Some(latest) = latest else {
            return Ok(None);
        };
        let known = self.known(latest).await?;
        Ok(Some(PreviousRoot {
            epoch: latest.epoch,
            digest: latest.digest,
            states: known.states.clone(),
        }))
    }

    /// Makes sure that what is published here for the epoch of a final root is that root.
    pub async fn publish_final(&self, root: &FinalRoot) -> Result<(), BookError> {
        let (publisher, epoch) = (self.publisher.clone(), root.epoch);
        let published = blocking(move || publisher.root(epoch)).await?;
        if published.is_some_and(|published| published.digest == root.digest) {
            return Ok(());
        }
        self.fetch(root).await.map(drop)
    }

    /// Remembers a root and publishes its files. Both are on disk when this returns.
    pub async fn record(&self, files: &EpochFiles, texts: EpochTexts) -> Result<(), BookError> {
        let known = KnownRoot {
            epoch: files.root.epoch,
            digest: files.root.digest,
            states: files.leaves.leaves.clone(),
        };
        self.store.put_root(&known).await?;
        let (publisher, root) = (self.publisher.clone(), files.root.clone());
        blocking(move || publisher.publish(root.epoch, &root.digest, &texts)).await??;
        Ok(())
    }

    async fn fetch(&self, root: &FinalRoot) -> Result<KnownRoot, BookError> {
        let (texts, files) = self.peers.files(root.epoch, &root.digest, None).await?;
        let chain = *root;
        let files = blocking(move || {
            let recomputed: Recomputed = recompute(&files)?;
            recomputed.compare_with_chain(&chain)?;
            Ok::<_, VerifyError>(files)
        })
        .await??;
        self.record(&files, texts).await?;
        tracing::info!(epoch = root.epoch, "took over a final root from a peer");
        Ok(KnownRoot {
            epoch: root.epoch,
            digest: root.digest,
            states: files.leaves.leaves,
        })
    }

    fn cached(&self, digest: &Hash) -> Option<Arc<KnownRoot>> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.iter().find(|known| known.digest == *digest).cloned()
    }

    fn cache(&self, known: KnownRoot) -> Arc<KnownRoot> {
        let known = Arc::new(known);
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.len() >= CACHED_MAX {
            cached.remove(0);
        }
        cached.push(Arc::clone(&known));
        known
    }
}

/// Runs what would hold up the threads that wait for sockets.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BookError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| BookError::Interrupted)
}
