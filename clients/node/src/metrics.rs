//! What `/metrics` shows. The README lists every name; a test compares the two.

use prometheus::{
    core::{AtomicU64, Collector, GenericGauge},
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

/// Upper bounds of the request latencies in seconds: from a health check to a large upload.
const LATENCY_BUCKETS_SECONDS: [f64; 10] =
    [0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0];

type Gauge = GenericGauge<AtomicU64>;

/// Every metric of a node.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    refusals: IntCounterVec,
    challenges: IntCounterVec,
    chain_lookups: IntCounterVec,
    /// Bytes of shards received and kept.
    pub uploaded_bytes: IntCounter,
    /// Bytes of shards sent.
    pub downloaded_bytes: IntCounter,
    /// Tree files that were missing or corrupt and were built again.
    pub tree_rebuilds: IntCounter,
    /// Shards given back because nothing on the chain speaks of them.
    pub shards_swept: IntCounter,
    /// Agreements signed with customers.
    pub agreements_signed: IntCounter,
    /// Connections refused because too many were open.
    pub connections_refused: IntCounter,
    /// Open connections.
    pub connections: IntGauge,
    /// Shards kept.
    pub shards: Gauge,
    /// Bytes kept or reserved.
    pub used_bytes: Gauge,
    /// Bytes offered.
    pub capacity_bytes: Gauge,
    /// Nonces in memory.
    pub nonces: Gauge,
    /// Unix seconds of the start.
    pub started_at_seconds: IntGauge,
}

impl Metrics {
    /// All metrics at zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let all = &registry;
        let latency = HistogramOpts::new("trestle_node_request_seconds", "Time to answer")
            .buckets(LATENCY_BUCKETS_SECONDS.to_vec());
        Ok(Self {
            requests: labelled(
                all,
                "requests_total",
                "Requests answered",
                &["route", "status"],
            )?,
            request_seconds: keep(all, HistogramVec::new(latency, &["route"]))?,
            refusals: labelled(all, "refusals_total", "Failed requests", &["code"])?,
            challenges: labelled(all, "challenges_total", "Challenged leaves", &["outcome"])?,
            chain_lookups: labelled(all, "chain_lookups_total", "Accounts asked", &["result"])?,
            uploaded_bytes: counter(all, "uploaded_bytes_total", "Bytes kept")?,
            downloaded_bytes: counter(all, "downloaded_bytes_total", "Bytes sent")?,
            tree_rebuilds: counter(all, "tree_rebuilds_total", "Tree files rebuilt")?,
            shards_swept: counter(all, "shards_swept_total", "Shards given back")?,
            agreements_signed: counter(all, "agreements_signed_total", "Agreements signed")?,
            connections_refused: counter(all, "connections_refused_total", "At the limit")?,
            connections: signed(all, "connections", "Open connections")?,
            shards: gauge(all, "shards", "Shards kept")?,
            used_bytes: gauge(all, "used_bytes", "Bytes kept or reserved")?,
            capacity_bytes: gauge(all, "capacity_bytes", "Bytes offered")?,
            nonces: gauge(all, "nonces", "Nonces in memory")?,
            started_at_seconds: signed(all, "started_at_seconds", "Unix seconds of the start")?,
            registry,
        })
    }

    /// Notes an answered request.
    pub fn request(&self, route: &str, status: u16, seconds: f64) {
        self.requests
            .with_label_values(&[route, &status.to_string()])
            .inc();
        self.request_seconds
            .with_label_values(&[route])
            .observe(seconds);
    }

    /// Notes a failed request.
    pub fn refusal(&self, code: &str) {
        self.refusals.with_label_values(&[code]).inc();
    }

    /// Notes answered challenges.
    pub fn challenges(&self, outcome: &str, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.challenges.with_label_values(&[outcome]).inc_by(count);
    }

    /// Notes a question to the RPC.
    pub fn chain_lookup(&self, answered: bool) {
        let result = if answered { "answered" } else { "failed" };
        self.chain_lookups.with_label_values(&[result]).inc();
    }

    /// Prometheus text.
    pub fn render(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Beginning of every name.
const PREFIX: &str = "trestle_node_";

fn keep<M: Collector + Clone + 'static>(
    registry: &Registry,
    metric: Result<M, prometheus::Error>,
) -> Result<M, prometheus::Error> {
    let metric = metric?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

fn counter(all: &Registry, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
    keep(all, IntCounter::new(format!("{PREFIX}{name}"), help))
}

fn labelled(
    all: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    keep(
        all,
        IntCounterVec::new(Opts::new(format!("{PREFIX}{name}"), help), labels),
    )
}

fn gauge(all: &Registry, name: &str, help: &str) -> Result<Gauge, prometheus::Error> {
    keep(all, Gauge::new(format!("{PREFIX}{name}"), help))
}

fn signed(all: &Registry, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
    keep(all, IntGauge::new(format!("{PREFIX}{name}"), help))
}
