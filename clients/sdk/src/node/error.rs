//! Why a node did not do what was asked.

use thiserror::Error;

use crate::{request::RequestError, send::WireError};

/// Why a node did not do what was asked.
#[derive(Debug, Error)]
pub enum NodeError {
    #[error("node {endpoint} cannot be reached: {source}")]
    Unreachable {
        endpoint: String,
        source: reqwest::Error,
    },
    #[error("node {endpoint} refused: {message} ({code}, HTTP {status})")]
    Refused {
        endpoint: String,
        status: u16,
        code: String,
        message: String,
        hint: String,
        /// Seconds after which asking again makes sense.
        retry_after: Option<u64>,
    },
    #[error("node {endpoint} neither took nor sent a byte for {seconds} seconds")]
    Stalled { endpoint: String, seconds: u64 },
    #[error("node {endpoint} answered nonsense: {what}")]
    Protocol { endpoint: String, what: String },
    #[error("`{0}` is not an http:// or https:// URL")]
    Endpoint(String),
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("shard file could not be used: {0}")]
    Io(#[from] std::io::Error),
}

impl NodeError {
    /// Whether the same request may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stalled { .. } => true,
            Self::Refused { status, code, .. } => {
                // An upload of the same shard that runs, or a node that has just started.
                let passing = ["upload_in_progress", "request_before_start"];
                matches!(status, 429 | 502 | 503 | 504) || passing.contains(&code.as_str())
            }
            _ => false,
        }
    }
}
