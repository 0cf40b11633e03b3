//! How long to wait for the answer to an upload: as long as bytes move, and after the last byte as
//! long as a slow disk needs to make them durable.

use std::{
    future::Future,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc,
    },
    time::Duration,
};

use tokio::time::timeout;

use super::STALL_TIMEOUT;

/// What a node's disk is granted to write at when the bytes have all been sent, in bytes a second:
/// a hard disk that also answers challenges.
const SYNC_BYTES_PER_SECOND: u64 = 10 << 20;

/// How much of an upload has been sent; clones share it.
#[derive(Debug, Clone)]
pub(super) struct UploadProgress {
    size_bytes: u64,
    /// How long nothing may move.
    stall: Duration,
    sent_bytes: Arc<AtomicU64>,
}

impl UploadProgress {
    pub(super) fn of(size_bytes: u64) -> Self {
        Self::patient(size_bytes, STALL_TIMEOUT)
    }

    fn patient(size_bytes: u64, stall: Duration) -> Self {
        Self {
            size_bytes,
            stall,
            sent_bytes: Arc::default(),
        }
    }

    pub(super) fn add(&self, bytes: u64) {
        self.sent_bytes.fetch_add(bytes, Relaxed);
    }

    /// The answer; `None` if it did not come and nothing moved either.
    pub(super) async fn watch<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(answer);
        // Ends: the bytes that can still be sent become fewer with each turn but the last.
        let mut seen_bytes = None;
        loop {
            let sent_bytes = self.sent_bytes.load(Relaxed);
            if seen_bytes == Some(sent_bytes) {
                return None;
            }
            seen_bytes = Some(sent_bytes);
            if let Ok(answer) = timeout(self.patience(sent_bytes), &mut answer).await {
                return Some(answer);
            }
        }
    }

    fn patience(&self, sent_bytes: u64) -> Duration {
        if sent_bytes < self.size_bytes {
            return self.stall;
        }
        let sync_seconds = self.size_bytes.div_ceil(SYNC_BYTES_PER_SECOND);
        self.stall.saturating_add(Duration::from_secs(sync_seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::time::sleep;

    const STALL: Duration = Duration::from_secs(1);
    const TICK: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn an_upload_may_take_long_while_bytes_move() {
        let progress = UploadProgress::patient(100, STALL);
        let upload = async {
            for _ in 0..25 {
                sleep(TICK).await;
                progress.add(1);
            }
            "stored"
        };
        assert_eq!(progress.watch(upload).await, Some("stored"));
    }

    #[tokio::test]
    async fn an_upload_that_stands_still_is_given_up() {
        let progress = UploadProgress::patient(100, TICK);
        let upload = async {
            progress.add(99);
            pending::<()>().await;
        };
        assert_eq!(progress.watch(upload).await, None);
    }

    #[tokio::test]
    async fn a_node_that_never_answers_is_given_up() {
        let progress = UploadProgress::patient(1, TICK);
        progress.add(1);
        assert_eq!(progress.watch(pending::<()>()).await, None);
    }

    #[test]
    fn a_large_shard_gets_time_to_become_durable() {
        let progress = UploadProgress::of(32 << 30);
        assert_eq!(progress.patience(0), STALL_TIMEOUT);
        let whole = progress.patience(32 << 30);
        assert_eq!(
            whole.saturating_sub(STALL_TIMEOUT),
            Duration::from_secs(3_277)
        );
    }
}
