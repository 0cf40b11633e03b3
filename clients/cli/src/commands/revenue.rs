//! `trestle revenue` and `trestle treasury`: what customers paid, and who gets it.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    amount::{Amount, STABLE_DECIMALS},
    encoding::string,
    event::{credits::RevenueReleased, find},
    fetch::{self, Market, ServiceRevenue},
    instruction::{
        billing::{revenue_release, treasury_open, treasury_withdraw},
        credits::revenue_open,
        token::token_account_create,
    },
};

use crate::{
    context::{self, Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    text::{percent, row, CreditsText, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum RevenueCommand {
    /// Show what customers used up, and what was released of it
    Show,
    /// Count what customers pay for the service from now on; anybody may
    Open,
    /// Pay treasury, insurance and the operators' pool what is due of the revenue; anybody may
    Release,
}

#[derive(Debug, Subcommand)]
pub enum TreasuryCommand {
    /// Show what treasury and insurance hold
    Show,
    /// Open the vaults of treasury and insurance; anybody may
    Open,
    /// Take stablecoin out of the treasury; only the network's authority can
    Withdraw {
        /// Dollars, or ALL that is there
        amount: Amount,
        /// Token account that gets it [default: the signing key's own, created if missing]
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Pubkey>,
    },
}

/// `revenue show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevenueOutput {
    pub service: String,
    /// By work that was delivered.
    pub used: CreditsText,
    /// Of these, released.
    pub released: CreditsText,
    /// What the operators got for them.
    pub operators: TokenText,
    /// In the vault that all sales go to.
    pub vault: TokenText,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
}

/// `revenue open` and `revenue release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevenueWriteOutput {
    pub service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<ReleasedText>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// Who got how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleasedText {
    pub credits: CreditsText,
    pub operators: TokenText,
    pub treasury: TokenText,
    pub insurance: TokenText,
}

/// `treasury show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreasuryOutput {
    pub treasury: String,
    pub balance: TokenText,
    pub insurance: String,
    pub insurance_balance: TokenText,
    /// Payments that the insurance made.
    #[serde(with = "string")]
    pub insurance_payments: u64,
}

/// `treasury open` and `treasury withdraw`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreasuryWriteOutput {
    pub treasury: String,
    /// What was taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<TokenText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for RevenueOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Service", &self.service)?;
        row(f, "Used up", &self.used)?;
        row(f, "Released", &self.released)?;
        row(f, "To operators", &self.operators)?;
        row(f, "In the vault", &self.vault)?;
        row(f, "Treasury's share", percent(self.protocol_fee_bps.into()))?;
        row(
            f,
            "Insurance's share",
            percent(self.insurance_fee_bps.into()),
        )
    }
}

impl fmt::Display for RevenueWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Service", &self.service)?;
        if let Some(released) = &self.released {
            row(f, "Released", &released.credits)?;
            row(f, "To operators", &released.operators)?;
            row(f, "To the treasury", &released.treasury)?;
            row(f, "To the insurance", &released.insurance)?;
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for TreasuryOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Treasury", &self.treasury)?;
        row(f, "Balance", &self.balance)?;
        row(f, "Insurance", &self.insurance)?;
        row(f, "Balance", &self.insurance_balance)?;
        row(f, "Payments", self.insurance_payments)
    }
}

impl fmt::Display for TreasuryWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Treasury", &self.treasury)?;
        if let Some(amount) = &self.amount {
            row(f, "Withdrawn", amount)?;
        }
        if let Some(to) = &self.to {
            row(f, "To", to)?;
        }
        self.transaction.fmt(f)
    }
}

pub async fn run(command: &RevenueCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        RevenueCommand::Show => context.print(&show(context).await?),
        RevenueCommand::Open => context.print(&open(context).await?),
        RevenueCommand::Release => context.print(&release(context).await?),
    }
}

pub async fn run_treasury(
    command: &TreasuryCommand,
    context: &Context<'_>,
) -> Result<(), CliError> {
    match command {
        TreasuryCommand::Show => context.print(&treasury(context).await?),
        TreasuryCommand::Open => context.print(&open_treasury(context).await?),
        TreasuryCommand::Withdraw { amount, to } => {
            context.print(&withdraw(amount, *to, context).await?)
        }
    }
}

async fn balance(chain: &Chain, vault: &Pubkey) -> Result<u64, CliError> {
    let balance = fetch::token_balance(&chain.rpc, vault).await?;
    Ok(balance.map_or(0, |balance| balance.amount))
}

async fn show(context: &Context<'_>) -> Result<RevenueOutput, CliError> {
    let chain = context.chain().await?;
    let book = &chain.deployment;
    let market: Market = fetch::fetch(&chain.rpc, &book.market).await?;
    let address = address::revenue(&book.service);
    let revenue: ServiceRevenue = fetch::fetch(&chain.rpc, &address).await?;
    Ok(RevenueOutput {
        service: book.service.to_string(),
        used: CreditsText::new(revenue.consumed),
        released: CreditsText::new(revenue.released_credits),
        operators: chain.stable(revenue.released_stable),
        vault: chain.stable(balance(&chain, &market.revenue_vault).await?),
        protocol_fee_bps: market.protocol_fee_bps,
        insurance_fee_bps: market.insurance_fee_bps,
    })
}

async fn open(context: &Context<'_>) -> Result<RevenueWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let service = &chain.deployment.service;
    let instruction = revenue_open(&submitter.payer(), service);
    Ok(RevenueWriteOutput {
        service: service.to_string(),
        released: None,
        transaction: submitter.send("the opening", vec![instruction]).await?,
    })
}

async fn release(context: &Context<'_>) -> Result<RevenueWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let book = &chain.deployment;
    let instruction = revenue_release(&book.network, &book.service);
    let transaction = submitter.send("the release", vec![instruction]).await?;
    let released = find::<RevenueReleased>(&transaction.event_logs, &address::CREDITS_ID);
    Ok(RevenueWriteOutput {
        service: book.service.to_string(),
        released: released.first().map(|event| ReleasedText {
            credits: CreditsText::new(event.credits),
            operators: chain.stable(event.operators),
            treasury: chain.stable(event.protocol),
            insurance: chain.stable(event.insurance),
        }),
        transaction,
    })
}

async fn treasury(context: &Context<'_>) -> Result<TreasuryOutput, CliError> {
    let chain = context.chain().await?;
    let address = &chain.deployment.market;
    let market: Market = fetch::fetch(&chain.rpc, address).await?;
    let treasury = address::treasury(address);
    let insurance = address::insurance_stable_vault(address);
    Ok(TreasuryOutput {
        treasury: treasury.to_string(),
        balance: chain.stable(balance(&chain, &treasury).await?),
        insurance: insurance.to_string(),
        insurance_balance: chain.stable(balance(&chain, &insurance).await?),
        insurance_payments: market.insurance_payments,
    })
}

async fn open_treasury(context: &Context<'_>) -> Result<TreasuryWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let book = &chain.deployment;
    let instruction = treasury_open(&submitter.payer(), &book.network, &book.stable_mint);
    Ok(TreasuryWriteOutput {
        treasury: address::treasury(&book.market).to_string(),
        amount: None,
        to: None,
        transaction: submitter.send("the opening", vec![instruction]).await?,
    })
}

async fn withdraw(
    amount: &Amount,
    to: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<TreasuryWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, book) = (submitter.wallet(), &chain.deployment);
    let treasury = address::treasury(&book.market);
    let held = balance(&chain, &treasury).await?;
    let units = context::units(amount, STABLE_DECIMALS, held, "the treasury")?;
    let own = address::token_account(&wallet, &book.stable_mint);
    let to = to.unwrap_or(own);
    let mut instructions = Vec::new();
    if to == own {
        let create = token_account_create(&submitter.payer(), &wallet, &book.stable_mint);
        instructions.push(create);
    }
    instructions.push(treasury_withdraw(&wallet, &book.network, &to, units));
    Ok(TreasuryWriteOutput {
        treasury: treasury.to_string(),
        amount: Some(chain.stable(units)),
        to: Some(to.to_string()),
        transaction: submitter.send("the withdrawal", instructions).await?,
    })
}
