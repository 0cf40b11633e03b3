//! The parameters of a pool: what it is opened with and what can be changed.

use {
    crate::{
        constants::{
            BREAKER_WINDOW_SECONDS_MAX, BREAKER_WINDOW_SECONDS_MIN, EPOCHS_PER_MONTH_MAX,
            FIRST_EPOCH_DELAY_MAX, TOKENS_PER_EPOCH_MAX,
        },
        error::RewardsError,
        state::Pool,
    },
    anchor_lang::prelude::*,
    bytemuck::{Pod, Zeroable},
    core::mem::size_of,
    trestle_core::pool::{MODE_FUND, MODE_MINT},
};

/// What a pool is opened with. A pool that mints needs an emission besides, whose schedule stays
/// within these tokens an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct PoolParams {
    /// 1 pays what is funded, 2 mints what is allotted.
    pub mode: u8,
    /// Most that an epoch is allotted, in base units: 1 to 2^44.
    pub tokens_per_epoch: u64,
    /// First epoch that is allotted anything: the running one or at most 366 later.
    pub first_epoch: u64,
    /// Most that can be paid at once, in base units.
    pub breaker_capacity: u64,
    /// Seconds in which as much can be paid again: 60 to 2,592,000.
    pub breaker_window_seconds: u32,
    /// Epochs that count as a month of an operator's age: at most 44,640; 0 holds nothing back.
    pub epochs_per_month: u32,
}

impl PoolParams {
    pub fn validate(&self, current_epoch: u64) -> Result<()> {
        require!(
            matches!(self.mode, MODE_FUND | MODE_MINT),
            RewardsError::BadMode
        );
        require!(
            (1..=TOKENS_PER_EPOCH_MAX).contains(&self.tokens_per_epoch),
            RewardsError::BadSchedule
        );
        let delay = self.first_epoch.checked_sub(current_epoch);
        require!(
            delay.is_some_and(|delay| delay <= FIRST_EPOCH_DELAY_MAX),
            RewardsError::BadFirstEpoch
        );
        validate_breaker(self.breaker_capacity, self.breaker_window_seconds)?;
        validate_month(self.epochs_per_month)
    }
}

/// How a pool pays stablecoin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct StableParams {
    /// Most stablecoin that can be paid at once, in 1e-6 USD.
    pub breaker_capacity: u64,
    /// Seconds in which as much can be paid again: 60 to 2,592,000.
    pub breaker_window_seconds: u32,
}

impl StableParams {
    pub fn validate(&self) -> Result<()> {
        validate_breaker(self.breaker_capacity, self.breaker_window_seconds)
    }
}

/// What can be changed of a pool, with a delay.
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
pub struct PoolTerms {
    /// Most that an epoch is allotted, in base units: 1 to 2^44; fixed for a pool that mints.
    pub tokens_per_epoch: u64,
    /// Most that can be paid at once, in base units.
    pub breaker_capacity: u64,
    /// Most stablecoin that can be paid at once, in 1e-6 USD; ignored by a pool that pays none.
    pub stable_breaker_capacity: u64,
    /// Seconds in which as much can be paid again: 60 to 2,592,000.
    pub breaker_window_seconds: u32,
    /// Seconds in which as much stablecoin can be paid again; ignored by a pool that pays none.
    pub stable_breaker_window_seconds: u32,
    /// Epochs that count as a month of an operator's age: at most 44,640; 0 holds nothing back.
    pub epochs_per_month: u32,
    /// Zero.
    pub _pad: u32,
}

const _: () = assert!(size_of::<PoolTerms>() == 40);

impl PoolTerms {
    pub fn validate(&self, pool: &Pool) -> Result<()> {
        require!(
            (1..=TOKENS_PER_EPOCH_MAX).contains(&self.tokens_per_epoch),
            RewardsError::BadSchedule
        );
        require!(
            pool.mode == MODE_FUND || self.tokens_per_epoch == pool.tokens_per_epoch,
            RewardsError::CeilingFixed
        );
        validate_breaker(self.breaker_capacity, self.breaker_window_seconds)?;
        if pool.has_stable() {
            validate_breaker(
                self.stable_breaker_capacity,
                self.stable_breaker_window_seconds,
            )?;
        }
        validate_month(self.epochs_per_month)
    }
}

fn validate_breaker(capacity: u64, window_seconds: u32) -> Result<()> {
    let windows = BREAKER_WINDOW_SECONDS_MIN..=BREAKER_WINDOW_SECONDS_MAX;
    require!(
        capacity > 0 && windows.contains(&window_seconds),
        RewardsError::BadBreaker
    );
    Ok(())
}

fn validate_month(epochs: u32) -> Result<()> {
    require!(epochs <= EPOCHS_PER_MONTH_MAX, RewardsError::BadMonth);
    Ok(())
}
