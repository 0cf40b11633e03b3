//! What a client is told when a request fails: status, stable code, message and remedy.

use axum::{
    http::{header::RETRY_AFTER, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use trestle_sdk::request::RequestError;

/// Every way in which a request can fail. The order is that of the table in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    RootMalformed,
    ShardEmpty,
    BodyIncomplete,
    BodyMalformed,
    DigestMismatch,
    RootMismatch,
    ChallengeMalformed,
    ChallengeIndexWrong,
    CommitmentMismatch,
    TransactionMalformed,
    TransactionRefused,
    TermsRefused,
    SignatureMissing,
    SignatureMalformed,
    SignatureInvalid,
    ClockSkewed,
    SignerUnknown,
    ShardForeign,
    NotFound,
    ShardUnknown,
    CommitmentUnknown,
    MethodNotAllowed,
    BodyTimeout,
    RequestReplayed,
    RequestBeforeStart,
    UploadInProgress,
    CommitmentActive,
    ShardLost,
    LengthRequired,
    ShardTooLarge,
    BodyTooLarge,
    RateLimited,
    Internal,
    Busy,
    ChainUnavailable,
    OperatorUnregistered,
    SeedUnknown,
    CapacityExhausted,
}

/// Seconds after which a busy node is worth another try.
const RETRY_AFTER_SECONDS: u64 = 2;

impl ErrorKind {
    /// All kinds, for documentation and tests.
    pub const ALL: [Self; 38] = [
        Self::RootMalformed,
        Self::ShardEmpty,
        Self::BodyIncomplete,
        Self::BodyMalformed,
        Self::DigestMismatch,
        Self::RootMismatch,
        Self::ChallengeMalformed,
        Self::ChallengeIndexWrong,
        Self::CommitmentMismatch,
        Self::TransactionMalformed,
        Self::TransactionRefused,
        Self::TermsRefused,
        Self::SignatureMissing,
        Self::SignatureMalformed,
        Self::SignatureInvalid,
        Self::ClockSkewed,
        Self::SignerUnknown,
        Self::ShardForeign,
        Self::NotFound,
        Self::ShardUnknown,
        Self::CommitmentUnknown,
        Self::MethodNotAllowed,
        Self::BodyTimeout,
        Self::RequestReplayed,
        Self::RequestBeforeStart,
        Self::UploadInProgress,
        Self::CommitmentActive,
        Self::ShardLost,
        Self::LengthRequired,
        Self::ShardTooLarge,
        Self::BodyTooLarge,
        Self::RateLimited,
        Self::Internal,
        Self::Busy,
        Self::ChainUnavailable,
        Self::OperatorUnregistered,
        Self::SeedUnknown,
        Self::CapacityExhausted,
    ];

    /// HTTP status, stable code and remedy.
    pub const fn describe(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::RootMalformed => {
                (S::BAD_REQUEST, "root_malformed", "name the shard by 64 lower-case hex digits")
            }
            Self::ShardEmpty => (S::BAD_REQUEST, "shard_empty", "send at least one byte"),
            Self::BodyIncomplete => {
                (S::BAD_REQUEST, "body_incomplete", "send as many bytes as `content-length` says")
            }
            Self::BodyMalformed => {
                (S::BAD_REQUEST, "body_malformed", "send the JSON that the API documents")
            }
            Self::DigestMismatch => {
                (S::BAD_REQUEST, "digest_mismatch", "sign the sha256 of the body that is sent")
            }
            Self::RootMismatch => (
                S::BAD_REQUEST,
                "root_mismatch",
                "`trestle-node commit FILE` prints the root of a file",
            ),
            Self::ChallengeMalformed => (
                S::BAD_REQUEST,
                "challenge_malformed",
                "ask 1 to 1024 different numbers, each with an index below the leaf count",
            ),
            Self::ChallengeIndexWrong => (
                S::BAD_REQUEST,
                "challenge_index_wrong",
                "derive indices from the epoch's seed on the chain",
            ),
            Self::CommitmentMismatch => (
                S::BAD_REQUEST,
                "commitment_mismatch",
                "name the service and root that the commitment account holds",
            ),
            Self::TransactionMalformed => (
                S::BAD_REQUEST,
                "transaction_malformed",
                "send base64 of a legacy or v0 transaction without lookup tables",
            ),
            Self::TransactionRefused => (
                S::BAD_REQUEST,
                "transaction_refused",
                "send only `commitment_register` and `lease_open` for a shard stored here",
            ),
            Self::TermsRefused => {
                (S::BAD_REQUEST, "terms_refused", "GET /v1/health shows the terms of this node")
            }
            Self::SignatureMissing => {
                (S::UNAUTHORIZED, "signature_missing", "sign the request with your wallet's key")
            }
            Self::SignatureMalformed => {
                (S::UNAUTHORIZED, "signature_malformed", "send each header once in its one form")
            }
            Self::SignatureInvalid => (
                S::UNAUTHORIZED,
                "signature_invalid",
                "sign for the node key that the operator's account names, and this very path",
            ),
            Self::ClockSkewed => {
                (S::UNAUTHORIZED, "clock_skewed", "set the clock, or sign and send at once")
            }
            Self::SignerUnknown => (
                S::UNAUTHORIZED,
                "signer_unknown",
                "customers need credits deposited with the network, verifiers a bond",
            ),
            Self::ShardForeign => {
                (S::FORBIDDEN, "shard_foreign", "use the key that uploaded the shard")
            }
            Self::NotFound => (S::NOT_FOUND, "not_found", "the README lists all paths"),
            Self::ShardUnknown => {
                (S::NOT_FOUND, "shard_unknown", "ask the node that holds the shard")
            }
            Self::CommitmentUnknown => (
                S::NOT_FOUND,
                "commitment_unknown",
                "name a commitment of this node's operator that is on the chain",
            ),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "the README lists all methods")
            }
            Self::BodyTimeout => (S::REQUEST_TIMEOUT, "body_timeout", "send the body faster"),
            Self::RequestReplayed => {
                (S::CONFLICT, "request_replayed", "sign every request anew, with a new nonce")
            }
            Self::RequestBeforeStart => (
                S::CONFLICT,
                "request_before_start",
                "sign again: the node has restarted since, or the clock is behind",
            ),
            Self::UploadInProgress => {
                (S::CONFLICT, "upload_in_progress", "wait until the other upload ends")
            }
            Self::CommitmentActive => {
                (S::CONFLICT, "commitment_active", "end the commitment and let it run out first")
            }
            Self::ShardLost => {
                (S::GONE, "shard_lost", "rebuild the shard from others and upload it again")
            }
            Self::LengthRequired => {
                (S::LENGTH_REQUIRED, "length_required", "send `content-length`")
            }
            Self::ShardTooLarge => {
                (S::PAYLOAD_TOO_LARGE, "shard_too_large", "cut the file into more shards")
            }
            Self::BodyTooLarge => (S::PAYLOAD_TOO_LARGE, "body_too_large", "send a smaller body"),
            Self::RateLimited => {
                (S::TOO_MANY_REQUESTS, "rate_limited", "wait as long as `retry-after` says")
            }
            Self::Internal => {
                (S::INTERNAL_SERVER_ERROR, "internal", "tell the operator: its log says more")
            }
            Self::Busy => (S::SERVICE_UNAVAILABLE, "busy", "try again later"),
            Self::ChainUnavailable => {
                (S::SERVICE_UNAVAILABLE, "chain_unavailable", "try again later")
            }
            Self::OperatorUnregistered => (
                S::SERVICE_UNAVAILABLE,
                "operator_unregistered",
                "the operator registers with `trestle operator register`",
            ),
            Self::SeedUnknown => {
                (S::SERVICE_UNAVAILABLE, "seed_unknown", "ask again once the seed is recorded")
            }
            Self::CapacityExhausted => {
                (S::INSUFFICIENT_STORAGE, "capacity_exhausted", "use another operator")
            }
        }
    }
}

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
        let (status, _, _) = kind.describe();
        let retry_after_seconds =
            (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER_SECONDS);
        Self { kind, message: message.into(), retry_after_seconds }
    }

    /// A failure of ours: the client is told nothing of it, the log everything.
    pub fn internal(context: &str, error: &dyn fmt::Display) -> Self {
        tracing::error!(%error, context, "request failed");
        Self::new(ErrorKind::Internal, "the node failed")
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, code, _) = self.kind.describe();
        write!(formatter, "{code}: {}", self.message)
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
        let (status, code, hint) = self.kind.describe();
        let error =
            ErrorDetail { code: code.to_owned(), message: self.message, hint: hint.to_owned() };
        let mut response = (status, Json(ErrorBody { error })).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
