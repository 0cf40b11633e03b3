//! What nodes are asked and what they answer.

use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;

use crate::encoding::{base58, string};

/// What a node says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    pub status: String,
    pub version: String,
    #[serde(with = "base58")]
    pub node_key: Pubkey,
    #[serde(with = "base58")]
    pub operator: Pubkey,
    #[serde(with = "base58")]
    pub network: Pubkey,
    #[serde(with = "base58")]
    pub service: Pubkey,
    #[serde(with = "string")]
    pub stored_bytes: u64,
    #[serde(with = "string")]
    pub capacity_bytes: u64,
    #[serde(with = "string")]
    pub shard_bytes_max: u64,
    pub terms: Terms,
}

/// What a node asks of a lease before it signs one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    #[serde(with = "string")]
    pub credits_per_gib_epoch: u64,
    /// Credits an epoch below which it takes no shard.
    #[serde(with = "string")]
    pub rate_min: u64,
    #[serde(with = "string")]
    pub epochs_min: u64,
    #[serde(with = "string")]
    pub epochs_max: u64,
    pub sla_bps_max: u16,
    pub credit_bps_max: u16,
    /// Epochs of notice that a customer must keep.
    #[serde(default)]
    pub notice_epochs_min: u16,
    /// Epochs of renewal that it grants ahead.
    #[serde(with = "string", default)]
    pub renewal_epochs_max: u64,
}

impl Terms {
    /// Credits an epoch that the node asks for a shard of this size.
    pub fn rate(&self, shard_bytes: u64) -> u64 {
        const GIB: u128 = 1 << 30;
        let product = u128::from(shard_bytes).saturating_mul(self.credits_per_gib_epoch.into());
        let rate = u64::try_from(product.div_ceil(GIB)).unwrap_or(u64::MAX);
        rate.max(self.rate_min)
    }
}

/// One answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChallengeAnswer {
    pub number: u32,
    /// `ok` or `lost`.
    pub outcome: String,
    /// The leaf's 124 bytes in hex.
    pub leaf: Option<String>,
    /// Hex of each node on the way to the root.
    pub path: Option<Vec<String>>,
    /// By the node's key over the answer message.
    pub signature: String,
}

/// A challenge to one commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeRequest {
    pub service: Pubkey,
    pub epoch: u64,
    pub commitment: Pubkey,
    pub root: [u8; 32],
    /// (challenge number, leaf index)
    pub numbers: Vec<(u32, u32)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(price: u64, rate_min: u64) -> Terms {
        Terms {
            credits_per_gib_epoch: price,
            rate_min,
            epochs_min: 1,
            epochs_max: 10,
            sla_bps_max: 9_900,
            credit_bps_max: 1_000,
            notice_epochs_min: 0,
            renewal_epochs_max: 0,
        }
    }

    #[test]
    fn asked_rate_is_rounded_up_and_never_below_the_minimum() {
        assert_eq!(terms(100, 0).rate(1 << 30), 100);
        assert_eq!(terms(100, 0).rate(1), 1);
        assert_eq!(terms(100, 7).rate(1), 7);
        assert_eq!(terms(u64::MAX, 0).rate(u64::MAX), u64::MAX);
    }
}
