//! What a customer asks of the operators that keep a file.

use serde::{Deserialize, Serialize};
use trestle_core::units::BPS_ONE;
use trestle_credits::state::{LeaseTerms, SlaStep, DEEPER_STEPS};

use crate::encoding::string;

/// What the leases of a file agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeaseChoice {
    /// Epochs of the term.
    #[serde(with = "string")]
    pub epochs: u64,
    /// Epochs that are settled together.
    pub period_epochs: u32,
    /// Share of good windows below which the customer gets a service credit.
    pub sla_bps: u16,
    /// That service credit, as a share of the price.
    pub credit_bps: u16,
    /// What worse periods give back instead, from the mildest to the severest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deeper_steps: Vec<SlaStepChoice>,
    /// Most that service credits may give back, as a share of the whole price.
    #[serde(default = "whole")]
    pub credit_cap_bps: u16,
    /// Epochs that a customer who leaves early still pays for.
    #[serde(default)]
    pub notice_epochs: u16,
    /// Epochs by which the lease can be renewed at the same rate without asking the operator again.
    #[serde(with = "string", default)]
    pub renewal_epochs: u64,
}

/// A step of the schedule of service credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SlaStepChoice {
    /// Share of good windows below which it applies.
    pub below_bps: u16,
    /// Service credit, as a share of the price.
    pub credit_bps: u16,
}

/// Manifests of earlier versions name no cap.
fn whole() -> u16 {
    BPS_ONE
}

impl From<&LeaseTerms> for LeaseChoice {
    fn from(terms: &LeaseTerms) -> Self {
        let steps = terms.deeper_steps.iter().filter(|step| step.below_bps > 0);
        Self {
            epochs: terms.epochs,
            period_epochs: terms.period_epochs,
            sla_bps: terms.sla_bps,
            credit_bps: terms.credit_bps,
            deeper_steps: steps
                .map(|step| SlaStepChoice {
                    below_bps: step.below_bps,
                    credit_bps: step.credit_bps,
                })
                .collect(),
            credit_cap_bps: terms.credit_cap_bps,
            notice_epochs: terms.notice_epochs,
            renewal_epochs: terms.renewal_epochs,
        }
    }
}

impl LeaseChoice {
    /// Terms of the lease on a shard at this rate.
    pub fn terms(&self, rate_per_epoch: u64) -> LeaseTerms {
        let mut deeper_steps = [SlaStep::default(); DEEPER_STEPS];
        for (step, choice) in deeper_steps.iter_mut().zip(&self.deeper_steps) {
            *step = SlaStep {
                below_bps: choice.below_bps,
                credit_bps: choice.credit_bps,
            };
        }
        LeaseTerms {
            rate_per_epoch,
            epochs: self.epochs,
            period_epochs: self.period_epochs,
            sla_bps: self.sla_bps,
            credit_bps: self.credit_bps,
            deeper_steps,
            credit_cap_bps: self.credit_cap_bps,
            notice_epochs: self.notice_epochs,
            renewal_epochs: self.renewal_epochs,
            renewal_rate: if self.renewal_epochs > 0 {
                rate_per_epoch
            } else {
                0
            },
        }
    }
}
