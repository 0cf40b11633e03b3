//! How values are written in JSON: addresses in base58, hashes in hex, 64-bit integers as strings
//! (JavaScript's numbers are exact to 53 bits only).

/// `#[serde(with = "trestle_sdk::encoding::base58")]` on an address.
pub mod base58 {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use solana_pubkey::Pubkey;

    pub fn serialize<S: Serializer>(value: &Pubkey, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pubkey, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("`{text}` is not a base58 address")))
    }
}

/// The same for an address that may be absent.
pub mod base58_option {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use solana_pubkey::Pubkey;

    pub fn serialize<S: Serializer>(
        value: &Option<Pubkey>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(address) => serializer.collect_str(address),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Pubkey>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let address = text
            .parse()
            .map_err(|_| D::Error::custom(format!("`{text}` is not a base58 address")))?;
        Ok(Some(address))
    }
}

/// The same for a u64 or i64 as a decimal string.
pub mod string {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use std::{fmt::Display, str::FromStr};

    pub fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("`{text}` is not a decimal integer")))
    }
}

/// The same for 32 bytes as 64 hex digits.
pub mod hex32 {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(value))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0_u8; 32];
        hex::decode_to_slice(&text, &mut bytes)
            .map_err(|_| D::Error::custom(format!("`{text}` is not 32 bytes of hex")))?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use solana_pubkey::Pubkey;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        #[serde(with = "super::base58")]
        address: Pubkey,
        #[serde(with = "super::base58_option", default)]
        maybe: Option<Pubkey>,
        #[serde(with = "super::string")]
        amount: u64,
        #[serde(with = "super::hex32")]
        hash: [u8; 32],
    }

    #[test]
    fn values_survive_json_and_bad_text_is_named() {
        let sample = Sample {
            address: Pubkey::new_from_array([1; 32]),
            maybe: None,
            amount: u64::MAX,
            hash: [0xab; 32],
        };
        let text = serde_json::to_string(&sample).unwrap();
        assert!(text.contains("\"18446744073709551615\""));
        assert_eq!(serde_json::from_str::<Sample>(&text).unwrap(), sample);
        let spoiled = text.replace("18446744073709551615", "-1");
        let error = serde_json::from_str::<Sample>(&spoiled).unwrap_err();
        assert!(error.to_string().contains("`-1` is not a decimal integer"));
    }
}
