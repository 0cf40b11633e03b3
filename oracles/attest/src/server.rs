//! The wiring: what exists, what depends on what, what runs.

use crate::chain::{rpc_client, ActionSender, ChainReader, RpcStatus};
use crate::challenge::{Challenger, EndpointPolicy, NodeAsker, CHALLENGER};
use crate::crank::{Cranker, Seeder, CRANKER, SEEDER, SEEDER_BEAT};
use crate::error::ServeError;
use crate::key::read_key;
use crate::metrics::AttestMetrics;
use crate::peers::Peers;
use crate::publish::server::{public_router, PublicState};
use crate::publish::Publisher;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::status::Status;
use crate::store::open_stores;
use crate::vote::{Drafter, RootBook, Voter, VOTER};
use crate::watch::{Watcher, WATCHER};
use solana_signer::Signer;
use std::sync::Arc;
use std::time::Duration;
use trestle_kit::health::Health;
use trestle_kit::http::{monitor_router, HttpLimits, HttpServer};
use trestle_kit::metrics::Metrics;
use trestle_kit::supervisor::{Periodic, Supervisor};

/// A task that has not succeeded for this many of its intervals is unhealthy ...
const UNHEALTHY_INTERVALS: u32 = 20;
/// ... but never before this long: silent nodes and heavy epochs take their time.
const UNHEALTHY_MIN: Duration = Duration::from_secs(300);

/// Runs the service until it is told to stop.
pub async fn serve(settings: Settings) -> Result<(), ServeError> {
    let keypair = Arc::new(read_key(&settings.keypair_path)?);
    let service = settings.chain.service;
    std::fs::create_dir_all(&settings.data_dir)?;
    let (journal, store) = open_stores(&settings.data_dir)?;
    let publisher = Publisher::new(&settings.data_dir, service.as_array());

    let metrics = Metrics::new("trestle_attest")?;
    let (views, view) = tokio::sync::watch::channel(None);
    let shared = Shared {
        view,
        store,
        limits: settings.limits.clone(),
        status: Status::new(keypair.pubkey().to_string(), service.to_string()),
        metrics: AttestMetrics::new(&metrics)?,
        health: Health::default(),
    };
    let (public, monitor) = servers(&settings, &shared, &publisher, metrics)?;

    let rpc = rpc_client(&settings.chain.rpc_url);
    let interval = settings.chain.registry_interval;
    let reader = ChainReader::connect(rpc.clone(), service, keypair.pubkey(), interval).await?;
    let sender = Arc::new(ActionSender {
        rpc: rpc.clone(),
        keypair: keypair.clone(),
        journal,
        status: Arc::new(RpcStatus::new(rpc.clone())),
        metrics: shared.metrics.clone(),
        refusals: Default::default(),
        awaited: Default::default(),
    });
    let watcher = Watcher {
        shared: shared.clone(),
        reader,
        sender: sender.clone(),
        publisher: publisher.clone(),
        views,
        noted: None,
        pruned: None,
    };
    let (book, drafter) = scoring(&settings, &shared, publisher)?;
    let policy = EndpointPolicy::from_private(settings.challenge.private_endpoints);
    let asker = NodeAsker::new(keypair, policy)?;
    let challenger = Challenger::new(shared.clone(), asker, settings.challenge);
    let seeder = Seeder::new(shared.clone(), sender.clone(), settings.crank.clone());
    let cranker = Cranker::new(
        shared.clone(),
        rpc,
        sender.clone(),
        book.clone(),
        settings.crank,
    );
    let voter = Voter::new(shared.clone(), sender, book, drafter, settings.vote);

    let beat = settings.chain.poll_interval;
    let age_max = beat.saturating_mul(UNHEALTHY_INTERVALS).max(UNHEALTHY_MIN);
    for task in [WATCHER, CHALLENGER, SEEDER, CRANKER, VOTER] {
        shared.health.expect(task, age_max);
    }
    let supervisor = Supervisor::new()
        .with(monitor)
        .with(public)
        .with(Periodic::new(WATCHER, beat, watcher))
        .with(Periodic::new(CHALLENGER, beat, challenger))
        .with(Periodic::new(SEEDER, SEEDER_BEAT, seeder))
        .with(Periodic::new(CRANKER, beat, cranker))
        .with(Periodic::new(VOTER, beat, voter));
    Ok(supervisor.run().await?)
}

fn servers(
    settings: &Settings,
    shared: &Shared,
    publisher: &Publisher,
    metrics: Metrics,
) -> Result<(HttpServer, HttpServer), ServeError> {
    let state = PublicState {
        service: settings.chain.service.to_string(),
        publisher: publisher.clone(),
        store: shared.store.clone(),
        status: shared.status.clone(),
    };
    let public = HttpServer::bind(
        "public",
        settings.http.listen,
        public_router(state),
        HttpLimits::default(),
    )?;
    let router = monitor_router(metrics, shared.health.clone());
    let monitor = HttpServer::bind(
        "monitor",
        settings.monitor.listen,
        router,
        HttpLimits::default(),
    )?;
    tracing::info!(public = %public.address()?, monitor = %monitor.address()?, "listening");
    Ok((public, monitor))
}

fn scoring(
    settings: &Settings,
    shared: &Shared,
    publisher: Publisher,
) -> Result<(Arc<RootBook>, Arc<Drafter>), ServeError> {
    let service = settings.chain.service.to_string();
    let bytes_max = settings.limits.peer_file_bytes_max;
    let peers = Arc::new(Peers::new(settings.peers.clone(), service, bytes_max)?);
    let store = shared.store.clone();
    let book = Arc::new(RootBook::new(store.clone(), peers.clone(), publisher));
    let drafter = Drafter {
        store,
        peers,
        book: book.clone(),
    };
    Ok((book, Arc::new(drafter)))
}
