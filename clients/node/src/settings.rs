//! Settings: one TOML file, every key named, nothing silently ignored.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use solana_pubkey::Pubkey;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use thiserror::Error;
use trestle_core::storage;

/// What `trestle-node config-example` prints.
pub const EXAMPLE: &str = include_str!("../settings.example.toml");

/// Longest duration that a setting may name: 30 days.
const DURATION_MAX_MS: u64 = 30 * 24 * 3_600 * 1_000;
/// Largest count that a setting may name.
const COUNT_MAX: u64 = 16_777_216;
/// Largest capacity that a setting may name: 1 EiB.
const CAPACITY_BYTES_MAX: u64 = 1 << 60;
/// 100 % in basis points.
const BPS_WHOLE: u64 = 10_000;

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
    #[serde(deserialize_with = "read_address", serialize_with = "write_address")]
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
        Self { uncommitted_seconds: 24 * 3_600, sweep_interval_seconds: 3_600 }
    }
}

impl Settings {
    /// Reads and checks a file.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
        let settings: Self = toml::from_str(&text).map_err(|error| SettingsError::Parse {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        settings.validate()?;
        Ok(settings)
    }

    /// Says everything that is wrong at once, each with what would be right.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let mut problems = Vec::new();
        self.check_ranges(&mut problems);
        self.check_relations(&mut problems);
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

    fn check_ranges(&self, problems: &mut Vec<String>) {
        let (chain, terms, limits) = (&self.chain, &self.terms, &self.limits);
        let ranges = [
            ("chain.timeout_ms", chain.timeout_ms, 100, DURATION_MAX_MS),
            ("chain.cache_ttl_ms", chain.cache_ttl_ms, 100, DURATION_MAX_MS),
            ("chain.cache_absent_ttl_ms", chain.cache_absent_ttl_ms, 0, DURATION_MAX_MS),
            ("chain.cache_stale_max_ms", chain.cache_stale_max_ms, 0, DURATION_MAX_MS),
            ("chain.cache_entries_max", chain.cache_entries_max, 16, COUNT_MAX),
            ("chain.lookups_max", chain.lookups_max, 1, 1_024),
            ("terms.credits_per_gib_epoch", terms.credits_per_gib_epoch, 0, u64::MAX >> 36),
            ("terms.epochs_min", terms.epochs_min, 1, COUNT_MAX),
            ("terms.epochs_max", terms.epochs_max, 1, COUNT_MAX),
            ("terms.sla_bps_max", u64::from(terms.sla_bps_max), 0, BPS_WHOLE),
            ("terms.credit_bps_max", u64::from(terms.credit_bps_max), 0, BPS_WHOLE),
            ("limits.shard_bytes_max", limits.shard_bytes_max, 1, storage::SIZE_MAX_BYTES),
            ("limits.capacity_bytes", limits.capacity_bytes, 1, CAPACITY_BYTES_MAX),
            ("limits.uploads_max", limits.uploads_max, 1, 1_024),
            ("limits.downloads_max", limits.downloads_max, 1, COUNT_MAX),
            ("limits.challenges_max", limits.challenges_max, 1, 1_024),
            ("limits.queue_wait_ms", limits.queue_wait_ms, 0, DURATION_MAX_MS),
            ("limits.connections_max", limits.connections_max, 1, COUNT_MAX),
            ("limits.json_body_bytes_max", limits.json_body_bytes_max, 4_096, 16 << 20),
            ("limits.header_timeout_ms", limits.header_timeout_ms, 100, DURATION_MAX_MS),
            ("limits.body_idle_timeout_ms", limits.body_idle_timeout_ms, 100, DURATION_MAX_MS),
            ("limits.requests_per_second", limits.requests_per_second, 1, COUNT_MAX),
            ("limits.requests_burst", limits.requests_burst, 1, COUNT_MAX),
            ("limits.keys_max", limits.keys_max, 16, COUNT_MAX),
            ("limits.nonces_max", limits.nonces_max, 16, COUNT_MAX),
            ("limits.shutdown_grace_ms", limits.shutdown_grace_ms, 0, DURATION_MAX_MS),
            ("retention.uncommitted_seconds", self.retention.uncommitted_seconds, 60, COUNT_MAX),
            (
                "retention.sweep_interval_seconds",
                self.retention.sweep_interval_seconds,
                1,
                COUNT_MAX,
            ),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                problems.push(format!("- `{key}` is {value}; set it from {least} to {most}"));
            }
        }
    }

    fn check_relations(&self, problems: &mut Vec<String>) {
        let limits = &self.limits;
        let mut demand = |holds: bool, problem: &str| {
            if !holds {
                problems.push(format!("- {problem}"));
            }
        };
        demand(
            self.terms.epochs_min <= self.terms.epochs_max,
            "`terms.epochs_min` is above `terms.epochs_max`; swap or change them",
        );
        demand(
            limits.shard_bytes_max <= limits.capacity_bytes,
            "`limits.shard_bytes_max` is above `limits.capacity_bytes`; lower the first",
        );
        demand(
            limits.upload_bytes_per_second_min > 0,
            "`limits.upload_bytes_per_second_min` is 0; an upload could last for ever",
        );
        demand(
            self.chain.cache_stale_max_ms >= self.chain.cache_ttl_ms,
            "`chain.cache_stale_max_ms` is below `chain.cache_ttl_ms`; raise the first",
        );
        demand(
            self.chain.operator != Pubkey::default(),
            "`chain.operator` is the system program; `trestle operator show` prints the account",
        );
        demand(
            !self.data_dir.as_os_str().is_empty(),
            "`data_dir` is empty; name a directory on the disk that is offered",
        );
    }
}

impl TlsSettings {
    /// Both files, for messages.
    pub fn describe(&self) -> String {
        format!("{} and {}", self.certificate_path.display(), self.private_key_path.display())
    }
}

/// A URL whose tail and credentials are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The whole URL, for connecting.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn redacted(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let tail = rest.get(authority.len()..).unwrap_or_default();
        let credentials = if authority.contains('@') { "***@" } else { "" };
        let tail = if tail.len() > 1 { "/***" } else { tail };
        format!("{scheme}://{credentials}{host}{tail}")
    }
}

impl FromStr for SecretUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = text.starts_with("http://") || text.starts_with("https://");
        let parsed = text.parse::<axum::http::Uri>();
        if known && parsed.is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty())) {
            Ok(Self(text.to_owned()))
        } else {
            Err("expected a URL such as `https://api.devnet.solana.com`".to_owned())
        }
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.redacted())
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.redacted())
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.redacted())
    }
}

impl<'de> Deserialize<'de> for SecretUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A duration out of a setting in milliseconds.
pub fn millis(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn read_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pubkey, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| serde::de::Error::custom("expected a base58 address"))
}

fn write_address<S: Serializer>(address: &Pubkey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
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
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn example() -> Settings {
        toml::from_str(EXAMPLE).unwrap()
    }

    fn keys(value: &toml::Value, prefix: &str, out: &mut BTreeSet<String>) {
        if let toml::Value::Table(table) = value {
            for (key, value) in table {
                keys(value, &format!("{prefix}.{key}"), out);
            }
        } else {
            out.insert(prefix.to_owned());
        }
    }

    #[test]
    fn example_is_valid_and_shows_the_defaults() {
        let settings = example();
        settings.validate().unwrap();
        assert_eq!(settings.terms, Terms::default());
        assert_eq!(settings.limits, Limits::default());
        assert_eq!(settings.retention, Retention::default());
        let minimal = "data_dir = \"/var/lib/trestle-node\"\n\
             node_key_path = \"/etc/trestle/node.json\"\n[chain]\n\
             rpc_url = \"http://127.0.0.1:8899\"\n\
             operator = \"11111111111111111111111111111112\"\n";
        assert_eq!(toml::from_str::<Settings>(minimal).unwrap(), settings);
    }

    #[test]
    fn example_names_every_key() {
        let (mut shown, mut known) = (BTreeSet::new(), BTreeSet::new());
        keys(&toml::from_str(EXAMPLE).unwrap(), "", &mut shown);
        keys(&toml::Value::try_from(example()).unwrap(), "", &mut known);
        assert_eq!(shown, known);
        let tls = TlsSettings { certificate_path: "a".into(), private_key_path: "b".into() };
        let mut tls_keys = BTreeSet::new();
        keys(&toml::Value::try_from(tls).unwrap(), "", &mut tls_keys);
        for key in tls_keys {
            assert!(EXAMPLE.contains(&format!("# {} =", key.trim_start_matches('.'))), "{key}");
        }
    }

    #[test]
    fn unknown_keys_are_refused_with_their_line() {
        let text = EXAMPLE.replace("uploads_max = 8", "upload_max = 8");
        let error = toml::from_str::<Settings>(&text).unwrap_err().to_string();
        assert!(error.contains("upload_max") && error.contains("line"), "{error}");
    }

    #[test]
    fn every_problem_is_named_with_its_remedy() {
        let mut settings = example();
        settings.limits.uploads_max = 0;
        settings.limits.shard_bytes_max = 2;
        settings.limits.capacity_bytes = 1;
        settings.terms.epochs_min = 9;
        settings.terms.epochs_max = 8;
        let text = settings.validate().unwrap_err().to_string();
        for part in ["limits.uploads_max", "limits.shard_bytes_max", "terms.epochs_min"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.contains("from 1 to 1024"), "{text}");
    }

    #[test]
    fn urls_are_printed_without_secrets() {
        let printed = |text: &str| text.parse::<SecretUrl>().unwrap().to_string();
        assert_eq!(printed("https://rpc.example.com"), "https://rpc.example.com");
        assert_eq!(printed("http://127.0.0.1:8899/"), "http://127.0.0.1:8899/");
        assert_eq!(printed("https://rpc.example.com/v2/KEY"), "https://rpc.example.com/***");
        assert_eq!(printed("https://rpc.example.com?api-key=KEY"), "https://rpc.example.com/***");
        assert_eq!(printed("https://me:KEY@rpc.example.com"), "https://***@rpc.example.com");
        for text in ["", "localhost", "ftp://x", "http://", "https:///x"] {
            assert!(text.parse::<SecretUrl>().is_err(), "{text}");
        }
        let mut settings = example();
        settings.chain.rpc_url = "https://rpc.example.com/KEY".parse().unwrap();
        assert!(!settings.render().unwrap().contains("KEY"));
        assert!(!format!("{settings:?}").contains("KEY"));
    }
}
