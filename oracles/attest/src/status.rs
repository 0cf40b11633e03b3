//! What the verifier is doing, for people and tools: `GET /v1/status`.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Shared by the tasks and the server.
#[derive(Clone)]
pub struct Status {
    report: Arc<Mutex<StatusReport>>,
}

/// The answer. Epochs are strings, as all u64 in JSON here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// Key of the verifier, base58.
    pub verifier: String,
    /// Service account, base58.
    pub service: String,
    /// Place in the verifier set; absent for one that is not in it or is leaving.
    pub slot: Option<u32>,
    /// Running epoch by the chain's clock.
    pub epoch: Option<String>,
    /// Whether the running epoch has its seed.
    pub seed_recorded: bool,
    /// Challenges of the running epoch and of the one before, by epoch.
    pub challenges: BTreeMap<u64, ChallengeProgress>,
    /// Newest epoch with a final root.
    pub latest_final: Option<String>,
    /// Newest epoch that this verifier voted for.
    pub latest_vote: Option<String>,
    /// What the voter is waiting for.
    pub waiting_for: String,
    /// Lamports of the fee payer.
    pub fee_lamports: String,
}

/// How far the questions of an epoch are answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChallengeProgress {
    /// Commitments challenged.
    pub commitments: u64,
    /// Challenges in all.
    pub total: u64,
    /// Challenges with an answer that proves something.
    pub found: u64,
    /// Challenges whose attempts are used up without one.
    pub missed: u64,
    /// Whether nothing is left to ask.
    pub settled: bool,
}

impl Status {
    /// For a verifier of a service.
    pub fn new(verifier: String, service: String) -> Self {
        let report = StatusReport {
            verifier,
            service,
            waiting_for: "the chain".into(),
            ..StatusReport::default()
        };
        Self {
            report: Arc::new(Mutex::new(report)),
        }
    }

    /// A copy of the state now.
    pub fn report(&self) -> StatusReport {
        self.report
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the state.
    pub fn update(&self, change: impl FnOnce(&mut StatusReport)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether challenges of an epoch are known to be open still.
    pub fn is_unsettled(&self, epoch: u64) -> bool {
        self.report()
            .challenges
            .get(&epoch)
            .is_some_and(|progress| !progress.settled)
    }

    /// Running epoch, once it is known.
    pub fn current_epoch(&self) -> Option<u64> {
        self.report().epoch.and_then(|epoch| epoch.parse().ok())
    }
}
