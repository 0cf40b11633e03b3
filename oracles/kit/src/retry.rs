//! Retries with a named bound. The policy is a value at the call site, never hidden in a macro.

use std::future::Future;
use std::time::Duration;

/// How often and how fast to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// All attempts, the first included; zero counts as one.
    pub attempts_max: u32,
    /// Wait before the second attempt; doubled before each further one.
    pub first_delay: Duration,
    /// Longest wait.
    pub delay_max: Duration,
}

/// Whether another attempt can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The other side may answer differently in a moment.
    Transient,
    /// It will say the same again.
    Permanent,
}

impl RetryPolicy {
    /// Wait after a number of failed attempts.
    pub fn delay(&self, failed: u32) -> Duration {
        let doublings = failed.saturating_sub(1).min(16);
        self.first_delay
            .saturating_mul(1 << doublings)
            .min(self.delay_max)
    }

    /// Calls `work` until it succeeds, fails for good, or the attempts are used up.
    pub async fn run<T, E, F>(
        &self,
        classify: impl Fn(&E) -> Retry,
        mut work: impl FnMut() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let mut failed = 0_u32;
        loop {
            let error = match work().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            failed = failed.saturating_add(1);
            if failed >= self.attempts_max || classify(&error) == Retry::Permanent {
                return Err(error);
            }
            tokio::time::sleep(self.delay(failed)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAST: RetryPolicy = RetryPolicy {
        attempts_max: 4,
        first_delay: Duration::from_millis(1),
        delay_max: Duration::from_millis(3),
    };

    async fn calls(policy: RetryPolicy, succeed_at: u32, kind: Retry) -> (Result<u32, u32>, u32) {
        let mut calls = 0;
        let result = policy
            .run(
                |_| kind,
                || {
                    calls += 1;
                    let call = calls;
                    async move {
                        if call == succeed_at {
                            Ok(call)
                        } else {
                            Err(call)
                        }
                    }
                },
            )
            .await;
        (result, calls)
    }

    #[tokio::test]
    async fn attempts_are_bounded_and_permanent_errors_are_not_repeated() {
        assert_eq!(calls(FAST, 3, Retry::Transient).await, (Ok(3), 3));
        assert_eq!(calls(FAST, 9, Retry::Transient).await, (Err(4), 4));
        assert_eq!(calls(FAST, 9, Retry::Permanent).await, (Err(1), 1));
        let none = RetryPolicy {
            attempts_max: 0,
            ..FAST
        };
        assert_eq!(calls(none, 9, Retry::Transient).await, (Err(1), 1));
    }

    #[test]
    fn delay_doubles_up_to_its_limit() {
        let delays: Vec<_> = (1..=4)
            .map(|failed| FAST.delay(failed).as_millis())
            .collect();
        assert_eq!(delays, [1, 2, 3, 3]);
        assert_eq!(FAST.delay(u32::MAX), FAST.delay_max);
    }
}
