//! A bound on open connections: whoever comes beyond it is turned away at once.

use crate::metrics::Metrics;
use axum_server::accept::Accept;
use std::{
    future::{ready, Ready},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Accepts while there is room.
#[derive(Clone, Debug)]
pub struct BoundedAcceptor {
    room: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

/// A connection that gives its room back when it ends.
#[derive(Debug)]
pub struct BoundedStream {
    inner: TcpStream,
    _permit: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

impl BoundedAcceptor {
    /// Room for `connections_max` connections.
    pub fn new(connections_max: usize, metrics: Arc<Metrics>) -> Self {
        let room = connections_max.min(Semaphore::MAX_PERMITS);
        Self {
            room: Arc::new(Semaphore::new(room)),
            metrics,
        }
    }
}

impl<S> Accept<TcpStream, S> for BoundedAcceptor {
    type Stream = BoundedStream;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, inner: TcpStream, service: S) -> Self::Future {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            self.metrics.connections_refused.inc();
            return ready(Err(io::Error::other("too many connections")));
        };
        // Small answers must not wait for a full packet; without it they are only slower.
        if let Err(error) = inner.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY not set");
        }
        self.metrics.connections.inc();
        let metrics = Arc::clone(&self.metrics);
        ready(Ok((
            BoundedStream {
                inner,
                _permit: permit,
                metrics,
            },
            service,
        )))
    }
}

impl Drop for BoundedStream {
    fn drop(&mut self) {
        self.metrics.connections.dec();
    }
}

impl AsyncRead for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
