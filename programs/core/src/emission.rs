//! How many tokens an epoch is allotted, and what else customers' money turns into: released
//! stablecoin, held rewards. Each service has a pool of its own, so that its own revenue earns its
//! emission, and the authority weighs services by the base that it gives each pool.

mod held;
mod release;
mod rule;

pub use {
    held::{held_bps, HELD_MONTHS},
    release::stable_release,
    rule::{
        epoch_emission, rule_is_sound, schedule_is_sound, Emission, EmissionRule, EpochFacts,
        ScheduleStep, SCHEDULE_STEPS_MAX, SMOOTHING_EPOCHS,
    },
};

use crate::math::MathError;

/// Fixed emission of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Token base units an epoch.
    pub tokens_per_epoch: u64,
    /// First epoch that gets any.
    pub first_epoch: u64,
}

/// Where the tokens of a pool come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funding {
    /// Somebody deposits them; an allotment never exceeds what is there and not promised yet.
    Fund {
        /// Tokens in the vault, base units.
        vault_balance: u64,
        /// Tokens ever paid from the vault, base units.
        paid_total: u64,
        /// Tokens ever allotted, base units.
        allotted_total: u64,
    },
    /// The pool mints what the schedule grants.
    Mint,
}

impl Schedule {
    /// What the schedule grants to an epoch.
    pub const fn tokens_for(&self, epoch: u64) -> u64 {
        if epoch < self.first_epoch {
            0
        } else {
            self.tokens_per_epoch
        }
    }
}

/// Tokens that an epoch is allotted: what the schedule grants, as far as the funding carries.
/// An error if more was paid than allotted, which no sound pool shows.
pub fn epoch_allotment(
    schedule: &Schedule,
    epoch: u64,
    funding: &Funding,
) -> Result<u64, MathError> {
    let granted = schedule.tokens_for(epoch);
    match *funding {
        Funding::Mint => Ok(granted),
        Funding::Fund {
            vault_balance,
            paid_total,
            allotted_total,
        } => {
            let owed = allotted_total
                .checked_sub(paid_total)
                .ok_or(MathError::Overflow)?;
            Ok(granted.min(vault_balance.saturating_sub(owed)))
        }
    }
}
