//! What every task of the service holds.

use crate::chain::ViewReceiver;
use crate::metrics::AttestMetrics;
use crate::settings::LimitSettings;
use crate::status::Status;
use crate::store::EvidenceStore;
use std::sync::Arc;
use trestle_kit::health::Health;

/// Cheap to clone: all of it is shared.
#[derive(Clone)]
pub struct Shared {
    /// The chain.
    pub view: ViewReceiver,
    /// Where everything is kept.
    pub store: Arc<dyn EvidenceStore>,
    /// `[limits]`.
    pub limits: LimitSettings,
    /// For people.
    pub status: Status,
    /// For machines.
    pub metrics: AttestMetrics,
    /// For supervisors.
    pub health: Health,
}

impl Shared {
    /// Notes trouble of a task that the next tick may be over with.
    pub fn trouble(&self, task: &'static str, reason: &dyn std::fmt::Display) {
        tracing::warn!(task, %reason, "trouble");
        self.metrics.trouble.with_label_values(&[task]).inc();
        self.health.troubled(task, reason);
    }
}
