//! The circuit breaker of a pool: a leaky bucket that pays in part rather than failing.

use crate::{
    math::{mul_div_ceil, mul_div_floor},
    units::UnixSeconds,
};

/// A bucket that fills by what is paid and drains by `capacity` per window at a constant rate.
///
/// At no time more than `capacity` is in it, so that at most `capacity` can be paid at once and at
/// most `capacity * (1 + t / window)` within any `t` seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// What is in the bucket.
    pub value: u64,
    /// Moment up to which draining is accounted for, unix seconds.
    pub last_ts: i64,
}

impl Breaker {
    /// How much of `wanted` may be paid now; counts it as paid. A clock that stands still or
    /// goes back drains nothing, and a window of no seconds pays nothing.
    pub fn grant(
        &mut self,
        capacity: u64,
        window_seconds: u32,
        now: UnixSeconds,
        wanted: u64,
    ) -> u64 {
        if window_seconds == 0 {
            return 0;
        }
        self.drain(capacity, window_seconds, now);
        let granted = wanted.min(capacity.saturating_sub(self.value));
        self.value = self.value.saturating_add(granted);
        granted
    }

    /// What [`Self::grant`] would pay at most now.
    pub fn available(&self, capacity: u64, window_seconds: u32, now: UnixSeconds) -> u64 {
        let mut copy = *self;
        copy.grant(capacity, window_seconds, now, u64::MAX)
    }

    fn drain(&mut self, capacity: u64, window_seconds: u32, now: UnixSeconds) {
        let elapsed = now.since(UnixSeconds(self.last_ts));
        let window = u64::from(window_seconds);
        // More than `u64` drained is more than any bucket holds.
        let drained = mul_div_floor(capacity, elapsed, window).unwrap_or(u64::MAX);
        if drained >= self.value {
            self.value = 0;
            self.last_ts = self.last_ts.max(now.0);
            return;
        }
        self.value = self.value.saturating_sub(drained);
        // Only the seconds that drained whole units are accounted for. Else calls in quick
        // succession would round the draining down to nothing and hold the pool shut.
        let used = mul_div_ceil(drained, window, capacity)
            .unwrap_or(elapsed)
            .min(elapsed);
        self.last_ts = self.last_ts.saturating_add_unsigned(used);
    }
}
