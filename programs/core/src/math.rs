//! Fixed-point products and the split by largest remainder.

use core::fmt;

/// Why a computation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathError {
    /// The result does not fit its type, or would be negative.
    Overflow,
    /// A divisor is zero.
    DivisionByZero,
    /// Two slices that belong together differ in length.
    Length,
}

impl fmt::Display for MathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "a result does not fit; use smaller amounts",
            Self::DivisionByZero => "a divisor is zero",
            Self::Length => "weights and shares differ in number",
        })
    }
}

impl core::error::Error for MathError {}

/// `a * b / d`, rounded down.
pub fn mul_div_floor(a: u64, b: u64, d: u64) -> Result<u64, MathError> {
    let product = u128::from(a)
        .checked_mul(u128::from(b))
        .ok_or(MathError::Overflow)?;
    divide_floor(product, u128::from(d))
}

/// `a * b / d`, rounded up.
pub fn mul_div_ceil(a: u64, b: u64, d: u64) -> Result<u64, MathError> {
    let product = u128::from(a)
        .checked_mul(u128::from(b))
        .ok_or(MathError::Overflow)?;
    divide_ceil(product, u128::from(d))
}

/// `n / d`, rounded down.
pub(crate) fn divide_floor(n: u128, d: u128) -> Result<u64, MathError> {
    // On chain a division of 64 bits is one instruction, one of 128 a long subroutine.
    if let (Ok(n), Ok(d)) = (u64::try_from(n), u64::try_from(d)) {
        return n.checked_div(d).ok_or(MathError::DivisionByZero);
    }
    let quotient = n.checked_div(d).ok_or(MathError::DivisionByZero)?;
    u64::try_from(quotient).map_err(|_| MathError::Overflow)
}

/// `n / d`, rounded up.
pub(crate) fn divide_ceil(n: u128, d: u128) -> Result<u64, MathError> {
    let floor = divide_floor(n, d)?;
    let exact = u128::from(floor).checked_mul(d) == Some(n);
    floor
        .checked_add(u64::from(!exact))
        .ok_or(MathError::Overflow)
}

/// Splits `total` in proportion to `weights`: each share is rounded down, then the largest
/// remainders get one more unit each until the shares add up to `total` exactly. Equal remainders
/// are served by lower index first. Without any weight every share is zero.
///
/// Neither allocates nor sorts, so that its time is linear also for a million weights. The weights
/// together must fit `u64`.
pub fn split_largest_remainder(
    total: u64,
    weights: &[u64],
    out: &mut [u64],
) -> Result<(), MathError> {
    if weights.len() != out.len() {
        return Err(MathError::Length);
    }
    let sum = weights
        .iter()
        .try_fold(0_u64, |sum, weight| sum.checked_add(*weight))
        .ok_or(MathError::Overflow)?;
    if sum == 0 {
        out.fill(0);
        return Ok(());
    }

    // `out` holds the remainders first: they fit because the sum of the weights does.
    let mut left = total;
    for (weight, remainder) in weights.iter().zip(out.iter_mut()) {
        let (floor, rest) = share(total, *weight, sum)?;
        *remainder = rest;
        left = left.checked_sub(floor).ok_or(MathError::Overflow)?;
    }
    let threshold = nth_largest(out, left, sum);
    let above = count(out, |remainder| remainder > threshold);
    let mut ties = left.checked_sub(above).ok_or(MathError::Overflow)?;

    for (weight, slot) in weights.iter().zip(out.iter_mut()) {
        let remainder = *slot;
        let (floor, _) = share(total, *weight, sum)?;
        let tied = remainder == threshold && ties > 0;
        if tied {
            ties = ties.saturating_sub(1);
        }
        let extra = u64::from(left > 0 && (tied || remainder > threshold));
        *slot = floor.checked_add(extra).ok_or(MathError::Overflow)?;
    }
    Ok(())
}

/// Whole part of a share, and the remainder that is left of it.
fn share(total: u64, weight: u64, sum: u64) -> Result<(u64, u64), MathError> {
    let floor = mul_div_floor(total, weight, sum)?;
    // The remainder is below `sum`, so the low halves of both products tell it in full.
    let rest = total
        .wrapping_mul(weight)
        .wrapping_sub(floor.wrapping_mul(sum));
    Ok((floor, rest))
}

/// The `n`-th largest of `values`, found bit by bit; `u64::MAX` for n = 0.
fn nth_largest(values: &[u64], n: u64, bound: u64) -> u64 {
    if n == 0 {
        return u64::MAX;
    }
    let mut threshold = 0_u64;
    let mut bit = bound.checked_ilog2().map_or(0, |log| 1_u64 << log);
    while bit != 0 {
        let candidate = threshold | bit;
        if count(values, |value| value >= candidate) >= n {
            threshold = candidate;
        }
        bit >>= 1;
    }
    threshold
}

fn count(values: &[u64], matches: impl Fn(u64) -> bool) -> u64 {
    values.iter().fold(0_u64, |count, value| {
        count.saturating_add(u64::from(matches(*value)))
    })
}
