//! `trestle credits topup`: an account that buys credits by itself when it runs low.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    amount::{Decimal, STABLE_DECIMALS},
    encoding::string,
    event::{credits::ToppedUp, find},
    fetch::{self, Topup},
    instruction::{
        billing::{topup_remove, topup_run, topup_set, TopupParams},
        token::{token_approve, token_revoke},
    },
};

use crate::{
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    text::{count, row, CreditsText, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum TopupCommand {
    /// Let the account buy credits by itself, and approve the stablecoin for it
    #[command(
        after_help = "Example: trestle credits topup set --floor 100000 --amount 500000 \
        --period-epochs 1 --allowance 50"
    )]
    Set(SetArgs),
    /// Stop buying, and take back what was approved
    Remove,
    /// Buy now for an account that has run low; anybody may
    Run {
        /// Wallet of the customer [default: the signing key]
        customer: Option<Pubkey>,
    },
    /// Show the rules, and how much is approved still
    Show {
        /// Wallet of the customer [default: the signing key]
        customer: Option<Pubkey>,
    },
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// Buy below this balance, in credits
    #[arg(long, value_name = "CREDITS")]
    pub floor: u64,
    /// Buy so many credits at a time
    #[arg(long, value_name = "CREDITS")]
    pub amount: u64,
    /// Epochs between two purchases
    #[arg(long, value_name = "EPOCHS", default_value_t = 1)]
    pub period_epochs: u32,
    /// Most that may ever be taken, in dollars, until it is set again [default: as approved before]
    #[arg(long, value_name = "DOLLARS")]
    pub allowance: Option<Decimal>,
    /// Stablecoin account that pays [default: the wallet's own]
    #[arg(long, value_name = "ADDRESS")]
    pub source: Option<Pubkey>,
}

/// What was done with a top-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TopupAction {
    Set,
    Remove,
    Run,
}

/// `credits topup set`, `credits topup remove` and `credits topup run`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopupWriteOutput {
    pub action: TopupAction,
    pub customer: String,
    /// Bought at a time, or now.
    pub credits: CreditsText,
    /// Paid now, or approved now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable: Option<TokenText>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `credits topup show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopupOutput {
    pub customer: String,
    pub floor: CreditsText,
    pub amount: CreditsText,
    pub period_epochs: u32,
    /// First epoch in which it may buy again.
    #[serde(with = "string")]
    pub next_epoch: u64,
    pub bought: CreditsText,
    pub source: String,
    /// In the source.
    pub balance: TokenText,
    /// What may still be taken of it.
    pub allowance: TokenText,
}

impl fmt::Display for TopupWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Customer", &self.customer)?;
        let (label, money) = match self.action {
            TopupAction::Set => ("Buys at a time", "Approved"),
            TopupAction::Remove => ("Buys no more", ""),
            TopupAction::Run => ("Bought", "Paid"),
        };
        row(f, label, &self.credits)?;
        if let Some(stable) = &self.stable {
            row(f, money, stable)?;
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for TopupOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Customer", &self.customer)?;
        row(f, "Buys below", &self.floor)?;
        row(f, "Buys at a time", &self.amount)?;
        let period = count(self.period_epochs.into(), "epoch");
        row(f, "At most every", period)?;
        row(f, "Next", format!("from epoch {}", self.next_epoch))?;
        row(f, "Bought so far", &self.bought)?;
        row(f, "Paid from", &self.source)?;
        row(f, "Balance there", &self.balance)?;
        row(f, "Approved still", &self.allowance)
    }
}

pub async fn run(command: &TopupCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        TopupCommand::Set(args) => context.print(&set(args, context).await?),
        TopupCommand::Remove => context.print(&remove(context).await?),
        TopupCommand::Run { customer } => context.print(&buy(*customer, context).await?),
        TopupCommand::Show { customer } => context.print(&show(*customer, context).await?),
    }
}

fn address_of(chain: &Chain, customer: &Pubkey) -> Pubkey {
    address::topup(&address::customer(&chain.deployment.network, customer))
}

async fn set(args: &SetArgs, context: &Context<'_>) -> Result<TopupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, book) = (submitter.wallet(), &chain.deployment);
    let own = address::token_account(&wallet, &book.stable_mint);
    let source = args.source.unwrap_or(own);
    let params = TopupParams {
        floor: args.floor,
        amount: args.amount,
        period_epochs: args.period_epochs,
    };
    let mut instructions = vec![topup_set(&wallet, &book.network, &source, params)];
    let allowance = args.allowance.as_ref();
    let allowance = allowance.map(|dollars| dollars.to_base_units(STABLE_DECIMALS));
    let allowance = allowance.transpose()?;
    if let Some(amount) = allowance {
        let spender = address_of(&chain, &wallet);
        instructions.push(token_approve(&source, &spender, &wallet, amount));
    }
    Ok(TopupWriteOutput {
        action: TopupAction::Set,
        customer: wallet.to_string(),
        credits: CreditsText::new(args.amount),
        stable: allowance.map(|amount| chain.stable(amount)),
        transaction: submitter.send("the setting", instructions).await?,
    })
}

async fn remove(context: &Context<'_>) -> Result<TopupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let address = address_of(&chain, &wallet);
    let topup: Topup = fetch::fetch(&chain.rpc, &address).await?;
    let mut instructions = vec![topup_remove(&wallet, &chain.deployment.network)];
    let source = fetch::token_balance(&chain.rpc, &topup.source).await?;
    // Somebody else's approval is not ours to take back.
    if source.is_some_and(|one| one.owner == wallet && one.delegate == Some(address)) {
        instructions.push(token_revoke(&topup.source, &wallet));
    }
    Ok(TopupWriteOutput {
        action: TopupAction::Remove,
        customer: wallet.to_string(),
        credits: CreditsText::new(topup.amount),
        stable: None,
        transaction: submitter.send("the removal", instructions).await?,
    })
}

async fn buy(
    customer: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<TopupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let customer = customer.unwrap_or(signers.wallet.address());
    let topup: Topup = fetch::fetch(&chain.rpc, &address_of(&chain, &customer)).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = topup_run(&customer, &chain.deployment.network, &topup.source);
    let transaction = submitter.send("the purchase", vec![instruction]).await?;
    let bought = find::<ToppedUp>(&transaction.event_logs, &address::CREDITS_ID);
    let paid = bought.first().map(|event| event.stable_paid);
    Ok(TopupWriteOutput {
        action: TopupAction::Run,
        customer: customer.to_string(),
        credits: CreditsText::new(topup.amount),
        stable: paid.map(|amount| chain.stable(amount)),
        transaction,
    })
}

async fn show(customer: Option<Pubkey>, context: &Context<'_>) -> Result<TopupOutput, CliError> {
    let customer = context.wallet_or(customer)?;
    let chain = context.chain().await?;
    let address = address_of(&chain, &customer);
    let topup: Topup = fetch::fetch(&chain.rpc, &address).await?;
    let source = fetch::token_balance(&chain.rpc, &topup.source).await?;
    let approved = source.filter(|one| one.delegate == Some(address));
    Ok(TopupOutput {
        customer: customer.to_string(),
        floor: CreditsText::new(topup.floor),
        amount: CreditsText::new(topup.amount),
        period_epochs: topup.period_epochs,
        next_epoch: topup.next_epoch,
        bought: CreditsText::new(topup.bought),
        source: topup.source.to_string(),
        balance: chain.stable(source.map_or(0, |one| one.amount)),
        allowance: chain.stable(approved.map_or(0, |one| one.delegated)),
    })
}
