//! What storing and bringing back need, and how they report what happens.

use std::sync::{Arc, Mutex, MutexGuard};

use reqwest::Client;
use solana_pubkey::Pubkey;
use solana_signature::Signature;

use crate::{node::DynSigner, send::Sender};

/// Hears of every step, from any thread.
pub type Observer = Arc<dyn Fn(StoreEvent) + Send + Sync>;

/// One customer on one service.
pub struct StoreContext<'a> {
    pub sender: Sender<'a>,
    pub http: Client,
    pub network: Pubkey,
    pub service: Pubkey,
    /// Owns the files: signs requests to nodes, agrees on leases and pays the rent.
    pub customer: &'a DynSigner,
    /// Pays transaction fees.
    pub payer: &'a DynSigner,
    /// Hears of every step.
    pub observer: Observer,
}

/// Steps, in the order in which they happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreEvent {
    /// Bytes of the file hashed.
    Hashing { done: u64, total: u64 },
    /// Bytes of the file encrypted, coded and committed to.
    Encoding { done: u64, total: u64 },
    /// Operators are asked.
    Placing,
    /// Operators were chosen; storing will cost this many credits.
    Placed { credits: u64 },
    /// Bytes of all shards uploaded.
    Uploading { done: u64, total: u64 },
    /// A transaction for a shard was signed and is about to be sent.
    Sending { shard: usize, signature: Signature },
    /// An operator is committed to a shard and paid for it.
    Committed { shard: usize, operator: Pubkey },
    /// An operator failed; another one is tried.
    Replaced {
        shard: usize,
        operator: Pubkey,
        reason: String,
    },
    /// Bytes of all shards downloaded and checked.
    Downloading { done: u64, total: u64 },
    /// A shard did not come back whole.
    ShardFailed {
        shard: usize,
        operator: Pubkey,
        reason: String,
    },
    /// Bytes of the file restored.
    Decoding { done: u64, total: u64 },
}

impl StoreContext<'_> {
    pub(super) fn tell(&self, event: StoreEvent) {
        (self.observer)(event);
    }
}

/// Adds up what several transfers report.
pub(super) struct Tally {
    done: Mutex<u64>,
    total: u64,
}

impl Tally {
    pub(super) fn new(total: u64) -> Self {
        Self {
            done: Mutex::new(0),
            total,
        }
    }

    /// The sum so far and the total, after `bytes` more.
    pub(super) fn add(&self, bytes: u64) -> (u64, u64) {
        let mut done = lock(&self.done);
        *done = done.saturating_add(bytes).min(self.total);
        (*done, self.total)
    }
}

/// The value whatever happened to other holders: each keeps it whole between two statements.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    match mutex.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    }
}
