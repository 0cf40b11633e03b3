//! Prometheus metrics. A published name is an interface: dashboards and alarms hang on it.

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use thiserror::Error;

/// Why a metric cannot be made or shown.
#[derive(Debug, Error)]
#[error("metric: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

/// The metrics of one service, under its prefix.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
}

impl Metrics {
    /// Metrics named `<prefix>_...`.
    pub fn new(prefix: &str) -> Result<Self, MetricsError> {
        Ok(Self {
            registry: Registry::new_custom(Some(prefix.to_owned()), None)?,
        })
    }

    /// A counter by labels.
    pub fn counter(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntCounterVec, MetricsError> {
        let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.registry.register(Box::new(counter.clone()))?;
        Ok(counter)
    }

    /// A gauge by labels.
    pub fn gauge(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntGaugeVec, MetricsError> {
        let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
        self.registry.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }

    /// A histogram in seconds by labels.
    pub fn histogram(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<HistogramVec, MetricsError> {
        let histogram = HistogramVec::new(HistogramOpts::new(name, help), labels)?;
        self.registry.register(Box::new(histogram.clone()))?;
        Ok(histogram)
    }

    /// The text that Prometheus scrapes.
    pub fn render(&self) -> Result<String, MetricsError> {
        let mut bytes = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_the_prefix_and_exist_once() {
        let metrics = Metrics::new("trestle_example").unwrap();
        let counter = metrics.counter("sent_total", "Sent", &["kind"]).unwrap();
        counter.with_label_values(&["vote"]).inc_by(2);
        let text = metrics.render().unwrap();
        assert!(
            text.contains("trestle_example_sent_total{kind=\"vote\"} 2"),
            "{text}"
        );
        assert!(metrics.counter("sent_total", "Sent", &["kind"]).is_err());
    }
}
