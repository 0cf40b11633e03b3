//! Which shards there are, whose they are, and how much room is left. The disk is the truth; this
//! is what was read from it, so that no request searches folders.

use super::layout::Root;
use solana_pubkey::Pubkey;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use thiserror::Error;

/// A shard that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose it is.
    pub customer: Pubkey,
    /// Its bytes.
    pub size_bytes: u64,
    /// Unix seconds of its arrival.
    pub stored_at: i64,
    /// Unix seconds of the newest agreement that was signed for it.
    pub held_at: Option<i64>,
    /// A challenge or a download found that it is not whole any more.
    pub damaged: bool,
}

/// Why a shard cannot be taken in or given away.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum IndexError {
    /// It is another customer's.
    #[error("the shard belongs to another customer")]
    Foreign,
    /// Somebody is writing or removing it.
    #[error("the shard is being written or removed")]
    Busy,
    /// It is not here.
    #[error("the shard is not stored here")]
    Unknown,
    /// This customer uploads too much at the same time.
    #[error("{0} uploads of this key are running")]
    Crowded(u64),
    /// There is no room.
    #[error("{free_bytes} of {capacity_bytes} bytes are free")]
    Exhausted {
        /// What is left.
        free_bytes: u64,
        /// What is offered.
        capacity_bytes: u64,
    },
}

/// What becomes of an upload.
#[derive(Debug)]
pub enum Admission {
    /// It is here already, whole.
    Stored(Entry),
    /// Room is reserved.
    Granted(Claim),
}

/// The index; clones share it.
#[derive(Clone, Debug)]
pub struct Index {
    inner: Arc<Mutex<Inner>>,
    capacity_bytes: u64,
    /// Uploads of one customer at the same time.
    uploads_per_key_max: u64,
}

#[derive(Debug, Default)]
struct Inner {
    shards: HashMap<Root, Entry>,
    /// Shards per customer, so that a customer is known without a search.
    customers: HashMap<Pubkey, u64>,
    /// Roots that are being written or removed, one at a time each, and for whom.
    claimed: HashMap<Root, Option<Pubkey>>,
    /// Bytes of all shards and reservations.
    used_bytes: u64,
}

/// The right to write or remove one shard, with room for it. Dropped, it gives both back.
#[derive(Debug)]
pub struct Claim {
    index: Index,
    root: Root,
    reserved_bytes: u64,
}

impl Index {
    /// An empty index.
    pub fn new(capacity_bytes: u64, uploads_per_key_max: u64) -> Self {
        Self {
            inner: Arc::default(),
            capacity_bytes,
            uploads_per_key_max,
        }
    }

    /// Takes in a shard that was found on the disk.
    pub fn load(&self, root: Root, entry: Entry) {
        self.lock().insert(root, entry);
    }

    /// Asks for room for an upload.
    pub fn admit(
        &self,
        root: Root,
        customer: &Pubkey,
        size_bytes: u64,
    ) -> Result<Admission, IndexError> {
        let mut inner = self.lock();
        let stored = inner.shards.get(&root).copied();
        if let Some(entry) = stored {
            if entry.customer != *customer {
                return Err(IndexError::Foreign);
            }
            if !entry.damaged {
                return Ok(Admission::Stored(entry));
            }
        }
        if inner.claimed.contains_key(&root) {
            return Err(IndexError::Busy);
        }
        // Few: one for each open upload.
        let theirs = inner
            .claimed
            .values()
            .flatten()
            .filter(|one| *one == customer);
        if theirs.count() as u64 >= self.uploads_per_key_max {
            return Err(IndexError::Crowded(self.uploads_per_key_max));
        }
        let free_bytes = self.capacity_bytes.saturating_sub(inner.used_bytes);
        if size_bytes > free_bytes {
            let capacity_bytes = self.capacity_bytes;
            return Err(IndexError::Exhausted {
                free_bytes,
                capacity_bytes,
            });
        }
        inner.used_bytes = inner.used_bytes.saturating_add(size_bytes);
        inner.claimed.insert(root, Some(*customer));
        Ok(Admission::Granted(self.claim(root, size_bytes)))
    }

    /// Asks for the right to remove a shard.
    pub fn claim_removal(&self, root: Root) -> Result<Claim, IndexError> {
        let mut inner = self.lock();
        if !inner.shards.contains_key(&root) {
            return Err(IndexError::Unknown);
        }
        if inner.claimed.contains_key(&root) {
            return Err(IndexError::Busy);
        }
        inner.claimed.insert(root, None);
        Ok(self.claim(root, 0))
    }

    /// The shard, if it is here.
    pub fn get(&self, root: &Root) -> Option<Entry> {
        self.lock().shards.get(root).copied()
    }

    /// Whether any shard here is this customer's.
    pub fn has_customer(&self, customer: &Pubkey) -> bool {
        self.lock().customers.contains_key(customer)
    }

    /// Notes that a shard is not whole, so that its customer may upload it again.
    pub fn mark_damaged(&self, root: &Root) {
        if let Some(entry) = self.lock().shards.get_mut(root) {
            entry.damaged = true;
        }
    }

    /// Notes that an agreement was signed.
    pub fn hold(&self, root: &Root, now: i64) {
        if let Some(entry) = self.lock().shards.get_mut(root) {
            entry.held_at = Some(now);
        }
    }

    /// Every shard, as of now.
    pub fn all(&self) -> Vec<(Root, Entry)> {
        self.lock()
            .shards
            .iter()
            .map(|(root, entry)| (*root, *entry))
            .collect()
    }

    /// Number of shards, and bytes used or reserved.
    pub fn usage(&self) -> (usize, u64) {
        let inner = self.lock();
        (inner.shards.len(), inner.used_bytes)
    }

    /// Bytes offered.
    pub fn capacity_bytes(&self) -> u64 {
        self.capacity_bytes
    }

    fn claim(&self, root: Root, reserved_bytes: u64) -> Claim {
        Claim {
            index: self.clone(),
            root,
            reserved_bytes,
        }
    }

    /// Every change under the lock is whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, root: Root, entry: Entry) {
        self.remove(&root);
        self.used_bytes = self.used_bytes.saturating_add(entry.size_bytes);
        let count = self.customers.entry(entry.customer).or_default();
        *count = count.saturating_add(1);
        self.shards.insert(root, entry);
    }

    fn remove(&mut self, root: &Root) {
        let Some(entry) = self.shards.remove(root) else {
            return;
        };
        self.used_bytes = self.used_bytes.saturating_sub(entry.size_bytes);
        let left = self
            .customers
            .get(&entry.customer)
            .map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            self.customers.remove(&entry.customer);
        } else {
            self.customers.insert(entry.customer, left);
        }
    }
}

impl Claim {
    /// What is here under this root so far.
    pub fn previous(&self) -> Option<Entry> {
        self.index.get(&self.root)
    }

    /// The shard is on the disk.
    pub fn stored(self, entry: Entry) {
        self.index.lock().insert(self.root, entry);
    }

    /// The shard is off the disk.
    pub fn removed(self) {
        self.index.lock().remove(&self.root);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut inner = self.index.lock();
        inner.claimed.remove(&self.root);
        inner.used_bytes = inner.used_bytes.saturating_sub(self.reserved_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Root = Root([1; 32]);

    fn entry(size_bytes: u64) -> Entry {
        Entry {
            customer: Pubkey::new_from_array([7; 32]),
            size_bytes,
            stored_at: 5,
            held_at: None,
            damaged: false,
        }
    }

    fn granted(index: &Index, root: Root, size: u64) -> Claim {
        match index.admit(root, &entry(0).customer, size) {
            Ok(Admission::Granted(claim)) => claim,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn room_is_reserved_kept_and_given_back() {
        let index = Index::new(10, 9);
        let claim = granted(&index, ROOT, 6);
        assert_eq!(index.usage(), (0, 6));
        let exhausted = IndexError::Exhausted {
            free_bytes: 4,
            capacity_bytes: 10,
        };
        let refused = index.admit(Root([2; 32]), &entry(0).customer, 5);
        assert_eq!(refused.unwrap_err(), exhausted);
        drop(claim);
        assert_eq!(index.usage(), (0, 0));
        granted(&index, ROOT, 6).stored(entry(6));
        assert_eq!(index.usage(), (1, 6));
        index.claim_removal(ROOT).unwrap().removed();
        assert_eq!(index.usage(), (0, 0));
        assert!(!index.has_customer(&entry(0).customer));
    }

    #[test]
    fn a_root_is_written_by_one_at_a_time() {
        let index = Index::new(100, 9);
        let claim = granted(&index, ROOT, 6);
        let refused = index.admit(ROOT, &entry(0).customer, 6);
        assert_eq!(refused.unwrap_err(), IndexError::Busy);
        claim.stored(entry(6));
        let removal = index.claim_removal(ROOT).unwrap();
        assert_eq!(index.claim_removal(ROOT).unwrap_err(), IndexError::Busy);
        drop(removal);
        assert_eq!(index.get(&ROOT), Some(entry(6)));
        assert_eq!(
            index.claim_removal(Root([9; 32])).unwrap_err(),
            IndexError::Unknown
        );
    }

    #[test]
    fn a_customer_uploads_only_so_much_at_once() {
        let index = Index::new(100, 2);
        let first = granted(&index, ROOT, 1);
        let second = granted(&index, Root([2; 32]), 1);
        let refused = index.admit(Root([3; 32]), &entry(0).customer, 1);
        assert_eq!(refused.unwrap_err(), IndexError::Crowded(2));
        let other = index.admit(Root([3; 32]), &Pubkey::new_from_array([8; 32]), 1);
        assert!(other.is_ok());
        drop(first);
        drop(granted(&index, ROOT, 1));
        drop(second);
        assert_eq!(index.lock().claimed.len(), 1);
    }

    #[test]
    fn a_shard_is_its_customers_and_is_replaced_only_when_damaged() {
        let index = Index::new(100, 9);
        granted(&index, ROOT, 6).stored(entry(6));
        let stranger = Pubkey::new_from_array([8; 32]);
        assert_eq!(
            index.admit(ROOT, &stranger, 6).unwrap_err(),
            IndexError::Foreign
        );
        let again = index.admit(ROOT, &entry(0).customer, 6);
        assert!(matches!(again, Ok(Admission::Stored(stored)) if stored == entry(6)));
        index.mark_damaged(&ROOT);
        granted(&index, ROOT, 6).stored(entry(6));
        assert_eq!(index.usage(), (1, 6));
        assert!(!index.get(&ROOT).unwrap().damaged);
    }
}
