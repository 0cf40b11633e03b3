//! Settings: one TOML file, every key named, nothing silently ignored.

mod url;
mod validate;

pub use url::SecretUrl;

use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};
use thiserror::Error;
use trestle_sdk::encoding::base58;

/// What `trestle-node config-example` prints.
pub const EXAMPLE: &str = include_str!("../../settings.example.toml");

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read settings `{path}`: {source}; name an existing file with `--config`")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it must be.
    #[error("settings `{path}` are malformed: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, column and expectation.
        message: String,
    },
    /// Values that make no sense, all of them at once.
    #[error("settings are invalid:\n{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

/// All settings of a node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where to listen.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Where shards are kept.
    pub data_dir: PathBuf,
    /// Solana key file of the node.
    pub node_key_path: PathBuf,
    /// Filter of the log.
    #[serde(default = "default_log")]
    pub log: String,
    /// How to see the chain.
    pub chain: ChainSettings,
    /// HTTPS, if wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSettings>,
    /// What the node asks for.
    #[serde(default)]
    pub terms: Terms,
    /// Bounds.
    #[serde(default)]
    pub limits: Limits,
    /// When shards without a commitment are given up.
    #[serde(default)]
    pub retention: Retention,
}

/// How to see the chain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSettings {
    /// JSON-RPC endpoint; providers put keys into it, so it is printed without its tail.
    pub rpc_url: SecretUrl,
    /// The operator account that this node serves.
    #[serde(with = "base58")]
    pub operator: Pubkey,
    /// Commitment level that is believed.
    #[serde(default)]
    pub commitment: CommitmentLevel,
    /// Longest wait for one answer.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
    /// Age up to which an answer is used without asking again.
    #[serde(default = "default_cache_ttl_ms")]
    pub cache_ttl_ms: u64,
    /// The same for "there is no such account".
    #[serde(default = "default_cache_absent_ttl_ms")]
    pub cache_absent_ttl_ms: u64,
    /// Age up to which an answer stands in while the RPC is down.
    #[serde(default = "default_cache_stale_max_ms")]
    pub cache_stale_max_ms: u64,
    /// Bound of the cache.
    #[serde(default = "default_cache_entries_max")]
    pub cache_entries_max: u64,
    /// Bound of concurrent requests to the RPC.
    #[serde(default = "default_lookups_max")]
    pub lookups_max: u64,
}

/// Which state of the chain is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CommitmentLevel {
    /// Newest, may be rolled back.
    Processed,
    /// Voted by two thirds of the stake.
    #[default]
    Confirmed,
    /// Rooted.
    Finalized,
}

/// Files for HTTPS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// PEM with the chain, leaf first.
    pub certificate_path: PathBuf,
    /// PEM with the private key.
    pub private_key_path: PathBuf,
}

/// What the node asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// Credits for one GiB and one epoch.
    pub credits_per_gib_epoch: u64,
    /// Smallest rate of one lease, in credits per epoch.
    pub rate_min: u64,
    /// Shortest lease in epochs.
    pub epochs_min: u64,
    /// Longest lease in epochs.
    pub epochs_max: u64,
    /// Highest service level in basis points.
    pub sla_bps_max: u16,
    /// Highest service credit in basis points.
    pub credit_bps_max: u16,
    /// Epochs of notice that a customer must keep at least.
    pub notice_epochs_min: u16,
    /// Epochs of renewal at the same price that a lease may grant the customer at most.
    pub renewal_epochs_max: u64,
    /// Whether a commitment must come with a lease in the same transaction.
    pub lease_required: bool,
    /// Credits that a customer must have on the chain to upload.
    pub customer_credits_min: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            credits_per_gib_epoch: 10,
            rate_min: 1,
            epochs_min: 1,
            epochs_max: 1_000,
            sla_bps_max: 10_000,
            credit_bps_max: 10_000,
            notice_epochs_min: 0,
            renewal_epochs_max: 0,
            lease_required: true,
            customer_credits_min: 1,
        }
    }
}

/// Bounds of everything that a client can make grow.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest shard in bytes.
    pub shard_bytes_max: u64,
    /// All shards together in bytes.
    pub capacity_bytes: u64,
    /// Uploads at the same time.
    pub uploads_max: u64,
    /// Uploads of one key at the same time, so that one customer cannot keep out the others.
    pub uploads_per_key_max: u64,
    /// Downloads at the same time.
    pub downloads_max: u64,
    /// Challenge requests answered at the same time.
    pub challenges_max: u64,
    /// How long a request waits for its turn.
    pub queue_wait_ms: u64,
    /// Open connections.
    pub connections_max: u64,
    /// Largest body that is held in memory, in bytes.
    pub json_body_bytes_max: u64,
    /// Longest time for a request's head.
    pub header_timeout_ms: u64,
    /// Longest pause within a body.
    pub body_idle_timeout_ms: u64,
    /// Slowest upload, on the whole.
    pub upload_bytes_per_second_min: u64,
    /// Requests per second and key.
    pub requests_per_second: u64,
    /// Requests of one key that may come at once.
    pub requests_burst: u64,
    /// Keys whose rate is remembered.
    pub keys_max: u64,
    /// Nonces that are remembered.
    pub nonces_max: u64,
    /// How long requests may take to finish after SIGTERM.
    pub shutdown_grace_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            shard_bytes_max: 4 << 30,
            capacity_bytes: 100 << 30,
            uploads_max: 8,
            uploads_per_key_max: 4,
            downloads_max: 64,
            challenges_max: 4,
            queue_wait_ms: 5_000,
            connections_max: 1_024,
            json_body_bytes_max: 128 << 10,
            header_timeout_ms: 30_000,
            body_idle_timeout_ms: 30_000,
            upload_bytes_per_second_min: 64 << 10,
            requests_per_second: 50,
            requests_burst: 200,
            keys_max: 65_536,
            nonces_max: 262_144,
            shutdown_grace_ms: 30_000,
        }
    }
}

/// When shards without a commitment are given up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// How long a shard may wait for its commitment.
    pub uncommitted_seconds: u64,
    /// Pause between two looks.
    pub sweep_interval_seconds: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            uncommitted_seconds: 24 * 3_600,
            sweep_interval_seconds: 3_600,
        }
    }
}

impl Settings {
    /// Reads and checks a file.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Read {
            path: path.to_owned(),
            source,
        })?;
        let settings: Self = toml::from_str(&text).map_err(|error| SettingsError::Parse {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        settings.validate()?;
        Ok(settings)
    }

    /// Says everything that is wrong at once, each with what would be right.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let problems = validate::problems(self);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(SettingsError::Invalid(problems))
        }
    }

    /// What is in force, without secrets.
    pub fn render(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}

impl TlsSettings {
    /// Both files, for messages.
    pub fn describe(&self) -> String {
        format!(
            "{} and {}",
            self.certificate_path.display(),
            self.private_key_path.display()
        )
    }
}

/// A duration out of a setting in milliseconds.
pub fn millis(value: u64) -> Duration {
    Duration::from_millis(value)
}

/// Loopback: a node that faces the internet says so in its settings.
fn default_listen() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7400)
}

fn default_log() -> String {
    "info".to_owned()
}

fn default_timeout_ms() -> u64 {
    10_000
}

fn default_cache_ttl_ms() -> u64 {
    30_000
}

fn default_cache_absent_ttl_ms() -> u64 {
    2_000
}

fn default_cache_stale_max_ms() -> u64 {
    3_600_000
}

fn default_cache_entries_max() -> u64 {
    65_536
}

fn default_lookups_max() -> u64 {
    16
}

#[cfg(test)]
mod tests;
