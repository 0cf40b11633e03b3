//! The HTTP API: one file per kind of resource.

mod body;
mod challenges;
mod commitments;
mod health;
mod shards;
mod state;

pub use challenges::ChallengeBody;
pub use commitments::SignBody;
pub(crate) use shards::is_needed;
pub use state::{Gates, NodeState};

use crate::error::{ApiError, ErrorKind};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
    Router,
};
use std::{sync::Arc, time::Instant};

/// State as handlers get it.
pub type Shared = Arc<NodeState>;

/// All routes.
pub fn router(state: Shared) -> Router {
    let shard = put(shards::put).get(shards::get).delete(shards::delete);
    Router::new()
        .route("/v1/shards/{root}", shard)
        .route("/v1/challenges", post(challenges::answer))
        .route("/v1/commitments/sign", post(commitments::sign))
        .route("/v1/health", get(health::health))
        .route("/metrics", get(health::metrics))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&state), observe))
        .with_state(state)
}

async fn not_found() -> ApiError {
    ApiError::new(ErrorKind::NotFound, "there is nothing at this path")
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(
        ErrorKind::MethodNotAllowed,
        "this path does not know this method",
    )
}

/// Counts and times every request.
async fn observe(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let matched = request.extensions().get::<MatchedPath>();
    let path = matched.map_or("other", MatchedPath::as_str);
    let route = format!("{} {path}", method_name(request.method()));
    let response = next.run(request).await;
    let status = response.status().as_u16();
    state
        .metrics
        .request(&route, status, started.elapsed().as_secs_f64());
    response
}

/// Methods that the API knows; a client's own invention must not become a label.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Counts the error and says it.
fn fail(state: &NodeState, error: ApiError) -> Response {
    state.metrics.refusal(error.kind.code());
    tracing::debug!(status = error.kind.status().as_u16(), %error, "request refused");
    error.into_response()
}
