//! What a customer asks for, of a lease and of a lease group.

use clap::Args;
use trestle_sdk::{
    instruction::credits::DEEPER_STEPS,
    store::{LeaseChoice, SlaStepChoice},
};

use crate::error::CliError;

/// Share of good windows, in basis points, below which a lease refunds more than was not served.
const DEFAULT_SLA_BPS: u16 = 9_500;
/// That refund in basis points of the price.
const DEFAULT_CREDIT_BPS: u16 = 1_000;

#[derive(Debug, Args)]
pub struct LeaseTermsArgs {
    /// Epochs that operators serve and are paid for
    #[arg(long, value_name = "COUNT", default_value_t = 30)]
    pub epochs: u64,
    /// Epochs that are settled together
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub period_epochs: u32,
    /// Share of good windows below which operators give a service credit, in basis points
    #[arg(long, value_name = "BPS", default_value_t = DEFAULT_SLA_BPS)]
    pub sla_bps: u16,
    /// That service credit, in basis points of the price
    #[arg(long, value_name = "BPS", default_value_t = DEFAULT_CREDIT_BPS)]
    pub credit_bps: u16,
    /// What worse availability gives back instead, as BELOW:CREDIT in basis points; up to three,
    /// from the mildest to the severest
    #[arg(long = "sla-step", value_name = "BELOW:CREDIT", value_parser = sla_step)]
    pub sla_steps: Vec<SlaStepChoice>,
    /// Most that service credits may give back, in basis points of the whole price
    #[arg(long, value_name = "BPS", default_value_t = 10_000)]
    pub credit_cap_bps: u16,
    /// Epochs that you still pay for when you leave early
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub notice_epochs: u16,
}

impl LeaseTermsArgs {
    /// The choice, with so many epochs of renewal without asking the operator again.
    pub fn choice(&self, renewal_epochs: u64) -> Result<LeaseChoice, CliError> {
        if self.sla_steps.len() > DEEPER_STEPS {
            let message = format!("at most {DEEPER_STEPS} steps can follow the first");
            return Err(CliError::usage(message).hint("leave some --sla-step out"));
        }
        Ok(LeaseChoice {
            epochs: self.epochs,
            period_epochs: self.period_epochs,
            sla_bps: self.sla_bps,
            credit_bps: self.credit_bps,
            deeper_steps: self.sla_steps.clone(),
            credit_cap_bps: self.credit_cap_bps,
            notice_epochs: self.notice_epochs,
            renewal_epochs,
        })
    }
}

/// A step such as `9000:2500`.
fn sla_step(text: &str) -> Result<SlaStepChoice, String> {
    let parse = |part: &str| part.parse::<u16>().ok();
    text.split_once(':')
        .and_then(|(below, credit)| {
            Some(SlaStepChoice {
                below_bps: parse(below)?,
                credit_bps: parse(credit)?,
            })
        })
        .ok_or_else(|| "expected two numbers of basis points, such as 9000:2500".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_service_credits_is_two_numbers() {
        let step = sla_step("9000:2500").unwrap();
        assert_eq!((step.below_bps, step.credit_bps), (9_000, 2_500));
        for text in ["", "9000", "9000:", "9000:2500:1", "90 %:25", "9000:65536"] {
            assert!(sla_step(text).is_err(), "{text}");
        }
    }
}
