//! How much of a new operator's rewards is held back.

use crate::units::Bps;

/// Months after which nothing is held back any more.
pub const HELD_MONTHS: u64 = 9;
/// Months that share one step of the schedule.
const STEP_MONTHS: u64 = 3;

const FIRST: u16 = 7_500;
const SECOND: u16 = 5_000;
const THIRD: u16 = 2_500;

/// Share of its rewards that is held back of an operator `age_epochs` after it registered: three
/// quarters in the first three months, half in the next three, a quarter until the ninth ends.
/// Months of no epochs have all passed, so that nothing is held back.
pub fn held_bps(age_epochs: u64, epochs_per_month: u64) -> Bps {
    let step = age_epochs
        .checked_div(epochs_per_month)
        .unwrap_or(HELD_MONTHS)
        .checked_div(STEP_MONTHS);
    let share = match step {
        Some(0) => FIRST,
        Some(1) => SECOND,
        Some(2) => THIRD,
        _ => 0,
    };
    Bps::new(share).unwrap_or(Bps::ZERO)
}
