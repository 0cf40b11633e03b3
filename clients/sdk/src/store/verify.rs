//! Checking that a stored file can be brought back, without bringing it back.

use std::sync::Arc;

use futures_util::{stream, StreamExt};
use solana_pubkey::Pubkey;

use super::{
    context::Tally,
    get::{read_manifest, shard_sources},
    manifest::{Manifest, ManifestPaths},
    StoreContext, StoreError,
};
use crate::fetch::{fetch_many, Commitment, Lease};

/// Shards that are checked at once.
const CHECKS_AT_ONCE: usize = 4;

/// What is left of one shard.
#[derive(Clone)]
pub struct ShardCheck {
    pub shard: usize,
    pub operator: Pubkey,
    /// What the operator is committed to on chain; `None` if the account is closed.
    pub commitment: Option<Commitment>,
    /// The lease that pays for it; `None` if the account is closed.
    pub lease: Option<Lease>,
    /// Whether its node sent all of it, or why not.
    pub retrievable: Result<(), String>,
}

/// Downloads every shard, checks that it is the one that was encoded, and forgets it.
pub async fn verify(
    context: &StoreContext<'_>,
    paths: &ManifestPaths,
) -> Result<(Manifest, Vec<ShardCheck>), StoreError> {
    let manifest = read_manifest(paths)?;
    let sources = shard_sources(context, &manifest).await?;
    let placed = manifest
        .shards
        .iter()
        .filter(|shard| shard.operator.is_some());
    let commitments: Vec<Pubkey> = placed.clone().filter_map(|s| s.commitment()).collect();
    let leases: Vec<Pubkey> = placed.filter_map(|shard| shard.lease()).collect();
    let rpc = context.sender.rpc;
    let commitments = fetch_many::<Commitment>(rpc, &commitments).await?;
    let leases = fetch_many::<Lease>(rpc, &leases).await?;
    let count = sources.len() as u64;
    let tally = Arc::new(Tally::new(
        manifest.layout.shard_bytes().saturating_mul(count),
    ));
    let accounts = commitments.into_iter().zip(leases);
    let checks = stream::iter(sources.into_iter().zip(accounts))
        .map(|(source, (commitment, lease))| {
            let tally = tally.clone();
            async move {
                ShardCheck {
                    shard: source.shard,
                    operator: source.operator,
                    commitment,
                    lease,
                    retrievable: source.check(context, None, &tally).await,
                }
            }
        })
        .buffered(CHECKS_AT_ONCE)
        .collect()
        .await;
    Ok((manifest, checks))
}
