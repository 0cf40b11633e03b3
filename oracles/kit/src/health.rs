//! Health by freshness: a part is healthy while it has reported success recently. A loop that hangs
//! turns unhealthy by itself.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shared by all tasks of a service.
#[derive(Clone, Default)]
pub struct Health {
    parts: Arc<Mutex<BTreeMap<&'static str, Part>>>,
}

struct Part {
    /// How old the last success may become.
    age_max: Duration,
    since: Instant,
    trouble: Option<String>,
}

/// What `/health` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthReport {
    /// Whether every part is well.
    pub healthy: bool,
    /// By name.
    pub parts: BTreeMap<&'static str, PartReport>,
}

/// State of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartReport {
    /// Fresh and without trouble.
    pub healthy: bool,
    /// Seconds since the last success.
    pub age_seconds: u64,
    /// The last error since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

impl Health {
    /// Expects a success of `part` at least every `age_max`, the first within that time from now.
    pub fn expect(&self, part: &'static str, age_max: Duration) {
        self.with(|parts| {
            parts.insert(
                part,
                Part {
                    age_max,
                    since: Instant::now(),
                    trouble: None,
                },
            );
        });
    }

    /// Reports a success.
    pub fn succeeded(&self, part: &'static str) {
        self.with(|parts| {
            if let Some(part) = parts.get_mut(part) {
                part.since = Instant::now();
                part.trouble = None;
            }
        });
    }

    /// Reports trouble. The part stays healthy until its last success is too old.
    pub fn troubled(&self, part: &'static str, trouble: &dyn std::fmt::Display) {
        self.with(|parts| {
            if let Some(part) = parts.get_mut(part) {
                part.trouble = Some(trouble.to_string());
            }
        });
    }

    /// The state now.
    pub fn report(&self) -> HealthReport {
        self.with(|parts| {
            let parts: BTreeMap<_, _> = parts
                .iter()
                .map(|(name, part)| (*name, part.report()))
                .collect();
            HealthReport {
                healthy: parts.values().all(|part| part.healthy),
                parts,
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<&'static str, Part>) -> T) -> T {
        // Every change is a single insert or assignment, so a poisoned map is still whole.
        work(&mut self.parts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Part {
    fn report(&self) -> PartReport {
        let age = self.since.elapsed();
        PartReport {
            healthy: age <= self.age_max,
            age_seconds: age.as_secs(),
            trouble: self.trouble.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_part_turns_unhealthy_by_itself() {
        let health = Health::default();
        health.expect("chain", Duration::from_secs(60));
        health.troubled("chain", &"timeout");
        let report = health.report();
        assert!(report.healthy);
        assert_eq!(report.parts["chain"].trouble.as_deref(), Some("timeout"));
        health.expect("chain", Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        assert!(!health.report().healthy);
        health.expect("chain", Duration::from_secs(60));
        health.succeeded("chain");
        assert_eq!(health.report().parts["chain"].trouble, None);
    }
}
