//! Decimal text to integer base units and back.
//!
//! No floats: `0.1` of a token with nine decimals is exactly 100,000,000 base units, and a digit
//! that the token cannot hold is refused rather than rounded.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The word that stands for everything the signer has.
pub const ALL_KEYWORD: &str = "ALL";
/// Decimals of a credit.
pub const CREDIT_DECIMALS: u8 = 0;
/// Decimals of a stablecoin (USD).
pub const STABLE_DECIMALS: u8 = 6;
/// Decimals of SOL.
pub const SOL_DECIMALS: u8 = 9;
/// More decimals than this cannot be told apart in a u64.
pub const DECIMALS_MAX: u8 = 19;

/// Why text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    #[error("`{0}` is not an amount; write a decimal number such as `12.5`, or `ALL`")]
    NotANumber(String),
    #[error("`{text}` has {found} decimals but {allowed} is the most here; drop the extra digits")]
    TooManyDecimals {
        text: String,
        found: usize,
        allowed: u8,
    },
    #[error("`{0}` is larger than any balance can be")]
    TooLarge(String),
    #[error("the amount must be more than zero")]
    Zero,
}

/// What a user typed, before the token's decimals are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    All,
    Exact(Decimal),
}

/// A non-negative decimal number kept as its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    text: String,
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        if text == ALL_KEYWORD {
            return Ok(Self::All);
        }
        Decimal::from_str(text).map(Self::Exact)
    }
}

impl FromStr for Decimal {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let valid = !whole.is_empty() && !fraction.is_empty() && digits(whole) && digits(fraction);
        if !valid {
            return Err(AmountError::NotANumber(text.to_string()));
        }
        Ok(Self {
            text: text.to_string(),
        })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Decimal {
    /// In base units of something with `decimals` decimals.
    pub fn to_base_units(&self, decimals: u8) -> Result<u64, AmountError> {
        let (whole, fraction) = self.text.split_once('.').unwrap_or((&self.text, ""));
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > usize::from(decimals) {
            return Err(AmountError::TooManyDecimals {
                text: self.text.clone(),
                found: fraction.len(),
                allowed: decimals,
            });
        }
        let too_large = || AmountError::TooLarge(self.text.clone());
        let padding = usize::from(decimals).saturating_sub(fraction.len());
        let digits = format!("{whole}{fraction}{}", "0".repeat(padding));
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Ok(0);
        }
        significant.parse().map_err(|_| too_large())
    }
}

impl Amount {
    /// In base units; `available` is what [`ALL_KEYWORD`] stands for. Zero is refused: no
    /// instruction here does anything with it.
    pub fn to_base_units(&self, decimals: u8, available: u64) -> Result<u64, AmountError> {
        let units = match self {
            Self::All => available,
            Self::Exact(decimal) => decimal.to_base_units(decimals)?,
        };
        if units == 0 {
            return Err(AmountError::Zero);
        }
        Ok(units)
    }
}

/// Base units as a decimal number without trailing zeros.
pub fn format_units(units: u64, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{units:0>width$}", width = decimals.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole.to_string()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// Credits and what they are worth at their fixed price, such as `250,000 credits ($2.5)`.
pub fn credits_to_usd(credits: u64) -> String {
    // One credit is $0.00001: five decimals of a dollar.
    const CREDIT_USD_DECIMALS: u8 = 5;
    format_units(credits, CREDIT_USD_DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(text: &str, decimals: u8) -> Result<u64, AmountError> {
        text.parse::<Amount>()?.to_base_units(decimals, 77)
    }

    #[test]
    fn decimal_text_is_exact() {
        assert_eq!(units("0.1", 9), Ok(100_000_000));
        assert_eq!(units("1", 0), Ok(1));
        assert_eq!(units("1.50", 1), Ok(15));
        assert_eq!(units("00012.5", 6), Ok(12_500_000));
        assert_eq!(units("ALL", 9), Ok(77));
        assert_eq!(units("18446744073709551615", 0), Ok(u64::MAX));
        assert_eq!(units("18446744073.709551615", 9), Ok(u64::MAX));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", " 1", "all", "0x10", "1.2.3", "١",
        ] {
            assert!(
                matches!(units(text, 9), Err(AmountError::NotANumber(_))),
                "{text}"
            );
        }
        assert_eq!(units("0", 9), Err(AmountError::Zero));
        assert_eq!(units("0.000", 9), Err(AmountError::Zero));
        assert!(matches!(
            units("18446744073709551616", 0),
            Err(AmountError::TooLarge(_))
        ));
        assert_eq!(
            units("0.1234567", 6),
            Err(AmountError::TooManyDecimals {
                text: "0.1234567".to_string(),
                found: 7,
                allowed: 6
            })
        );
    }

    #[test]
    fn formatting_trims_zeros() {
        assert_eq!(format_units(0, 9), "0");
        assert_eq!(format_units(1, 9), "0.000000001");
        assert_eq!(format_units(1_500_000_000, 9), "1.5");
        assert_eq!(format_units(42, 0), "42");
        assert_eq!(credits_to_usd(250_000), "2.5");
    }

    proptest! {
        #[test]
        fn formatted_units_parse_back(value in 1_u64.., decimals in 0_u8..=DECIMALS_MAX) {
            prop_assert_eq!(units(&format_units(value, decimals), decimals), Ok(value));
        }
    }
}
