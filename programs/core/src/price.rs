//! The Pyth price account and what credits cost at its price.

use crate::{
    math::{divide_ceil, divide_floor, MathError},
    units::{Bps, Credits, StableAmount, TokenAmount, UnixSeconds, BPS_ONE},
};
use core::fmt;

/// Price of one credit, micro-dollars.
pub const CREDIT_MICRO_USD: u64 = 10;
/// A credit is worth 10 to the minus this many dollars.
const CREDIT_USD_DECIMALS: i64 = 5;
/// Confidence intervals that are taken off the average price before tokens are valued by it.
pub const CONFIDENCE_FACTOR: u64 = 2;
/// How far a price may lie ahead of the chain's clock, seconds: validators' clocks differ a little.
pub const FUTURE_TOLERANCE_SECONDS: u64 = 5;
/// Smallest exponent of a price; Pyth's own are between -12 and 0.
pub const EXPONENT_MIN: i32 = -18;
/// Largest exponent of a price.
pub const EXPONENT_MAX: i32 = 0;

/// Bytes of a PriceUpdateV2 account.
pub const PRICE_UPDATE_LEN: usize = 134;
/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:PriceUpdateV2").
pub const PRICE_UPDATE_DISCRIMINATOR: [u8; 8] = [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd];

/// How many of Wormhole's guardians vouched for an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationLevel {
    /// Only this many.
    Partial(u8),
    /// The full quorum.
    Full,
}

/// Pyth's PriceUpdateV2 account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceUpdate {
    /// Who may overwrite the account.
    pub write_authority: [u8; 32],
    /// How well the update is vouched for.
    pub verification_level: VerificationLevel,
    /// The feed.
    pub feed_id: [u8; 32],
    /// Latest price; its unit is 10 to the `exponent` dollars.
    pub price: i64,
    /// Confidence interval of the latest price.
    pub conf: u64,
    /// Power of ten by which prices and confidences are scaled.
    pub exponent: i32,
    /// Unix seconds of the price.
    pub publish_time: i64,
    /// Unix seconds of the price before.
    pub prev_publish_time: i64,
    /// Exponentially weighted average of the price.
    pub ema_price: i64,
    /// Exponentially weighted average of the confidence interval.
    pub ema_conf: u64,
    /// Slot in which the update was posted.
    pub posted_slot: u64,
}

/// A price of one whole token: `mantissa * 10^exponent` dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Never zero in a price that [`conservative_price`] returned.
    pub mantissa: u64,
    /// Power of ten.
    pub exponent: i32,
}

/// Why a price is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceError {
    /// The account is not a PriceUpdateV2.
    Malformed,
    /// Not vouched for by the full quorum.
    NotFull,
    /// The price of another feed.
    WrongFeed,
    /// Older than allowed.
    Stale,
    /// From the future.
    Future,
    /// The confidence interval is too wide.
    TooWide,
    /// Zero, negative, or not above its own uncertainty.
    NotPositive,
    /// The exponent is out of range.
    Exponent,
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the account is no Pyth price update; use the market's own",
            Self::NotFull => "the price is not fully verified; post a fully verified update",
            Self::WrongFeed => "the price is of another feed; use the market's own",
            Self::Stale => "the price is too old; post a newer update",
            Self::Future => "the price is from the future; wait or post a correct update",
            Self::TooWide => "the price is too uncertain; wait for a calmer market",
            Self::NotPositive => "the price is not above its uncertainty; wait for a sound one",
            Self::Exponent => "the price's exponent is out of range; use another feed",
        })
    }
}

impl core::error::Error for PriceError {}

impl PriceUpdate {
    /// Reads the account's bytes, discriminator included.
    pub fn parse(data: &[u8]) -> Result<Self, PriceError> {
        Self::read(data).ok_or(PriceError::Malformed)
    }

    fn read(data: &[u8]) -> Option<Self> {
        if data.len() != PRICE_UPDATE_LEN {
            return None;
        }
        let rest = data.strip_prefix(&PRICE_UPDATE_DISCRIMINATOR)?;
        let (write_authority, rest) = rest.split_first_chunk::<32>()?;
        // Borsh writes no signature count for the full level, so what follows starts one byte
        // earlier and the account's last byte is unused.
        let (verification_level, rest) = match rest {
            [0, signatures, rest @ ..] => (VerificationLevel::Partial(*signatures), rest),
            [1, rest @ ..] => (VerificationLevel::Full, rest),
            _ => return None,
        };
        let (feed_id, rest) = rest.split_first_chunk::<32>()?;
        let (price, rest) = rest.split_first_chunk::<8>()?;
        let (conf, rest) = rest.split_first_chunk::<8>()?;
        let (exponent, rest) = rest.split_first_chunk::<4>()?;
        let (publish_time, rest) = rest.split_first_chunk::<8>()?;
        let (prev_publish_time, rest) = rest.split_first_chunk::<8>()?;
        let (ema_price, rest) = rest.split_first_chunk::<8>()?;
        let (ema_conf, rest) = rest.split_first_chunk::<8>()?;
        let (posted_slot, _) = rest.split_first_chunk::<8>()?;
        Some(Self {
            write_authority: *write_authority,
            verification_level,
            feed_id: *feed_id,
            price: i64::from_le_bytes(*price),
            conf: u64::from_le_bytes(*conf),
            exponent: i32::from_le_bytes(*exponent),
            publish_time: i64::from_le_bytes(*publish_time),
            prev_publish_time: i64::from_le_bytes(*prev_publish_time),
            ema_price: i64::from_le_bytes(*ema_price),
            ema_conf: u64::from_le_bytes(*ema_conf),
            posted_slot: u64::from_le_bytes(*posted_slot),
        })
    }

    /// The account's bytes, discriminator included: for a local network's price account.
    pub fn encode(&self) -> [u8; PRICE_UPDATE_LEN] {
        let (level, level_len) = match self.verification_level {
            VerificationLevel::Partial(signatures) => ([0, signatures], 2),
            VerificationLevel::Full => ([1, 0], 1),
        };
        let bytes = PRICE_UPDATE_DISCRIMINATOR
            .into_iter()
            .chain(self.write_authority)
            .chain(level.into_iter().take(level_len))
            .chain(self.feed_id)
            .chain(self.price.to_le_bytes())
            .chain(self.conf.to_le_bytes())
            .chain(self.exponent.to_le_bytes())
            .chain(self.publish_time.to_le_bytes())
            .chain(self.prev_publish_time.to_le_bytes())
            .chain(self.ema_price.to_le_bytes())
            .chain(self.ema_conf.to_le_bytes())
            .chain(self.posted_slot.to_le_bytes());
        let mut data = [0; PRICE_UPDATE_LEN];
        for (slot, byte) in data.iter_mut().zip(bytes) {
            *slot = byte;
        }
        data
    }
}

/// The price at which burnt tokens are valued: the average less two of its confidence intervals,
/// which is never more than what the tokens are worth. Refuses what is not fully verified, of
/// another feed, older than `max_age_seconds`, from the future, or wider than `max_conf` of the
/// price.
pub fn conservative_price(
    update: &PriceUpdate,
    feed_id: &[u8; 32],
    now: UnixSeconds,
    max_age_seconds: u32,
    max_conf: Bps,
) -> Result<Price, PriceError> {
    let (average, uncertainty) = checked_average(update, feed_id, now, max_age_seconds, max_conf)?;
    Ok(Price {
        mantissa: average.saturating_sub(uncertainty),
        exponent: update.exponent,
    })
}

/// The price at which tokens are emitted: the average plus two of its confidence intervals, so that
/// what is emitted for a dollar is never worth more. Refuses what [`conservative_price`] refuses.
pub fn emission_price(
    update: &PriceUpdate,
    feed_id: &[u8; 32],
    now: UnixSeconds,
    max_age_seconds: u32,
    max_conf: Bps,
) -> Result<Price, PriceError> {
    let (average, uncertainty) = checked_average(update, feed_id, now, max_age_seconds, max_conf)?;
    Ok(Price {
        mantissa: average.saturating_add(uncertainty),
        exponent: update.exponent,
    })
}

/// Average of a price that is fit for use, and how uncertain it is, which is less.
fn checked_average(
    update: &PriceUpdate,
    feed_id: &[u8; 32],
    now: UnixSeconds,
    max_age_seconds: u32,
    max_conf: Bps,
) -> Result<(u64, u64), PriceError> {
    if update.verification_level != VerificationLevel::Full {
        return Err(PriceError::NotFull);
    }
    if update.feed_id != *feed_id {
        return Err(PriceError::WrongFeed);
    }
    let published = UnixSeconds(update.publish_time);
    if published.since(now) > FUTURE_TOLERANCE_SECONDS {
        return Err(PriceError::Future);
    }
    if now.since(published) > u64::from(max_age_seconds) {
        return Err(PriceError::Stale);
    }
    if !(EXPONENT_MIN..=EXPONENT_MAX).contains(&update.exponent) {
        return Err(PriceError::Exponent);
    }
    let price = positive(update.price)?;
    let ema_price = positive(update.ema_price)?;
    if is_wide(update.conf, price, max_conf) || is_wide(update.ema_conf, ema_price, max_conf) {
        return Err(PriceError::TooWide);
    }
    let uncertainty = update
        .ema_conf
        .checked_mul(CONFIDENCE_FACTOR)
        .ok_or(PriceError::NotPositive)?;
    if uncertainty >= ema_price {
        return Err(PriceError::NotPositive);
    }
    Ok((ema_price, uncertainty))
}

/// Token base units to burn for `credits`, rounded up. `token_decimals` are the mint's.
pub fn tokens_for_credits(
    credits: Credits,
    price: Price,
    token_decimals: u8,
) -> Result<TokenAmount, MathError> {
    let (numerator, divisor) = token_ratio(credits, price, token_decimals)?;
    divide_ceil(numerator, divisor).map(TokenAmount)
}

/// Token base units that `credits` are worth, rounded down. More than `u64` holds counts as the
/// most that it holds: a token that is worth nothing must not stop what asks.
pub fn tokens_worth(
    credits: Credits,
    price: Price,
    token_decimals: u8,
) -> Result<TokenAmount, MathError> {
    let (numerator, divisor) = token_ratio(credits, price, token_decimals)?;
    match divide_floor(numerator, divisor) {
        Err(MathError::Overflow) => Ok(TokenAmount(u64::MAX)),
        worth => worth.map(TokenAmount),
    }
}

/// Token base units for `credits` as a fraction.
fn token_ratio(
    credits: Credits,
    price: Price,
    token_decimals: u8,
) -> Result<(u128, u128), MathError> {
    // credits * 10^-5 dollars / (mantissa * 10^exponent dollars a token) * 10^decimals a token
    let shift = i64::from(token_decimals)
        .checked_sub(CREDIT_USD_DECIMALS)
        .and_then(|shift| shift.checked_sub(i64::from(price.exponent)))
        .ok_or(MathError::Overflow)?;
    let scale = u32::try_from(shift.unsigned_abs())
        .ok()
        .and_then(|digits| 10_u128.checked_pow(digits))
        .ok_or(MathError::Overflow)?;
    let (factor, divisor) = if shift >= 0 { (scale, 1) } else { (1, scale) };
    let numerator = u128::from(credits.0)
        .checked_mul(factor)
        .ok_or(MathError::Overflow)?;
    let divisor = u128::from(price.mantissa)
        .checked_mul(divisor)
        .ok_or(MathError::Overflow)?;
    Ok((numerator, divisor))
}

/// Micro-dollars of stablecoin to pay for `credits`: par.
pub fn stable_for_credits(credits: Credits) -> Result<StableAmount, MathError> {
    credits
        .0
        .checked_mul(CREDIT_MICRO_USD)
        .map(StableAmount)
        .ok_or(MathError::Overflow)
}

fn positive(price: i64) -> Result<u64, PriceError> {
    match u64::try_from(price) {
        Ok(price) if price > 0 => Ok(price),
        _ => Err(PriceError::NotPositive),
    }
}

fn is_wide(conf: u64, price: u64, max_conf: Bps) -> bool {
    u128::from(conf).saturating_mul(u128::from(BPS_ONE))
        > u128::from(price).saturating_mul(u128::from(max_conf.get()))
}
