//! `trestle transaction`: sign and send what was built elsewhere.
//!
//! A key that never meets a network signs here: the transaction comes as text from a command with
//! `--print-tx`, and the signature goes back as text.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_transaction::versioned::VersionedTransaction;
use trestle_sdk::{
    encoding::string,
    send::{
        add_signature, encode_transaction, is_durable, sign_partially, signers, verify_signatures,
        Signed, Simulation,
    },
};

use crate::{
    context::Context,
    error::CliError,
    offline::{parse_transaction, OfflineText},
    send::{submit, Transaction},
    text::row,
};

#[derive(Debug, Subcommand)]
pub enum TransactionCommand {
    /// Show who must sign, and which programs are called; needs no network
    Show(TransactionArgs),
    /// Add the signing key's signature; needs no network
    #[command(
        after_help = "Example: trestle network resume --area proofs -k ADDRESS --print-tx \
        base64 prints a transaction; trestle transaction sign TRANSACTION -k key.json signs it"
    )]
    Sign(TransactionArgs),
    /// Add signatures given by --signer, and send it once all are there
    Send(TransactionArgs),
}

#[derive(Debug, Args)]
pub struct TransactionArgs {
    /// The transaction, in base64 or base58
    pub transaction: String,
}

/// `transaction show` and `transaction sign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionOutput {
    pub fee_payer: String,
    pub instructions: Vec<InstructionText>,
    #[serde(flatten)]
    pub offline: OfflineText,
}

/// One call of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstructionText {
    pub program: String,
    pub accounts: u32,
    #[serde(with = "string")]
    pub data_bytes: u64,
}

/// `transaction send`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransactionSendOutput {
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for TransactionOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Fee payer", &self.fee_payer)?;
        for one in &self.instructions {
            let size = format!("{} accounts, {} bytes", one.accounts, one.data_bytes);
            row(f, "Calls", format!("{} ({size})", one.program))?;
        }
        self.offline.fmt(f)
    }
}

impl fmt::Display for TransactionSendOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt(f)
    }
}

pub async fn run(command: &TransactionCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        TransactionCommand::Show(args) => context.print(&output(&args.read()?)?),
        TransactionCommand::Sign(args) => context.print(&sign(args, context)?),
        TransactionCommand::Send(args) => context.print(&send(args, context).await?),
    }
}

impl TransactionArgs {
    fn read(&self) -> Result<VersionedTransaction, CliError> {
        parse_transaction(&self.transaction)
    }
}

fn output(transaction: &VersionedTransaction) -> Result<TransactionOutput, CliError> {
    let keys = transaction.message.static_account_keys();
    let name = |index: usize| keys.get(index).map(ToString::to_string).unwrap_or_default();
    let calls = transaction.message.instructions().iter();
    let instructions = calls.map(|call| InstructionText {
        program: name(usize::from(call.program_id_index)),
        accounts: u32::try_from(call.accounts.len()).unwrap_or(u32::MAX),
        data_bytes: u64::try_from(call.data.len()).unwrap_or(u64::MAX),
    });
    let mut offline = OfflineText::new(transaction);
    offline.transaction = Some(encode_transaction(transaction)?);
    Ok(TransactionOutput {
        fee_payer: name(0),
        instructions: instructions.collect(),
        offline,
    })
}

fn sign(args: &TransactionArgs, context: &Context<'_>) -> Result<TransactionOutput, CliError> {
    let mut transaction = args.read()?;
    let wallet = context.signers()?.wallet;
    sign_partially(&mut transaction, &[wallet.key()?])?;
    output(&transaction)
}

async fn send(
    args: &TransactionArgs,
    context: &Context<'_>,
) -> Result<TransactionSendOutput, CliError> {
    let mut transaction = args.read()?;
    for given in &context.global.offline.signatures {
        add_signature(&mut transaction, &given.key, &given.signature)?;
    }
    if let Some(absent) = signers(&transaction).1.first() {
        let message = format!("{absent} has not signed yet");
        return Err(CliError::failed("not-signed", message)
            .hint("it signs by `trestle transaction sign`; add the result by --signer"));
    }
    verify_signatures(&transaction)?;
    let chain = context.chain().await?;
    let commitment = chain.rpc.commitment();
    let last_valid_block_height = if is_durable(&transaction) {
        u64::MAX
    } else {
        let latest = chain.rpc.get_latest_blockhash_with_commitment(commitment);
        latest.await?.1
    };
    let signed = Signed {
        transaction,
        last_valid_block_height,
    };
    let transaction = submit(context, &chain, &signed, &Simulation::default()).await?;
    Ok(TransactionSendOutput { transaction })
}
