//! HTTP servers as supervised tasks, and the one that shows `/metrics` and `/health`.

use crate::accept::BoundedAcceptor;
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
use axum_server::Handle;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Requests served at the same time; more are told to come back.
pub const CONCURRENT_REQUESTS_MAX: usize = 64;
/// Longest time until an answer begins.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// How long open connections may go on when the service stops.
const GRACE: Duration = Duration::from_secs(2);

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
    limits: HttpLimits,
}

/// What clients may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Open connections; more are turned away.
    pub connections_max: usize,
    /// Longest life of a connection, transfers included.
    pub connection_lifetime: Duration,
    /// Longest time for the head of a request.
    pub head_timeout: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections_max: 256,
            connection_lifetime: Duration::from_secs(900),
            head_timeout: Duration::from_secs(10),
        }
    }
}

impl HttpServer {
    /// Takes the address.
    pub fn bind(
        name: &'static str,
        address: SocketAddr,
        router: Router,
        limits: HttpLimits,
    ) -> Result<Self, BindError> {
        let failed = |source| BindError { address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let requests = Arc::new(Semaphore::new(CONCURRENT_REQUESTS_MAX));
        let router = router.layer(from_fn_with_state(requests, bounded));
        Ok(Self {
            name,
            listener,
            router,
            limits,
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
        let limits = self.limits;
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(self.listener).handle(handle.clone());
        let builder = server.http_builder();
        *builder = Builder::new(TokioExecutor::new()).http1_only();
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_timeout)
            .max_buf_size(HEAD_BYTES_MAX);
        let acceptor = BoundedAcceptor::new(limits.connections_max, limits.connection_lifetime);
        let serving = server
            .acceptor(acceptor)
            .serve(self.router.into_make_service());
        tokio::pin!(serving);
        tokio::select! {
            ended = &mut serving => return Ok(ended?),
            () = shutdown.cancelled() => handle.graceful_shutdown(Some(GRACE)),
        }
        Ok(serving.await?)
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
    use tokio::net::TcpStream;

    async fn fetch(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let sent = stream.write_all(request.as_bytes()).await;
        let mut text = String::new();
        // A connection that is turned away may be reset instead of closed.
        let _ = (sent, stream.read_to_string(&mut text).await);
        text
    }

    fn start(router: Router, limits: HttpLimits) -> (SocketAddr, CancellationToken, Running) {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let server = HttpServer::bind("test", any, router, limits).unwrap();
        let (address, stop) = (server.address().unwrap(), CancellationToken::new());
        (
            address,
            stop.clone(),
            tokio::spawn(Box::new(server).run(stop)),
        )
    }

    type Running = tokio::task::JoinHandle<TaskResult>;

    #[tokio::test]
    async fn shows_metrics_and_health_and_frees_the_address_when_stopped() {
        let metrics = Metrics::new("trestle_http_test").unwrap();
        let counter = metrics.counter("x_total", "x", &["l"]).unwrap();
        counter.with_label_values(&["v"]).inc();
        let health = Health::default();
        let router = monitor_router(metrics, health.clone());
        let (address, stop, running) = start(router, HttpLimits::default());
        let again = HttpServer::bind("again", address, Router::new(), HttpLimits::default());
        assert!(again.is_err());
        let shown = fetch(address, "/metrics").await;
        assert!(shown.contains("trestle_http_test_x_total"), "{shown}");
        assert!(fetch(address, "/health").await.starts_with("HTTP/1.1 200"));
        health.expect("never", Duration::ZERO);
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(fetch(address, "/health").await.starts_with("HTTP/1.1 503"));
        stop.cancel();
        running.await.unwrap().unwrap();
        assert!(TcpListener::bind(address).is_ok());
    }

    #[tokio::test]
    async fn slow_clients_cannot_keep_others_out_for_long() {
        let limits = HttpLimits {
            connections_max: 2,
            connection_lifetime: Duration::from_millis(600),
            head_timeout: Duration::from_millis(300),
        };
        let router = monitor_router(Metrics::new("t").unwrap(), Health::default());
        let (address, _stop, _running) = start(router, limits);
        let mut slow = Vec::new();
        for _ in 0..2 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /health HTTP/1.1\r\n").await.unwrap();
            slow.push(stream);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(fetch(address, "/health").await, "", "no room");
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert!(fetch(address, "/health").await.starts_with("HTTP/1.1 200"));
    }
}
