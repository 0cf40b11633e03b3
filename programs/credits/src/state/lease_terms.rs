//! What customer and operator agree on when they open a lease.

use {
    crate::{
        constants::{LEASE_EPOCHS_MAX, LEASE_NOTICE_EPOCHS_MAX, LEASE_PERIOD_EPOCHS_MAX},
        error::CreditsError,
    },
    anchor_lang::prelude::*,
    bytemuck::{Pod, Zeroable},
    trestle_core::{
        lease,
        units::{Bps, Credits, BPS_ONE},
    },
};

/// Steps of the schedule of service credits after the first one.
pub const DEEPER_STEPS: usize = lease::SLA_STEPS_MAX - 1;

/// A step of the schedule of service credits. Zero if it is not used.
#[repr(C)]
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Pod,
    Zeroable,
    AnchorSerialize,
    AnchorDeserialize,
    IdlType,
)]
pub struct SlaStep {
    /// Share of good windows below which the step applies.
    pub below_bps: u16,
    /// Share of what the period would have cost that the customer gets back besides.
    pub credit_bps: u16,
}

/// What customer and operator agree on by signing together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct LeaseTerms {
    /// Credits an epoch, above zero.
    pub rate_per_epoch: u64,
    /// Epochs of the term, from the next epoch on: 1 to 3,650.
    pub epochs: u64,
    /// Epochs that are settled together: 1 to 32.
    pub period_epochs: u32,
    /// Share of good windows that is promised: below it a period earns a service credit.
    pub sla_bps: u16,
    /// Share of what a bad period would have cost that the customer gets back besides.
    pub credit_bps: u16,
    /// What worse periods give back instead, from the mildest to the severest.
    pub deeper_steps: [SlaStep; DEEPER_STEPS],
    /// Most that service credits may give back over the lease, as a share of its whole price.
    pub credit_cap_bps: u16,
    /// Epochs that a customer who leaves early still pays for after the running one: 0 to 90.
    pub notice_epochs: u16,
    /// Epochs by which the customer may extend the lease without asking the operator again.
    pub renewal_epochs: u64,
    /// Credits that each of those epochs costs; zero if there are none.
    pub renewal_rate: u64,
}

impl LeaseTerms {
    pub fn validate(&self) -> Result<()> {
        require!(self.rate_per_epoch > 0, CreditsError::BadRate);
        require!(
            (1..=LEASE_EPOCHS_MAX).contains(&self.epochs),
            CreditsError::BadTerm
        );
        require!(
            (1..=LEASE_PERIOD_EPOCHS_MAX).contains(&self.period_epochs),
            CreditsError::BadPeriod
        );
        require!(self.sla_bps <= BPS_ONE, CreditsError::BadServiceLevel);
        require!(self.credit_bps <= BPS_ONE, CreditsError::BadServiceCredit);
        let steps = schedule(self.sla_bps, self.credit_bps, &self.deeper_steps);
        require!(
            steps.is_some_and(|steps| lease::is_schedule(&steps)),
            CreditsError::BadSchedule
        );
        require!(self.credit_cap_bps <= BPS_ONE, CreditsError::BadCreditCap);
        require!(
            self.notice_epochs <= LEASE_NOTICE_EPOCHS_MAX,
            CreditsError::BadLeaseNotice
        );
        let has_option = self.renewal_epochs > 0;
        require!(
            self.renewal_epochs <= LEASE_EPOCHS_MAX && has_option == (self.renewal_rate > 0),
            CreditsError::BadRenewal
        );
        Ok(())
    }

    /// What the whole term costs.
    pub fn price(&self) -> Result<Credits> {
        price(self.rate_per_epoch, self.epochs).map(Credits)
    }
}

/// What this many epochs cost.
pub fn price(rate: u64, epochs: u64) -> Result<u64> {
    rate.checked_mul(epochs)
        .ok_or_else(|| CreditsError::MathOverflow.into())
}

/// What a settlement depends on, of an account that was opened with `deposited` credits and has
/// given `credited` of them as service credits.
pub fn kernel_terms(
    steps: Option<[lease::SlaStep; lease::SLA_STEPS_MAX]>,
    credit_cap_bps: u16,
    deposited: u64,
    credited: u64,
) -> Result<lease::LeaseTerms> {
    let cap = Bps::new(credit_cap_bps).ok_or(CreditsError::InvariantViolated)?;
    Ok(lease::LeaseTerms {
        steps: steps.ok_or(CreditsError::InvariantViolated)?,
        credit_left: cap.apply_floor(deposited).saturating_sub(credited),
    })
}

/// The schedule of service credits as the kernel reads it; `None` if a share is above the whole.
pub fn schedule(
    sla_bps: u16,
    credit_bps: u16,
    deeper: &[SlaStep; DEEPER_STEPS],
) -> Option<[lease::SlaStep; lease::SLA_STEPS_MAX]> {
    let first = SlaStep {
        below_bps: sla_bps,
        credit_bps,
    };
    let mut steps = [lease::SlaStep::default(); lease::SLA_STEPS_MAX];
    for (to, from) in steps.iter_mut().zip([&first].into_iter().chain(deeper)) {
        to.below = Bps::new(from.below_bps)?;
        to.credit = Bps::new(from.credit_bps)?;
    }
    Some(steps)
}
