//! The wiring: opens everything in order, serves, and stops cleanly.

use crate::{
    accept::BoundedAcceptor,
    auth::{
        clock::{self, unix_now, ClockError},
        Authenticator, ReplayLimits,
    },
    chain::{ChainView, Freshness, RpcChain},
    http::{router, Gates, NodeState, Shared},
    metrics::Metrics,
    renewals::SignedRenewals,
    retention::Sweeper,
    settings::{millis, Settings},
    store::{Found, Layout, LayoutError, Root, ShardStore},
    tls::{self, TlsError},
};
use axum_server::{tls_rustls::RustlsAcceptor, Handle};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use solana_keypair::{read_keypair_file, Keypair};
use solana_signer::Signer;
use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the clock file is written.
const CLOCK_INTERVAL: Duration = Duration::from_secs(60);
/// Pause between two looks at the clock while a start waits for it.
const CLOCK_POLL: Duration = Duration::from_millis(50);
/// Longest head of a request in bytes: five headers of ours and what clients add.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// Most headers of a request.
const HEADERS_MAX: usize = 64;

/// Why a node does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The key file is unusable.
    #[error("cannot read node key `{path}`: {message}; make one with `solana-keygen new -o`")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The data directory is unusable.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The clock is unusable.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// TLS is unusable.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The nonces cannot be kept.
    #[error("cannot keep nonces in `data_dir`: {0}; make it writable")]
    Nonces(io::Error),
    /// The address is taken or forbidden.
    #[error("cannot listen on {address}: {source}; choose another `listen`")]
    Listen {
        /// What was wanted.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The metrics contradict one another.
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The chain knows another key.
    #[error(
        "operator {operator} names node key {registered}, not {ours}; use that key, or run \
         `trestle operator update`"
    )]
    NodeKey {
        /// The operator account.
        operator: String,
        /// What the chain says.
        registered: String,
        /// What the key file holds.
        ours: String,
    },
}

/// A node that serves.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    handle: Handle,
    grace: Duration,
    stopping: CancellationToken,
    tasks: TaskTracker,
    serving: JoinHandle<io::Result<()>>,
    state: Shared,
}

/// Starts a node on the chain that the settings name.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    let key = read_key(&settings.node_key_path)?;
    let metrics = Arc::new(Metrics::new()?);
    let chain = Arc::new(RpcChain::new(&settings.chain, Arc::clone(&metrics)));
    start_with(settings, key, metrics, chain).await
}

/// Starts a node on any chain.
pub async fn start_with(
    settings: Settings,
    key: Keypair,
    metrics: Arc<Metrics>,
    chain: Arc<dyn ChainView>,
) -> Result<Running, StartError> {
    let layout = Layout::open(&settings.data_dir)?;
    let floor = clock::floor_at_start(&layout.clock_path(), unix_now())?;
    let limits = replay_limits(&settings);
    let auth = Authenticator::open(key.pubkey(), limits, &layout.nonces_path(), floor)
        .map_err(StartError::Nonces)?;
    let (store, found) = ShardStore::open(layout, &settings.limits)?;
    report(&found);
    let state = Arc::new(NodeState {
        gates: Gates::new(&settings),
        renewals: SignedRenewals::default(),
        store: Arc::new(store),
        settings,
        key,
        auth,
        chain,
        metrics,
    });
    check_operator(&state).await?;
    state
        .metrics
        .capacity_bytes
        .set(state.settings.limits.capacity_bytes);
    state.metrics.started_at_seconds.set(unix_now());
    serve(state, found.treeless, floor).await
}

async fn serve(state: Shared, treeless: Vec<Root>, floor: i64) -> Result<Running, StartError> {
    let address = state.settings.listen;
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let tls = state.settings.tls.as_ref().map(tls::load).transpose()?;
    // A request signed in the second of the start would be refused as one of before.
    while unix_now() <= floor {
        tokio::time::sleep(CLOCK_POLL).await;
    }
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener).handle(handle.clone());
    configure(
        server.http_builder(),
        millis(state.settings.limits.header_timeout_ms),
    );
    let connections = usize::try_from(state.settings.limits.connections_max).unwrap_or(usize::MAX);
    let bounded = BoundedAcceptor::new(connections, Arc::clone(&state.metrics));
    let app = router(Arc::clone(&state));
    let serving = match tls {
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).acceptor(bounded);
            tokio::spawn(server.acceptor(acceptor).serve(app.into_make_service()))
        }
        None => {
            warn_if_exposed(bound);
            tokio::spawn(server.acceptor(bounded).serve(app.into_make_service()))
        }
    };
    let stopping = CancellationToken::new();
    let tasks = TaskTracker::new();
    tasks.spawn(every(
        CLOCK_INTERVAL,
        stopping.clone(),
        keep_clock(Arc::clone(&state)),
    ));
    let interval = Duration::from_secs(state.settings.retention.sweep_interval_seconds);
    tasks.spawn(every(interval, stopping.clone(), sweep(Arc::clone(&state))));
    tasks.spawn(rebuild_trees(
        Arc::clone(&state),
        treeless,
        stopping.clone(),
    ));
    tasks.close();
    let grace = millis(state.settings.limits.shutdown_grace_ms);
    Ok(Running {
        address: bound,
        handle,
        grace,
        stopping,
        tasks,
        serving,
        state,
    })
}

impl Running {
    /// What the handlers share.
    pub fn state(&self) -> &Shared {
        &self.state
    }

    /// Serves until `stop` is ready, then lets requests finish and ends.
    pub async fn until(mut self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let ended = tokio::select! {
            () = stop => None,
            ended = &mut self.serving => Some(ended),
        };
        tracing::info!("stopping");
        self.stopping.cancel();
        let ended = match ended {
            Some(ended) => ended,
            None => {
                self.handle.graceful_shutdown(Some(self.grace));
                self.serving.await
            }
        };
        self.tasks.wait().await;
        if let Err(error) = clock::record(&self.state.store.layout().clock_path(), unix_now()) {
            tracing::warn!(%error, "clock file not written");
        }
        ended.map_err(io::Error::other)?
    }
}

/// Reads the node's key and says if others can read it too.
pub fn read_key(path: &Path) -> Result<Keypair, StartError> {
    let failed = |message: String| StartError::Key {
        path: path.to_owned(),
        message,
    };
    let key = read_keypair_file(path).map_err(|error| failed(error.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            tracing::warn!(path = %path.display(), "others can read the node key; `chmod 600` it");
        }
    }
    Ok(key)
}

/// HTTP/1.1 only: uploads gain nothing from more, and it has fewer ways to waste memory.
fn configure(builder: &mut Builder<TokioExecutor>, header_timeout: Duration) {
    *builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
}

fn replay_limits(settings: &Settings) -> ReplayLimits {
    let limits = &settings.limits;
    ReplayLimits {
        nonces_max: usize::try_from(limits.nonces_max).unwrap_or(usize::MAX),
        keys_max: usize::try_from(limits.keys_max).unwrap_or(usize::MAX),
        requests_per_second: limits.requests_per_second,
        requests_burst: limits.requests_burst,
    }
}

/// A wrong key is an error that waiting does not cure; an absent chain may come back.
async fn check_operator(state: &Shared) -> Result<(), StartError> {
    let address = state.settings.chain.operator;
    match state.chain.operator(Freshness::Cached).await {
        Ok(Some(operator)) if state.is_named_by(&operator) => {
            tracing::info!(operator = %address, service = %operator.service, "operator found");
            Ok(())
        }
        Ok(Some(operator)) => Err(StartError::NodeKey {
            operator: address.to_string(),
            registered: operator.node_key.to_string(),
            ours: state.node_key().to_string(),
        }),
        Ok(None) => {
            let hint = "run `trestle operator register`";
            tracing::warn!(operator = %address, hint, "operator is not registered yet");
            Ok(())
        }
        Err(error) => {
            tracing::warn!(%error, "starting without the chain");
            Ok(())
        }
    }
}

fn report(found: &Found) {
    let Found {
        shards,
        damaged,
        unreadable,
        leftovers,
        treeless,
    } = found;
    tracing::info!(
        shards,
        damaged,
        unreadable,
        leftovers,
        treeless = treeless.len(),
        "store open"
    );
}

fn warn_if_exposed(bound: SocketAddr) {
    if !bound.ip().is_loopback() {
        tracing::warn!(%bound, "serving plain HTTP; set `[tls]` unless a proxy adds HTTPS");
    }
}

/// Does something again and again until the node stops. The first time after one interval.
async fn every<F: Future<Output = ()> + Send>(
    interval: Duration,
    stopping: CancellationToken,
    mut tick: impl FnMut() -> F + Send,
) {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tick() => {}
        }
    }
}

fn keep_clock(state: Shared) -> impl FnMut() -> std::future::Ready<()> + Send {
    move || {
        if let Err(error) = clock::record(&state.store.layout().clock_path(), unix_now()) {
            tracing::warn!(%error, "clock file not written");
        }
        std::future::ready(())
    }
}

fn sweep(
    state: Shared,
) -> impl FnMut() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send {
    let sweeper = Arc::new(tokio::sync::Mutex::new(Sweeper::default()));
    move || {
        let (state, sweeper) = (Arc::clone(&state), Arc::clone(&sweeper));
        Box::pin(async move {
            match sweeper.lock().await.pass(&state, unix_now()).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "unneeded shards removed"),
                Err(error) => tracing::warn!(%error, "looking for unneeded shards failed"),
            }
        })
    }
}

async fn rebuild_trees(state: Shared, roots: Vec<Root>, stopping: CancellationToken) {
    for root in roots {
        if stopping.is_cancelled() {
            return;
        }
        let store = Arc::clone(&state.store);
        match tokio::task::spawn_blocking(move || store.rebuild_tree(&root)).await {
            Ok(Ok(())) => state.metrics.tree_rebuilds.inc(),
            Ok(Err(error)) => tracing::warn!(%root, %error, "tree not rebuilt"),
            Err(error) => tracing::error!(%root, %error, "tree not rebuilt"),
        }
    }
}
