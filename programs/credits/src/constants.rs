//! Limits. Each limit carries its unit and the reason for its value.

use anchor_lang::{address, prelude::Address};

/// Layout version that every account of this program is written with.
pub const VERSION: u8 = 1;

/// The program that publishes Pyth prices in accounts of its own. A price account of any other
/// owner could hold any price.
pub const PRICE_PROGRAM: Address = address!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");

/// A credit is the smallest unit: 0.00001 dollars.
pub const CREDIT_DECIMALS: u8 = 0;
/// Bytes. Longer addresses of the metadata file would only cost rent.
pub const URI_BYTES_MAX: usize = 200;

/// Seconds. Pyth publishes more often than this; below it honest buyers would race the clock.
pub const PRICE_AGE_SECONDS_MIN: u32 = 10;
/// Seconds (an hour). With an older price, credits would be sold at yesterday's value.
pub const PRICE_AGE_SECONDS_MAX: u32 = 3_600;
/// Basis points. A wider confidence says that the market does not know the price.
pub const PRICE_CONF_BPS_MAX: u16 = 1_000;

/// Epochs (ten years of daily ones). A longer promise outlives the hardware.
pub const LEASE_EPOCHS_MAX: u64 = 3_650;
/// Epochs. Half the ring of final roots: the root that a period is settled with stays readable
/// for as long again.
pub const LEASE_PERIOD_EPOCHS_MAX: u32 = 32;
/// Epochs. As long as the longest notice that a service can ask of operators.
pub const LEASE_NOTICE_EPOCHS_MAX: u16 = 90;
/// Epochs after the end of a lease. Roots come a few epochs late; a lease that nobody could
/// settle by then gives back what is left in it.
pub const LEASE_TIMEOUT_EPOCHS: u64 = 8;

/// The lease runs.
pub const LEASE_ACTIVE: u8 = 1;
/// The lease ends before its term.
pub const LEASE_ENDING: u8 = 2;
/// Every epoch of the lease is settled.
pub const LEASE_SETTLED: u8 = 3;
