//! `trestle card biller`: who sells credits to people who pay by card, and how much.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    fetch::{self, Biller},
    instruction::billing::{biller_set, BillerParams},
};

use crate::{
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    text::{duration, row, CreditsText},
};

/// Seconds of a day.
const DAY_SECONDS: u32 = 86_400;

#[derive(Debug, Subcommand)]
pub enum BillerCommand {
    /// Name who sells by card, and its limits; only the network's authority can
    #[command(
        after_help = "Example: trestle card biller set --key KEY --daily-cap 5000000 \
        --chargeback-days 120"
    )]
    Set(SetArgs),
    /// Show who sells by card, its limits, and what it sold
    Show,
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// Who sells; the zero address stops all card sales
    #[arg(long, value_name = "ADDRESS")]
    pub key: Pubkey,
    /// Most credits that it sells a day
    #[arg(long, value_name = "CREDITS")]
    pub daily_cap: u64,
    /// Days after a sale in which it can be reversed
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=180))]
    pub chargeback_days: u32,
}

/// `card biller set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillerSetOutput {
    pub key: String,
    pub daily_cap: CreditsText,
    pub chargeback_seconds: u32,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `card biller show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillerOutput {
    pub biller: String,
    pub key: String,
    pub daily_cap: CreditsText,
    pub chargeback_seconds: u32,
    pub sold: CreditsText,
    pub refunded: CreditsText,
    pub charged_back: CreditsText,
}

impl fmt::Display for BillerSetOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Sells by card", &self.key)?;
        row(f, "At most a day", &self.daily_cap)?;
        let window = duration(self.chargeback_seconds.into());
        row(f, "Reversible for", window)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for BillerOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Biller", &self.biller)?;
        row(f, "Sells by card", &self.key)?;
        row(f, "At most a day", &self.daily_cap)?;
        let window = duration(self.chargeback_seconds.into());
        row(f, "Reversible for", window)?;
        row(f, "Sold", &self.sold)?;
        row(f, "Refunded", &self.refunded)?;
        row(f, "Charged back", &self.charged_back)
    }
}

pub async fn run(command: &BillerCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        BillerCommand::Set(args) => context.print(&set(args, context).await?),
        BillerCommand::Show => context.print(&show(context).await?),
    }
}

pub async fn fetch_biller(chain: &Chain) -> Result<Biller, CliError> {
    let address = address::biller(&chain.deployment.market);
    Ok(fetch::fetch(&chain.rpc, &address).await?)
}

async fn set(args: &SetArgs, context: &Context<'_>) -> Result<BillerSetOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let chargeback_seconds = args.chargeback_days.saturating_mul(DAY_SECONDS);
    let params = BillerParams {
        key: args.key,
        daily_cap: args.daily_cap,
        chargeback_seconds,
    };
    let instruction = biller_set(&submitter.wallet(), &chain.deployment.network, params);
    Ok(BillerSetOutput {
        key: args.key.to_string(),
        daily_cap: CreditsText::new(args.daily_cap),
        chargeback_seconds,
        transaction: submitter.send("the setting", vec![instruction]).await?,
    })
}

async fn show(context: &Context<'_>) -> Result<BillerOutput, CliError> {
    let chain = context.chain().await?;
    let biller = fetch_biller(&chain).await?;
    Ok(BillerOutput {
        biller: address::biller(&chain.deployment.market).to_string(),
        key: biller.key.to_string(),
        daily_cap: CreditsText::new(biller.daily_cap),
        chargeback_seconds: biller.chargeback_seconds,
        sold: CreditsText::new(biller.sold),
        refunded: CreditsText::new(biller.refunded),
        charged_back: CreditsText::new(biller.charged_back),
    })
}
