//! When to ask a node again, and how long to wait before.

use std::{future::Future, time::Duration};

use tokio::time::sleep;

use crate::node::NodeError;

/// Tries of one request to one node.
const ATTEMPTS_MAX: u32 = 3;
/// Wait before the second try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Longest wait that a node may ask for.
const ASKED_WAIT_MAX: Duration = Duration::from_secs(30);

/// Calls until it succeeds, fails for good, or has failed [`ATTEMPTS_MAX`] times.
pub(super) async fn retrying<T, E, F>(mut call: impl FnMut() -> F) -> Result<T, E>
where
    E: Transient,
    F: Future<Output = Result<T, E>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..ATTEMPTS_MAX {
        match call().await {
            Err(error) if error.is_transient() => {
                sleep(error.asked_wait().unwrap_or(wait)).await;
                wait = wait.saturating_mul(2);
            }
            settled => return settled,
        }
    }
    call().await
}

/// An error that may go away by itself.
pub(super) trait Transient {
    fn is_transient(&self) -> bool;
    /// How long whoever refused asked to wait.
    fn asked_wait(&self) -> Option<Duration>;
}

impl Transient for NodeError {
    fn is_transient(&self) -> bool {
        NodeError::is_transient(self)
    }

    fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => {
                retry_after.map(|seconds| Duration::from_secs(seconds).min(ASKED_WAIT_MAX))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn refused(status: u16, code: &str) -> NodeError {
        NodeError::Refused {
            endpoint: String::new(),
            status,
            code: code.to_string(),
            message: String::new(),
            hint: String::new(),
            retry_after: Some(0),
        }
    }

    async fn tries(error: fn() -> NodeError) -> u32 {
        let count = Cell::new(0);
        let failed: Result<(), _> = retrying(|| {
            count.set(count.get() + 1);
            async { Err(error()) }
        })
        .await;
        assert!(failed.is_err());
        count.get()
    }

    #[tokio::test]
    async fn only_what_may_go_away_is_tried_again_and_not_for_ever() {
        assert_eq!(tries(|| refused(503, "busy")).await, ATTEMPTS_MAX);
        assert_eq!(tries(|| refused(429, "rate")).await, ATTEMPTS_MAX);
        assert_eq!(
            tries(|| refused(409, "upload_in_progress")).await,
            ATTEMPTS_MAX
        );
        assert_eq!(
            tries(|| refused(409, "request_before_start")).await,
            ATTEMPTS_MAX
        );
        assert_eq!(tries(|| refused(409, "commitment_active")).await, 1);
        assert_eq!(tries(|| refused(403, "shard_foreign")).await, 1);
    }

    #[tokio::test]
    async fn success_ends_the_tries() {
        let count = Cell::new(0);
        let outcome = retrying(|| {
            count.set(count.get() + 1);
            let fails = count.get() == 1;
            async move {
                if fails {
                    Err(refused(503, "busy"))
                } else {
                    Ok(7)
                }
            }
        })
        .await;
        assert_eq!((outcome.unwrap(), count.get()), (7, 2));
    }
}
