//! How the stablecoin that customers paid reaches those who served them.

use crate::math::mul_div_floor;

/// Stablecoin to release for `consumed_delta` credits, rounded down: each credit that is
/// outstanding has an equal claim to the vault.
///
/// - `outstanding_before` counts all credits sold whose stablecoin has not been released, those
///   used up since included; else the order in which services are served would matter.
/// - Never releases more than the vault holds, also where more is used up than was outstanding.
pub fn stable_release(consumed_delta: u64, outstanding_before: u64, vault_balance: u64) -> u64 {
    // Only a divisor of zero has no result, and nothing outstanding has a claim to nothing.
    mul_div_floor(
        vault_balance,
        consumed_delta.min(outstanding_before),
        outstanding_before,
    )
    .unwrap_or(0)
}
