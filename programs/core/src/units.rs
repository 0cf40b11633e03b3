//! Newtypes that carry the unit of a number, so that amounts of different kinds cannot mix.

use crate::math::MathError;
use bytemuck::{Pod, Zeroable};
use core::fmt;

/// Basis points in a whole.
pub const BPS_ONE: u16 = 10_000;
const BPS_WHOLE: u64 = BPS_ONE as u64;

/// Data credits; one is worth 10 micro-dollars of service and has no decimals.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct Credits(pub u64);

/// Base units of a network's own token.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct TokenAmount(pub u64);

/// Base units of the stablecoin: micro-dollars.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct StableAmount(pub u64);

/// Kibibytes of data kept for customers.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct Kib(pub u64);

/// Number of an epoch; the first one of a network is 0.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct Epoch(pub u64);

/// Seconds since 1970-01-01T00:00:00Z, as the chain's clock tells them.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct UnixSeconds(pub i64);

/// A share in basis points that never exceeds the whole (which is why it is not `Pod`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bps(u16);

impl Credits {
    /// No credits.
    pub const ZERO: Self = Self(0);

    /// Sum of two amounts.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// Difference of two amounts; an error where it would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// The amount taken `times` times.
    pub fn checked_mul(self, times: u64) -> Result<Self, MathError> {
        self.0
            .checked_mul(times)
            .map(Self)
            .ok_or(MathError::Overflow)
    }
}

impl TokenAmount {
    /// No tokens.
    pub const ZERO: Self = Self(0);

    /// Sum of two amounts.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// Difference of two amounts; an error where it would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// The amount taken `times` times.
    pub fn checked_mul(self, times: u64) -> Result<Self, MathError> {
        self.0
            .checked_mul(times)
            .map(Self)
            .ok_or(MathError::Overflow)
    }
}

impl StableAmount {
    /// No dollars.
    pub const ZERO: Self = Self(0);

    /// Sum of two amounts.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// Difference of two amounts; an error where it would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }
}

impl Kib {
    /// Bytes in a kibibyte.
    pub const BYTES: u64 = 1024;

    /// The kibibytes that hold `bytes`; a started one counts, so that no data is free.
    pub const fn from_bytes_ceil(bytes: u64) -> Self {
        Self(bytes.div_ceil(Self::BYTES))
    }

    /// Sum of two sizes.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MathError::Overflow)
    }
}

impl Epoch {
    /// The epoch `count` later.
    pub fn checked_add(self, count: u64) -> Result<Self, MathError> {
        self.0
            .checked_add(count)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// The epoch `count` earlier; an error where it would be before the first.
    pub fn checked_sub(self, count: u64) -> Result<Self, MathError> {
        self.0
            .checked_sub(count)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// The epoch after this one.
    pub fn next(self) -> Result<Self, MathError> {
        self.checked_add(1)
    }
}

impl UnixSeconds {
    /// The moment `seconds` later.
    pub fn checked_add(self, seconds: u64) -> Result<Self, MathError> {
        self.0
            .checked_add_unsigned(seconds)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// The moment `seconds` earlier.
    pub fn checked_sub(self, seconds: u64) -> Result<Self, MathError> {
        self.0
            .checked_sub_unsigned(seconds)
            .map(Self)
            .ok_or(MathError::Overflow)
    }

    /// Seconds that passed since `earlier`; 0 if it is not earlier.
    pub fn since(self, earlier: Self) -> u64 {
        if self.0 > earlier.0 {
            self.0.abs_diff(earlier.0)
        } else {
            0
        }
    }
}

impl Bps {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ONE: Self = Self(BPS_ONE);

    /// A share of at most the whole.
    pub const fn new(bps: u16) -> Option<Self> {
        if bps <= BPS_ONE {
            Some(Self(bps))
        } else {
            None
        }
    }

    /// The share in basis points, 0 to 10,000.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What is left of the whole.
    pub const fn complement(self) -> Self {
        Self(BPS_ONE.saturating_sub(self.0))
    }

    /// This share of `amount`, rounded down.
    pub fn apply_floor(self, amount: u64) -> u64 {
        let (whole, rest) = self.apply_parts(amount);
        whole.saturating_add(rest / BPS_WHOLE)
    }

    /// This share of `amount`, rounded up.
    pub fn apply_ceil(self, amount: u64) -> u64 {
        let (whole, rest) = self.apply_parts(amount);
        whole.saturating_add(rest.div_ceil(BPS_WHOLE))
    }

    /// The share of the whole ten thousands of `amount`, and ten thousand times the share of the
    /// rest: no product leaves 64 bits, which on chain is many times cheaper than 128.
    fn apply_parts(self, amount: u64) -> (u64, u64) {
        let bps = u64::from(self.0);
        let whole = (amount / BPS_WHOLE).saturating_mul(bps);
        let rest = (amount % BPS_WHOLE).saturating_mul(bps);
        (whole, rest)
    }
}

impl TryFrom<u16> for Bps {
    type Error = MathError;

    fn try_from(bps: u16) -> Result<Self, MathError> {
        Self::new(bps).ok_or(MathError::Overflow)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} DC", self.0)
    }
}

impl fmt::Display for TokenAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for StableAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Display for Kib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB", self.0)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Bps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}
