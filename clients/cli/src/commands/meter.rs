//! `trestle meter`: credits that pay for usage by receipts.

use std::{fs, io::Read, mem::offset_of, path::PathBuf, str::FromStr};

use clap::{Args, Subcommand};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use trestle_core::usage::receipt;
use trestle_sdk::{
    address,
    event::{credits::MeterClosed, credits::MeterSettled, find},
    fetch::{self, CustomerAccount, Filter, Meter, Operator},
    instruction::beside::signature_check,
    instruction::billing::{
        meter_close, meter_deposit, meter_end, meter_open, meter_settle, MeterParties, MeterTerms,
    },
};

use crate::{
    commands::meter_output::{
        MeterAction, MeterListOutput, MeterOutput, MeterWriteOutput, ReceiptOutput,
    },
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    signer::SignerSource,
    text::CreditsText,
};

/// A receipt's file is smaller than this.
const RECEIPT_BYTES_MAX: u64 = 4_096;

#[derive(Debug, Subcommand)]
pub enum MeterCommand {
    /// Agree with an operator on a price for usage, and put credits in
    #[command(
        after_help = "The operator's node signs too: name its key by --node-key.\n\n\
        Example: trestle meter open --operator OPERATOR --node-key node.json --price 5 \
        --epoch-cap 10000 --deposit 50000 --notice-epochs 2"
    )]
    Open(OpenArgs),
    /// Put more credits in
    Deposit {
        /// How many credits
        credits: u64,
        #[command(flatten)]
        of: Parties,
    },
    /// Sign a receipt for all that was used since the meter was opened
    #[command(
        after_help = "Example: trestle meter sign 1250 --operator OPERATOR --output json \
        > receipt.json"
    )]
    Sign {
        /// Units used in all
        units: u64,
        #[command(flatten)]
        of: Parties,
    },
    /// Get an operator paid by a receipt; anybody may
    Settle {
        /// What `meter sign --output json` printed: a file, or `-` for stdin
        receipt: PathBuf,
    },
    /// End the meter: at once for the operator, after the notice for the customer
    End(Parties),
    /// Close an ended meter; what is left goes back to the customer; anybody may
    Close(Parties),
    /// Show a meter
    Show(Parties),
    /// List the open meters of a customer or an operator
    List {
        /// Wallet of the customer [default: the signing key]
        #[arg(long, value_name = "ADDRESS", conflicts_with = "operator")]
        customer: Option<Pubkey>,
        /// Operator or its wallet, instead
        #[arg(long, value_name = "ADDRESS")]
        operator: Option<Pubkey>,
    },
}

/// Whose meter with whom.
#[derive(Debug, Clone, Args)]
pub struct Parties {
    /// Operator or its wallet
    #[arg(long, value_name = "ADDRESS")]
    pub operator: Pubkey,
    /// Wallet of the customer, where the signing key is its delegate or another party [default: the
    /// signing key]
    #[arg(long, value_name = "ADDRESS")]
    pub customer: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    #[command(flatten)]
    pub of: Parties,
    /// Key of the operator's node, which agrees by signing
    #[arg(long, value_name = "SOURCE")]
    pub node_key: SignerSource,
    /// Credits for a unit
    #[arg(long, value_name = "CREDITS")]
    pub price: u64,
    /// Most credits that are used up in an epoch
    #[arg(long, value_name = "CREDITS")]
    pub epoch_cap: u64,
    /// Credits to begin with
    #[arg(long, value_name = "CREDITS")]
    pub deposit: u64,
    /// Epochs that the operator has for its last receipt
    #[arg(long, value_name = "EPOCHS", default_value_t = 2)]
    pub notice_epochs: u32,
}

pub async fn run(command: &MeterCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        MeterCommand::Open(args) => context.print(&open(args, context).await?),
        MeterCommand::Deposit { credits, of } => {
            context.print(&deposit(*credits, of, context).await?)
        }
        MeterCommand::Sign { units, of } => context.print(&sign(*units, of, context).await?),
        MeterCommand::Settle { receipt } => context.print(&settle(receipt, context).await?),
        MeterCommand::End(of) => context.print(&end(of, context).await?),
        MeterCommand::Close(of) => context.print(&close(of, context).await?),
        MeterCommand::Show(of) => context.print(&show(of, context).await?),
        MeterCommand::List { customer, operator } => {
            context.print(&list(*customer, *operator, context).await?)
        }
    }
}

/// Who takes part, where `wallet` signs for the customer's side.
async fn spending(
    chain: &Chain,
    of: &Parties,
    wallet: &Pubkey,
) -> Result<(MeterParties, Operator), CliError> {
    let (operator, state) = chain.operator(&of.operator).await?;
    let customer = of.customer.unwrap_or(*wallet);
    let parties = MeterParties {
        network: chain.deployment.network,
        customer,
        operator,
        delegate: (customer != *wallet).then_some(*wallet),
    };
    Ok((parties, state))
}

async fn open(args: &OpenArgs, context: &Context<'_>) -> Result<MeterWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers_with(&args.node_key)?;
    let node_key = signers.others.first().map(|other| other.address());
    let (parties, state) = spending(&chain, &args.of, &signers.wallet.address()).await?;
    let terms = MeterTerms {
        price: args.price,
        epoch_cap: args.epoch_cap,
        deposit: args.deposit,
        notice_epochs: args.notice_epochs,
    };
    let instruction = meter_open(&parties, &node_key.unwrap_or(state.node_key), terms);
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the opening", vec![instruction]).await?;
    let output = written(MeterAction::Open, &parties, transaction);
    Ok(MeterWriteOutput {
        credits: Some(CreditsText::new(args.deposit)),
        ..output
    })
}

async fn deposit(
    credits: u64,
    of: &Parties,
    context: &Context<'_>,
) -> Result<MeterWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (parties, _) = spending(&chain, of, &signers.wallet.address()).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = meter_deposit(&parties, credits);
    let transaction = submitter.send("the deposit", vec![instruction]).await?;
    Ok(MeterWriteOutput {
        credits: Some(CreditsText::new(credits)),
        ..written(MeterAction::Deposit, &parties, transaction)
    })
}

/// A meter by its parties; no key signs.
async fn meter_of(
    chain: &Chain,
    of: &Parties,
    customer: Pubkey,
) -> Result<(MeterParties, Meter), CliError> {
    let (operator, _) = chain.operator(&of.operator).await?;
    let parties = MeterParties {
        network: chain.deployment.network,
        customer,
        operator,
        delegate: None,
    };
    let meter = fetch::fetch(&chain.rpc, &parties.meter()).await?;
    Ok((parties, meter))
}

async fn sign(units: u64, of: &Parties, context: &Context<'_>) -> Result<ReceiptOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let key = signers.wallet.key()?;
    let customer = of.customer.unwrap_or(key.pubkey());
    let (parties, meter) = meter_of(&chain, of, customer).await?;
    if meter.signer != key.pubkey() {
        let message = format!("receipts of this meter are signed by {}", meter.signer);
        return Err(CliError::config("signer", message).hint("name its key by -k/--keypair"));
    }
    let address = parties.meter();
    let signature = key.sign_message(&receipt(address.as_array(), meter.number, units));
    Ok(ReceiptOutput {
        meter: address.to_string(),
        number: meter.number,
        units,
        signer: key.pubkey().to_string(),
        signature: signature.to_string(),
    })
}

/// A receipt as it is written on one line or many.
fn read_receipt(path: &PathBuf) -> Result<ReceiptOutput, CliError> {
    let unusable = |why: String| {
        let message = format!("receipt `{}`: {why}", path.display());
        CliError::failed("receipt", message)
            .hint("the customer writes one by `trestle meter sign --output json`")
    };
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        let mut stdin = std::io::stdin().lock().take(RECEIPT_BYTES_MAX);
        stdin.read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(RECEIPT_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(|error| unusable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))
}

/// The runtime's check of a receipt.
fn check(meter: &Pubkey, receipt_text: &ReceiptOutput) -> Result<Instruction, CliError> {
    let unusable = |what: &str| CliError::failed("receipt", format!("the receipt has no {what}"));
    let key = Pubkey::from_str(&receipt_text.signer).map_err(|_| unusable("signer"))?;
    let signature =
        Signature::from_str(&receipt_text.signature).map_err(|_| unusable("signature"))?;
    let message = receipt(meter.as_array(), receipt_text.number, receipt_text.units);
    trestle_sdk::request::verify_signature(&key, &message, &signature)
        .map_err(|_| unusable("signature of its signer"))?;
    signature_check(&key, &message, &signature).ok_or_else(|| unusable("short message"))
}

async fn settle(path: &PathBuf, context: &Context<'_>) -> Result<MeterWriteOutput, CliError> {
    let receipt = read_receipt(path)?;
    let address = Pubkey::from_str(&receipt.meter)
        .map_err(|_| CliError::failed("receipt", "the receipt names no meter"))?;
    let check = check(&address, &receipt)?;
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let meter: Meter = fetch::fetch(&chain.rpc, &address).await?;
    let account: CustomerAccount = fetch::fetch(&chain.rpc, &meter.account).await?;
    let parties = MeterParties {
        network: chain.deployment.network,
        customer: account.customer,
        operator: meter.operator,
        delegate: None,
    };
    let submitter = Submitter::new(context, &chain, &signers);
    // The program reads what was checked right before it.
    let instructions = vec![check, meter_settle(&parties, &meter.service, receipt.units)];
    let transaction = submitter.send("the settlement", instructions).await?;
    let settled = find::<MeterSettled>(&transaction.event_logs, &address::CREDITS_ID);
    let settled = settled.first();
    Ok(MeterWriteOutput {
        credits: settled.map(|event| CreditsText::new(event.consumed)),
        units: settled.map(|event| event.units.to_string()),
        ..written(MeterAction::Settle, &parties, transaction)
    })
}

async fn end(of: &Parties, context: &Context<'_>) -> Result<MeterWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (parties, mut meter) = meter_of(&chain, of, of.customer.unwrap_or(wallet)).await?;
    let by_operator = parties.customer != wallet;
    // What is refused is refused by the program, which says why.
    let ended = meter.end(by_operator, view.epoch);
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = meter_end(&parties, &wallet);
    let transaction = submitter.send("the end", vec![instruction]).await?;
    Ok(MeterWriteOutput {
        credits: Some(CreditsText::new(meter.escrow)),
        end_epoch: ended.ok().map(|()| meter.end_epoch.to_string()),
        ..written(MeterAction::End, &parties, transaction)
    })
}

async fn close(of: &Parties, context: &Context<'_>) -> Result<MeterWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let customer = of.customer.unwrap_or(signers.wallet.address());
    let (parties, meter) = meter_of(&chain, of, customer).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = meter_close(&parties, &meter.signer);
    let transaction = submitter.send("the closing", vec![instruction]).await?;
    let closed = find::<MeterClosed>(&transaction.event_logs, &address::CREDITS_ID);
    let refunded = closed.first().map_or(meter.escrow, |event| event.refunded);
    Ok(MeterWriteOutput {
        credits: Some(CreditsText::new(refunded)),
        ..written(MeterAction::Close, &parties, transaction)
    })
}

fn written(
    action: MeterAction,
    parties: &MeterParties,
    transaction: Transaction,
) -> MeterWriteOutput {
    MeterWriteOutput {
        action,
        meter: parties.meter().to_string(),
        operator: parties.operator.to_string(),
        credits: None,
        units: None,
        end_epoch: None,
        transaction,
    }
}

async fn show(of: &Parties, context: &Context<'_>) -> Result<MeterOutput, CliError> {
    let customer = context.wallet_or(of.customer)?;
    let chain = context.chain().await?;
    let (parties, meter) = meter_of(&chain, of, customer).await?;
    Ok(output(&parties.meter(), &meter, &customer))
}

async fn list(
    customer: Option<Pubkey>,
    operator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<MeterListOutput, CliError> {
    let (chain, filter) = match operator {
        Some(operator) => {
            let chain = context.chain().await?;
            let (operator, _) = chain.operator(&operator).await?;
            (
                chain,
                Filter::address(offset_of!(Meter, operator), &operator),
            )
        }
        None => {
            let customer = context.wallet_or(customer)?;
            let chain = context.chain().await?;
            let account = address::customer(&chain.deployment.network, &customer);
            (chain, Filter::address(offset_of!(Meter, account), &account))
        }
    };
    let found = fetch::list::<Meter>(&chain.rpc, &[filter]).await?;
    let accounts: Vec<Pubkey> = found.iter().map(|(_, meter)| meter.account).collect();
    let accounts = fetch::fetch_many::<CustomerAccount>(&chain.rpc, &accounts).await?;
    let meters = found
        .iter()
        .zip(accounts)
        .filter_map(|((at, meter), account)| {
            // A customer may have meters in other networks too.
            let account = account.filter(|one| one.network == chain.deployment.network)?;
            Some(output(at, meter, &account.customer))
        });
    Ok(MeterListOutput {
        meters: meters.collect(),
    })
}

fn output(address: &Pubkey, meter: &Meter, customer: &Pubkey) -> MeterOutput {
    MeterOutput {
        meter: address.to_string(),
        customer: customer.to_string(),
        operator: meter.operator.to_string(),
        service: meter.service.to_string(),
        signer: meter.signer.to_string(),
        number: meter.number,
        price: CreditsText::new(meter.price),
        epoch_cap: CreditsText::new(meter.epoch_cap),
        units: meter.units,
        deposited: CreditsText::new(meter.deposited),
        used: CreditsText::new(meter.consumed),
        left: CreditsText::new(meter.escrow),
        notice_epochs: meter.notice_epochs,
        end_epoch: (!meter.is_running()).then(|| meter.end_epoch.to_string()),
    }
}
