//! Reads a [`ChainView`] over JSON-RPC.

use super::view::{ChainView, Registry};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;
use trestle_core::market::MarketState;
use trestle_core::pool::PoolState;
use trestle_core::root::RootRing;
use trestle_sdk::address;
use trestle_sdk::fetch::{
    decode, fetch, fetch_many, list_since, Commitment, DelegationPool, FetchError, Filter, Kind,
    Maintenance, Network, Operator, Proposal, Round, SeedRing, Service, VerifierSet,
};
use trestle_sdk::time::{ChainTime, CLOCK_ADDRESS};

/// Offset of `unix_timestamp` in the Clock sysvar, in bytes.
const CLOCK_UNIX_OFFSET: usize = 32;
/// How often a list is asked for again while the node that answers is behind the clock's slot, and
/// how long to wait in between: about a slot.
const BEHIND_RETRIES: u32 = 5;
const BEHIND_WAIT: Duration = Duration::from_millis(400);
/// Epochs back for which votes matter; older ones are given up.
const ROUNDS_BACK: u64 = 3;

/// Why the chain could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// An account is missing, foreign, or the node does not answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The node does not answer.
    #[error("reading the chain: {0}")]
    Rpc(
        /// Why.
        String,
    ),
    /// The chain's clock stands before the network's genesis.
    #[error("the network's first epoch has not begun")]
    BeforeGenesis,
}

/// Reads one service.
pub struct ChainReader {
    rpc: Arc<RpcClient>,
    service_address: Pubkey,
    network_address: Pubkey,
    payer: Pubkey,
    registry_interval: Duration,
    registry: Option<(Instant, Arc<Registry>)>,
}

impl ChainReader {
    /// Asks the service for its network, which never changes.
    pub async fn connect(
        rpc: Arc<RpcClient>,
        service_address: Pubkey,
        payer: Pubkey,
        registry_interval: Duration,
    ) -> Result<Self, ReadError> {
        let service = fetch::<Service>(&rpc, &service_address).await?;
        Ok(Self {
            rpc,
            service_address,
            network_address: service.network,
            payer,
            registry_interval,
            registry: None,
        })
    }

    /// The network of the service.
    pub fn network_address(&self) -> Pubkey {
        self.network_address
    }

    /// Takes a look. The accounts of one request are of one slot, and lists are asked of the
    /// clock's slot or a later one: whatever was registered before that time is in them, whichever
    /// node behind the address answers.
    pub async fn read(&mut self) -> Result<ChainView, ReadError> {
        let core = self.read_core().await?;
        let registry = self.registry(&core).await?;
        let by_service = Filter::address(offset_of!(Proposal, service), &self.service_address);
        let proposals = self.list::<Proposal>(&[by_service], &core.time).await?;
        let rounds = self.rounds(core.epoch, &proposals).await?;
        Ok(ChainView {
            proposals,
            rounds,
            registry,
            ..core
        })
    }

    /// Makes the next look list operators and commitments anew.
    pub fn forget_registry(&mut self) {
        self.registry = None;
    }

    async fn read_core(&self) -> Result<ChainView, ReadError> {
        let (network_address, service) = (self.network_address, &self.service_address);
        let addresses = [
            CLOCK_ADDRESS,
            network_address,
            *service,
            address::verifiers(&network_address),
            address::ring(service),
            address::seeds(service),
            address::pool(service),
            address::market(&network_address),
            self.payer,
        ];
        let accounts = self
            .rpc
            .get_multiple_accounts(&addresses)
            .await
            .map_err(|error| ReadError::Rpc(error.to_string()))?;
        let found: BTreeMap<Pubkey, Account> = addresses
            .into_iter()
            .zip(accounts)
            .filter_map(|(address, account)| Some((address, account?)))
            .collect();
        let network = required::<Network>(&found, &network_address)?;
        let time = clock(&found)?;
        let epoch = network
            .epoch_at(time.unix_seconds)
            .map_err(|_| ReadError::BeforeGenesis)?;
        Ok(ChainView {
            time,
            epoch: epoch.0,
            network_address,
            service_address: self.service_address,
            service: required::<Service>(&found, service)?,
            verifiers: required::<VerifierSet>(&found, &address::verifiers(&network_address))?,
            ring: Arc::new(*ring(&found, &address::ring(service))?),
            seeds: required::<SeedRing>(&found, &address::seeds(service))?,
            pool: pool(&found, &address::pool(service))?,
            price_account: price_account(&found, &address::market(&network_address)),
            fee_lamports: found.get(&self.payer).map_or(0, |account| account.lamports),
            network,
            proposals: Vec::new(),
            rounds: BTreeMap::new(),
            registry: Arc::default(),
        })
    }

    /// Lists are long and change slowly: once an interval, and at once in a new epoch.
    async fn registry(&mut self, core: &ChainView) -> Result<Arc<Registry>, ReadError> {
        if let Some((read, registry)) = &self.registry {
            if read.elapsed() < self.registry_interval && registry.epoch == core.epoch {
                return Ok(Arc::clone(registry));
            }
        }
        let started = Instant::now();
        let operators = Filter::address(offset_of!(Operator, service), &self.service_address);
        let commitments = Filter::address(offset_of!(Commitment, service), &self.service_address);
        let pools = Filter::address(offset_of!(DelegationPool, network), &core.network_address);
        let registry = Arc::new(Registry {
            epoch: core.epoch,
            read_at: core.time.unix_seconds,
            operators: self.list::<Operator>(&[operators], &core.time).await?,
            commitments: self.list::<Commitment>(&[commitments], &core.time).await?,
            delegations: self
                .list::<DelegationPool>(&[pools], &core.time)
                .await?
                .into_iter()
                .map(|(_, pool)| (pool.operator, pool))
                .collect(),
            maintenance: self
                .list::<Maintenance>(&[], &core.time)
                .await?
                .into_iter()
                .map(|(_, one)| (one.operator.to_bytes(), one.ranges().to_vec()))
                .collect(),
        });
        self.registry = Some((started, Arc::clone(&registry)));
        Ok(registry)
    }

    /// A list that no node answers which is behind the clock. One that stays behind is trouble like
    /// any other: nothing is decided by a list that may lack what the clock's time promises.
    async fn list<T: Kind>(
        &self,
        filters: &[Filter],
        since: &ChainTime,
    ) -> Result<Vec<(Pubkey, T)>, FetchError> {
        let mut retries = BEHIND_RETRIES;
        loop {
            match list_since::<T>(&self.rpc, filters, Some(since.slot)).await {
                Err(FetchError::Behind { .. }) if retries > 0 => {
                    retries = retries.saturating_sub(1);
                    tokio::time::sleep(BEHIND_WAIT).await;
                }
                answer => return answer,
            }
        }
    }

    async fn rounds(
        &self,
        epoch: u64,
        proposals: &[(Pubkey, Proposal)],
    ) -> Result<BTreeMap<u64, Round>, ReadError> {
        let mut epochs: BTreeSet<u64> = (epoch.saturating_sub(ROUNDS_BACK)..epoch).collect();
        epochs.extend(proposals.iter().map(|(_, proposal)| proposal.epoch));
        let epochs: Vec<u64> = epochs.into_iter().collect();
        let addresses: Vec<Pubkey> = epochs
            .iter()
            .map(|epoch| address::round(&self.service_address, *epoch))
            .collect();
        let rounds = fetch_many::<Round>(&self.rpc, &addresses).await?;
        Ok(epochs
            .into_iter()
            .zip(rounds)
            .filter_map(|(epoch, one)| Some((epoch, one?)))
            .collect())
    }
}

fn required<T: Kind>(found: &BTreeMap<Pubkey, Account>, address: &Pubkey) -> Result<T, ReadError> {
    let account = found.get(address).ok_or(FetchError::NotFound {
        what: T::NAME,
        address: *address,
    })?;
    Ok(decode::<T>(address, account)?)
}

fn ring(found: &BTreeMap<Pubkey, Account>, address: &Pubkey) -> Result<Box<RootRing>, ReadError> {
    const WHAT: &str = "root ring";
    let account = found.get(address).ok_or(FetchError::NotFound {
        what: WHAT,
        address: *address,
    })?;
    let layout = FetchError::Layout {
        what: WHAT,
        address: *address,
    };
    let owned = account.owner == address::PROOFS_ID;
    let ring = owned
        .then(|| RootRing::read_account_data(&account.data))
        .flatten();
    Ok(ring.ok_or(layout)?)
}

/// An account at the pool's address that the rewards program does not own is no pool, just as the
/// proofs program sees it.
fn pool(
    found: &BTreeMap<Pubkey, Account>,
    address: &Pubkey,
) -> Result<Option<PoolState>, ReadError> {
    let Some(account) = found
        .get(address)
        .filter(|one| one.owner == address::REWARDS_ID)
    else {
        return Ok(None);
    };
    let pool = PoolState::read_account_data(&account.data).ok_or(FetchError::Layout {
        what: "pool",
        address: *address,
    })?;
    Ok(Some(pool))
}

/// What the market's price account is; `None` while the network has no market.
fn price_account(found: &BTreeMap<Pubkey, Account>, address: &Pubkey) -> Option<Pubkey> {
    let account = found
        .get(address)
        .filter(|one| one.owner == address::CREDITS_ID)?;
    let market = MarketState::read_account_data(&account.data)?;
    Some(Pubkey::new_from_array(market.price_account))
}

fn clock(found: &BTreeMap<Pubkey, Account>) -> Result<ChainTime, ReadError> {
    let data = found
        .get(&CLOCK_ADDRESS)
        .map(|account| account.data.as_slice());
    let read = |data: &[u8]| {
        let slot = data.first_chunk::<8>()?;
        let unix = data.get(CLOCK_UNIX_OFFSET..)?.first_chunk::<8>()?;
        Some(ChainTime {
            slot: u64::from_le_bytes(*slot),
            unix_seconds: i64::from_le_bytes(*unix),
        })
    };
    data.and_then(read)
        .ok_or_else(|| ReadError::Rpc("the clock account is unreadable".into()))
}
