//! The address book of one deployed network.
//!
//! Whoever deploys a network publishes this file; the local network writes one. It holds no secret:
//! `keys` are paths on the machine that wrote it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use thiserror::Error;

use crate::encoding::{base58, base58_option};

/// Where a network lives and under which addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployment {
    /// JSON-RPC endpoint.
    pub rpc_url: String,
    /// WebSocket endpoint.
    pub ws_url: String,
    /// Hash of the cluster's first block in base58. A client refuses to send to another cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genesis_hash: Option<String>,
    /// The Network account.
    #[serde(with = "base58")]
    pub network: Pubkey,
    /// The storage Service account.
    #[serde(with = "base58")]
    pub service: Pubkey,
    /// Mint of the network's token.
    #[serde(with = "base58")]
    pub token_mint: Pubkey,
    /// What the token is called on screen.
    #[serde(default = "default_symbol")]
    pub token_symbol: String,
    /// Mint of the stablecoin that credits are sold for.
    #[serde(with = "base58")]
    pub stable_mint: Pubkey,
    /// Token-2022 mint of the credits.
    #[serde(with = "base58")]
    pub credit_mint: Pubkey,
    /// The Market account.
    #[serde(with = "base58")]
    pub market: Pubkey,
    /// The Pool account of the storage service.
    #[serde(with = "base58")]
    pub pool: Pubkey,
    /// The price feed's account; the Market names it too.
    #[serde(default, with = "base58_option")]
    pub price_account: Option<Pubkey>,
    /// Where verifiers publish their epoch files: base URLs or directories, in order of preference.
    #[serde(default)]
    pub published: Vec<String>,
    /// Key files of a local network by role (`authority`, `faucet`, …). Empty on real clusters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, PathBuf>,
}

fn default_symbol() -> String {
    "TOKEN".to_string()
}

/// Why a deployment file could not be used.
#[derive(Debug, Error)]
pub enum DeploymentError {
    #[error("deployment file `{path}` could not be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("deployment file `{path}` is not valid: {source}")]
    Parse {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("deployment file `{path}` could not be written: {source}")]
    Write { path: PathBuf, source: io::Error },
}

impl Deployment {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, DeploymentError> {
        let text = fs::read_to_string(path).map_err(|source| DeploymentError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| DeploymentError::Parse {
            path: path.to_path_buf(),
            source,
        })
    }

    /// Writes a file so that a reader sees the old one or the new one, never half of it.
    pub fn write(&self, path: &Path) -> Result<(), DeploymentError> {
        let failed = |source| DeploymentError::Write {
            path: path.to_path_buf(),
            source,
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let draft = path.with_extension("json.new");
        fs::write(&draft, text + "\n").map_err(failed)?;
        fs::rename(&draft, path).map_err(failed)
    }
}

/// File of the local network, relative to the user's cache folder.
pub const LOCALNET_FILE: &str = "trestle/localnet/deployment.json";

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Deployment {
        let key = |byte| Pubkey::new_from_array([byte; 32]);
        Deployment {
            rpc_url: "http://127.0.0.1:8899".to_string(),
            ws_url: "ws://127.0.0.1:8900".to_string(),
            genesis_hash: None,
            network: key(1),
            service: key(2),
            token_mint: key(3),
            token_symbol: default_symbol(),
            stable_mint: key(4),
            credit_mint: key(5),
            market: key(6),
            pool: key(7),
            price_account: Some(key(8)),
            published: Vec::new(),
            keys: BTreeMap::new(),
        }
    }

    #[test]
    fn file_survives_a_round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/deployment.json");
        sample().write(&path).unwrap();
        assert_eq!(Deployment::read(&path).unwrap(), sample());
    }

    #[test]
    fn unknown_fields_and_bad_addresses_are_refused_with_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deployment.json");
        let mut value = serde_json::to_value(sample()).unwrap();
        value["netwrok"] = "x".into();
        fs::write(&path, value.to_string()).unwrap();
        let error = Deployment::read(&path).unwrap_err().to_string();
        assert!(
            error.contains("deployment.json") && error.contains("netwrok"),
            "{error}"
        );
    }
}
