//! Whose turn it is to send what anybody may.

use super::due::Due;
use crate::chain::ChainView;
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Since when each action is due: verifiers after the one in turn wait from then on.
pub struct Turns {
    me: Pubkey,
    delay: Duration,
    due_since: BTreeMap<String, Instant>,
}

impl Turns {
    /// Of this verifier, which waits so long for each that comes before it.
    pub fn new(me: Pubkey, delay: Duration) -> Self {
        Self {
            me,
            delay,
            due_since: BTreeMap::new(),
        }
    }

    /// The actions that this verifier sends now. What is not due any more is forgotten.
    pub fn ours<'a>(&mut self, view: &ChainView, all: &'a [Due]) -> Vec<&'a Due> {
        self.due_since
            .retain(|key, _| all.iter().any(|one| one.action.key == *key));
        all.iter().filter(|one| self.is_ours(view, one)).collect()
    }

    fn is_ours(&mut self, view: &ChainView, due: &Due) -> bool {
        let rank = view.rank(&self.me, due.turn_epoch);
        let since = *self
            .due_since
            .entry(due.action.key.clone())
            .or_insert_with(Instant::now);
        since.elapsed() >= self.delay.saturating_mul(rank)
    }
}
