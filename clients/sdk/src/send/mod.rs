//! Sending a transaction and knowing what became of it.
//!
//! Each step stands alone, so that a service can write a transaction to its journal before sending
//! it, and a command can show the signature before waiting:
//!
//! 1. [`Sender::simulate`] runs it on the node without sending: what would fail fails here;
//! 2. [`Sender::prepare`] sets compute limit and price from the simulation;
//! 3. [`Sender::sign`] signs (or [`sign_partially`] where another party signs too);
//! 4. [`Sender::submit`] hands it to the cluster;
//! 5. [`Sender::resolve`] waits until it landed, failed, or can no longer land.
//!
//! [`Sender::send`] is all five.

mod budget;
mod offline;
mod outcome;
mod wire;

use serde::{Deserialize, Serialize};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_message::{
    v0, AddressLookupTableAccount, Hash, Message as LegacyMessage, VersionedMessage,
};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::Error as ClientError,
    config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use thiserror::Error;

pub use budget::{PriorityFee, UNIT_LIMIT_MAX};
pub use offline::{add_signature, is_durable, signers, Nonce, OfflineTerms};
pub use outcome::{transaction_details, Outcome, Pending, TransactionDetails};
pub use wire::{
    decode_transaction, encode_transaction, sign_partially, verify_signatures, WireError,
    TRANSACTION_BYTES_MAX,
};

use crate::{
    decode::{decode, DecodedError},
    encoding::string,
};

/// Lamports that the cluster charges for each signature.
pub const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// How to send.
#[derive(Debug, Clone)]
pub struct SendConfig {
    /// When a transaction counts as landed.
    pub commitment: CommitmentConfig,
    /// What to pay for being first.
    pub priority_fee: PriorityFee,
    /// Compute units to ask for; `None` measures by simulation.
    pub unit_limit: Option<u32>,
}

impl Default for SendConfig {
    fn default() -> Self {
        Self {
            commitment: CommitmentConfig::confirmed(),
            priority_fee: PriorityFee::default(),
            unit_limit: None,
        }
    }
}

/// What to send.
#[derive(Debug, Clone)]
pub struct TransactionRequest {
    /// Pays the fee and signs first.
    pub payer: Pubkey,
    /// Without compute budget instructions: those are added.
    pub instructions: Vec<Instruction>,
    /// Makes the transaction a v0 one when not empty.
    pub lookup_tables: Vec<AddressLookupTableAccount>,
}

impl TransactionRequest {
    pub fn new(payer: Pubkey, instructions: Vec<Instruction>) -> Self {
        Self {
            payer,
            instructions,
            lookup_tables: Vec::new(),
        }
    }

    pub(crate) fn message(
        &self,
        budget: &[Instruction],
        blockhash: Hash,
    ) -> Result<VersionedMessage, SendError> {
        let instructions: Vec<Instruction> =
            budget.iter().chain(&self.instructions).cloned().collect();
        if self.lookup_tables.is_empty() {
            let message =
                LegacyMessage::new_with_blockhash(&instructions, Some(&self.payer), &blockhash);
            return Ok(VersionedMessage::Legacy(message));
        }
        v0::Message::try_compile(&self.payer, &instructions, &self.lookup_tables, blockhash)
            .map(VersionedMessage::V0)
            .map_err(|error| SendError::Compile(error.to_string()))
    }
}

/// What a simulation showed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simulation {
    #[serde(with = "string")]
    pub units_consumed: u64,
    pub logs: Vec<String>,
    /// Signatures and priority together.
    #[serde(with = "string")]
    pub fee_lamports: u64,
    /// Compute units that the transaction will ask for.
    pub unit_limit: u32,
    /// Micro-lamports for each of them.
    #[serde(with = "string")]
    pub unit_price: u64,
}

/// A message ready to be signed.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub message: VersionedMessage,
    /// After this block height the cluster takes it no more.
    pub last_valid_block_height: u64,
    pub simulation: Simulation,
}

/// A signed transaction with all that is needed to resolve it after a crash: journal it first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    #[serde(with = "wire::base64_transaction")]
    pub transaction: VersionedTransaction,
    pub last_valid_block_height: u64,
}

impl Signed {
    /// The transaction's id: its first signature.
    pub fn signature(&self) -> Signature {
        self.transaction
            .signatures
            .first()
            .copied()
            .unwrap_or_default()
    }

    pub fn pending(&self) -> Pending {
        Pending {
            signature: self.signature(),
            last_valid_block_height: self.last_valid_block_height,
        }
    }
}

/// What [`Sender::send`] did.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub signature: Signature,
    pub simulation: Simulation,
    pub outcome: Outcome,
}

/// Why nothing was sent, or why it is not known what became of it.
#[derive(Debug, Error)]
pub enum SendError {
    #[error("{what} failed: {source}")]
    Rpc {
        what: &'static str,
        source: Box<ClientError>,
    },
    #[error("the simulation failed: {error}")]
    Rejected {
        error: Box<DecodedError>,
        logs: Vec<String>,
        units_consumed: u64,
    },
    #[error("the message could not be compiled: {0}")]
    Compile(String),
    #[error("signing failed: {0}")]
    Signer(String),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("the transaction was not sent because it could not be noted down: {0}")]
    Journal(String),
}

impl SendError {
    fn rpc(what: &'static str) -> impl FnOnce(ClientError) -> Self {
        move |source| Self::Rpc {
            what,
            source: Box::new(source),
        }
    }
}

/// Sends transactions through one RPC endpoint.
pub struct Sender<'a> {
    pub rpc: &'a RpcClient,
    pub config: SendConfig,
}

impl<'a> Sender<'a> {
    pub fn new(rpc: &'a RpcClient, config: SendConfig) -> Self {
        Self { rpc, config }
    }

    /// Runs the transaction on the node without sending it.
    pub async fn simulate(&self, request: &TransactionRequest) -> Result<Simulation, SendError> {
        let asked = self.config.unit_limit.unwrap_or(UNIT_LIMIT_MAX);
        let message = request.message(&[budget::limit_instruction(asked)], Hash::default())?;
        let signatures = message.header().num_required_signatures;
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); usize::from(signatures)],
            message,
        };
        wire::check_size(&transaction)?;
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.config.commitment),
            ..Default::default()
        };
        let answer = self
            .rpc
            .simulate_transaction_with_config(&transaction, config)
            .await
            .map_err(SendError::rpc("simulating the transaction"))?
            .value;
        let logs = answer.logs.unwrap_or_default();
        let units_consumed = answer.units_consumed.unwrap_or(0);
        if let Some(error) = answer.err {
            let programs = wire::programs(&transaction.message);
            return Err(SendError::Rejected {
                error: Box::new(decode(&error.into(), &logs, &programs)),
                logs,
                units_consumed,
            });
        }
        let unit_limit = self
            .config
            .unit_limit
            .unwrap_or_else(|| budget::limit_for(units_consumed));
        let unit_price = budget::price(self.rpc, &self.config.priority_fee, &transaction).await;
        Ok(Simulation {
            units_consumed,
            logs,
            fee_lamports: budget::fee_lamports(signatures, unit_limit, unit_price),
            unit_limit,
            unit_price,
        })
    }

    /// Simulates, then builds the message with compute limit, price and a fresh blockhash.
    pub async fn prepare(&self, request: &TransactionRequest) -> Result<Prepared, SendError> {
        let simulation = self.simulate(request).await?;
        let (blockhash, last_valid_block_height) = self
            .rpc
            .get_latest_blockhash_with_commitment(self.config.commitment)
            .await
            .map_err(SendError::rpc("asking for a blockhash"))?;
        let budget = budget::instructions(simulation.unit_limit, simulation.unit_price);
        let message = request.message(&budget, blockhash)?;
        Ok(Prepared {
            message,
            last_valid_block_height,
            simulation,
        })
    }

    /// Whether a request fits into one transaction, with the compute budget that it is sent with.
    /// True also where something else stands against it: sending it says what.
    pub async fn fits(&self, request: &TransactionRequest) -> bool {
        let prepared = self.prepare(request).await;
        let size = prepared.and_then(|prepared| Ok(wire::check_size(&unsigned(&prepared))?));
        !matches!(size, Err(SendError::Wire(WireError::TooLarge(_))))
    }

    /// Signs with every key that the message asks for.
    pub fn sign(&self, prepared: &Prepared, signers: &[&dyn Signer]) -> Result<Signed, SendError> {
        let mut transaction = unsigned(prepared);
        sign_partially(&mut transaction, signers)?;
        self.complete(prepared, transaction)
    }

    /// Takes a transaction that other parties have signed too, and checks that it is the prepared
    /// one and that every signature is there and right.
    pub fn complete(
        &self,
        prepared: &Prepared,
        transaction: VersionedTransaction,
    ) -> Result<Signed, SendError> {
        if transaction.message != prepared.message {
            return Err(WireError::Changed.into());
        }
        verify_signatures(&transaction)?;
        wire::check_size(&transaction)?;
        Ok(Signed {
            transaction,
            last_valid_block_height: prepared.last_valid_block_height,
        })
    }

    /// Hands it to the cluster. Safe to repeat: the same transaction lands once.
    pub async fn submit(&self, signed: &Signed) -> Result<(), SendError> {
        let config = RpcSendTransactionConfig {
            // It was simulated already; a second run costs time and can only add a race.
            skip_preflight: true,
            preflight_commitment: Some(self.config.commitment.commitment),
            ..Default::default()
        };
        self.rpc
            .send_transaction_with_config(&signed.transaction, config)
            .await
            .map_err(SendError::rpc("sending the transaction"))?;
        Ok(())
    }

    /// Simulates, signs, calls `on_signed` (journal or print the signature there), submits and
    /// waits. An error means that nothing was sent; everything after is an [`Outcome`].
    pub async fn send(
        &self,
        request: &TransactionRequest,
        signers: &[&dyn Signer],
        on_signed: impl FnOnce(&Signed) -> Result<(), String>,
    ) -> Result<Receipt, SendError> {
        let prepared = self.prepare(request).await?;
        let signed = self.sign(&prepared, signers)?;
        on_signed(&signed).map_err(SendError::Journal)?;
        let outcome = self.submit_and_resolve(&signed).await;
        Ok(Receipt {
            signature: signed.signature(),
            simulation: prepared.simulation,
            outcome,
        })
    }
}

/// The prepared message without signatures.
pub fn unsigned(prepared: &Prepared) -> VersionedTransaction {
    let signatures = usize::from(prepared.message.header().num_required_signatures);
    VersionedTransaction {
        signatures: vec![Signature::default(); signatures],
        message: prepared.message.clone(),
    }
}
