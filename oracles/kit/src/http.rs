//! HTTP servers as supervised tasks, and the one that shows `/metrics` and `/health`.

use crate::health::Health;
use crate::metrics::Metrics;
use crate::supervisor::{ManagedTask, TaskResult};
use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::http::{header, StatusCode};
use axum::middleware::{from_fn_with_state, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Requests served at the same time; more are told to come back.
pub const CONCURRENT_REQUESTS_MAX: usize = 64;
/// Longest time for one request.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The address cannot be taken.
#[derive(Debug, Error)]
#[error("cannot listen on {address}: {source}; is another service running there?")]
pub struct BindError {
    address: SocketAddr,
    source: std::io::Error,
}

/// A server on an address that is already taken, so that a wrong address fails at start.
pub struct HttpServer {
    name: &'static str,
    listener: TcpListener,
    router: Router,
}

impl HttpServer {
    /// Takes the address.
    pub async fn bind(
        name: &'static str,
        address: SocketAddr,
        router: Router,
    ) -> Result<Self, BindError> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| BindError { address, source })?;
        let limit = Arc::new(Semaphore::new(CONCURRENT_REQUESTS_MAX));
        let router = router.layer(from_fn_with_state(limit, bounded));
        Ok(Self {
            name,
            listener,
            router,
        })
    }

    /// Where it listens; tells the port when port 0 was asked for.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

#[async_trait]
impl ManagedTask for HttpServer {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn run(self: Box<Self>, shutdown: CancellationToken) -> TaskResult {
        axum::serve(self.listener, self.router)
            .with_graceful_shutdown(async move { shutdown.cancelled().await })
            .await
            .map_err(Into::into)
    }
}

async fn bounded(State(limit): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_permit) = limit.try_acquire() else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "1")],
        )
            .into_response();
    };
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// `/metrics` for Prometheus and `/health` for whatever restarts the service.
pub fn monitor_router(metrics: Metrics, health: Health) -> Router {
    let show_metrics = move || {
        let text = metrics.render();
        async move {
            match text {
                Ok(text) => {
                    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
                }
                Err(error) => {
                    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
                }
            }
        }
    };
    let show_health = move || {
        let report = health.report();
        let status = if report.healthy {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        async move { (status, Json(report)) }
    };
    Router::new()
        .route("/metrics", get(show_metrics))
        .route("/health", get(show_health))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn fetch(address: SocketAddr, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn shows_metrics_and_health_and_frees_the_address_when_stopped() {
        let metrics = Metrics::new("trestle_http_test").unwrap();
        metrics
            .counter("x_total", "x", &["l"])
            .unwrap()
            .with_label_values(&["v"])
            .inc();
        let health = Health::default();
        let router = monitor_router(metrics, health.clone());
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let server = HttpServer::bind("monitor", any, router).await.unwrap();
        let address = server.address().unwrap();
        assert!(HttpServer::bind("again", address, Router::new())
            .await
            .is_err());
        let stop = CancellationToken::new();
        let running = tokio::spawn(Box::new(server).run(stop.clone()));
        assert!(fetch(address, "/metrics")
            .await
            .contains("trestle_http_test_x_total"));
        assert!(fetch(address, "/health").await.starts_with("HTTP/1.1 200"));
        health.expect("never", Duration::ZERO);
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(fetch(address, "/health").await.starts_with("HTTP/1.1 503"));
        stop.cancel();
        running.await.unwrap().unwrap();
        assert!(TcpListener::bind(address).await.is_ok());
    }
}
