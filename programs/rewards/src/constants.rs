//! Seeds and limits. Each limit carries its unit and the reason for its value.

use {
    anchor_lang::{address, prelude::Address},
    trestle_core::{emission::SCHEDULE_STEPS_MAX, program_ids},
};

/// Layout version that every account of this program is written with.
pub const VERSION: u8 = 1;

pub const SEED_MINTER: &[u8] = b"minter";

/// Allotments that a pool keeps: as many as final roots are kept.
pub const ALLOTMENTS_MAX: usize = 64;

/// Base units an epoch. So that 2^20 epochs (centuries of hourly ones) still add up in 64 bits.
pub const TOKENS_PER_EPOCH_MAX: u64 = 1 << 44;
/// Epochs from now. A schedule that begins later than a year of daily epochs is a mistake.
pub const FIRST_EPOCH_DELAY_MAX: u64 = 366;
/// Seconds. A breaker that refills faster than a minute stops nobody.
pub const BREAKER_WINDOW_SECONDS_MIN: u32 = 60;
/// Seconds (30 days). A slower breaker would keep honest operators waiting for their pay.
pub const BREAKER_WINDOW_SECONDS_MAX: u32 = 2_592_000;

/// Operators in one push: what one transaction of 4,096 bytes and 64 accounts can carry.
pub const PUSH_MAX: usize = 28;
/// Accounts that a push passes for each operator: its claim and its payout account.
pub const PUSH_ACCOUNTS: usize = 2;

/// The program that sells credits: it owns markets and revenues.
pub const CREDITS_ID: Address = Address::new_from_array(program_ids::CREDITS_ID);
/// The program that publishes Pyth prices in accounts of its own.
pub const PRICE_PROGRAM: Address = address!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");

/// Steps of a schedule: a halving every two years lasts for sixteen.
pub const EMISSION_STEPS_MAX: usize = SCHEDULE_STEPS_MAX;
/// Records that an emission keeps: as many as a pool keeps allotments.
pub const EMISSION_RECORDS_MAX: usize = ALLOTMENTS_MAX;

/// Epochs that count as a month: one of the shortest epochs, a minute, for thirty-one days.
pub const EPOCHS_PER_MONTH_MAX: u32 = 44_640;
