//! What the verifier reads from the chain and how it sends.

mod read;
mod send;
mod status;
mod view;

pub use read::{ChainReader, ReadError};
pub use send::{Action, ActionSender, Sent};
pub use status::RpcStatus;
pub use view::{ChainView, Registry, ViewReceiver};

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use std::sync::Arc;
use std::time::Duration;
use trestle_kit::settings::ServiceUrl;

/// Longest time for one RPC request.
const RPC_TIMEOUT: Duration = Duration::from_secs(30);

/// A client that reads what a supermajority has voted for.
pub fn rpc_client(url: &ServiceUrl) -> Arc<RpcClient> {
    let (url, confirmed) = (url.expose().to_owned(), CommitmentConfig::confirmed());
    Arc::new(RpcClient::new_with_timeout_and_commitment(
        url,
        RPC_TIMEOUT,
        confirmed,
    ))
}
