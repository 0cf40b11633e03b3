//! Which signed requests are new: nonces and the rate of each key, in bounded memory.
//!
//! A nonce is remembered until its request's own time is too old to be accepted anyway. `floor` is
//! the newest time that may have been forgotten: whatever is not newer is refused, so forgetting
//! never opens a door, not even when the system clock jumps.

use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, HashMap};
use trestle_sdk::request::{SignedHeaders, NONCE_BYTES, TIME_SKEW_MAX_SECONDS};

/// Tokens of the bucket per request; elapsed milliseconds times requests per second refill it.
const TOKENS_PER_REQUEST: u64 = 1_000;

type Nonce = [u8; NONCE_BYTES];

/// Bounds of the guard.
#[derive(Clone, Copy, Debug)]
pub struct ReplayLimits {
    /// Nonces remembered at most.
    pub nonces_max: usize,
    /// Keys whose rate is remembered at most.
    pub keys_max: usize,
    /// Requests per second and key.
    pub requests_per_second: u64,
    /// Requests of one key that may come at once.
    pub requests_burst: u64,
}

/// Why a well-signed request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The same nonce has been used.
    Replayed,
    /// The request is older than what this node can remember.
    BeforeFloor,
    /// The key asks too often; seconds until it may again.
    RateLimited(u64),
    /// Memory for nonces or keys is used up.
    Full,
}

/// Remembers what has been asked.
#[derive(Debug)]
pub struct ReplayGuard {
    limits: ReplayLimits,
    /// Every nonce that could still be replayed.
    seen: HashMap<(Pubkey, Nonce), i64>,
    /// The same by time of request, so that forgetting costs what is forgotten.
    by_time: BTreeMap<i64, Vec<(Pubkey, Nonce)>>,
    /// Requests of this second or older are refused.
    floor: i64,
    /// How much each key may still ask.
    buckets: HashMap<Pubkey, Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: u64,
    filled_at_ms: u64,
}

impl ReplayGuard {
    /// A guard that refuses everything dated `floor` or older.
    pub fn new(limits: ReplayLimits, floor: i64) -> Self {
        Self {
            limits,
            seen: HashMap::new(),
            by_time: BTreeMap::new(),
            floor,
            buckets: HashMap::new(),
        }
    }

    /// Takes note of a request that was admitted before a restart.
    pub fn restore(&mut self, key: Pubkey, nonce: Nonce, time: i64) {
        self.remember(key, nonce, time);
    }

    /// Admits a request once. `now` is unix seconds, `clock_ms` any steady clock.
    pub fn admit(
        &mut self,
        request: &SignedHeaders,
        now: i64,
        clock_ms: u64,
    ) -> Result<(), Refusal> {
        self.forget_before(now.saturating_sub(TIME_SKEW_MAX_SECONDS));
        if self.seen.contains_key(&(request.key, request.nonce)) {
            return Err(Refusal::Replayed);
        }
        if request.time <= self.floor {
            return Err(Refusal::BeforeFloor);
        }
        if self.seen.len() >= self.limits.nonces_max {
            return Err(Refusal::Full);
        }
        self.take_token(request.key, clock_ms)?;
        self.remember(request.key, request.nonce, request.time);
        Ok(())
    }

    /// Nonces in memory.
    pub fn nonces(&self) -> usize {
        self.seen.len()
    }

    /// Requests that are still remembered and lie after `now`.
    pub fn dated_after(&self, now: i64) -> Vec<(Pubkey, Nonce, i64)> {
        let later = self.by_time.range(now.saturating_add(1)..);
        later
            .flat_map(|(time, entries)| {
                entries
                    .iter()
                    .map(move |(key, nonce)| (*key, *nonce, *time))
            })
            .collect()
    }

    fn remember(&mut self, key: Pubkey, nonce: Nonce, time: i64) {
        if self.seen.insert((key, nonce), time).is_none() {
            self.by_time.entry(time).or_default().push((key, nonce));
        }
    }

    fn forget_before(&mut self, oldest: i64) {
        while let Some(entry) = self.by_time.first_entry() {
            if *entry.key() >= oldest {
                return;
            }
            let (time, entries) = entry.remove_entry();
            self.floor = self.floor.max(time);
            for entry in entries {
                self.seen.remove(&entry);
            }
        }
    }

    fn take_token(&mut self, key: Pubkey, clock_ms: u64) -> Result<(), Refusal> {
        let capacity = self
            .limits
            .requests_burst
            .saturating_mul(TOKENS_PER_REQUEST);
        if !self.buckets.contains_key(&key) && self.buckets.len() >= self.limits.keys_max {
            let rate = self.limits.requests_per_second;
            self.buckets
                .retain(|_, bucket| bucket.level(rate, capacity, clock_ms) < capacity);
            if self.buckets.len() >= self.limits.keys_max {
                return Err(Refusal::Full);
            }
        }
        let rate = self.limits.requests_per_second;
        let full = Bucket {
            tokens: capacity,
            filled_at_ms: clock_ms,
        };
        let bucket = self.buckets.entry(key).or_insert(full);
        let level = bucket.level(rate, capacity, clock_ms);
        *bucket = Bucket {
            tokens: level,
            filled_at_ms: clock_ms,
        };
        match level.checked_sub(TOKENS_PER_REQUEST) {
            Some(left) => {
                bucket.tokens = left;
                Ok(())
            }
            None => {
                let missing = TOKENS_PER_REQUEST.saturating_sub(level);
                let wait_ms = missing.div_ceil(rate.max(1));
                Err(Refusal::RateLimited(wait_ms.div_ceil(1_000).max(1)))
            }
        }
    }
}

impl Bucket {
    fn level(&self, rate: u64, capacity: u64, clock_ms: u64) -> u64 {
        let elapsed_ms = clock_ms.saturating_sub(self.filled_at_ms);
        self.tokens
            .saturating_add(elapsed_ms.saturating_mul(rate))
            .min(capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use solana_signature::Signature;

    const NOW: i64 = 1_000_000;
    const LIMITS: ReplayLimits = ReplayLimits {
        nonces_max: 64,
        keys_max: 4,
        requests_per_second: 10,
        requests_burst: 100,
    };

    fn request(key: u8, nonce: u8, time: i64) -> SignedHeaders {
        SignedHeaders {
            key: Pubkey::new_from_array([key; 32]),
            time,
            nonce: [nonce; NONCE_BYTES],
            digest: [0; 32],
            signature: Signature::default(),
        }
    }

    #[test]
    fn a_nonce_admits_once_per_key() {
        let mut guard = ReplayGuard::new(LIMITS, 0);
        assert_eq!(guard.admit(&request(1, 1, NOW), NOW, 0), Ok(()));
        assert_eq!(
            guard.admit(&request(1, 1, NOW), NOW, 0),
            Err(Refusal::Replayed)
        );
        assert_eq!(
            guard.admit(&request(1, 1, NOW + 5), NOW, 0),
            Err(Refusal::Replayed)
        );
        assert_eq!(guard.admit(&request(2, 1, NOW), NOW, 0), Ok(()));
        assert_eq!(guard.admit(&request(1, 2, NOW), NOW, 0), Ok(()));
    }

    #[test]
    fn what_is_dated_at_the_start_or_before_is_refused() {
        let mut guard = ReplayGuard::new(LIMITS, NOW);
        assert_eq!(
            guard.admit(&request(1, 1, NOW), NOW + 1, 0),
            Err(Refusal::BeforeFloor)
        );
        assert_eq!(guard.admit(&request(1, 1, NOW + 1), NOW + 1, 0), Ok(()));
    }

    #[test]
    fn what_was_forgotten_stays_refused_when_the_clock_jumps_back() {
        let mut guard = ReplayGuard::new(LIMITS, 0);
        assert_eq!(guard.admit(&request(1, 1, NOW), NOW, 0), Ok(()));
        assert_eq!(
            guard.admit(&request(1, 2, NOW + 9_000), NOW + 9_000, 0),
            Ok(())
        );
        assert_eq!(guard.nonces(), 1);
        assert_eq!(
            guard.admit(&request(1, 1, NOW), NOW, 0),
            Err(Refusal::BeforeFloor)
        );
    }

    #[test]
    fn nonces_are_kept_while_their_request_could_be_accepted() {
        let mut guard = ReplayGuard::new(LIMITS, 0);
        let early = request(1, 1, NOW + TIME_SKEW_MAX_SECONDS);
        assert_eq!(guard.admit(&early, NOW, 0), Ok(()));
        let last = NOW + 2 * TIME_SKEW_MAX_SECONDS;
        assert_eq!(guard.admit(&early, last, 0), Err(Refusal::Replayed));
        assert_eq!(guard.admit(&early, last + 1, 0), Err(Refusal::BeforeFloor));
        assert_eq!(guard.nonces(), 0);
    }

    #[test]
    fn the_rate_of_a_key_is_bounded_and_recovers() {
        let limits = ReplayLimits {
            requests_burst: 2,
            ..LIMITS
        };
        let mut guard = ReplayGuard::new(limits, 0);
        assert_eq!(guard.admit(&request(1, 1, NOW), NOW, 0), Ok(()));
        assert_eq!(guard.admit(&request(1, 2, NOW), NOW, 0), Ok(()));
        assert_eq!(
            guard.admit(&request(1, 3, NOW), NOW, 0),
            Err(Refusal::RateLimited(1))
        );
        assert_eq!(guard.admit(&request(2, 3, NOW), NOW, 0), Ok(()));
        assert_eq!(
            guard.admit(&request(1, 3, NOW), NOW, 99),
            Err(Refusal::RateLimited(1))
        );
        assert_eq!(guard.admit(&request(1, 3, NOW), NOW, 100), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_freed() {
        let mut guard = ReplayGuard::new(LIMITS, 0);
        for nonce in 0..64 {
            assert_eq!(guard.admit(&request(1, nonce, NOW), NOW, 0), Ok(()));
        }
        assert_eq!(guard.admit(&request(2, 0, NOW), NOW, 0), Err(Refusal::Full));
        let later = NOW + TIME_SKEW_MAX_SECONDS + 1;
        for key in 2..6 {
            assert_eq!(guard.admit(&request(key, 0, later), later, 60_000), Ok(()));
        }
        assert_eq!(
            guard.admit(&request(9, 0, later), later, 60_000),
            Err(Refusal::Full)
        );
        assert_eq!(guard.admit(&request(9, 0, later), later, 120_000), Ok(()));
    }

    proptest! {
        /// Whatever the order of times and however the clock moves: no request passes twice.
        #[test]
        fn nothing_is_admitted_twice(
            steps in proptest::collection::vec(
                (0_u8..3, 0_u8..4, -200_i64..200, -400_i64..400),
                1..60,
            )
        ) {
            let mut guard = ReplayGuard::new(LIMITS, NOW);
            let mut admitted = std::collections::HashSet::new();
            for (at, (key, nonce, skew, clock)) in (0_u64..).zip(steps) {
                let now = NOW + 500 + clock;
                let time = now + skew;
                if skew.abs() > TIME_SKEW_MAX_SECONDS {
                    continue;
                }
                if guard.admit(&request(key, nonce, time), now, at * 1_000).is_ok() {
                    prop_assert!(admitted.insert((key, nonce, time)));
                }
            }
        }
    }
}
