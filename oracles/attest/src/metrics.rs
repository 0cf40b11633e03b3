//! Metrics of the service. The README lists them; dashboards hang on their names.

use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec};
use trestle_kit::metrics::{Metrics, MetricsError};

/// Handles shared by all tasks.
#[derive(Clone)]
pub struct AttestMetrics {
    /// Transactions by kind and outcome.
    pub actions: IntCounterVec,
    /// Requests to nodes by result.
    pub exchanges: IntCounterVec,
    /// Seconds that nodes took to answer, by result.
    pub exchange_seconds: HistogramVec,
    /// Challenges of the newest epoch by state.
    pub challenges: IntGaugeVec,
    /// Epochs by stage: current, scored, voted, final.
    pub epochs: IntGaugeVec,
    /// Decisions about proposals by verdict.
    pub decisions: IntCounterVec,
    /// Transient failures by task.
    pub trouble: IntCounterVec,
    /// Lamports of the fee payer.
    pub fee_lamports: IntGaugeVec,
}

impl AttestMetrics {
    /// Registers every metric.
    pub fn new(metrics: &Metrics) -> Result<Self, MetricsError> {
        Ok(Self {
            actions: metrics.counter(
                "actions_total",
                "Transactions by kind and outcome",
                &["kind", "outcome"],
            )?,
            exchanges: metrics.counter(
                "exchanges_total",
                "Requests to nodes by result",
                &["result"],
            )?,
            exchange_seconds: metrics.histogram(
                "exchange_seconds",
                "Seconds that nodes took to answer",
                &["result"],
            )?,
            challenges: metrics.gauge(
                "challenges",
                "Challenges of the newest epoch by state",
                &["state"],
            )?,
            epochs: metrics.gauge("epoch", "Newest epoch by stage", &["stage"])?,
            decisions: metrics.counter(
                "decisions_total",
                "Reviews of proposals by verdict",
                &["verdict"],
            )?,
            trouble: metrics.counter("trouble_total", "Transient failures by task", &["task"])?,
            fee_lamports: metrics.gauge("fee_lamports", "Lamports of the fee payer", &["key"])?,
        })
    }

    /// Sets an epoch gauge.
    pub fn set_epoch(&self, stage: &str, epoch: u64) {
        self.epochs
            .with_label_values(&[stage])
            .set(epoch.cast_signed());
    }
}
