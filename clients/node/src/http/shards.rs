//! Shards: put, get, delete.

use super::{
    body::{content_length, drain, expects_word, next_piece, upload_deadline},
    fail,
    state::chain_error,
    Shared,
};
use crate::{
    auth::clock::unix_now,
    chain::Freshness,
    error::{ApiError, ErrorKind},
    store::{
        is_held, is_owner, Admission, Claim, Download, Entry, IndexError, MetaError, Origin,
        RemoveError, Root, UploadError, UploadPlan, PIECES_MAX,
    },
};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
        StatusCode,
    },
    response::{IntoResponse, Response},
    Json,
};
use serde::Serialize;
use solana_pubkey::Pubkey;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use trestle_core::storage::leaf_count;
use trestle_proofs::address::commitment_address;
use trestle_sdk::{
    encoding::string,
    request::{body_digest, SignedHeaders},
};

/// Path before the root.
const PREFIX: &str = "/v1/shards/";
/// Seconds after which a customer whose uploads are too many may try the next.
const CROWDED_RETRY_SECONDS: u64 = 5;
/// Seconds after which the same shard may be sent again: an upload that broke off is cleaned up by
/// then.
const BUSY_RETRY_SECONDS: u64 = 10;
/// Header of a download with the sha256 of the content.
const SHARD_DIGEST: &str = "x-trestle-shard-digest";
/// Bytes read from the disk at a time while sending.
const DOWNLOAD_BUFFER_BYTES: usize = 64 << 10;
/// Epochs after the last one that a commitment serves during which its shard stays: verifiers may
/// still be asking for that last one.
const TAIL_EPOCHS: u64 = 1;

/// What a customer is told of a stored shard.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    root: String,
    #[serde(with = "string")]
    size: u64,
    leaf_count: u32,
}

pub(super) async fn put(State(state): State<Shared>, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let mut started = false;
    match receive(&state, &parts, &mut body, &mut started).await {
        Ok(response) => response,
        Err(error) => {
            // Reading would invite a client that waits for a word to send.
            if started || !expects_word(&parts.headers) {
                drain(body).await;
            }
            fail(&state, error)
        }
    }
}

pub(super) async fn get(State(state): State<Shared>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    send(&state, &parts)
        .await
        .unwrap_or_else(|error| fail(&state, error))
}

pub(super) async fn delete(State(state): State<Shared>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match remove(&state, &parts).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => fail(&state, error),
    }
}

async fn receive(
    state: &Shared,
    parts: &Parts,
    body: &mut Body,
    started: &mut bool,
) -> Result<Response, ApiError> {
    let root = parse_root(parts)?;
    let signed = state.auth.verify(parts)?;
    let operator = state.operator().await?;
    state.require_funded(&operator, &signed.key).await?;
    state.auth.admit(&signed).await?;
    let size_bytes = upload_size(state, parts)?;
    let leaf_count = leaf_count(size_bytes)
        .map_err(|error| ApiError::new(ErrorKind::ShardTooLarge, error.to_string()))?;
    let stored = Json(Stored {
        root: root.to_string(),
        size: size_bytes,
        leaf_count,
    });
    let claim = match state.store.index().admit(root, &signed.key, size_bytes) {
        Ok(Admission::Stored(entry)) if entry.size_bytes == size_bytes => {
            drain_if_sent(parts, body).await;
            return Ok((StatusCode::OK, stored).into_response());
        }
        // Zeros at the end change the size but not the root.
        Ok(Admission::Stored(entry)) => {
            let message = format!("this root is stored with {} bytes", entry.size_bytes);
            return Err(ApiError::new(ErrorKind::RootMismatch, message));
        }
        Ok(Admission::Granted(claim)) => claim,
        Err(error) => return Err(index_error(error)),
    };
    *started = true;
    let origin = Origin {
        customer: signed.key,
        digest: signed.digest,
        stored_at: unix_now(),
    };
    let entry = stream_in(
        state,
        UploadPlan {
            root,
            size_bytes,
            origin,
        },
        claim,
        body,
    )
    .await?;
    state.metrics.uploaded_bytes.inc_by(entry.size_bytes);
    tracing::info!(%root, size_bytes, customer = %signed.key, "shard stored");
    Ok((StatusCode::CREATED, stored).into_response())
}

fn upload_size(state: &Shared, parts: &Parts) -> Result<u64, ApiError> {
    let bytes_max = state.settings.limits.shard_bytes_max;
    match content_length(&parts.headers) {
        None => Err(ApiError::new(
            ErrorKind::LengthRequired,
            "the upload has no length",
        )),
        Some(0) => Err(ApiError::new(ErrorKind::ShardEmpty, "the upload is empty")),
        Some(size) if size > bytes_max => {
            let message = format!("the shard has {size} bytes, the limit is {bytes_max}");
            Err(ApiError::new(ErrorKind::ShardTooLarge, message))
        }
        Some(size) => Ok(size),
    }
}

/// Hands the body to the thread that writes and hashes. If this future is dropped because the
/// client went away, the channel closes and that thread cleans up.
async fn stream_in(
    state: &Shared,
    plan: UploadPlan,
    claim: Claim,
    body: &mut Body,
) -> Result<Entry, ApiError> {
    let permit = state.enter(&state.gates.uploads, "uploads").await?;
    let limits = &state.settings.limits;
    let deadline = upload_deadline(limits, plan.size_bytes);
    let (sender, mut pieces) = mpsc::channel::<Bytes>(PIECES_MAX);
    let store = Arc::clone(&state.store);
    let writing = tokio::task::spawn_blocking(move || {
        let received = store.receive(&plan, claim, &mut pieces);
        drop(permit);
        received
    });
    let mut forwarded = Ok(());
    loop {
        match next_piece(body, limits, deadline).await {
            Ok(None) => break,
            Ok(Some(piece)) => {
                // The writer stops early when it fails; it says why below.
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                forwarded = Err(error);
                break;
            }
        }
    }
    drop(sender);
    let received = writing
        .await
        .map_err(|error| ApiError::internal("storing a shard", &error))?;
    match (received, forwarded) {
        (Ok(entry), _) => Ok(entry),
        (Err(UploadError::Incomplete { .. }), Err(error)) => Err(error),
        (Err(error), _) => Err(upload_error(&error)),
    }
}

async fn send(state: &Shared, parts: &Parts) -> Result<Response, ApiError> {
    let (root, signed) = enter_without_body(state, parts)?;
    let entry = authorize(state, &root, &signed.key).await?;
    state.auth.admit(&signed).await?;
    entry?;
    let permit = state.enter(&state.gates.downloads, "downloads").await?;
    let store = Arc::clone(&state.store);
    let opened = tokio::task::spawn_blocking(move || store.download(&root)).await;
    let opened = opened.map_err(|error| ApiError::internal("opening a shard", &error))?;
    let Download { file, meta } = opened.map_err(|error| meta_error(&error))?.ok_or_else(|| {
        ApiError::new(
            ErrorKind::ShardLost,
            "the node does not have the whole shard any more",
        )
    })?;
    state.metrics.downloaded_bytes.inc_by(meta.size_bytes);
    let stream = ReaderStream::with_capacity(
        Permitted {
            inner: tokio::fs::File::from_std(file),
            _permit: permit,
        },
        DOWNLOAD_BUFFER_BYTES,
    );
    let headers = [
        (CONTENT_TYPE.as_str(), "application/octet-stream".to_owned()),
        (CONTENT_LENGTH.as_str(), meta.size_bytes.to_string()),
        (SHARD_DIGEST, hex::encode(meta.digest)),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

async fn remove(state: &Shared, parts: &Parts) -> Result<(), ApiError> {
    let (root, signed) = enter_without_body(state, parts)?;
    let entry = authorize(state, &root, &signed.key).await?;
    state.auth.admit(&signed).await?;
    let entry = entry?;
    let needed = is_held(&entry, unix_now()) || is_needed(state, &root).await?;
    if needed {
        let message = "a commitment on the chain, or one signed just now, needs the shard";
        return Err(ApiError::new(ErrorKind::CommitmentActive, message));
    }
    let store = Arc::clone(&state.store);
    let removed = tokio::task::spawn_blocking(move || store.remove(&root, unix_now())).await;
    removed
        .map_err(|error| ApiError::internal("removing a shard", &error))?
        .map_err(|error| folder_error(&error))?;
    tracing::info!(%root, customer = %signed.key, "shard removed");
    Ok(())
}

/// Whether a commitment of this operator still needs the shard, by the chain as it is now.
pub(crate) async fn is_needed(state: &Shared, root: &Root) -> Result<bool, ApiError> {
    let operator = state.operator().await?;
    let address = commitment_address(&operator.address, &root.0).0;
    let found = state
        .chain
        .commitment(&address, Freshness::Now)
        .await
        .map_err(chain_error)?;
    let Some(commitment) = found else {
        return Ok(false);
    };
    let Some(ended_epoch) = commitment.ended_epoch else {
        return Ok(true);
    };
    let now = state
        .chain
        .epoch_now(&operator.network)
        .await
        .map_err(chain_error)?;
    Ok(now <= ended_epoch.saturating_add(TAIL_EPOCHS))
}

fn enter_without_body(state: &Shared, parts: &Parts) -> Result<(Root, SignedHeaders), ApiError> {
    let root = parse_root(parts)?;
    let signed = state.auth.verify(parts)?;
    if signed.digest != body_digest(b"") {
        let message = "the signed digest is not that of an empty body";
        return Err(ApiError::new(ErrorKind::DigestMismatch, message));
    }
    Ok((root, signed))
}

/// Outer error: a stranger, of whom nothing is remembered. Inner: a customer who may not do this.
async fn authorize(
    state: &Shared,
    root: &Root,
    customer: &Pubkey,
) -> Result<Result<Entry, ApiError>, ApiError> {
    let entry = state.store.index().get(root);
    if let Some(entry) = entry.filter(|entry| is_owner(entry, customer)) {
        return Ok(Ok(entry));
    }
    state.require_customer(customer).await?;
    Ok(Err(match entry {
        Some(_) => index_error(IndexError::Foreign),
        None => index_error(IndexError::Unknown),
    }))
}

fn parse_root(parts: &Parts) -> Result<Root, ApiError> {
    let name = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    name.parse().map_err(|_| {
        ApiError::new(
            ErrorKind::RootMalformed,
            "the path does not end in a shard's root",
        )
    })
}

async fn drain_if_sent(parts: &Parts, body: &mut Body) {
    if !expects_word(&parts.headers) {
        drain(std::mem::take(body)).await;
    }
}

fn index_error(error: IndexError) -> ApiError {
    let kind = match error {
        IndexError::Crowded(_) => {
            return ApiError {
                kind: ErrorKind::RateLimited,
                message: error.to_string(),
                retry_after_seconds: Some(CROWDED_RETRY_SECONDS),
            }
        }
        IndexError::Busy => {
            return ApiError {
                kind: ErrorKind::UploadInProgress,
                message: error.to_string(),
                retry_after_seconds: Some(BUSY_RETRY_SECONDS),
            }
        }
        IndexError::Foreign => ErrorKind::ShardForeign,
        IndexError::Unknown => ErrorKind::ShardUnknown,
        IndexError::Exhausted { .. } => ErrorKind::CapacityExhausted,
    };
    ApiError::new(kind, error.to_string())
}

/// Why a shard's folder was not changed.
pub(super) fn folder_error(error: &RemoveError) -> ApiError {
    match error {
        RemoveError::Index(error) => index_error(*error),
        RemoveError::Held => ApiError::new(ErrorKind::CommitmentActive, error.to_string()),
        RemoveError::Io(_) => ApiError::internal("changing a shard's folder", error),
    }
}

fn upload_error(error: &UploadError) -> ApiError {
    let kind = match error {
        UploadError::Incomplete { .. } | UploadError::TooLong { .. } => ErrorKind::BodyIncomplete,
        UploadError::DigestMismatch(_) => ErrorKind::DigestMismatch,
        UploadError::RootMismatch(_) => ErrorKind::RootMismatch,
        UploadError::DiskFull => ErrorKind::CapacityExhausted,
        UploadError::Io(_) | UploadError::Commit(_) => {
            return ApiError::internal("storing a shard", error)
        }
    };
    ApiError::new(kind, error.to_string())
}

fn meta_error(error: &MetaError) -> ApiError {
    ApiError::internal("opening a shard", error)
}

/// A file that gives its turn back when it has been sent.
struct Permitted {
    inner: tokio::fs::File,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl tokio::io::AsyncRead for Permitted {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}
