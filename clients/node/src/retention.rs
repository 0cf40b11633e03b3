//! Gives shards back to the disk that no commitment on the chain speaks of any more.
//!
//! Slow to act on purpose: a shard must have been found unneeded at every look for the whole of
//! `retention.uncommitted_seconds`, by a chain that knows this node's operator. A wrong RPC or a
//! short outage therefore deletes nothing.

use crate::{
    error::ApiError,
    http::{is_needed, Shared},
    store::{is_held, Root},
};
use std::{collections::HashMap, sync::Arc};

/// Remembers since when each shard has been found unneeded.
#[derive(Debug, Default)]
pub struct Sweeper {
    unneeded_since: HashMap<Root, i64>,
}

impl Sweeper {
    /// Looks at every shard once; says how many were removed. Stops at the first failure.
    pub async fn pass(&mut self, state: &Shared, now: i64) -> Result<u64, ApiError> {
        state.operator().await?;
        let wait = i64::try_from(state.settings.retention.uncommitted_seconds).unwrap_or(i64::MAX);
        let mut removed = 0_u64;
        let mut still_unneeded = HashMap::new();
        for (root, entry) in state.store.index().all() {
            if is_held(&entry, now) || is_needed(state, &root).await? {
                continue;
            }
            let since = *self
                .unneeded_since
                .get(&root)
                .unwrap_or(&now.max(entry.stored_at));
            if now.saturating_sub(since) < wait {
                still_unneeded.insert(root, since);
                continue;
            }
            let store = Arc::clone(&state.store);
            let gone = tokio::task::spawn_blocking(move || store.remove(&root, now)).await;
            match gone {
                Ok(Ok(())) => {
                    tracing::info!(%root, customer = %entry.customer, "unneeded shard removed");
                    state.metrics.shards_swept.inc();
                    removed = removed.saturating_add(1);
                }
                Ok(Err(error)) => tracing::warn!(%root, %error, "unneeded shard not removed"),
                Err(error) => return Err(ApiError::internal("removing a shard", &error)),
            }
        }
        self.unneeded_since = still_unneeded;
        Ok(removed)
    }
}
