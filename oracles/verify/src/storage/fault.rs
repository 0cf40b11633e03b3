//! What the epoch showed of each operator, and the published schedule of penalties:
//!
//! - any proven loss: `lost_slash_bps` of the stake, once an epoch, however much was lost;
//! - misses only: the first epoch is free, each further one before a clean epoch costs
//!   `miss_slash_bps` of the stake;
//! - misses that the zone shares are nobody's fault: the 75th percentile (nearest rank) of the miss
//!   rates of a zone with at least four challenged operators is subtracted before a miss counts;
//! - misses in maintenance that was declared ahead are nobody's fault either: they cost their pay,
//!   and neither add to the run of epochs with misses nor end it. They say nothing of the zone. A
//!   proven loss is one at any time.
//!
//! The stake is the operator's own, active and unbonding. What has finished unbonding can be gone
//! at any moment, and counts for nothing: a share of it would be taken from those who delegated.
//! Pay asks more: the active stake alone must reach the least, so that whoever starts to take its
//! stake out works for nothing from then on, and answers for its faults until the stake is free.
//!
//! The programs take a slash from it first and from what others
//! have delegated after that, so delegators answer for what the operator's own stake cannot pay.
//! Were both the base, all of it would still come out of the operator's own part: whoever others
//! trust most would lose several times the published share for the same fault.

use crate::error::VerifyError;
use crate::storage::check::{window_of, CheckedEvidence};
use crate::storage::inputs::{
    CommitmentInput, MaintenanceInput, OperatorInput, OperatorState, ServiceParams,
};
use crate::text::{amount, key};
use serde::Serialize;
use std::collections::BTreeMap;
use trestle_core::evidence::Outcome;
use trestle_core::math::mul_div_floor;
use trestle_core::units::{Bps, Kib, BPS_ONE};

/// Challenged operators that a zone needs before a shared fault can be told from single ones.
pub const ZONE_OPERATORS_MIN: usize = 4;

/// Every term from which an operator's new counters follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorTerms {
    /// Operator account.
    #[serde(with = "key")]
    pub operator: [u8; 32],
    /// Zone of the operator.
    pub zone: u32,
    /// Own stake that a slash goes by: active and unbonding.
    #[serde(with = "amount")]
    pub stake: u64,
    /// The active part of it.
    #[serde(with = "amount")]
    pub active_stake: u64,
    /// Active stake below which nothing is earned.
    #[serde(with = "amount")]
    pub min_stake: u64,
    /// The window of maintenance that the epoch lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<MaintenanceInput>,
    /// Windows without a fault.
    pub windows_ok: u32,
    /// Commitments challenged.
    pub windows_total: u32,
    /// Challenges asked.
    #[serde(with = "amount")]
    pub challenges: u64,
    /// Challenges without a valid answer in time.
    #[serde(with = "amount")]
    pub missed: u64,
    /// Challenges with proven loss.
    #[serde(with = "amount")]
    pub lost: u64,
    /// KiB of the commitments without a fault.
    #[serde(with = "amount")]
    pub units: u64,
    /// What the operator is paid by: its units, or zero while the active stake is too small.
    #[serde(with = "amount")]
    pub weight: u64,
    /// Sum of all weights.
    #[serde(with = "amount")]
    pub weight_total: u64,
    /// Part of the allotted tokens.
    #[serde(with = "amount")]
    pub tokens: u64,
    /// Part of the allotted stablecoin.
    #[serde(with = "amount")]
    pub stable: u64,
    /// Missed part of the challenges in basis points, rounded down.
    pub miss_rate_bps: u64,
    /// What the zone missed together.
    pub zone_rate_bps: u64,
    /// Epochs with misses since the last clean one, before this epoch.
    pub miss_streak_before: u32,
    /// The same after this epoch.
    pub miss_streak_after: u32,
    /// Which line of the schedule applied.
    pub verdict: Verdict,
    /// Stake slashed by it.
    #[serde(with = "amount")]
    pub slashed: u64,
}

/// Line of the schedule that applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing was asked.
    Idle,
    /// Every challenge answered.
    Clean,
    /// Missed no more than the zone did.
    Excused,
    /// Missed in maintenance that was declared ahead.
    Maintenance,
    /// First epoch with misses: pay withheld, no slash.
    FirstMiss,
    /// Misses in a row: slashed.
    RepeatedMiss,
    /// Proven loss: slashed.
    Lost,
}

/// Counts what the evidence says of each operator. Pay and penalties are not filled in yet.
pub(crate) fn tally(
    checked: &CheckedEvidence<'_>,
) -> Result<BTreeMap<[u8; 32], OperatorTerms>, VerifyError> {
    let inputs = checked.inputs();
    let count = inputs.challenges_per_commitment()? as usize;
    let mut terms: BTreeMap<[u8; 32], OperatorTerms> = inputs
        .operators
        .iter()
        .map(|one| (one.address, OperatorTerms::new(one)))
        .collect();
    for (slot, commitment) in inputs.commitments.iter().enumerate() {
        let window = window_of(checked.records(), slot, count);
        let counted = |outcome| {
            window
                .iter()
                .filter(|record| record.finding.outcome() == outcome)
                .count() as u64
        };
        let (missed, lost) = (counted(Outcome::Missed), counted(Outcome::Lost));
        terms
            .get_mut(&commitment.operator)
            .ok_or(VerifyError::UnknownOperator(commitment.operator))?
            .add_window(commitment, window.len() as u64, missed, lost)?;
    }
    Ok(terms)
}

/// Applies the schedule to every operator.
pub(crate) fn judge(
    params: &ServiceParams,
    previous: &BTreeMap<[u8; 32], OperatorState>,
    terms: &mut BTreeMap<[u8; 32], OperatorTerms>,
) -> Result<(), VerifyError> {
    let zones = zone_rates(terms.values());
    for (operator, one) in terms.iter_mut() {
        one.zone_rate_bps = zones.get(&one.zone).copied().unwrap_or(0);
        one.miss_streak_before = previous.get(operator).map_or(0, |state| state.miss_streak);
        one.judge(params)?;
    }
    Ok(())
}

/// 75th percentile of the miss rates, for zones with enough challenged operators.
fn zone_rates<'a>(terms: impl Iterator<Item = &'a OperatorTerms>) -> BTreeMap<u32, u64> {
    let mut rates: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    let counts = |one: &&OperatorTerms| one.challenges > 0 && one.maintenance.is_none();
    for one in terms.filter(counts) {
        rates.entry(one.zone).or_default().push(one.miss_rate_bps);
    }
    rates.retain(|_, zone| zone.len() >= ZONE_OPERATORS_MIN);
    rates
        .into_iter()
        .map(|(zone, rates)| (zone, percentile_75(rates)))
        .collect()
}

/// Nearest rank: the smallest value with at least three quarters of all at or below it.
fn percentile_75(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    let rank = values.len().saturating_mul(3).div_ceil(4);
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

impl OperatorTerms {
    fn new(operator: &OperatorInput) -> Self {
        Self {
            operator: operator.address,
            zone: operator.zone,
            stake: operator.stake,
            active_stake: operator.active_stake,
            min_stake: operator.min_stake,
            maintenance: operator.maintenance,
            windows_ok: 0,
            windows_total: 0,
            challenges: 0,
            missed: 0,
            lost: 0,
            units: 0,
            weight: 0,
            weight_total: 0,
            tokens: 0,
            stable: 0,
            miss_rate_bps: 0,
            zone_rate_bps: 0,
            miss_streak_before: 0,
            miss_streak_after: 0,
            verdict: Verdict::Idle,
            slashed: 0,
        }
    }

    fn add_window(
        &mut self,
        commitment: &CommitmentInput,
        challenges: u64,
        missed: u64,
        lost: u64,
    ) -> Result<(), VerifyError> {
        let add = |left: u64, right: u64, name| {
            left.checked_add(right).ok_or(VerifyError::Arithmetic(name))
        };
        let windows = |value: u32| {
            value
                .checked_add(1)
                .ok_or(VerifyError::Arithmetic("windows"))
        };
        self.challenges = add(self.challenges, challenges, "challenges")?;
        self.missed = add(self.missed, missed, "missed")?;
        self.lost = add(self.lost, lost, "lost")?;
        self.windows_total = windows(self.windows_total)?;
        if missed == 0 && lost == 0 {
            self.windows_ok = windows(self.windows_ok)?;
            let kib = Kib::from_bytes_ceil(commitment.size_bytes).0;
            self.units = add(self.units, kib, "units")?;
        }
        if self.active_stake >= self.min_stake {
            self.weight = self.units;
        }
        self.miss_rate_bps = mul_div_floor(self.missed, BPS_ONE.into(), self.challenges)
            .map_err(|_| VerifyError::Arithmetic("miss rate"))?;
        Ok(())
    }

    fn judge(&mut self, params: &ServiceParams) -> Result<(), VerifyError> {
        self.verdict = self.verdict();
        self.miss_streak_after = match self.verdict {
            Verdict::Clean => 0,
            Verdict::FirstMiss | Verdict::RepeatedMiss => self.miss_streak_before.saturating_add(1),
            Verdict::Idle | Verdict::Excused | Verdict::Maintenance | Verdict::Lost => {
                self.miss_streak_before
            }
        };
        let part = |bps| {
            Bps::new(bps)
                .map(|bps| bps.apply_floor(self.stake))
                .ok_or(VerifyError::Arithmetic("slash"))
        };
        self.slashed = match self.verdict {
            Verdict::Lost => part(params.lost_slash_bps)?,
            Verdict::RepeatedMiss => {
                let whole = part(params.miss_slash_bps)?;
                mul_div_floor(whole, self.own_rate_bps(), self.miss_rate_bps)
                    .map_err(|_| VerifyError::Arithmetic("slash"))?
            }
            _ => 0,
        };
        Ok(())
    }

    fn verdict(&self) -> Verdict {
        if self.challenges == 0 {
            return Verdict::Idle;
        }
        if self.lost > 0 {
            return Verdict::Lost;
        }
        if self.missed == 0 {
            return Verdict::Clean;
        }
        if self.maintenance.is_some() {
            return Verdict::Maintenance;
        }
        // A rate that rounds down to zero is excused too: it is below one in ten thousand.
        if self.own_rate_bps() == 0 {
            return Verdict::Excused;
        }
        if self.miss_streak_before == 0 {
            return Verdict::FirstMiss;
        }
        Verdict::RepeatedMiss
    }

    /// Misses that the zone does not share.
    fn own_rate_bps(&self) -> u64 {
        self.miss_rate_bps.saturating_sub(self.zone_rate_bps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentile_is_the_nearest_rank() {
        assert_eq!(percentile_75(vec![40, 10, 30, 20]), 30);
        assert_eq!(percentile_75(vec![0, 0, 0, 10_000]), 0);
        assert_eq!(percentile_75(vec![0, 0, 10_000, 10_000]), 10_000);
        assert_eq!(percentile_75(vec![5, 4, 3, 2, 1]), 4);
        assert_eq!(percentile_75(vec![]), 0);
    }
}
