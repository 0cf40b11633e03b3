//! Settings of the service. The example file is the reference and is tested against the defaults.

use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;
use trestle_kit::settings::{from_sources, ServiceUrl, SettingsError};
use trestle_kit::telemetry::{self, LogSettings, TelemetryError};
use trestle_sdk::encoding::base58;

/// Prefix of environment variables.
pub const ENV_PREFIX: &str = "TRESTLE_ATTEST";
/// A settings file with every key and what it means.
pub const EXAMPLE: &str = include_str!("settings.example.toml");

/// Most peers: a verifier set has 32 places.
const PEERS_MAX: usize = 32;
/// Most attempts at a challenge.
const ATTEMPTS_MAX: u32 = 10;
/// Most operators asked at the same time.
const CONCURRENCY_MAX: usize = 256;
/// Shortest interval of any loop.
const INTERVAL_MIN: Duration = Duration::from_millis(100);
/// Fewest epochs kept: the challenge window and late verifiers need a few back.
const EPOCHS_KEPT_MIN: u64 = 4;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Database and published files.
    pub data_dir: PathBuf,
    /// The verifier's key file.
    pub keypair_path: PathBuf,
    /// `[chain]`.
    pub chain: ChainSettings,
    /// `[http]`.
    #[serde(default)]
    pub http: HttpSettings,
    /// `[monitor]`.
    #[serde(default)]
    pub monitor: MonitorSettings,
    /// `[challenge]`.
    #[serde(default)]
    pub challenge: ChallengeSettings,
    /// `[vote]`.
    #[serde(default)]
    pub vote: VoteSettings,
    /// `[crank]`.
    #[serde(default)]
    pub crank: CrankSettings,
    /// `[limits]`.
    #[serde(default)]
    pub limits: LimitSettings,
    /// `[log]`.
    #[serde(default)]
    pub log: LogSettings,
    /// `[[peers]]`.
    #[serde(default)]
    pub peers: Vec<PeerSettings>,
}

/// Which chain and which service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSettings {
    /// JSON-RPC endpoint.
    pub rpc_url: ServiceUrl,
    /// The Service account.
    #[serde(with = "base58")]
    pub service: Pubkey,
    /// How often the chain is looked at.
    #[serde(with = "humantime_serde", default = "default_poll")]
    pub poll_interval: Duration,
    /// How often operators and commitments are listed.
    #[serde(with = "humantime_serde", default = "default_registry")]
    pub registry_interval: Duration,
}

fn default_poll() -> Duration {
    Duration::from_secs(15)
}

fn default_registry() -> Duration {
    Duration::from_secs(60)
}

/// The public server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Where it listens.
    pub listen: SocketAddr,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7500)),
        }
    }
}

/// The server for Prometheus and health checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MonitorSettings {
    /// Where it listens.
    pub listen: SocketAddr,
}

impl Default for MonitorSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7501)),
        }
    }
}

/// How nodes are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChallengeSettings {
    /// Attempts before a challenge counts as missed.
    pub attempts: u32,
    /// Wait between two attempts.
    #[serde(with = "humantime_serde")]
    pub attempt_spacing: Duration,
    /// Operators asked at the same time.
    pub concurrency: usize,
    /// Whether loopback and private addresses are asked.
    pub private_endpoints: bool,
}

impl Default for ChallengeSettings {
    fn default() -> Self {
        Self {
            attempts: 3,
            attempt_spacing: Duration::from_secs(600),
            concurrency: 16,
            private_endpoints: false,
        }
    }
}

/// When to propose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoteSettings {
    /// Between one verifier's turn and the next one's.
    #[serde(with = "humantime_serde")]
    pub proposer_delay: Duration,
}

impl Default for VoteSettings {
    fn default() -> Self {
        Self {
            proposer_delay: Duration::from_secs(120),
        }
    }
}

/// Which permissionless transactions are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CrankSettings {
    /// Between one verifier's turn and the next one's.
    #[serde(with = "humantime_serde")]
    pub delay: Duration,
    /// Record the challenge seed of each epoch.
    pub seed: bool,
    /// Allot each epoch in the reward pool.
    pub allot: bool,
    /// Make roots final after their window.
    pub finalize: bool,
    /// Close proposals and rounds that came to nothing.
    pub close: bool,
    /// Apply slashes of final roots.
    pub slash: bool,
    /// Settle leases and lease groups by final roots.
    pub leases: bool,
}

impl Default for CrankSettings {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(10),
            seed: true,
            allot: true,
            finalize: true,
            close: true,
            slash: true,
            leases: false,
        }
    }
}

/// What would otherwise grow without end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// Commitments that are scored.
    pub commitments_max: usize,
    /// Operators that are scored.
    pub operators_max: usize,
    /// Largest file fetched from a peer, in bytes.
    pub peer_file_bytes_max: u64,
    /// Epochs whose evidence and files are kept.
    pub epochs_kept: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            commitments_max: 100_000,
            operators_max: 100_000,
            peer_file_bytes_max: 1 << 30,
            epochs_kept: 128,
        }
    }
}

/// Another verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerSettings {
    /// Its key in the verifier set.
    #[serde(with = "base58")]
    pub authority: Pubkey,
    /// Where it publishes.
    pub url: ServiceUrl,
}

/// Why settings are refused.
#[derive(Debug, Error)]
pub enum InvalidSettings {
    /// They cannot be read.
    #[error(transparent)]
    Read(#[from] SettingsError),
    /// The log filter does not parse.
    #[error(transparent)]
    Log(#[from] TelemetryError),
    /// A value is out of its range.
    #[error("`{key}` must be {rule}")]
    Range {
        /// Which.
        key: &'static str,
        /// What holds for it.
        rule: String,
    },
}

impl Settings {
    /// Reads and checks settings.
    pub fn load(
        file: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, InvalidSettings> {
        let settings: Self = from_sources(file, variables, ENV_PREFIX)?;
        settings.validate()?;
        Ok(settings)
    }

    /// Checks what types cannot say.
    pub fn validate(&self) -> Result<(), InvalidSettings> {
        telemetry::check(&self.log)?;
        let intervals = [
            ("chain.poll_interval", self.chain.poll_interval),
            ("chain.registry_interval", self.chain.registry_interval),
            ("challenge.attempt_spacing", self.challenge.attempt_spacing),
            ("vote.proposer_delay", self.vote.proposer_delay),
            ("crank.delay", self.crank.delay),
        ];
        for (key, interval) in intervals {
            let least = format!("at least {} ms", INTERVAL_MIN.as_millis());
            require(interval >= INTERVAL_MIN, key, least)?;
        }
        let attempts = self.challenge.attempts;
        let rule = format!("1 to {ATTEMPTS_MAX}");
        require(
            (1..=ATTEMPTS_MAX).contains(&attempts),
            "challenge.attempts",
            rule,
        )?;
        let concurrency = self.challenge.concurrency;
        let rule = format!("1 to {CONCURRENCY_MAX}");
        require(
            (1..=CONCURRENCY_MAX).contains(&concurrency),
            "challenge.concurrency",
            rule,
        )?;
        let kept = self.limits.epochs_kept;
        require(
            kept >= EPOCHS_KEPT_MIN,
            "limits.epochs_kept",
            format!("{EPOCHS_KEPT_MIN} or more"),
        )?;
        let rule = format!("at most {PEERS_MAX}, each authority once");
        require(
            self.peers.len() <= PEERS_MAX && self.peers_are_distinct(),
            "peers",
            rule,
        )
    }

    fn peers_are_distinct(&self) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        self.peers.iter().all(|peer| seen.insert(peer.authority))
    }
}

fn require(holds: bool, key: &'static str, rule: String) -> Result<(), InvalidSettings> {
    if holds {
        return Ok(());
    }
    Err(InvalidSettings::Range { key, rule })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = "data_dir = '/var/lib/trestle-attest'\n\
        keypair_path = '/etc/trestle-attest/verifier.json'\n[chain]\n\
        rpc_url = 'http://127.0.0.1:8899'\nservice = '11111111111111111111111111111111'\n";

    fn load(file: &str) -> Result<Settings, InvalidSettings> {
        Settings::load(file, [])
    }

    #[test]
    fn example_shows_every_key_with_its_default() {
        let example = load(EXAMPLE).unwrap();
        assert_eq!(example, load(MINIMAL).unwrap());
        let printed: toml::Table = toml::to_string(&example).unwrap().parse().unwrap();
        let shown: toml::Table = EXAMPLE.parse().unwrap();
        for (section, value) in &printed {
            let keys = |value: &toml::Value| value.as_table().map(|table| table.len());
            let missing = !shown.contains_key(section) && section != "peers";
            assert!(!missing, "section {section} is not in the example");
            if section != "peers" {
                assert_eq!(keys(value), keys(&shown[section]), "keys of {section}");
            }
        }
    }

    #[test]
    fn values_out_of_range_are_named() {
        let peer = "[[peers]]\nauthority = '11111111111111111111111111111111'\nurl = 'http://a'\n";
        for (tail, key) in [
            ("poll_interval = '1ms'\n".to_string(), "chain.poll_interval"),
            (
                "[challenge]\nattempts = 0\n".to_string(),
                "challenge.attempts",
            ),
            (
                "[challenge]\nconcurrency = 0\n".to_string(),
                "challenge.concurrency",
            ),
            (
                "[limits]\nepochs_kept = 1\n".to_string(),
                "limits.epochs_kept",
            ),
            (format!("{peer}{peer}"), "peers"),
        ] {
            let error = load(&format!("{MINIMAL}{tail}")).unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        }
        assert!(load(&format!("{MINIMAL}[vote]\nlie = true\n")).is_err());
        assert!(load(&format!("{MINIMAL}[log]\nfilter = '=='\n")).is_err());
    }

    #[test]
    fn environment_overrides_the_file() {
        let variable = (
            "TRESTLE_ATTEST__CHALLENGE__ATTEMPTS".to_string(),
            "5".to_string(),
        );
        assert_eq!(
            Settings::load(MINIMAL, [variable])
                .unwrap()
                .challenge
                .attempts,
            5
        );
    }
}
