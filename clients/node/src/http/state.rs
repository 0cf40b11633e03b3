//! What every handler shares, and the questions that several of them ask.

use crate::{
    auth::Authenticator,
    chain::{ChainError, ChainView, Freshness, OperatorView},
    error::{ApiError, ErrorKind},
    metrics::Metrics,
    renewals::SignedRenewals,
    settings::{millis, Settings},
    store::ShardStore,
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A running node.
pub struct NodeState {
    /// What the operator wants.
    pub settings: Settings,
    /// Signs answers and agreements.
    pub key: Keypair,
    /// Who asks.
    pub auth: Authenticator,
    /// What is kept.
    pub store: Arc<ShardStore>,
    /// What the chain says.
    pub chain: Arc<dyn ChainView>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Bounds of work at the same time.
    pub gates: Gates,
    /// Renewals that may still land.
    pub renewals: SignedRenewals,
}

/// How much of each kind of work is done at the same time.
#[derive(Debug)]
pub struct Gates {
    /// Uploads: each costs memory and all cores.
    pub uploads: Arc<Semaphore>,
    /// Downloads: each costs an open file.
    pub downloads: Arc<Semaphore>,
    /// Challenges: each costs a core while it hashes.
    pub challenges: Arc<Semaphore>,
}

impl Gates {
    /// As wide as the settings say.
    pub fn new(settings: &Settings) -> Self {
        let gate = |width: u64| {
            let width = usize::try_from(width).unwrap_or(usize::MAX);
            Arc::new(Semaphore::new(width.min(Semaphore::MAX_PERMITS)))
        };
        Self {
            uploads: gate(settings.limits.uploads_max),
            downloads: gate(settings.limits.downloads_max),
            challenges: gate(settings.limits.challenges_max),
        }
    }
}

impl NodeState {
    /// This node's key.
    pub fn node_key(&self) -> Pubkey {
        self.key.pubkey()
    }

    /// The operator that this node serves, as registered on the chain.
    pub async fn operator(&self) -> Result<OperatorView, ApiError> {
        let cached = self
            .chain
            .operator(Freshness::Cached)
            .await
            .map_err(chain_error)?;
        if let Some(operator) = cached.filter(|operator| self.is_named_by(operator)) {
            return Ok(operator);
        }
        let unregistered = |message| ApiError::new(ErrorKind::OperatorUnregistered, message);
        let operator = self
            .chain
            .operator(Freshness::Recent)
            .await
            .map_err(chain_error)?;
        let operator =
            operator.ok_or_else(|| unregistered("this node's operator is not registered yet"))?;
        if self.is_named_by(&operator) {
            Ok(operator)
        } else {
            Err(unregistered("this node's operator names another node key"))
        }
    }

    /// Whether the operator's account names this node's key.
    pub fn is_named_by(&self, operator: &OperatorView) -> bool {
        operator.node_key == self.node_key()
    }

    /// Whether this key may store: it has credits with the network.
    pub async fn require_funded(
        &self,
        operator: &OperatorView,
        customer: &Pubkey,
    ) -> Result<(), ApiError> {
        let needed = self.settings.terms.customer_credits_min.max(1);
        for freshness in [Freshness::Cached, Freshness::Recent] {
            let found = self
                .chain
                .customer_credits(&operator.network, customer, freshness)
                .await;
            if found
                .map_err(chain_error)?
                .is_some_and(|credits| credits >= needed)
            {
                return Ok(());
            }
        }
        let message = format!("{customer} has not {needed} credits with this node's network");
        Err(ApiError::new(ErrorKind::SignerUnknown, message))
    }

    /// Whether this key may challenge: it belongs to a verifier of the network.
    pub async fn require_verifier(
        &self,
        operator: &OperatorView,
        key: &Pubkey,
    ) -> Result<(), ApiError> {
        for freshness in [Freshness::Cached, Freshness::Recent] {
            let known = self
                .chain
                .is_verifier(&operator.network, key, freshness)
                .await;
            if known.map_err(chain_error)? {
                return Ok(());
            }
        }
        let message = format!("{key} is no verifier of this node's network");
        Err(ApiError::new(ErrorKind::SignerUnknown, message))
    }

    /// Whether this key is a customer at all: of this node, or by its credits.
    pub async fn require_customer(&self, customer: &Pubkey) -> Result<(), ApiError> {
        if self.store.index().has_customer(customer) {
            return Ok(());
        }
        let operator = self.operator().await?;
        self.require_funded(&operator, customer).await
    }

    /// Waits for a turn, but not for ever.
    pub async fn enter(
        &self,
        gate: &Arc<Semaphore>,
        what: &str,
    ) -> Result<OwnedSemaphorePermit, ApiError> {
        let wait = millis(self.settings.limits.queue_wait_ms);
        match tokio::time::timeout(wait, Arc::clone(gate).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(ApiError::new(
                ErrorKind::Busy,
                format!("too many {what} at the same time"),
            )),
        }
    }
}

/// The chain's failures as a client sees them; the log has the rest.
pub(super) fn chain_error(error: ChainError) -> ApiError {
    tracing::warn!(%error, "the chain did not answer");
    ApiError::new(
        ErrorKind::ChainUnavailable,
        "the node cannot read the chain",
    )
}
