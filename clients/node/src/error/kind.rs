//! Every way in which a request can fail, with status, stable code and remedy.

use axum::http::StatusCode;

/// What went wrong. The order is that of the table, here and in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The path does not name a shard.
    RootMalformed,
    /// An upload of no bytes.
    ShardEmpty,
    /// The body broke off, or is longer than it said.
    BodyIncomplete,
    /// The JSON is not what the API documents.
    BodyMalformed,
    /// The body is not the one that was signed.
    DigestMismatch,
    /// The body has another root than the path.
    RootMismatch,
    /// No leaves, too many, twice the same, or beyond the last.
    ChallengeMalformed,
    /// The chain asks for another leaf.
    ChallengeIndexWrong,
    /// The commitment has another root or service, or does not serve the epoch.
    CommitmentMismatch,
    /// Not a transaction in its one encoding.
    TransactionMalformed,
    /// The transaction does something that a node does not sign.
    TransactionRefused,
    /// The lease is not what the node asks for.
    TermsRefused,
    /// A header of the signature is absent.
    SignatureMissing,
    /// A header of the signature has not its form, or stands twice.
    SignatureMalformed,
    /// The signature is not over this request, or not for this node.
    SignatureInvalid,
    /// The request's time is too far from the node's.
    ClockSkewed,
    /// The signer is neither customer nor verifier.
    SignerUnknown,
    /// The shard belongs to another customer.
    ShardForeign,
    /// There is no such path.
    NotFound,
    /// The shard is not here.
    ShardUnknown,
    /// There is no such commitment of this operator.
    CommitmentUnknown,
    /// There is no lease of these two to extend.
    LeaseUnknown,
    /// The path does not know the method.
    MethodNotAllowed,
    /// The body came too slowly.
    BodyTimeout,
    /// The same request was sent before.
    RequestReplayed,
    /// The request is dated before what the node remembers.
    RequestBeforeStart,
    /// The shard is being written or removed by another request.
    UploadInProgress,
    /// A commitment needs the shard, or may soon.
    CommitmentActive,
    /// The shard was here and is not whole any more.
    ShardLost,
    /// An upload without a length.
    LengthRequired,
    /// The shard is larger than the node takes.
    ShardTooLarge,
    /// The body is larger than such a request needs.
    BodyTooLarge,
    /// The key asks too often.
    RateLimited,
    /// The node failed.
    Internal,
    /// Too much is going on.
    Busy,
    /// The node cannot read the chain.
    ChainUnavailable,
    /// The chain does not know this node.
    OperatorUnregistered,
    /// Leaves are lost, but the chain is not seen to ask for them.
    SeedUnknown,
    /// There is no room.
    CapacityExhausted,
}

/// What clients are told of a kind.
#[derive(Clone, Copy, Debug)]
struct Description {
    kind: ErrorKind,
    status: u16,
    code: &'static str,
    hint: &'static str,
}

const fn row(kind: ErrorKind, status: u16, code: &'static str, hint: &'static str) -> Description {
    Description {
        kind,
        status,
        code,
        hint,
    }
}

/// One row for each kind, at the kind's own position.
const TABLE: [Description; 39] = [
    row(
        ErrorKind::RootMalformed,
        400,
        "root_malformed",
        "name the shard by 64 lower-case hex digits",
    ),
    row(
        ErrorKind::ShardEmpty,
        400,
        "shard_empty",
        "send at least one byte",
    ),
    row(
        ErrorKind::BodyIncomplete,
        400,
        "body_incomplete",
        "send as many bytes as `content-length` says",
    ),
    row(
        ErrorKind::BodyMalformed,
        400,
        "body_malformed",
        "send the JSON that the API documents",
    ),
    row(
        ErrorKind::DigestMismatch,
        400,
        "digest_mismatch",
        "sign the sha256 of the body that is sent",
    ),
    row(
        ErrorKind::RootMismatch,
        400,
        "root_mismatch",
        "`trestle-node commit FILE` prints the root of a file",
    ),
    row(
        ErrorKind::ChallengeMalformed,
        400,
        "challenge_malformed",
        "ask 1 to 1024 different numbers, each with an index below the leaf count",
    ),
    row(
        ErrorKind::ChallengeIndexWrong,
        400,
        "challenge_index_wrong",
        "derive indices from the epoch's seed on the chain",
    ),
    row(
        ErrorKind::CommitmentMismatch,
        400,
        "commitment_mismatch",
        "name the service and root that the commitment account holds",
    ),
    row(
        ErrorKind::TransactionMalformed,
        400,
        "transaction_malformed",
        "send base64 of a legacy or v0 transaction without lookup tables",
    ),
    row(
        ErrorKind::TransactionRefused,
        400,
        "transaction_refused",
        "send only what registers, leases, renews or transfers a stored shard, or joins a group",
    ),
    row(
        ErrorKind::TermsRefused,
        400,
        "terms_refused",
        "GET /v1/health shows the terms of this node",
    ),
    row(
        ErrorKind::SignatureMissing,
        401,
        "signature_missing",
        "sign the request with your wallet's key",
    ),
    row(
        ErrorKind::SignatureMalformed,
        401,
        "signature_malformed",
        "send each header once in its one form",
    ),
    row(
        ErrorKind::SignatureInvalid,
        401,
        "signature_invalid",
        "sign for the node key that the operator's account names, and this very path",
    ),
    row(
        ErrorKind::ClockSkewed,
        401,
        "clock_skewed",
        "set the clock, or sign and send at once",
    ),
    row(
        ErrorKind::SignerUnknown,
        401,
        "signer_unknown",
        "customers need credits deposited with the network, verifiers a bond",
    ),
    row(
        ErrorKind::ShardForeign,
        403,
        "shard_foreign",
        "use the key that uploaded the shard",
    ),
    row(
        ErrorKind::NotFound,
        404,
        "not_found",
        "the README lists all paths",
    ),
    row(
        ErrorKind::ShardUnknown,
        404,
        "shard_unknown",
        "ask the node that holds the shard",
    ),
    row(
        ErrorKind::CommitmentUnknown,
        404,
        "commitment_unknown",
        "name a commitment of this node's operator that is on the chain",
    ),
    row(
        ErrorKind::LeaseUnknown,
        404,
        "lease_unknown",
        "open a lease for the commitment: there is none to renew",
    ),
    row(
        ErrorKind::MethodNotAllowed,
        405,
        "method_not_allowed",
        "the README lists all methods",
    ),
    row(
        ErrorKind::BodyTimeout,
        408,
        "body_timeout",
        "send the body faster",
    ),
    row(
        ErrorKind::RequestReplayed,
        409,
        "request_replayed",
        "sign every request anew, with a new nonce",
    ),
    row(
        ErrorKind::RequestBeforeStart,
        409,
        "request_before_start",
        "sign again: the node has restarted since, or the clock is behind",
    ),
    row(
        ErrorKind::UploadInProgress,
        409,
        "upload_in_progress",
        "wait until the other upload ends",
    ),
    row(
        ErrorKind::CommitmentActive,
        409,
        "commitment_active",
        "end the commitment and let it run out first",
    ),
    row(
        ErrorKind::ShardLost,
        410,
        "shard_lost",
        "rebuild the shard from others and upload it again",
    ),
    row(
        ErrorKind::LengthRequired,
        411,
        "length_required",
        "send `content-length`",
    ),
    row(
        ErrorKind::ShardTooLarge,
        413,
        "shard_too_large",
        "cut the file into more shards",
    ),
    row(
        ErrorKind::BodyTooLarge,
        413,
        "body_too_large",
        "send a smaller body",
    ),
    row(
        ErrorKind::RateLimited,
        429,
        "rate_limited",
        "wait as long as `retry-after` says",
    ),
    row(
        ErrorKind::Internal,
        500,
        "internal",
        "tell the operator: its log says more",
    ),
    row(ErrorKind::Busy, 503, "busy", "try again later"),
    row(
        ErrorKind::ChainUnavailable,
        503,
        "chain_unavailable",
        "try again later",
    ),
    row(
        ErrorKind::OperatorUnregistered,
        503,
        "operator_unregistered",
        "the operator registers with `trestle operator register`",
    ),
    row(
        ErrorKind::SeedUnknown,
        503,
        "seed_unknown",
        "ask again once the seed is recorded",
    ),
    row(
        ErrorKind::CapacityExhausted,
        507,
        "capacity_exhausted",
        "use another operator",
    ),
];

impl ErrorKind {
    /// All kinds in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.kind)
    }

    /// HTTP status.
    pub fn status(self) -> StatusCode {
        let status = self.describe().map_or(500, |row| row.status);
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Stable code for programs.
    pub fn code(self) -> &'static str {
        self.describe().map_or("internal", |row| row.code)
    }

    /// What to do.
    pub fn hint(self) -> &'static str {
        self.describe().map_or("", |row| row.hint)
    }

    fn describe(self) -> Option<&'static Description> {
        TABLE.get(self as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_at_its_own_place_with_a_status_that_fits() {
        for (position, row) in TABLE.iter().enumerate() {
            assert_eq!(row.kind as usize, position);
            assert_eq!(row.kind.status().as_u16(), row.status);
            assert!((400..600).contains(&row.status) && !row.hint.is_empty());
        }
        // The last variant: a kind without a row would make this differ.
        assert_eq!(ErrorKind::CapacityExhausted as usize + 1, TABLE.len());
    }
}
