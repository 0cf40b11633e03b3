//! What the node must know of the chain, and nothing else of it.

mod cache;
mod rpc;

pub use cache::CachePolicy;
pub use rpc::RpcChain;

use async_trait::async_trait;
use solana_pubkey::Pubkey;
use thiserror::Error;
use trestle_core::hash::Hash;

/// Why the chain did not answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ChainError {
    /// The RPC is not reached or is overloaded.
    #[error("the chain cannot be read ({0}); check `chain.rpc_url`")]
    Unavailable(String),
    /// An account is not what its address says.
    #[error("account {address} is not a {kind} of Trestle; is `chain.rpc_url` the right cluster?")]
    Malformed {
        /// The account.
        address: Pubkey,
        /// What it should be.
        kind: &'static str,
    },
    /// An account has a layout that this node does not know.
    #[error("{kind} {address} has another layout than this node knows; update the node")]
    Version {
        /// The account.
        address: Pubkey,
        /// What it is.
        kind: &'static str,
    },
}

/// How old an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Whatever the cache holds within its limits.
    Cached,
    /// Half a second at most: before somebody is turned away for what may have changed.
    Recent,
    /// Asked now: for decisions that cannot be taken back.
    Now,
}

/// The operator that this node serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorView {
    /// The staking account.
    pub address: Pubkey,
    /// The network it belongs to.
    pub network: Pubkey,
    /// The service it works for.
    pub service: Pubkey,
    /// The key that the node must hold.
    pub node_key: Pubkey,
}

/// A storage commitment on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitmentView {
    /// The service that challenges it.
    pub service: Pubkey,
    /// The operator that made it.
    pub operator: Pubkey,
    /// Whose data it is.
    pub customer: Pubkey,
    /// Poseidon root of the data.
    pub root: Hash,
    /// Size of the data.
    pub size_bytes: u64,
    /// Leaves of the data.
    pub leaf_count: u32,
    /// Epoch in which it was registered; it serves from the next one on.
    pub registered_epoch: u64,
    /// Last epoch that it serves, once it is fixed.
    pub ended_epoch: Option<u64>,
}

/// A lease on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseView {
    /// Who is paid.
    pub operator: Pubkey,
    /// Who pays.
    pub customer: Pubkey,
    /// Last epoch that is paid for.
    pub end_epoch: u64,
}

/// The chain as a node sees it.
#[async_trait]
pub trait ChainView: Send + Sync + 'static {
    /// The operator that the settings name; `None` while it is not registered.
    async fn operator(&self, freshness: Freshness) -> Result<Option<OperatorView>, ChainError>;

    /// Whether this key belongs to an active verifier of the network.
    async fn is_verifier(
        &self,
        network: &Pubkey,
        key: &Pubkey,
        freshness: Freshness,
    ) -> Result<bool, ChainError>;

    /// Credits of a customer, free and in leases; `None` without an account.
    async fn customer_credits(
        &self,
        network: &Pubkey,
        customer: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<u64>, ChainError>;

    /// The commitment at this address.
    async fn commitment(
        &self,
        address: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<CommitmentView>, ChainError>;

    /// The lease that pays for the commitment at this address.
    async fn lease(
        &self,
        commitment: &Pubkey,
        freshness: Freshness,
    ) -> Result<Option<LeaseView>, ChainError>;

    /// The seed that an epoch of the service is challenged with, if it is recorded and still kept.
    async fn seed(
        &self,
        service: &Pubkey,
        epoch: u64,
        freshness: Freshness,
    ) -> Result<Option<Hash>, ChainError>;

    /// The epoch that runs now by the chain's own clock.
    async fn epoch_now(&self, network: &Pubkey) -> Result<u64, ChainError>;
}
