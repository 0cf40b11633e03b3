//! Settings: the file of the Solana tools for cluster and key, an own one for the deployment.
//!
//! A missing file means defaults. A file that cannot be read or understood is an error, because a
//! typo must not send a transaction to another cluster.

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_yaml_ng::{Mapping, Value};
use solana_commitment_config::CommitmentLevel;
use trestle_sdk::{
    cluster::{parse_cluster, Cluster},
    deployment::LOCALNET_FILE,
};

use crate::{args::GlobalArgs, error::CliError};

/// Settings of the Solana tools, relative to the user's home.
const SOLANA_CONFIG_FILE: &str = ".config/solana/cli/config.yml";
/// Default key of the Solana tools, relative to the user's home.
const SOLANA_KEY_FILE: &str = ".config/solana/id.json";
/// Own settings, relative to the user's folder for settings.
const OWN_CONFIG_FILE: &str = "trestle/config.yml";
/// What the Solana tools use where nothing is set.
const DEFAULT_URL: &str = "mainnet-beta";
const URL_HINT: &str = "give another one by -u/--url, or correct json_rpc_url in the settings";

/// How final something must be to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub CommitmentLevel);

/// Where a setting's value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// Given on the command line.
    Flag,
    /// Out of a settings file.
    File,
    /// Out of the deployment file.
    Deployment,
    /// Derived from another setting.
    Computed,
    /// Nobody said anything.
    Default,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// The keys of the Solana tools' settings that matter here. Others are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SolanaConfig {
    pub json_rpc_url: Option<String>,
    pub websocket_url: Option<String>,
    pub keypair_path: Option<String>,
    pub commitment: Option<String>,
}

/// Own settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnConfig {
    /// Deployment file of the network to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<PathBuf>,
}

/// All settings with what the command line says.
#[derive(Debug, Clone)]
pub struct Settings {
    pub solana_file: PathBuf,
    pub solana: SolanaConfig,
    pub own_file: PathBuf,
    pub own: OwnConfig,
}

pub fn parse_commitment(text: &str) -> Result<Commitment, String> {
    match text {
        "processed" => Ok(Commitment(CommitmentLevel::Processed)),
        "confirmed" => Ok(Commitment(CommitmentLevel::Confirmed)),
        "finalized" => Ok(Commitment(CommitmentLevel::Finalized)),
        _ => Err("use processed, confirmed or finalized".to_string()),
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "command line",
            Self::File => "settings file",
            Self::Deployment => "deployment file",
            Self::Computed => "computed",
            Self::Default => "default",
        })
    }
}

impl Settings {
    /// Reads both files.
    pub fn read(global: &GlobalArgs) -> Result<Self, CliError> {
        let solana_file = match &global.config {
            Some(path) => path.clone(),
            None => home()?.join(SOLANA_CONFIG_FILE),
        };
        let own_file = user_folder("XDG_CONFIG_HOME", ".config")?.join(OWN_CONFIG_FILE);
        Ok(Self {
            solana: read_yaml(&solana_file)?,
            solana_file,
            own: read_yaml(&own_file)?,
            own_file,
        })
    }

    /// The cluster. A deployment file says where its network is, unless the user says otherwise.
    pub fn cluster(
        &self,
        global: &GlobalArgs,
        deployment: Option<&str>,
    ) -> Result<Setting<Cluster>, CliError> {
        let file = self.solana.json_rpc_url.as_deref();
        let (text, origin) = match (global.url.as_deref(), file, deployment) {
            (Some(url), _, _) => (url, Origin::Flag),
            (None, Some(url), _) => (url, Origin::File),
            (None, None, Some(url)) => (url, Origin::Deployment),
            (None, None, None) => (DEFAULT_URL, Origin::Default),
        };
        let value = parse_cluster(text)
            .map_err(|error| CliError::config("url", error.to_string()).hint(URL_HINT))?;
        Ok(Setting { value, origin })
    }

    pub fn ws_url(&self, global: &GlobalArgs, cluster: &Cluster) -> Setting<String> {
        if let Some(url) = &global.ws {
            return Setting {
                value: url.clone(),
                origin: Origin::Flag,
            };
        }
        let own_cluster = global.url.is_none();
        match &self.solana.websocket_url {
            Some(url) if own_cluster && !url.is_empty() => Setting {
                value: url.clone(),
                origin: Origin::File,
            },
            _ => Setting {
                value: cluster.ws_url().to_string(),
                origin: Origin::Computed,
            },
        }
    }

    pub fn commitment(&self, global: &GlobalArgs) -> Result<Setting<Commitment>, CliError> {
        if let Some(value) = global.commitment {
            return Ok(Setting {
                value,
                origin: Origin::Flag,
            });
        }
        let Some(text) = self
            .solana
            .commitment
            .as_ref()
            .filter(|text| !text.is_empty())
        else {
            return Ok(Setting {
                value: Commitment(CommitmentLevel::Confirmed),
                origin: Origin::Default,
            });
        };
        let value = parse_commitment(text).map_err(|hint| {
            let path = self.solana_file.display();
            CliError::config(
                "config",
                format!("`{path}`: commitment `{text}` is unknown"),
            )
            .hint(hint)
        })?;
        Ok(Setting {
            value,
            origin: Origin::File,
        })
    }

    /// Text of the signing key's source.
    pub fn keypair(&self, global: &GlobalArgs) -> Result<Setting<String>, CliError> {
        if let Some(source) = &global.keypair {
            return Ok(Setting {
                value: source.to_string(),
                origin: Origin::Flag,
            });
        }
        match &self.solana.keypair_path {
            Some(path) => Ok(Setting {
                value: path.clone(),
                origin: Origin::File,
            }),
            None => Ok(Setting {
                value: home()?.join(SOLANA_KEY_FILE).display().to_string(),
                origin: Origin::Default,
            }),
        }
    }

    /// The deployment file. A local cluster has one at a known place.
    pub fn deployment(&self, global: &GlobalArgs) -> Result<Option<Setting<PathBuf>>, CliError> {
        if let Some(path) = &global.deployment {
            return Ok(Some(Setting {
                value: path.clone(),
                origin: Origin::Flag,
            }));
        }
        let cluster = self.cluster(global, None)?.value;
        if is_local(cluster.url()) {
            let path = localnet_file()?;
            if path.exists() {
                return Ok(Some(Setting {
                    value: path,
                    origin: Origin::Default,
                }));
            }
        }
        Ok(self.own.deployment.clone().map(|value| Setting {
            value,
            origin: Origin::File,
        }))
    }
}

/// Sets keys of a settings file and leaves the others as they are.
pub fn update_yaml(path: &Path, changes: &[(&str, String)]) -> Result<(), CliError> {
    let mut mapping: Mapping = read_yaml(path)?;
    for (key, value) in changes {
        mapping.insert(Value::from(*key), Value::from(value.as_str()));
    }
    let failed = |error: &dyn fmt::Display| {
        let message = format!("`{}` could not be written: {error}", path.display());
        CliError::config("config", message)
    };
    let text = serde_yaml_ng::to_string(&mapping).map_err(|error| failed(&error))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    let draft = path.with_extension("yml.new");
    fs::write(&draft, text).map_err(|error| failed(&error))?;
    fs::rename(&draft, path).map_err(|error| failed(&error))
}

/// Reads a YAML file; an absent or empty one gives the default.
fn read_yaml<T: Default + for<'de> Deserialize<'de>>(path: &Path) -> Result<T, CliError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        Err(error) => {
            let message = format!("settings file `{}`: {error}", path.display());
            return Err(CliError::config("config", message));
        }
    };
    if text.trim().is_empty() {
        return Ok(T::default());
    }
    serde_yaml_ng::from_str(&text).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        let message = format!("settings file `{}`, line {line}: {error}", path.display());
        CliError::config("config", message).hint("correct it, or delete it to use the defaults")
    })
}

/// Name of a cluster in an explorer's address; none for clusters that no explorer can reach.
pub fn explorer_cluster(cluster: &Cluster) -> Option<&'static str> {
    match cluster {
        Cluster::Mainnet => Some("mainnet-beta"),
        Cluster::Testnet => Some("testnet"),
        Cluster::Devnet => Some("devnet"),
        Cluster::Localnet | Cluster::Debug | Cluster::Custom(..) => None,
    }
}

/// Whether a URL names this machine.
pub fn is_local(url: &str) -> bool {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
        .unwrap_or(url);
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = match authority.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or(inner),
        None => authority.split(':').next().unwrap_or(authority),
    };
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

/// Where a local network leaves its deployment file.
pub fn localnet_file() -> Result<PathBuf, CliError> {
    Ok(user_folder("XDG_CACHE_HOME", ".cache")?.join(LOCALNET_FILE))
}

/// Where manifests and keys of stored files are kept.
pub fn files_folder() -> Result<PathBuf, CliError> {
    Ok(user_folder("XDG_DATA_HOME", ".local/share")?.join("trestle/files"))
}

/// A folder of the user's by the XDG base directory specification.
fn user_folder(variable: &str, fallback: &str) -> Result<PathBuf, CliError> {
    let set = env::var_os(variable).map(PathBuf::from);
    match set.filter(|path| path.is_absolute()) {
        Some(path) => Ok(path),
        None => Ok(home()?.join(fallback)),
    }
}

fn home() -> Result<PathBuf, CliError> {
    env::var_os("HOME")
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
        .ok_or_else(|| {
            CliError::config("home", "the variable HOME is not set")
                .hint("set it, or name every file by its flag")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_this_machine_is_local() {
        for url in [
            "http://localhost:1",
            "http://127.0.0.1",
            "http://[::1]:8899/x",
        ] {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "http://localhost.example",
            "https://127.0.0.1.example:8899",
            "",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }

    #[test]
    fn a_missing_file_is_default_and_a_corrupt_one_names_path_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.yml");
        assert_eq!(
            read_yaml::<SolanaConfig>(&path).unwrap(),
            SolanaConfig::default()
        );
        fs::write(&path, "---\njson_rpc_url: [\n").unwrap();
        let error = read_yaml::<SolanaConfig>(&path).unwrap_err().to_string();
        assert!(
            error.contains("config.yml") && error.contains("line "),
            "{error}"
        );
    }

    #[test]
    fn updating_keeps_foreign_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/config.yml");
        update_yaml(&path, &[("json_rpc_url", "http://a".to_string())]).unwrap();
        fs::write(&path, "address_labels:\n  x: y\njson_rpc_url: http://a\n").unwrap();
        update_yaml(&path, &[("json_rpc_url", "http://b".to_string())]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("x: y") && text.contains("http://b"), "{text}");
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked_about(text in ".*") {
            let _ = (is_local(&text), parse_commitment(&text));
        }
    }
}
