//! What a client is told when a request fails.

mod kind;

pub use kind::ErrorKind;

use axum::{
    http::{header::RETRY_AFTER, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use trestle_sdk::request::RequestError;

/// Seconds after which a busy node is worth another try.
const RETRY_AFTER_SECONDS: u64 = 2;

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What went wrong, for programs.
    pub kind: ErrorKind,
    /// What went wrong, for people.
    pub message: String,
    /// When to come again, in seconds.
    pub retry_after_seconds: Option<u64>,
}

impl ApiError {
    /// An error with a message of its own.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let busy = kind.status() == StatusCode::SERVICE_UNAVAILABLE;
        let retry_after_seconds = busy.then_some(RETRY_AFTER_SECONDS);
        Self {
            kind,
            message: message.into(),
            retry_after_seconds,
        }
    }

    /// A failure of ours: the client is told nothing of it, the log everything.
    pub fn internal(context: &str, error: &dyn fmt::Display) -> Self {
        tracing::error!(%error, context, "request failed");
        Self::new(ErrorKind::Internal, "the node failed")
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.code(), self.message)
    }
}

impl std::error::Error for ApiError {}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        let kind = match &error {
            RequestError::Missing(_) => ErrorKind::SignatureMissing,
            RequestError::Malformed(_) => ErrorKind::SignatureMalformed,
            RequestError::Skewed { .. } => ErrorKind::ClockSkewed,
            RequestError::BadSignature => ErrorKind::SignatureInvalid,
            RequestError::Signer(_) | RequestError::Clock => ErrorKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

/// The body of every failed request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ErrorBody {
    /// The only member.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ErrorDetail {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = ErrorDetail {
            code: self.kind.code().to_owned(),
            message: self.message,
            hint: self.kind.hint().to_owned(),
        };
        let mut response = (self.kind.status(), Json(ErrorBody { error })).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
