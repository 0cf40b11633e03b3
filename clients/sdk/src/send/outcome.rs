//! What became of a transaction.
//!
//! A blockhash has a last block height. While the chain is below it, a transaction that has not
//! been seen may still land; above it, it never will. That, and not a timeout, is what makes a
//! retry safe.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{client_error::Error as ClientError, config::RpcTransactionConfig};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::{
    option_serializer::OptionSerializer, TransactionStatus, UiTransactionEncoding,
};
use tokio::time::{sleep, Instant};

use super::{wire, Sender, Signed};
use crate::decode::{decode, DecodedError};

/// Between two looks at the status.
const POLL_INTERVAL: Duration = Duration::from_millis(400);
/// Between two submissions of the same transaction: packets get lost.
const RESUBMIT_INTERVAL: Duration = Duration::from_secs(2);
/// A blockhash lives for about a minute and a half; after this the cluster itself is stuck.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(180);
/// Looks at the details of a landed transaction before doing without them.
const DETAILS_ATTEMPTS_MAX: usize = 3;

/// What must be known to find out what became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub signature: Signature,
    pub last_valid_block_height: u64,
}

/// The four ways it can end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on chain and did its work.
    Landed { slot: u64 },
    /// It is on chain and did nothing but pay its fee.
    Failed {
        slot: u64,
        error: Box<DecodedError>,
        logs: Vec<String>,
    },
    /// It never landed and never will: sending a new one is safe.
    Expired,
    /// Nobody could be asked: it may have landed. Resolve the signature before sending anew.
    Unknown { reason: String },
}

/// What the cluster recorded about a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionDetails {
    pub slot: u64,
    pub fee_lamports: u64,
    pub units_consumed: u64,
    pub logs: Vec<String>,
}

impl Sender<'_> {
    /// Submits, and submits again, until the transaction's fate is known.
    pub async fn submit_and_resolve(&self, signed: &Signed) -> Outcome {
        let mut last_error = self
            .submit(signed)
            .await
            .err()
            .map(|error| error.to_string());
        let (started, mut submitted) = (Instant::now(), Instant::now());
        let programs = wire::programs(&signed.transaction.message);
        while started.elapsed() < RESOLVE_TIMEOUT {
            match self.look(&signed.pending(), &programs).await {
                Ok(Some(outcome)) => return outcome,
                Ok(None) => {}
                Err(error) => last_error = Some(error.to_string()),
            }
            if submitted.elapsed() >= RESUBMIT_INTERVAL {
                submitted = Instant::now();
                last_error = self
                    .submit(signed)
                    .await
                    .err()
                    .map(|error| error.to_string());
            }
            sleep(POLL_INTERVAL).await;
        }
        unknown(last_error)
    }

    /// Waits for a transaction that was submitted before, perhaps by an earlier run.
    pub async fn resolve(&self, pending: &Pending) -> Outcome {
        let started = Instant::now();
        let mut last_error = None;
        while started.elapsed() < RESOLVE_TIMEOUT {
            match self.look(pending, &[]).await {
                Ok(Some(outcome)) => return outcome,
                Ok(None) => {}
                Err(error) => last_error = Some(error.to_string()),
            }
            sleep(POLL_INTERVAL).await;
        }
        unknown(last_error)
    }

    /// One look: `None` while the transaction may still land.
    pub async fn look(
        &self,
        pending: &Pending,
        programs: &[Pubkey],
    ) -> Result<Option<Outcome>, Box<ClientError>> {
        // The height is read first: a transaction that is absent after its last height was passed
        // cannot have landed between the two answers.
        let commitment = self.config.commitment;
        let height = self
            .rpc
            .get_block_height_with_commitment(commitment)
            .await
            .map_err(Box::new)?;
        let passed = height > pending.last_valid_block_height;
        let Some(status) = self.status(&pending.signature, passed).await? else {
            return Ok(passed.then_some(Outcome::Expired));
        };
        if !status.satisfies_commitment(commitment) {
            return Ok(None);
        }
        match status.err {
            None => Ok(Some(Outcome::Landed { slot: status.slot })),
            Some(error) => {
                let failed = self.failed(pending, status.slot, &error, programs).await;
                Ok(Some(failed))
            }
        }
    }

    async fn status(
        &self,
        signature: &Signature,
        history: bool,
    ) -> Result<Option<TransactionStatus>, Box<ClientError>> {
        let signatures = [*signature];
        let answer = if history {
            self.rpc
                .get_signature_statuses_with_history(&signatures)
                .await
        } else {
            self.rpc.get_signature_statuses(&signatures).await
        };
        let statuses = answer.map_err(Box::new)?.value;
        Ok(statuses.into_iter().next().flatten())
    }

    async fn failed(
        &self,
        pending: &Pending,
        slot: u64,
        error: &TransactionError,
        programs: &[Pubkey],
    ) -> Outcome {
        let details = transaction_details(self.rpc, &pending.signature).await;
        let logs = details.map(|details| details.logs).unwrap_or_default();
        Outcome::Failed {
            slot,
            error: Box::new(decode(error, &logs, programs)),
            logs,
        }
    }
}

fn unknown(last_error: Option<String>) -> Outcome {
    let waited = format!("no answer about it within {} s", RESOLVE_TIMEOUT.as_secs());
    Outcome::Unknown {
        reason: last_error.map_or(waited.clone(), |error| format!("{waited} (last: {error})")),
    }
}

/// Fee, compute units and logs as the cluster recorded them; `None` where it does not tell.
pub async fn transaction_details(
    rpc: &RpcClient,
    signature: &Signature,
) -> Option<TransactionDetails> {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        max_supported_transaction_version: Some(0),
    };
    for attempt in 0..DETAILS_ATTEMPTS_MAX {
        if attempt > 0 {
            sleep(POLL_INTERVAL).await;
        }
        let answer = rpc.get_transaction_with_config(signature, config).await;
        let Ok(found) = answer else { continue };
        let meta = found.transaction.meta?;
        return Some(TransactionDetails {
            slot: found.slot,
            fee_lamports: meta.fee,
            units_consumed: or_default(meta.compute_units_consumed),
            logs: or_default(meta.log_messages),
        });
    }
    None
}

fn or_default<T: Default>(value: OptionSerializer<T>) -> T {
    match value {
        OptionSerializer::Some(value) => value,
        OptionSerializer::None | OptionSerializer::Skip => T::default(),
    }
}
