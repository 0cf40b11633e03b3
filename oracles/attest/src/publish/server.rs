//! The public HTTP server: published files, evidence for other verifiers, decisions, status.
//!
//! Paths are built from a parsed epoch and one of four known names, never from request text.

use crate::publish::Publisher;
use crate::status::Status;
use crate::store::EvidenceStore;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{header, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;
use trestle_verify::published::{render_evidence_line, EVIDENCE_FILE};
use trestle_verify::text::{parse_u64, Base58};

/// What the handlers read.
#[derive(Clone)]
pub struct PublicState {
    /// Service account in base58: the only one served.
    pub service: String,
    /// The files.
    pub publisher: Publisher,
    /// Evidence and decisions.
    pub store: Arc<dyn EvidenceStore>,
    /// What the service is doing.
    pub status: Status,
}

/// Routes of the public server.
pub fn public_router(state: PublicState) -> Router {
    Router::new()
        .route("/v1/status", get(show_status))
        .route("/v1/epochs/{service}", get(list_epochs))
        .route("/v1/epochs/{service}/{epoch}/{file}", get(send_file))
        .route("/v1/evidence/{service}/{epoch}", get(send_evidence))
        .route("/v1/decisions/{service}/{epoch}", get(list_decisions))
        .with_state(state)
}

/// An answer other than success.
struct Refusal(StatusCode, &'static str, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let hint = "GET /v1/epochs/{service} lists what is published";
        let body = json!({ "error": { "code": self.1, "message": self.2, "hint": hint } });
        (self.0, Json(body)).into_response()
    }
}

impl Refusal {
    fn unknown(what: &str) -> Self {
        Self(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("no such {what}"),
        )
    }

    fn broken(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "cannot serve a request");
        Self(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "reading failed".into(),
        )
    }
}

impl PublicState {
    fn check_service(&self, service: &str) -> Result<(), Refusal> {
        if service == self.service {
            return Ok(());
        }
        Err(Refusal::unknown("service"))
    }
}

fn parse_epoch(text: &str) -> Result<u64, Refusal> {
    parse_u64(text).map_err(|reason| {
        Refusal(
            StatusCode::BAD_REQUEST,
            "bad_epoch",
            format!("epoch: {reason}"),
        )
    })
}

async fn show_status(State(state): State<PublicState>) -> Response {
    Json(state.status.report()).into_response()
}

async fn list_epochs(
    State(state): State<PublicState>,
    Path(service): Path<String>,
) -> Result<Response, Refusal> {
    state.check_service(&service)?;
    let publisher = state.publisher.clone();
    let epochs = tokio::task::spawn_blocking(move || publisher.epochs())
        .await
        .map_err(|error| Refusal::broken(&error))?
        .map_err(|error| Refusal::broken(&error))?;
    let epochs: Vec<String> = epochs.iter().map(u64::to_string).collect();
    Ok(Json(json!({ "epochs": epochs })).into_response())
}

async fn send_file(
    State(state): State<PublicState>,
    Path((service, epoch, file)): Path<(String, String, String)>,
) -> Result<Response, Refusal> {
    state.check_service(&service)?;
    let path = state
        .publisher
        .path(parse_epoch(&epoch)?, &file)
        .ok_or_else(|| Refusal::unknown("file"))?;
    let file_handle = match tokio::fs::File::open(&path).await {
        Ok(file_handle) => file_handle,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Refusal::unknown("epoch"));
        }
        Err(error) => return Err(Refusal::broken(&error)),
    };
    let length = file_handle
        .metadata()
        .await
        .map_err(|error| Refusal::broken(&error))?
        .len();
    let body = Body::from_stream(tokio_util::io::ReaderStream::new(file_handle));
    let kind = if file == EVIDENCE_FILE {
        "application/jsonl"
    } else {
        "application/json"
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_string()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, body).into_response())
}

/// Findings of an epoch that is over. Earlier, others could copy them instead of asking.
async fn send_evidence(
    State(state): State<PublicState>,
    Path((service, epoch)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    state.check_service(&service)?;
    let epoch = parse_epoch(&epoch)?;
    if state
        .status
        .current_epoch()
        .is_none_or(|current| epoch >= current)
    {
        return Err(Refusal::unknown("ended epoch"));
    }
    let opened = state
        .store
        .opened(epoch)
        .await
        .map_err(|error| Refusal::broken(&error))?;
    let opened = opened.ok_or_else(|| Refusal::unknown("epoch"))?;
    let findings = state
        .store
        .findings(epoch)
        .await
        .map_err(|error| Refusal::broken(&error))?;
    let text = tokio::task::spawn_blocking(move || {
        let scope = opened.scope();
        let mut text = String::new();
        for finding in &findings {
            if let Some(commitment) = opened.commitment(&finding.commitment) {
                text.push_str(&render_evidence_line(&scope, commitment, finding)?);
            }
        }
        Ok::<_, trestle_verify::VerifyError>(text)
    });
    let text = text
        .await
        .map_err(|error| Refusal::broken(&error))?
        .map_err(|error| Refusal::broken(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], text).into_response())
}

async fn list_decisions(
    State(state): State<PublicState>,
    Path((service, epoch)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    state.check_service(&service)?;
    let epoch = parse_epoch(&epoch)?;
    let decisions = state
        .store
        .decisions(epoch)
        .await
        .map_err(|error| Refusal::broken(&error))?;
    Ok(Json(json!({ "decisions": decisions })).into_response())
}

/// How a service is named in paths.
pub fn service_name(service: &[u8; 32]) -> String {
    Base58(service).to_string()
}
