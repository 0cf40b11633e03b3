//! Values as results show them: amounts with their unit, addresses, times.

use std::fmt;

use serde::Serialize;
use trestle_sdk::{
    amount::{credits_to_usd, format_units, SOL_DECIMALS},
    encoding::string,
};

/// Seconds of a day, an hour and a minute.
const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;
const MINUTE: u64 = 60;

/// An amount of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenText {
    /// Base units.
    #[serde(with = "string")]
    pub amount: u64,
    /// The same as people write it.
    pub ui_amount: String,
    pub symbol: String,
}

impl TokenText {
    pub fn new(amount: u64, decimals: u8, symbol: &str) -> Self {
        Self {
            amount,
            ui_amount: format_units(amount, decimals),
            symbol: symbol.to_string(),
        }
    }
}

impl fmt::Display for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.ui_amount, self.symbol)?;
        if f.alternate() {
            write!(f, " ({} base units)", self.amount)?;
        }
        Ok(())
    }
}

/// A number of credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditsText {
    #[serde(with = "string")]
    pub credits: u64,
    /// What they are worth at their fixed price.
    pub usd: String,
}

impl CreditsText {
    pub fn new(credits: u64) -> Self {
        Self {
            credits,
            usd: credits_to_usd(credits),
        }
    }
}

impl fmt::Display for CreditsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} credits (${})", self.credits, self.usd)
    }
}

/// Lamports as SOL.
pub fn sol(lamports: u64) -> String {
    format!("{} SOL", format_units(lamports, SOL_DECIMALS))
}

/// Basis points as percent, exactly.
pub fn percent(bps: u64) -> String {
    format!("{} %", format_units(bps, 2))
}

/// A number of things: "1 epoch", "2 epochs".
pub fn count(number: u64, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

/// Seconds in words, with two units at most.
pub fn duration(seconds: u64) -> String {
    let parts = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")];
    let mut left = seconds;
    let mut words = Vec::new();
    for (unit, name) in parts {
        let count = left.checked_div(unit).unwrap_or(0);
        left = left.checked_rem(unit).unwrap_or(0);
        if count > 0 {
            words.push(format!("{count} {name}"));
        }
    }
    words.truncate(2);
    if words.is_empty() {
        return "0 s".to_string();
    }
    words.join(" ")
}

/// How far `at` is from `now`, both unix seconds.
pub fn relative(at: i64, now: i64) -> String {
    let distance = duration(at.abs_diff(now));
    if at > now {
        format!("in {distance}")
    } else {
        format!("{distance} ago")
    }
}

/// Bytes with a binary unit, rounded down to a tenth.
pub fn bytes(count: u64) -> String {
    let units = [("TiB", 40_u32), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (name, shift) in units {
        if count >= 1 << shift {
            let tenths = count
                .checked_shr(shift.saturating_sub(4))
                .unwrap_or(0)
                .saturating_mul(10)
                .checked_shr(4)
                .unwrap_or(0);
            return format!("{} {name}", format_units(tenths, 1));
        }
    }
    format!("{count} B")
}

/// One `label: value` line, aligned with the others. Without a label it continues the last one.
pub fn row(f: &mut fmt::Formatter<'_>, label: &str, value: impl fmt::Display) -> fmt::Result {
    const WIDTH: usize = 18;
    let colon = if label.is_empty() { "" } else { ":" };
    let label = format!("{label}{colon}");
    if f.alternate() {
        return writeln!(f, "{label:<WIDTH$} {value:#}");
    }
    writeln!(f, "{label:<WIDTH$} {value}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_shown_with_their_unit() {
        let amount = TokenText::new(1_500_000_000, 9, "TRS");
        assert_eq!(amount.to_string(), "1.5 TRS");
        assert_eq!(format!("{amount:#}"), "1.5 TRS (1500000000 base units)");
        assert_eq!(
            CreditsText::new(250_000).to_string(),
            "250000 credits ($2.5)"
        );
        assert_eq!(sol(5_000), "0.000005 SOL");
        assert_eq!(percent(9_500), "95 %");
        assert_eq!(percent(1), "0.01 %");
        assert_eq!(duration(0), "0 s");
        assert_eq!(duration(90_061), "1 d 1 h");
        assert_eq!(relative(100, 160), "1 min ago");
        assert_eq!(relative(160, 100), "in 1 min");
        assert_eq!(bytes(1_023), "1023 B");
        assert_eq!(bytes(1_536), "1.5 KiB");
        assert_eq!(bytes(4 << 30), "4 GiB");
    }

    proptest! {
        #[test]
        fn no_value_is_too_large_to_be_shown(value: u64, at: i64, now: i64) {
            let _ = (duration(value), bytes(value), relative(at, now), percent(value));
        }
    }
}
