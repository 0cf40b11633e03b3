//! How numbers and bytes are written in published files: u64 as decimal strings (JSON readers lose
//! integers above 2^53), hashes as lower-case hex, addresses and signatures as base58.
//!
//! Each value has exactly one accepted spelling, so that a parsed file written again is the same.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};
use std::fmt;

/// Displays an address.
pub struct Base58<'a>(pub &'a [u8]);

impl fmt::Display for Base58<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&bs58::encode(self.0).into_string())
    }
}

/// Displays a hash.
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// Parses exactly `N` bytes of canonical base58.
pub fn parse_base58<const N: usize>(text: &str) -> Result<[u8; N], &'static str> {
    // Base58 grows by at most 138 %: what is longer cannot be right and is not worth decoding.
    if text.len() > N.saturating_mul(2) {
        return Err("base58 text is too long");
    }
    let mut bytes = [0_u8; N];
    match bs58::decode(text).onto(&mut bytes[..]) {
        Ok(length) if length == N => Ok(bytes),
        _ => Err("not base58 of the right length"),
    }
}

/// Parses exactly `N` bytes of lower-case hex.
pub fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], &'static str> {
    let mut bytes = [0_u8; N];
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("hex must be lower-case");
    }
    hex::decode_to_slice(text, &mut bytes).map_err(|_| "not hex of the right length")?;
    Ok(bytes)
}

/// Parses a canonical decimal: no sign, no leading zero.
pub fn parse_u64(text: &str) -> Result<u64, &'static str> {
    let value: u64 = text
        .parse()
        .map_err(|_| "not a decimal number below 2^64")?;
    if value.to_string() == text {
        Ok(value)
    } else {
        Err("decimal number has a sign or leading zeros")
    }
}

/// `#[serde(with)]` for a 32-byte address.
pub mod key {
    use super::*;

    /// Writes base58.
    pub fn serialize<S: Serializer>(value: &[u8; 32], out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&Base58(value))
    }

    /// Reads base58.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 32], D::Error> {
        parse_base58(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

/// `#[serde(with)]` for a 32-byte hash.
pub mod hash {
    use super::*;

    /// Writes hex.
    pub fn serialize<S: Serializer>(value: &[u8; 32], out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&Hex(value))
    }

    /// Reads hex.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<[u8; 32], D::Error> {
        parse_hex(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

/// `#[serde(with)]` for a list of hashes.
pub mod hashes {
    use super::*;

    /// Writes a list of hex strings.
    pub fn serialize<S: Serializer>(values: &[[u8; 32]], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(values.iter().map(|value| Hex(value).to_string()))
    }
}

/// `#[serde(with)]` for u64.
pub mod amount {
    use super::*;

    /// Writes a decimal string.
    pub fn serialize<S: Serializer>(value: &u64, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(value)
    }

    /// Reads a decimal string.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
        parse_u64(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_one_spelling() {
        assert_eq!(parse_u64("18446744073709551615"), Ok(u64::MAX));
        for text in [
            "",
            "+1",
            "01",
            "-1",
            "1 ",
            "18446744073709551616",
            "0x1",
            "1e3",
        ] {
            assert!(parse_u64(text).is_err(), "{text}");
        }
        assert_eq!(parse_hex::<2>("00ff"), Ok([0, 255]));
        for text in ["00FF", "00f", "00ff00", "zzzz", ""] {
            assert!(parse_hex::<2>(text).is_err(), "{text}");
        }
        let address = Base58(&[7; 32]).to_string();
        assert_eq!(parse_base58::<32>(&address), Ok([7; 32]));
        for text in [
            &address[1..],
            &format!("1{address}"),
            "",
            &"1".repeat(65),
            "0OIl",
        ] {
            assert!(parse_base58::<32>(text).is_err(), "{text}");
        }
    }
}
