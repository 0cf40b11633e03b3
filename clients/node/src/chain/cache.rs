//! Accounts remembered for a short time, in bounded memory.

use super::{ChainError, Freshness};
use async_trait::async_trait;
use solana_pubkey::Pubkey;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time::timeout};

/// Age, in milliseconds, up to which an answer is recent. It bounds how often a stranger can make
/// the node ask for the same account.
const RECENT_MS: u64 = 500;

/// Milliseconds during which a failure is repeated instead of asking again: while the RPC hangs,
/// everybody would else wait for it.
const FAILURE_MS: u64 = 1_000;
/// Failures remembered at most.
const FAILURES_MAX: usize = 1_024;
/// Longest wait for a turn to ask.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// An account's owner and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AccountData {
    /// The program that wrote it.
    pub(super) owner: Pubkey,
    /// Its bytes.
    pub(super) data: Vec<u8>,
}

/// Where accounts come from.
#[async_trait]
pub(super) trait AccountSource: Send + Sync + 'static {
    async fn fetch(&self, address: &Pubkey) -> Result<Option<AccountData>, ChainError>;
}

/// How long what was seen is believed.
#[derive(Clone, Copy, Debug)]
pub struct CachePolicy {
    /// Milliseconds for an account.
    pub ttl_ms: u64,
    /// Milliseconds for the absence of one.
    pub absent_ttl_ms: u64,
    /// Milliseconds while the source fails.
    pub stale_max_ms: u64,
    /// Accounts at most.
    pub entries_max: usize,
    /// Questions to the source at the same time.
    pub lookups_max: usize,
}

/// A source with a memory.
pub(super) struct AccountCache<S> {
    source: S,
    policy: CachePolicy,
    entries: Mutex<HashMap<Pubkey, Entry>>,
    /// What failed last, and when.
    failures: Mutex<HashMap<Pubkey, (u64, ChainError)>>,
    /// Bounds what strangers' keys can make the node ask of its RPC.
    lookups: Semaphore,
    started: Instant,
}

#[derive(Clone)]
struct Entry {
    account: Option<Arc<AccountData>>,
    fetched_at_ms: u64,
}

impl<S: AccountSource> AccountCache<S> {
    pub(super) fn new(source: S, policy: CachePolicy) -> Self {
        let lookups = Semaphore::new(policy.lookups_max.max(1));
        let entries = Mutex::new(HashMap::new());
        Self {
            source,
            policy,
            entries,
            failures: Mutex::new(HashMap::new()),
            lookups,
            started: Instant::now(),
        }
    }

    /// The account, from memory if that is fresh enough.
    pub(super) async fn get(
        &self,
        address: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<Arc<AccountData>>, ChainError> {
        let asked_at_ms = self.clock_ms();
        if let Some(entry) = self.usable(address, freshness, asked_at_ms) {
            return Ok(entry.account);
        }
        if let Some(error) = self.recent_failure(address, asked_at_ms) {
            return self.stand_in(address, freshness).ok_or(error);
        }
        let Ok(Ok(_permit)) = timeout(TURN_WAIT, self.lookups.acquire()).await else {
            let error = ChainError::Unavailable("too many questions at once".to_owned());
            return self.stand_in(address, freshness).ok_or(error);
        };
        // Whoever waited may find that another has asked meanwhile.
        if let Some(entry) = self.fetched_since(address, asked_at_ms) {
            return Ok(entry.account);
        }
        match self.source.fetch(address).await {
            Ok(found) => {
                let account = found.map(Arc::new);
                self.put(address, account.clone());
                Ok(account)
            }
            Err(error) => {
                self.note_failure(address, &error);
                self.stand_in(address, freshness).ok_or(error)
            }
        }
    }

    fn recent_failure(&self, address: &Pubkey, now_ms: u64) -> Option<ChainError> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (failed_at_ms, error) = failures.get(address)?;
        (now_ms.saturating_sub(*failed_at_ms) < FAILURE_MS).then(|| error.clone())
    }

    fn note_failure(&self, address: &Pubkey, error: &ChainError) {
        let now_ms = self.clock_ms();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= FAILURES_MAX {
            failures.clear();
        }
        failures.insert(*address, (now_ms, error.clone()));
    }

    fn usable(&self, address: &Pubkey, freshness: Freshness, now_ms: u64) -> Option<Entry> {
        let entry = self.lock().get(address)?.clone();
        let age_max_ms = match freshness {
            Freshness::Cached => self.policy.ttl_of(&entry),
            Freshness::Recent => self.policy.ttl_of(&entry).min(RECENT_MS),
            Freshness::Now => 0,
        };
        (entry.age_ms(now_ms) < age_max_ms).then_some(entry)
    }

    fn fetched_since(&self, address: &Pubkey, asked_at_ms: u64) -> Option<Entry> {
        let entry = self.lock().get(address)?.clone();
        (entry.fetched_at_ms > asked_at_ms).then_some(entry)
    }

    /// An old answer while there is no new one; never for what must be newer, and never an absence,
    /// which would lock out whoever has just arrived.
    fn stand_in(&self, address: &Pubkey, freshness: Freshness) -> Option<Option<Arc<AccountData>>> {
        let entry = self.lock().get(address)?.clone();
        let usable = freshness == Freshness::Cached
            && entry.account.is_some()
            && entry.age_ms(self.clock_ms()) <= self.policy.stale_max_ms;
        usable.then_some(entry.account)
    }

    fn put(&self, address: &Pubkey, account: Option<Arc<AccountData>>) {
        let fetched_at_ms = self.clock_ms();
        let mut entries = self.lock();
        if entries.len() >= self.policy.entries_max {
            let policy = self.policy;
            entries.retain(|_, entry| entry.age_ms(fetched_at_ms) < policy.ttl_of(entry));
            if entries.len() >= policy.entries_max {
                entries.clear();
            }
        }
        entries.insert(
            *address,
            Entry {
                account,
                fetched_at_ms,
            },
        );
    }

    fn clock_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Pubkey, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CachePolicy {
    fn ttl_of(&self, entry: &Entry) -> u64 {
        if entry.account.is_some() {
            self.ttl_ms
        } else {
            self.absent_ttl_ms
        }
    }
}

impl Entry {
    fn age_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.fetched_at_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    #[derive(Default)]
    struct Counting {
        asked: AtomicUsize,
        down: AtomicBool,
        absent: AtomicBool,
    }

    #[async_trait]
    impl AccountSource for Arc<Counting> {
        async fn fetch(&self, _: &Pubkey) -> Result<Option<AccountData>, ChainError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if self.down.load(Ordering::SeqCst) {
                return Err(ChainError::Unavailable("down".to_owned()));
            }
            let account = AccountData {
                owner: Pubkey::default(),
                data: vec![1],
            };
            Ok((!self.absent.load(Ordering::SeqCst)).then_some(account))
        }
    }

    fn cache(ttl_ms: u64, absent_ttl_ms: u64) -> (Arc<Counting>, AccountCache<Arc<Counting>>) {
        let source = Arc::new(Counting::default());
        let policy = CachePolicy {
            ttl_ms,
            absent_ttl_ms,
            stale_max_ms: 3_600_000,
            entries_max: 8,
            lookups_max: 2,
        };
        (Arc::clone(&source), AccountCache::new(source, policy))
    }

    #[tokio::test]
    async fn an_account_is_asked_once_while_it_is_fresh() {
        let (source, cache) = cache(3_600_000, 0);
        let address = Pubkey::new_unique();
        for _ in 0..3 {
            assert!(cache
                .get(&address, Freshness::Cached)
                .await
                .unwrap()
                .is_some());
        }
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
        cache.get(&address, Freshness::Recent).await.unwrap();
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
        cache.get(&address, Freshness::Now).await.unwrap();
        assert_eq!(source.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn absence_is_believed_for_its_own_time() {
        let (source, cache) = cache(3_600_000, 0);
        source.absent.store(true, Ordering::SeqCst);
        let address = Pubkey::new_unique();
        assert!(cache
            .get(&address, Freshness::Cached)
            .await
            .unwrap()
            .is_none());
        source.absent.store(false, Ordering::SeqCst);
        assert!(cache
            .get(&address, Freshness::Cached)
            .await
            .unwrap()
            .is_some());
    }

    #[tokio::test]
    async fn an_old_answer_stands_in_while_the_source_is_down() {
        let (source, cache) = cache(0, 0);
        let address = Pubkey::new_unique();
        assert!(cache
            .get(&address, Freshness::Cached)
            .await
            .unwrap()
            .is_some());
        source.down.store(true, Ordering::SeqCst);
        assert!(cache
            .get(&address, Freshness::Cached)
            .await
            .unwrap()
            .is_some());
        assert!(cache.get(&address, Freshness::Now).await.is_err());
        // A failure just now is not tried again at once.
        let asked = source.asked.load(Ordering::SeqCst);
        assert!(cache
            .get(&address, Freshness::Cached)
            .await
            .unwrap()
            .is_some());
        assert_eq!(source.asked.load(Ordering::SeqCst), asked);
        assert!(cache
            .get(&Pubkey::new_unique(), Freshness::Cached)
            .await
            .is_err());
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let (_, cache) = cache(3_600_000, 3_600_000);
        for _ in 0..100 {
            cache
                .get(&Pubkey::new_unique(), Freshness::Cached)
                .await
                .unwrap();
            assert!(cache.lock().len() <= 8);
        }
    }
}
