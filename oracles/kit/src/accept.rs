//! Bounds on connections: how many, and for how long. Without them a few slow clients that never
//! finish could keep everybody else out.

use axum_server::accept::Accept;
use std::future::{ready, Future, Ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Accepts while there is room.
#[derive(Clone)]
pub(crate) struct BoundedAcceptor {
    room: Arc<Semaphore>,
    lifetime: Duration,
}

/// A connection that ends when its time is over and then gives its room back.
pub(crate) struct BoundedStream {
    inner: TcpStream,
    end: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
}

impl BoundedAcceptor {
    /// Room for so many connections, each for so long.
    pub(crate) fn new(connections_max: usize, lifetime: Duration) -> Self {
        let room = Arc::new(Semaphore::new(connections_max));
        Self { room, lifetime }
    }
}

impl<S> Accept<TcpStream, S> for BoundedAcceptor {
    type Stream = BoundedStream;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, inner: TcpStream, service: S) -> Self::Future {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            tracing::debug!("too many connections");
            return ready(Err(io::Error::other("too many connections")));
        };
        let end = Box::pin(tokio::time::sleep(self.lifetime));
        let stream = BoundedStream {
            inner,
            end,
            _permit: permit,
        };
        ready(Ok((stream, service)))
    }
}

impl BoundedStream {
    fn check_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.end.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_time(context)?;
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_time(context)?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
