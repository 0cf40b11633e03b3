//! Emission that what customers paid for earns, below a schedule.

use crate::{
    math::{divide_floor, MathError},
    price::{tokens_worth, Price},
    units::{Bps, Credits, TokenAmount},
};

/// Steps that a schedule has at most.
pub const SCHEDULE_STEPS_MAX: usize = 8;
/// Epochs over which burns are smoothed before they are emitted again.
pub const SMOOTHING_EPOCHS: u64 = 7;

/// What a schedule grants from an epoch on, until the next step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScheduleStep {
    /// First epoch of the step.
    pub first_epoch: u64,
    /// Token base units an epoch.
    pub tokens_per_epoch: u64,
}

/// How emission follows revenue and burns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmissionRule {
    /// Token base units that an epoch gets whatever was sold.
    pub base: u64,
    /// Share of the revenue whose worth in tokens is emitted.
    pub rho: Bps,
    /// Share of the burnt tokens that is emitted again.
    pub reemit_share: Bps,
    /// Token base units of burnt tokens that an epoch emits again at most.
    pub reemit_cap: u64,
    /// Decimals of the token.
    pub token_decimals: u8,
}

/// What happened since the last allotment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochFacts {
    /// Credits used up by delivered work.
    pub revenue: Credits,
    /// Tokens that customers burnt for credits.
    pub burned: TokenAmount,
    /// What the last [`Emission`] said, 0 before the first.
    pub smoothed_burn: u64,
    /// What [`crate::price::emission_price`] returned. While there is none, pass no revenue and
    /// keep it for a later epoch; the price of no revenue does not matter.
    pub price: Price,
}

/// What an epoch is granted and why, token base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Emission {
    /// Most that base and revenue can grant.
    pub scheduled: u64,
    /// What the revenue earned, before the schedule limits it.
    pub by_revenue: u64,
    /// Burnt tokens that are emitted again.
    pub reemitted: u64,
    /// All that the epoch gets.
    pub granted: u64,
    /// For the [`EpochFacts`] of the next allotment.
    pub smoothed_burn: u64,
}

impl Emission {
    /// The part of what is granted that revenue earned; base gives way to it where the schedule
    /// limits both.
    pub fn earned(&self) -> u64 {
        self.by_revenue.min(self.scheduled)
    }
}

/// Whether a schedule has at most [`SCHEDULE_STEPS_MAX`] steps in ascending order.
pub fn schedule_is_sound(steps: &[ScheduleStep]) -> bool {
    let epochs = || steps.iter().map(|step| step.first_epoch);
    steps.len() <= SCHEDULE_STEPS_MAX && epochs().zip(epochs().skip(1)).all(|(a, b)| a < b)
}

/// Whether buying one's own service loses under these parameters, also for somebody who runs every
/// operator.
///
/// A sale of X returns at most X less the protocol fee in stablecoin, and causes emission worth at
/// most `rho * X`. Where it was paid by burning, `reemit_share * X` more is emitted again. Together
/// that must stay below the fee. A market's fee can change after a pool was opened, so that both
/// the change of a rule and each allotment have to ask.
pub fn rule_is_sound(rho: Bps, reemit_share: Bps, protocol_fee: Bps) -> bool {
    u32::from(rho.get()).saturating_add(u32::from(reemit_share.get()))
        < u32::from(protocol_fee.get())
}

/// Tokens that an epoch is granted: `min(scheduled, base + rho * revenue / price)`, and a capped
/// share of what was burnt, smoothed over [`SMOOTHING_EPOCHS`].
///
/// - `steps` are those in use, ascending; before the first nothing is scheduled.
/// - All re-emission together never exceeds `reemit_share` of all that was burnt.
/// - Burning earns nothing else, and each term is rounded down.
pub fn epoch_emission(
    steps: &[ScheduleStep],
    rule: &EmissionRule,
    epoch: u64,
    facts: &EpochFacts,
) -> Result<Emission, MathError> {
    let scheduled = steps
        .iter()
        .rfind(|step| step.first_epoch <= epoch)
        .map_or(0, |step| step.tokens_per_epoch);
    let by_revenue = revenue_tokens(rule, facts)?;
    let smoothed_burn = smooth(facts.smoothed_burn, facts.burned)?;
    let reemitted = rule
        .reemit_share
        .apply_floor(smoothed_burn)
        .min(rule.reemit_cap);
    // The schedule is far below the largest number, which is all that saturating changes.
    let granted = scheduled
        .min(rule.base.saturating_add(by_revenue))
        .checked_add(reemitted)
        .ok_or(MathError::Overflow)?;
    Ok(Emission {
        scheduled,
        by_revenue,
        reemitted,
        granted,
        smoothed_burn,
    })
}

fn revenue_tokens(rule: &EmissionRule, facts: &EpochFacts) -> Result<u64, MathError> {
    let earning = Credits(rule.rho.apply_floor(facts.revenue.0));
    if earning == Credits::ZERO {
        return Ok(0);
    }
    tokens_worth(earning, facts.price, rule.token_decimals).map(|tokens| tokens.0)
}

/// Six sevenths of what was and a seventh of what is new. What it returns over any sequence adds
/// up to at most what was burnt.
fn smooth(before: u64, burned: TokenAmount) -> Result<u64, MathError> {
    let sum = u128::from(before)
        .checked_mul(u128::from(SMOOTHING_EPOCHS.saturating_sub(1)))
        .and_then(|kept| kept.checked_add(u128::from(burned.0)))
        .ok_or(MathError::Overflow)?;
    divide_floor(sum, u128::from(SMOOTHING_EPOCHS))
}
