//! What happened to an account, out of a node's index of transactions.

use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::{
    nonblocking::rpc_client::RpcClient, rpc_client::GetConfirmedSignaturesForAddress2Config,
};
use solana_rpc_client_api::response::RpcConfirmedTransactionStatusWithSignature;
use solana_signature::Signature;

use crate::{
    event::{is_truncated, logged_events},
    fetch::FetchError,
    invoice::Record,
    send::transaction_details,
};

/// Transactions of a page: as many as a node gives at once.
pub const PAGE_TRANSACTIONS: usize = 1_000;
/// Pages that are read at most.
pub const PAGES_MAX: usize = 20;

/// The transactions of an account, oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub records: Vec<Record>,
    /// Whether the node had all of them within the pages that were read.
    pub is_whole: bool,
}

/// Reads the transactions that name an account and happened before `to`, in Unix seconds. A
/// transaction whose logs the node no longer has stands there without events, as one whose logs
/// were cut.
///
/// # Errors
/// When the node does not answer.
pub async fn history(rpc: &RpcClient, account: &Pubkey, to: i64) -> Result<History, FetchError> {
    let mut newest_first = Vec::new();
    let mut before = None;
    let mut is_whole = false;
    for _ in 0..PAGES_MAX {
        let page = page(rpc, account, before).await?;
        before = page.last().and_then(|one| one.signature.parse().ok());
        is_whole = page.len() < PAGE_TRANSACTIONS;
        newest_first.extend(page);
        if is_whole || before.is_none() {
            break;
        }
    }
    let mut records = Vec::new();
    for one in newest_first.iter().rev() {
        let at = one.block_time.unwrap_or_default();
        if one.err.is_some() || at >= to {
            continue;
        }
        records.push(record(rpc, one, at).await);
    }
    Ok(History { records, is_whole })
}

async fn page(
    rpc: &RpcClient,
    account: &Pubkey,
    before: Option<Signature>,
) -> Result<Vec<RpcConfirmedTransactionStatusWithSignature>, FetchError> {
    let config = GetConfirmedSignaturesForAddress2Config {
        before,
        until: None,
        limit: Some(PAGE_TRANSACTIONS),
        commitment: Some(CommitmentConfig::confirmed()),
    };
    rpc.get_signatures_for_address_with_config(account, config)
        .await
        .map_err(FetchError::rpc("list of transactions"))
}

async fn record(
    rpc: &RpcClient,
    one: &RpcConfirmedTransactionStatusWithSignature,
    at: i64,
) -> Record {
    let details = match one.signature.parse() {
        Ok(signature) => transaction_details(rpc, &signature).await,
        Err(_) => None,
    };
    let logs = details.map(|details| details.logs);
    let known = logs.as_deref().unwrap_or_default();
    Record {
        at,
        events: logged_events(known),
        is_truncated: known.is_empty() || is_truncated(known),
    }
}
