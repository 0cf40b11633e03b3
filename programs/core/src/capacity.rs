//! What an operator has promised to keep, against what it offers and what it has at stake.

use crate::math::MathError;

/// Bytes in a KiB, the unit in which promises are counted.
pub const KIB: u64 = 1 << 10;
/// KiB in a GiB, the unit in which operators offer and stake.
pub const KIB_PER_GIB: u64 = 1 << 20;

/// KiB that data of this size takes up; a KiB that is begun counts whole.
pub const fn kib_of(bytes: u64) -> u64 {
    bytes.div_ceil(KIB)
}

/// KiB that an operator offers.
pub const fn capacity_kib(capacity_gib: u64) -> Result<u64, MathError> {
    match capacity_gib.checked_mul(KIB_PER_GIB) {
        Some(kib) => Ok(kib),
        None => Err(MathError::Overflow),
    }
}

/// Stake that promises of this size need, token base units. Rounded up, so that many small
/// promises never need less than one large one.
pub fn stake_needed(stake_per_gib: u64, kib: u64) -> Result<u64, MathError> {
    // A product of two u64 fits a u128 always.
    let product = u128::from(stake_per_gib).saturating_mul(u128::from(kib));
    u64::try_from(product.div_ceil(u128::from(KIB_PER_GIB))).map_err(|_| MathError::Overflow)
}
