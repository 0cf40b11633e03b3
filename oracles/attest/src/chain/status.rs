//! The journal's two questions, asked over JSON-RPC.

use async_trait::async_trait;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signature::Signature;
use std::sync::Arc;
use trestle_kit::journal_resolve::{ChainStatus, ChainUnavailable, SignatureFate};

/// Status over an RPC endpoint.
#[derive(Clone)]
pub struct RpcStatus {
    rpc: Arc<RpcClient>,
}

impl RpcStatus {
    /// Over a client.
    pub fn new(rpc: Arc<RpcClient>) -> Self {
        Self { rpc }
    }
}

#[async_trait]
impl ChainStatus for RpcStatus {
    async fn finalized_block_height(&self) -> Result<u64, ChainUnavailable> {
        self.rpc
            .get_block_height_with_commitment(CommitmentConfig::finalized())
            .await
            .map_err(|error| ChainUnavailable(error.to_string()))
    }

    async fn fate(&self, signature: &Signature) -> Result<SignatureFate, ChainUnavailable> {
        let answer = self
            .rpc
            .get_signature_statuses_with_history(&[*signature])
            .await
            .map_err(|error| ChainUnavailable(error.to_string()))?;
        let Some(status) = answer.value.into_iter().next().flatten() else {
            return Ok(SignatureFate::Absent);
        };
        if !status.satisfies_commitment(CommitmentConfig::confirmed()) {
            return Ok(SignatureFate::Unconfirmed);
        }
        Ok(match status.err {
            Some(error) => SignatureFate::Failed {
                error: error.to_string(),
            },
            None => SignatureFate::Landed { slot: status.slot },
        })
    }
}
