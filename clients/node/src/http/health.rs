//! What anybody may ask: how the node is, and its metrics.

use super::Shared;
use crate::error::ApiError;
use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    Json,
};
use solana_pubkey::Pubkey;
use trestle_sdk::node::{Health, Terms};

/// Type of Prometheus text.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn health(State(state): State<Shared>) -> Json<Health> {
    let (status, network, service) = match state.operator().await {
        Ok(operator) => ("ok", operator.network, operator.service),
        Err(error) => (error.kind.code(), Pubkey::default(), Pubkey::default()),
    };
    let terms = &state.settings.terms;
    let (_, stored_bytes) = state.store.index().usage();
    Json(Health {
        status: status.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node_key: state.node_key(),
        operator: state.settings.chain.operator,
        network,
        service,
        stored_bytes,
        capacity_bytes: state.store.index().capacity_bytes(),
        shard_bytes_max: state.settings.limits.shard_bytes_max,
        terms: Terms {
            credits_per_gib_epoch: terms.credits_per_gib_epoch,
            rate_min: terms.rate_min,
            epochs_min: terms.epochs_min,
            epochs_max: terms.epochs_max,
            sla_bps_max: terms.sla_bps_max,
            credit_bps_max: terms.credit_bps_max,
            notice_epochs_min: terms.notice_epochs_min,
            renewal_epochs_max: terms.renewal_epochs_max,
        },
    })
}

pub(super) async fn metrics(State(state): State<Shared>) -> Response {
    let (shards, used_bytes) = state.store.index().usage();
    state.metrics.shards.set(shards as u64);
    state.metrics.used_bytes.set(used_bytes);
    state.metrics.nonces.set(state.auth.nonces() as u64);
    match state.metrics.render() {
        Ok(text) => ([(CONTENT_TYPE, METRICS_TYPE)], text).into_response(),
        Err(error) => ApiError::internal("rendering metrics", &error).into_response(),
    }
}
