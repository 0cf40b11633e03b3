//! The chain over JSON-RPC.

use super::{
    cache::{AccountCache, AccountData, AccountSource, CachePolicy},
    ChainError, ChainView, CommitmentView, Freshness, LeaseView, OperatorView,
};
use crate::{
    metrics::Metrics,
    settings::{millis, ChainSettings, CommitmentLevel},
};
use anchor_lang::AccountDeserialize;
use async_trait::async_trait;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::{Error as ClientError, ErrorKind},
    request::RpcError,
};
use std::{sync::Arc, time::Duration};
use trestle_core::{epoch::epoch_at, hash::Hash, units::UnixSeconds};
use trestle_credits::{
    address::{customer_address, lease_address},
    state::{CustomerAccount, Lease},
};
use trestle_proofs::{
    address::seeds_address,
    state::{Commitment, SeedRing, NEVER},
};
use trestle_staking::{
    address::verifiers_address,
    state::{Network, Operator, VerifierEntry, VerifierSet},
    versioned::Layout,
};

/// Address of the Clock sysvar.
const CLOCK_ADDRESS: Pubkey = Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// The owner of sysvars.
const SYSVAR_OWNER: Pubkey = Pubkey::from_str_const("Sysvar1111111111111111111111111111111111111");
/// Bytes before an account's fields, of which the first is the version of its layout.
const DISCRIMINATOR_BYTES: usize = 8;
/// Byte offset of `unix_timestamp` in the Clock.
const CLOCK_TIMESTAMP_OFFSET: usize = 32;

/// Reads accounts by JSON-RPC, through a cache.
pub struct RpcChain {
    operator: Pubkey,
    accounts: AccountCache<RpcSource>,
}

struct RpcSource {
    client: RpcClient,
    timeout: Duration,
    metrics: Arc<Metrics>,
}

impl RpcChain {
    /// A view for the operator that the settings name.
    pub fn new(settings: &ChainSettings, metrics: Arc<Metrics>) -> Self {
        let timeout = millis(settings.timeout_ms);
        let commitment = match settings.commitment {
            CommitmentLevel::Processed => CommitmentConfig::processed(),
            CommitmentLevel::Confirmed => CommitmentConfig::confirmed(),
            CommitmentLevel::Finalized => CommitmentConfig::finalized(),
        };
        let client = RpcClient::new_with_timeout_and_commitment(
            settings.rpc_url.expose().to_owned(),
            timeout,
            commitment,
        );
        let policy = CachePolicy {
            ttl_ms: settings.cache_ttl_ms,
            absent_ttl_ms: settings.cache_absent_ttl_ms,
            stale_max_ms: settings.cache_stale_max_ms,
            entries_max: usize::try_from(settings.cache_entries_max).unwrap_or(usize::MAX),
            lookups_max: usize::try_from(settings.lookups_max).unwrap_or(usize::MAX),
        };
        let source = RpcSource {
            client,
            timeout,
            metrics,
        };
        Self {
            operator: settings.operator,
            accounts: AccountCache::new(source, policy),
        }
    }

    async fn read<T: AccountDeserialize + Layout>(
        &self,
        address: &Pubkey,
        kind: &'static str,
        freshness: Freshness,
    ) -> Result<Option<T>, ChainError> {
        let Some(account) = self.accounts.get(address, freshness).await? else {
            return Ok(None);
        };
        decode(&account, *address, kind).map(Some)
    }
}

#[async_trait]
impl ChainView for RpcChain {
    async fn operator(&self, freshness: Freshness) -> Result<Option<OperatorView>, ChainError> {
        let read = self
            .read::<Operator>(&self.operator, "Operator", freshness)
            .await?;
        Ok(read.map(|operator| OperatorView {
            address: self.operator,
            network: operator.network,
            service: operator.service,
            node_key: operator.node_key,
        }))
    }

    async fn is_verifier(
        &self,
        network: &Pubkey,
        key: &Pubkey,
        freshness: Freshness,
    ) -> Result<bool, ChainError> {
        let address = verifiers_address(network).0;
        let set = self
            .read::<VerifierSet>(&address, "VerifierSet", freshness)
            .await?;
        let is_theirs = |entry: &VerifierEntry| entry.is_active() && entry.authority == *key;
        Ok(set.is_some_and(|set| set.entries.iter().any(is_theirs)))
    }

    async fn customer_credits(
        &self,
        network: &Pubkey,
        customer: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<u64>, ChainError> {
        let address = customer_address(network, customer).0;
        let read = self
            .read::<CustomerAccount>(&address, "CustomerAccount", freshness)
            .await?;
        Ok(read.map(|account| account.balance.saturating_add(account.escrowed)))
    }

    async fn commitment(
        &self,
        address: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<CommitmentView>, ChainError> {
        let read = self
            .read::<Commitment>(address, "Commitment", freshness)
            .await?;
        Ok(read.map(|commitment| CommitmentView {
            service: commitment.service,
            operator: commitment.operator,
            customer: commitment.customer,
            root: commitment.root,
            size_bytes: commitment.size_bytes,
            leaf_count: commitment.leaf_count,
            registered_epoch: commitment.registered_epoch,
            ended_epoch: Some(commitment.ended_epoch).filter(|epoch| *epoch != NEVER),
        }))
    }

    async fn lease(
        &self,
        commitment: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<LeaseView>, ChainError> {
        let address = lease_address(commitment).0;
        let read = self.read::<Lease>(&address, "Lease", freshness).await?;
        Ok(read.map(|lease| LeaseView {
            operator: lease.operator,
            customer: lease.customer,
            end_epoch: lease.end_epoch,
        }))
    }

    async fn seed(
        &self,
        service: &Pubkey,
        epoch: u64,
        freshness: Freshness,
    ) -> Result<Option<Hash>, ChainError> {
        let address = seeds_address(service).0;
        let ring = self
            .read::<SeedRing>(&address, "SeedRing", freshness)
            .await?;
        Ok(ring.and_then(|ring| ring.find(epoch).copied()))
    }

    async fn epoch_now(&self, network: &Pubkey) -> Result<u64, ChainError> {
        let malformed = |address, kind| ChainError::Malformed { address, kind };
        let parameters = self
            .read::<Network>(network, "Network", Freshness::Cached)
            .await?
            .ok_or(malformed(*network, "Network"))?;
        let clock = self
            .accounts
            .get(&CLOCK_ADDRESS, Freshness::Now)
            .await?
            .and_then(|account| clock_timestamp(&account))
            .ok_or(malformed(CLOCK_ADDRESS, "Clock"))?;
        let genesis = UnixSeconds(parameters.genesis);
        let epoch = epoch_at(genesis, parameters.epoch_seconds, UnixSeconds(clock));
        Ok(epoch.map_or(0, |epoch| epoch.0))
    }
}

#[async_trait]
impl AccountSource for RpcSource {
    async fn fetch(&self, address: &Pubkey) -> Result<Option<AccountData>, ChainError> {
        let commitment = self.client.commitment();
        let asked = self.client.get_account_with_commitment(address, commitment);
        let result = match tokio::time::timeout(self.timeout, asked).await {
            Ok(Ok(response)) => Ok(response.value.map(|account| AccountData {
                owner: account.owner,
                data: account.data,
            })),
            Ok(Err(error)) => Err(ChainError::Unavailable(describe(&error))),
            Err(_) => Err(ChainError::Unavailable("no answer in time".to_owned())),
        };
        self.metrics.chain_lookup(result.is_ok());
        if let Err(error) = &result {
            tracing::warn!(%address, %error, "reading an account failed");
        }
        result
    }
}

/// The account in its data, if it is one of this kind and its layout is known.
fn decode<T: AccountDeserialize + Layout>(
    account: &AccountData,
    address: Pubkey,
    kind: &'static str,
) -> Result<T, ChainError> {
    let mut bytes = account.data.as_slice();
    let read = (account.owner == T::OWNER)
        .then(|| T::try_deserialize(&mut bytes).ok())
        .flatten();
    let read = read.ok_or(ChainError::Malformed { address, kind })?;
    if account.data.get(DISCRIMINATOR_BYTES) != Some(&T::VERSION) {
        return Err(ChainError::Version { address, kind });
    }
    Ok(read)
}

fn clock_timestamp(account: &AccountData) -> Option<i64> {
    let bytes = account
        .data
        .get(CLOCK_TIMESTAMP_OFFSET..)?
        .first_chunk::<8>()?;
    (account.owner == SYSVAR_OWNER).then(|| i64::from_le_bytes(*bytes))
}

/// What went wrong, without the URL, which may hold a key.
fn describe(error: &ClientError) -> String {
    match error.kind() {
        ErrorKind::Reqwest(error) if error.is_timeout() => "no answer in time".to_owned(),
        ErrorKind::Reqwest(error) if error.is_connect() => "cannot connect".to_owned(),
        ErrorKind::Reqwest(error) => error
            .status()
            .map_or("request failed".to_owned(), |status| {
                format!("HTTP {status}")
            }),
        ErrorKind::RpcError(RpcError::RpcResponseError { code, message, .. }) => {
            format!("RPC error {code}: {message}")
        }
        _ => "unexpected answer".to_owned(),
    }
}
