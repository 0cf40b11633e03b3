//! What `/metrics` shows. The README lists every name; a test compares the two.

use prometheus::{
    core::{AtomicU64, GenericGauge},
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
        let counter = |name: &str, help: &str| -> Result<IntCounter, prometheus::Error> {
            let metric = IntCounter::new(name, help)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let labelled = |name: &str, help: &str, labels: &[&str]| {
            let metric = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(metric.clone()))?;
            Ok::<_, prometheus::Error>(metric)
        };
        let gauge = |name: &str, help: &str| -> Result<Gauge, prometheus::Error> {
            let metric = Gauge::new(name, help)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let signed = |name: &str, help: &str| -> Result<IntGauge, prometheus::Error> {
            let metric = IntGauge::new(name, help)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let latency = HistogramOpts::new("trestle_node_request_seconds", "Time to answer")
            .buckets(LATENCY_BUCKETS_SECONDS.to_vec());
        let request_seconds = HistogramVec::new(latency, &["route"])?;
        registry.register(Box::new(request_seconds.clone()))?;
        Ok(Self {
            requests: labelled(
                "trestle_node_requests_total",
                "Requests by route and status",
                &["route", "status"],
            )?,
            request_seconds,
            refusals: labelled(
                "trestle_node_refusals_total",
                "Failed requests by error code",
                &["code"],
            )?,
            challenges: labelled(
                "trestle_node_challenges_total",
                "Challenged leaves by outcome",
                &["outcome"],
            )?,
            chain_lookups: labelled(
                "trestle_node_chain_lookups_total",
                "Accounts asked of the RPC by result",
                &["result"],
            )?,
            uploaded_bytes: counter("trestle_node_uploaded_bytes_total", "Bytes kept")?,
            downloaded_bytes: counter("trestle_node_downloaded_bytes_total", "Bytes sent")?,
            tree_rebuilds: counter("trestle_node_tree_rebuilds_total", "Tree files rebuilt")?,
            shards_swept: counter(
                "trestle_node_shards_swept_total",
                "Shards given back for want of a commitment",
            )?,
            agreements_signed: counter(
                "trestle_node_agreements_signed_total",
                "Transactions signed with customers",
            )?,
            connections_refused: counter(
                "trestle_node_connections_refused_total",
                "Connections refused at the limit",
            )?,
            connections: signed("trestle_node_connections", "Open connections")?,
            shards: gauge("trestle_node_shards", "Shards kept")?,
            used_bytes: gauge("trestle_node_used_bytes", "Bytes kept or reserved")?,
            capacity_bytes: gauge("trestle_node_capacity_bytes", "Bytes offered")?,
            nonces: gauge("trestle_node_nonces", "Nonces in memory")?,
            started_at_seconds: signed(
                "trestle_node_started_at_seconds",
                "Unix seconds of the start",
            )?,
            registry,
        })
    }

    /// Notes an answered request.
    pub fn request(&self, route: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[route, &status.to_string()]).inc();
        self.request_seconds.with_label_values(&[route]).observe(seconds);
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
