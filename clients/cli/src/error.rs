//! What went wrong, why, and what to type next.

use std::{fmt, io};

use serde::Serialize;
use solana_rpc_client_api::client_error::Error as ClientError;
use trestle_sdk::{
    amount::AmountError,
    clearance::ClearanceError,
    decode::DecodedError,
    deployment::DeploymentError,
    fetch::FetchError,
    node::NodeError,
    send::{SendError, WireError},
    store::{LayoutError, ManifestError, StoreError},
    time::TimeError,
};
use trestle_verify::VerifyError;

/// What sort of failure it is; each has its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command did not do what was asked, for a reason of its own.
    Failed,
    /// The arguments cannot be used.
    Usage,
    /// Settings, deployment file or signing key cannot be used.
    Config,
    /// The cluster, a node or a verifier could not be asked.
    Network,
    /// The transaction was refused, or landed and failed.
    Rejected,
    /// The transaction expired, or nobody knows what became of it.
    Unresolved,
    /// The user stopped the command.
    Interrupted,
}

impl Kind {
    /// Documented in `trestle --help`.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Network => 4,
            Self::Rejected => 5,
            Self::Unresolved => 6,
            Self::Interrupted => 130,
        }
    }
}

/// A failure of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    pub kind: Kind,
    /// Stable name for programs.
    pub code: String,
    /// What failed.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Program logs of a refused transaction.
    pub logs: Box<[String]>,
    broken_pipe: bool,
}

/// One line of JSON on stderr.
#[derive(Serialize)]
struct ErrorLine<'a> {
    error: ErrorText<'a>,
}

/// How an error looks to programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorText<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    causes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    exit_code: u8,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    logs: &'a [String],
}

impl CliError {
    pub fn new(kind: Kind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            logs: Box::default(),
            broken_pipe: false,
        }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, "usage", message)
    }

    pub fn config(code: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Config, code, message)
    }

    pub fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, code, message)
    }

    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted", "interrupted")
            .hint("a signature printed above may still land: look it up before you repeat")
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what the programs said.
    pub fn logs(mut self, logs: Vec<String>) -> Self {
        self.logs = logs.into_boxed_slice();
        self
    }

    /// Says what the failed step was for: the former message becomes the reason.
    pub fn because_of(mut self, message: impl Into<String>) -> Self {
        let cause = std::mem::replace(&mut self.message, message.into());
        self.causes.insert(0, cause);
        self
    }

    /// Whether whoever reads our output has gone, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    /// One line of JSON.
    pub fn to_json(&self) -> String {
        let error = ErrorText {
            code: &self.code,
            message: &self.message,
            causes: &self.causes,
            hint: self.hint.as_deref(),
            exit_code: self.kind.exit_code(),
            logs: &self.logs,
        };
        // Text and numbers always serialise.
        serde_json::to_string(&ErrorLine { error }).unwrap_or_default()
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, "\n  because: {}", cause.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

impl std::error::Error for CliError {}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        let mut converted = Self::failed("io", error.to_string());
        converted.broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        converted
    }
}

impl From<WireError> for CliError {
    fn from(error: WireError) -> Self {
        Self::failed("transaction", error.to_string())
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> Self {
        Self::failed("json", error.to_string())
    }
}

impl From<reqwest::Error> for CliError {
    fn from(error: reqwest::Error) -> Self {
        Self::new(Kind::Network, "http", error.to_string())
    }
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        rpc(error.to_string())
    }
}

fn rpc(message: String) -> CliError {
    CliError::new(Kind::Network, "rpc", message)
        .hint("check the cluster with -u/--url, and that the endpoint is up")
}

impl From<AmountError> for CliError {
    fn from(error: AmountError) -> Self {
        Self::new(Kind::Usage, "amount", error.to_string())
    }
}

impl From<LayoutError> for CliError {
    fn from(error: LayoutError) -> Self {
        Self::new(Kind::Usage, "layout", error.to_string())
    }
}

impl From<DeploymentError> for CliError {
    fn from(error: DeploymentError) -> Self {
        Self::config("deployment", error.to_string())
            .hint("ask whoever runs the network for its deployment file")
    }
}

impl From<FetchError> for CliError {
    fn from(error: FetchError) -> Self {
        match &error {
            FetchError::Rpc { .. } | FetchError::Behind { .. } => rpc(error.to_string()),
            FetchError::NotFound { .. } => Self::failed("not-found", error.to_string())
                .hint("check the address, and the cluster with -u/--url"),
            FetchError::WrongOwner { .. } | FetchError::Layout { .. } => {
                Self::failed("wrong-account", error.to_string())
                    .hint("check the address; if it is right, update `trestle`")
            }
        }
    }
}

impl From<TimeError> for CliError {
    fn from(error: TimeError) -> Self {
        rpc(error.to_string())
    }
}

impl From<ClearanceError> for CliError {
    fn from(error: ClearanceError) -> Self {
        match error {
            ClearanceError::Fetch(error) => error.into(),
            ClearanceError::Time(error) => error.into(),
            ClearanceError::NotCleared { .. } => Self::failed("not-cleared", error.to_string())
                .hint("`trestle service policy show` says what is asked for"),
        }
    }
}

impl From<Box<DecodedError>> for CliError {
    fn from(error: Box<DecodedError>) -> Self {
        let mut converted = Self::new(Kind::Rejected, kebab(&error.name), error.to_string());
        converted.hint = error.hint;
        converted
    }
}

impl From<SendError> for CliError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Rpc { .. } => rpc(error.to_string()),
            SendError::Rejected { error, logs, .. } => Self::from(error).logs(logs),
            SendError::Signer(_) => Self::config("signer", error.to_string()),
            other => Self::failed("transaction", other.to_string()),
        }
    }
}

impl From<NodeError> for CliError {
    fn from(error: NodeError) -> Self {
        let hint = match &error {
            NodeError::Refused { hint, .. } => hint.clone(),
            _ => String::new(),
        };
        let converted = Self::new(Kind::Network, "node", error.to_string());
        if hint.is_empty() {
            converted
        } else {
            converted.hint(hint)
        }
    }
}

impl From<ManifestError> for CliError {
    fn from(error: ManifestError) -> Self {
        Self::failed("manifest", error.to_string())
    }
}

impl From<VerifyError> for CliError {
    fn from(error: VerifyError) -> Self {
        Self::failed("verification", error.to_string())
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Node(error) => error.into(),
            StoreError::Fetch(error) => error.into(),
            StoreError::Send(error) => error.into(),
            StoreError::Time(error) => error.into(),
            StoreError::Clearance(error) => error.into(),
            StoreError::Manifest(error) => error.into(),
            StoreError::Layout(error) => error.into(),
            StoreError::TooFewCredits { .. } => Self::failed("too-few-credits", error.to_string())
                .hint("buy and deposit more: `trestle credits buy`, `trestle credits deposit`"),
            StoreError::TooFewOperators { .. } => {
                Self::failed("too-few-operators", error.to_string())
                    .hint("use a smaller --total, or wait until more operators are up")
            }
            StoreError::GroupPlaces { .. } => Self::failed("group-places", error.to_string())
                .hint("use a smaller --total, or open a group with more --members"),
            StoreError::Undecided { .. } => {
                Self::new(Kind::Unresolved, "undecided", error.to_string())
                    .hint("run the same command again: it continues where it stopped")
            }
            StoreError::TooFewShards { .. } => Self::failed("too-few-shards", error.to_string())
                .hint("try again later: shards of operators that are down come back with them"),
            StoreError::ShardNotPlaced { .. } => {
                Self::failed("shard-not-placed", error.to_string())
                    .hint("run the same command again: it continues where it stopped")
            }
            other => Self::failed("store", other.to_string()),
        }
    }
}

/// `InsufficientFundsForRent` -> `insufficient-funds-for-rent`.
fn kebab(name: &str) -> String {
    let mut text = String::with_capacity(name.len().saturating_add(8));
    for (position, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && position > 0 {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_kebab_case() {
        assert_eq!(kebab("NetworkPaused"), "network-paused");
        assert_eq!(kebab("ok"), "ok");
    }

    #[test]
    fn what_comes_before_why_and_both_go_into_json() {
        let error = CliError::failed("io", "disk full")
            .because_of("the manifest could not be written")
            .hint("free some space");
        assert_eq!(
            error.to_string(),
            "the manifest could not be written\n  because: disk full"
        );
        assert_eq!(
            error.to_json(),
            concat!(
                r#"{"error":{"code":"io","message":"the manifest could not be written","#,
                r#""causes":["disk full"],"hint":"free some space","exitCode":1}}"#
            )
        );
    }

    #[test]
    fn a_broken_pipe_is_known_as_one() {
        let pipe = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(pipe.is_broken_pipe());
        assert!(!CliError::from(io::Error::other("x")).is_broken_pipe());
    }
}
