//! Bodies: how long they may be and how long they may take.

use crate::{
    error::{ApiError, ErrorKind},
    settings::{millis, Limits},
};
use axum::{
    body::{Body, Bytes},
    http::{
        header::{CONTENT_LENGTH, EXPECT},
        HeaderMap,
    },
};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::time::{timeout, timeout_at, Instant};
use trestle_sdk::request::body_digest;

/// How much of a refused body is read and thrown away, in bytes, and for how long: a client that
/// is cut off while it sends may never see why.
const DRAIN_BYTES_MAX: usize = 1 << 20;
const DRAIN_TIME_MAX: Duration = Duration::from_secs(1);
/// The least time that an upload gets, however small it is.
const UPLOAD_TIME_MIN: Duration = Duration::from_secs(60);

/// What `content-length` says, if it says one number.
pub(super) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let mut values = headers.get_all(CONTENT_LENGTH).iter();
    let text = values.next()?.to_str().ok()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && values.next().is_none())
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether the client waits for a word before it sends its body.
pub(super) fn expects_word(headers: &HeaderMap) -> bool {
    headers.contains_key(EXPECT)
}

/// When an upload of this size must be over.
pub(super) fn upload_deadline(limits: &Limits, size_bytes: u64) -> Instant {
    let seconds = size_bytes
        .checked_div(limits.upload_bytes_per_second_min)
        .unwrap_or(0);
    Instant::now() + Duration::from_secs(seconds).max(UPLOAD_TIME_MIN)
}

/// The next piece of a body; `None` at its end.
pub(super) async fn next_piece(
    body: &mut Body,
    limits: &Limits,
    deadline: Instant,
) -> Result<Option<Bytes>, ApiError> {
    let idle = Instant::now() + millis(limits.body_idle_timeout_ms);
    loop {
        let Ok(frame) = timeout_at(idle.min(deadline), body.frame()).await else {
            return Err(ApiError::new(
                ErrorKind::BodyTimeout,
                "the body came too slowly",
            ));
        };
        match frame {
            None => return Ok(None),
            Some(Err(_)) => {
                return Err(ApiError::new(
                    ErrorKind::BodyIncomplete,
                    "the body broke off",
                ))
            }
            // Trailers are of no interest.
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) if !piece.is_empty() => return Ok(Some(piece)),
                _ => continue,
            },
        }
    }
}

/// Reads a small body and checks it against the digest that was signed.
pub(super) async fn read_small(
    body: &mut Body,
    limits: &Limits,
    digest: &[u8; 32],
) -> Result<Vec<u8>, ApiError> {
    let bytes_max = usize::try_from(limits.json_body_bytes_max).unwrap_or(usize::MAX);
    let deadline = Instant::now() + millis(limits.body_idle_timeout_ms);
    let mut bytes = Vec::new();
    while let Some(piece) = next_piece(body, limits, deadline).await? {
        if bytes.len().saturating_add(piece.len()) > bytes_max {
            let message = format!("the body is longer than {bytes_max} bytes");
            return Err(ApiError::new(ErrorKind::BodyTooLarge, message));
        }
        bytes.extend_from_slice(&piece);
    }
    if body_digest(&bytes) == *digest {
        Ok(bytes)
    } else {
        Err(ApiError::new(
            ErrorKind::DigestMismatch,
            "the body is not the one that was signed",
        ))
    }
}

/// Throws away what little is left of a body, so that the client gets to read the answer.
pub(super) async fn drain(mut body: Body) {
    let read = async {
        let mut drained = 0_usize;
        while let Some(Ok(frame)) = body.frame().await {
            drained = drained.saturating_add(frame.data_ref().map_or(0, Bytes::len));
            if drained > DRAIN_BYTES_MAX {
                return;
            }
        }
    };
    // Whether it ended or took too long: nobody needs the rest.
    let _ = timeout(DRAIN_TIME_MAX, read).await;
}
