//! Who sends a request, and whether it is sent for the first time.
//!
//! Two steps, because what lies between them differs: [`Authenticator::verify`] checks form, clock
//! and signature without remembering anything, the handler then asks whether this signer may do
//! this, and [`Authenticator::admit`] takes the nonce. So a stranger fills no memory.

pub mod clock;
mod journal;
mod replay;

pub use replay::{Refusal, ReplayGuard, ReplayLimits};

use crate::error::{ApiError, ErrorKind};
use axum::http::{request::Parts, HeaderMap};
use journal::NonceJournal;
use solana_pubkey::Pubkey;
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use trestle_sdk::request::{RequestTarget, SignedHeaders, HEADERS};

/// Checks signed requests for one node.
#[derive(Debug)]
pub struct Authenticator {
    /// What clients sign for.
    node_key: Pubkey,
    /// What has been asked. Never held across a wait.
    guard: Arc<Mutex<Memory>>,
    /// Origin of the steady clock.
    started: Instant,
}

#[derive(Debug)]
struct Memory {
    guard: ReplayGuard,
    journal: NonceJournal,
}

impl Authenticator {
    /// Starts with everything dated `floor` or before refused.
    pub fn open(
        node_key: Pubkey,
        limits: ReplayLimits,
        journal_path: &Path,
        floor: i64,
    ) -> io::Result<Self> {
        let (journal, entries) = NonceJournal::open(journal_path, floor)?;
        let mut guard = ReplayGuard::new(limits, floor);
        for (key, nonce, time) in entries {
            guard.restore(key, nonce, time);
        }
        let guard = Arc::new(Mutex::new(Memory { guard, journal }));
        Ok(Self {
            node_key,
            guard,
            started: Instant::now(),
        })
    }

    /// Checks form, clock and signature.
    pub fn verify(&self, parts: &Parts) -> Result<SignedHeaders, ApiError> {
        let headers = parse(&parts.headers)?;
        let path_and_query = parts.uri.path_and_query().map_or("", |path| path.as_str());
        let target = RequestTarget {
            audience: &self.node_key,
            method: parts.method.as_str(),
            path_and_query,
        };
        headers.verify(&target, clock::unix_now())?;
        Ok(headers)
    }

    /// Takes the nonce; the same request is never admitted again, not even after a restart.
    pub async fn admit(&self, request: &SignedHeaders) -> Result<(), ApiError> {
        let now = clock::unix_now();
        let clock_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let admitted = lock(&self.guard).guard.admit(request, now, clock_ms);
        admitted.map_err(refuse)?;
        if request.time <= now {
            return Ok(());
        }
        let memory = Arc::clone(&self.guard);
        let entry = (request.key, request.nonce, request.time);
        let written = tokio::task::spawn_blocking(move || {
            let Memory { guard, journal } = &mut *lock(&memory);
            if journal.is_long() {
                journal.compact(&guard.dated_after(now))
            } else {
                journal.append(&entry)
            }
        })
        .await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(ApiError::internal("writing the nonce journal", &error)),
            Err(error) => Err(ApiError::internal("writing the nonce journal", &error)),
        }
    }

    /// Nonces in memory.
    pub fn nonces(&self) -> usize {
        lock(&self.guard).guard.nonces()
    }
}

/// Decodes the headers; one that stands twice counts as malformed.
pub fn parse(headers: &HeaderMap) -> Result<SignedHeaders, ApiError> {
    for name in HEADERS {
        let mut values = headers.get_all(name).iter();
        let value = values.next();
        if value.is_some_and(|value| value.to_str().is_err()) || values.next().is_some() {
            return Err(ApiError::new(
                ErrorKind::SignatureMalformed,
                format!("header `{name}` stands twice or is not text"),
            ));
        }
    }
    Ok(SignedHeaders::parse(|name| {
        headers.get(name).and_then(|value| value.to_str().ok())
    })?)
}

fn refuse(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Replayed => {
            ApiError::new(ErrorKind::RequestReplayed, "this request was sent before")
        }
        Refusal::BeforeFloor => ApiError::new(
            ErrorKind::RequestBeforeStart,
            "the request is older than what this node remembers",
        ),
        Refusal::RateLimited(seconds) => ApiError {
            kind: ErrorKind::RateLimited,
            message: "this key asks too often".to_owned(),
            retry_after_seconds: Some(seconds),
        },
        Refusal::Full => ApiError::new(ErrorKind::Busy, "too many requests are remembered"),
    }
}

/// The guard holds plain maps that every step leaves whole, so a panic elsewhere spoils nothing.
fn lock(memory: &Mutex<Memory>) -> std::sync::MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
