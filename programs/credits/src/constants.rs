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

/// Epochs between opening a group and its first epoch, at most: as long as half the ring of final
/// roots, so that the roots that its members start from are still in it.
pub const GROUP_LEAD_EPOCHS_MAX: u64 = 32;
/// Epochs after the first member of a group was recorded in a period. Anybody can record the others
/// meanwhile; who is not recorded by then has delivered nothing.
pub const GROUP_SILENT_EPOCHS: u64 = 4;
/// Epochs after the end of a group. Those of a lease, and twice those that a silent member can
/// delay a settlement by.
pub const GROUP_TIMEOUT_EPOCHS: u64 = LEASE_TIMEOUT_EPOCHS + 2 * GROUP_SILENT_EPOCHS;

/// The lease runs.
pub const LEASE_ACTIVE: u8 = 1;
/// The lease ends before its term.
pub const LEASE_ENDING: u8 = 2;
/// Every epoch of the lease is settled.
pub const LEASE_SETTLED: u8 = 3;

/// Basis points. Above a fifth, selling elsewhere pays better than selling here.
pub const PROTOCOL_FEE_BPS_MAX: u16 = 2_000;
/// Basis points. The insurance covers service credits, not the price of the service.
pub const INSURANCE_FEE_BPS_MAX: u16 = 1_000;
/// Credits a day (a million dollars). A stolen biller key, which must pay for what it sells, can
/// delay no more revenue than this.
pub const BILLER_CAP_MAX: u64 = 100_000_000_000;

/// Seconds of a day, in which the biller's sales are counted.
pub const DAY_SECONDS: u64 = 86_400;
/// Seconds (three days). A payment that is older is not sold any more, so that a notice of it that
/// comes again after its sale is closed cannot sell it twice.
pub const PAYMENT_AGE_SECONDS_MAX: i64 = 259_200;
/// Seconds. Clocks of payment processors and of the chain differ a little.
pub const PAYMENT_AHEAD_SECONDS_MAX: i64 = 600;
/// Seconds (a week). A sale stays on record for longer than a payment can be sold.
pub const CHARGEBACK_SECONDS_MIN: u32 = 604_800;
/// Seconds (180 days). Longer, operators would wait too long for what was earned.
pub const CHARGEBACK_SECONDS_MAX: u32 = 15_552_000;
/// Seconds (three days) between freezing credits and taking them: time to replace a stolen key.
pub const CHARGEBACK_LOST_SECONDS: i64 = 259_200;
/// Seconds (90 days). A chargeback that nobody decides by then is won: no credits stay frozen.
pub const CHARGEBACK_DECIDED_SECONDS: i64 = 7_776_000;

/// The sale can be reversed until its chargeback time has passed.
pub const SALE_OPEN: u8 = 1;
/// A chargeback froze what was left of the sale.
pub const SALE_FROZEN: u8 = 2;
/// The customer got the money back, credits were taken back.
pub const SALE_REVERSED: u8 = 3;
/// The customer keeps the credits.
pub const SALE_KEPT: u8 = 4;

/// Services that a delegate can be limited to.
pub const DELEGATE_SERVICES_MAX: usize = 4;

/// Epochs that a meter's operator has for its last receipts.
pub const METER_NOTICE_EPOCHS_MAX: u32 = 32;
/// Epochs between two top-ups, at most.
pub const TOPUP_PERIOD_EPOCHS_MAX: u32 = 365;
