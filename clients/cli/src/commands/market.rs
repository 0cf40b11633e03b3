//! `trestle market`: the rules of the network's credit market, and changes of them.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use trestle_core::{change::due_epoch, units::Epoch};
use trestle_sdk::{
    address,
    fetch::{self, Market, MarketChange},
    instruction::billing::{
        market_change_apply, market_change_cancel, market_change_propose, MarketTerms,
    },
};

use crate::{
    commands::change::{parameter, ChangeAction, ChangeOutput, ChangeShowOutput, ParameterText},
    context::{Chain, Context},
    error::CliError,
    send::Submitter,
    text::{duration, percent, row, CreditsText, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum MarketCommand {
    /// Show the market's rules, and where every credit is
    Show,
    /// Change the market's rules, with notice
    #[command(subcommand)]
    Change(MarketChangeCommand),
}

#[derive(Debug, Subcommand)]
pub enum MarketChangeCommand {
    /// Propose other rules; what is left out stays as it is
    #[command(after_help = "Example: trestle market change propose --protocol-fee-bps 500")]
    Propose(MarketTermsArgs),
    /// Apply the pending change when it is due; anybody can
    Apply,
    /// Cancel the pending change
    Cancel,
    /// Show the pending change
    Show,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct MarketTermsArgs {
    /// Most credits that the biller may ever be allowed to sell a day
    #[arg(long, value_name = "CREDITS")]
    pub biller_cap: Option<u64>,
    /// Greatest age of a price
    #[arg(long, value_name = "SECONDS")]
    pub max_age_seconds: Option<u32>,
    /// Widest confidence of a price, in basis points
    #[arg(long, value_name = "BPS")]
    pub max_conf_bps: Option<u16>,
    /// Share of released revenue that goes to the treasury, in basis points
    #[arg(long, value_name = "BPS")]
    pub protocol_fee_bps: Option<u16>,
    /// Share of released revenue that goes to the insurance, in basis points
    #[arg(long, value_name = "BPS")]
    pub insurance_fee_bps: Option<u16>,
}

/// `market show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarketOutput {
    pub market: String,
    pub price_account: String,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    pub biller_cap: CreditsText,
    pub sold: CreditsText,
    pub in_wallets: CreditsText,
    pub in_accounts: CreditsText,
    pub in_leases: CreditsText,
    pub frozen: CreditsText,
    pub used: CreditsText,
    pub taken_back: CreditsText,
    /// Of card sales that can still be reversed.
    pub reversible: CreditsText,
    pub released: TokenText,
}

impl MarketTermsArgs {
    fn over(&self, now: &MarketTerms) -> MarketTerms {
        MarketTerms {
            biller_cap: self.biller_cap.unwrap_or(now.biller_cap),
            max_age_seconds: self.max_age_seconds.unwrap_or(now.max_age_seconds),
            max_conf_bps: self.max_conf_bps.unwrap_or(now.max_conf_bps),
            protocol_fee_bps: self.protocol_fee_bps.unwrap_or(now.protocol_fee_bps),
            insurance_fee_bps: self.insurance_fee_bps.unwrap_or(now.insurance_fee_bps),
        }
    }
}

impl fmt::Display for MarketOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Market", &self.market)?;
        row(f, "Price from", &self.price_account)?;
        let age = duration(self.max_age_seconds.into());
        let width = percent(self.max_conf_bps.into());
        row(f, "Price at most", format!("{age} old, {width} wide"))?;
        row(f, "Treasury's share", percent(self.protocol_fee_bps.into()))?;
        row(
            f,
            "Insurance's share",
            percent(self.insurance_fee_bps.into()),
        )?;
        row(f, "Cards at most", format!("{} a day", self.biller_cap))?;
        row(f, "Sold", &self.sold)?;
        row(f, "  in wallets", &self.in_wallets)?;
        row(f, "  in accounts", &self.in_accounts)?;
        row(f, "  in leases", &self.in_leases)?;
        row(f, "  frozen", &self.frozen)?;
        row(f, "  used up", &self.used)?;
        row(f, "  taken back", &self.taken_back)?;
        row(f, "Reversible still", &self.reversible)?;
        row(f, "Released", &self.released)
    }
}

pub async fn run(command: &MarketCommand, context: &Context<'_>) -> Result<(), CliError> {
    let command = match command {
        MarketCommand::Show => return context.print(&show(context).await?),
        MarketCommand::Change(command) => command,
    };
    match command {
        MarketChangeCommand::Propose(args) => context.print(&propose(args, context).await?),
        MarketChangeCommand::Apply => context.print(&finish(ChangeAction::Apply, context).await?),
        MarketChangeCommand::Cancel => context.print(&finish(ChangeAction::Cancel, context).await?),
        MarketChangeCommand::Show => context.print(&show_change(context).await?),
    }
}

async fn show(context: &Context<'_>) -> Result<MarketOutput, CliError> {
    let chain = context.chain().await?;
    let address = &chain.deployment.market;
    let market: Market = fetch::fetch(&chain.rpc, address).await?;
    let in_wallets = market.in_wallets().map_or(0, |credits| credits.0);
    Ok(MarketOutput {
        market: address.to_string(),
        price_account: market.price_account.to_string(),
        max_age_seconds: market.max_age_seconds,
        max_conf_bps: market.max_conf_bps,
        protocol_fee_bps: market.protocol_fee_bps,
        insurance_fee_bps: market.insurance_fee_bps,
        biller_cap: CreditsText::new(market.biller_cap),
        sold: CreditsText::new(market.minted),
        in_wallets: CreditsText::new(in_wallets),
        in_accounts: CreditsText::new(market.held),
        in_leases: CreditsText::new(market.escrowed),
        frozen: CreditsText::new(market.frozen),
        used: CreditsText::new(market.consumed),
        taken_back: CreditsText::new(market.returned),
        reversible: CreditsText::new(market.pending),
        released: chain.stable(market.released_stable),
    })
}

async fn propose(args: &MarketTermsArgs, context: &Context<'_>) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let view = chain.view().await?;
    let book = &chain.deployment;
    let market: Market = fetch::fetch(&chain.rpc, &book.market).await?;
    let terms = args.over(&market.terms());
    let instruction = market_change_propose(&submitter.wallet(), &book.network, terms);
    Ok(ChangeOutput {
        action: ChangeAction::Propose,
        target: book.market.to_string(),
        due_epoch: Some(due_epoch(Epoch(view.epoch)).0.to_string()),
        parameters: parameters(&market.terms(), &terms),
        transaction: submitter.send("the proposal", vec![instruction]).await?,
    })
}

async fn finish(action: ChangeAction, context: &Context<'_>) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (market, change) = pending(&chain).await?;
    let network = &chain.deployment.network;
    let instruction = match action {
        ChangeAction::Cancel => market_change_cancel(&submitter.wallet(), network),
        _ => market_change_apply(network, &change.proposer),
    };
    Ok(ChangeOutput {
        action,
        target: chain.deployment.market.to_string(),
        due_epoch: Some(change.due_epoch.to_string()),
        parameters: parameters(&market.terms(), &change.terms()),
        transaction: submitter.send("the change", vec![instruction]).await?,
    })
}

async fn show_change(context: &Context<'_>) -> Result<ChangeShowOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (market, change) = pending(&chain).await?;
    Ok(ChangeShowOutput {
        target: chain.deployment.market.to_string(),
        due_epoch: change.due_epoch,
        epoch: view.epoch,
        parameters: parameters(&market.terms(), &change.terms()),
    })
}

async fn pending(chain: &Chain) -> Result<(Market, MarketChange), CliError> {
    let target = &chain.deployment.market;
    let market: Market = fetch::fetch(&chain.rpc, target).await?;
    let change = fetch::fetch(&chain.rpc, &address::market_change(target)).await?;
    Ok((market, change))
}

/// What differs.
fn parameters(before: &MarketTerms, after: &MarketTerms) -> Vec<ParameterText> {
    let one =
        |name, text: &dyn Fn(&MarketTerms) -> String| parameter((name, text(before), text(after)));
    let rows = [
        one("billerCap", &|terms| {
            CreditsText::new(terms.biller_cap).to_string()
        }),
        one("maxAge", &|terms| duration(terms.max_age_seconds.into())),
        one("maxConfidence", &|terms| percent(terms.max_conf_bps.into())),
        one("protocolFee", &|terms| {
            percent(terms.protocol_fee_bps.into())
        }),
        one("insuranceFee", &|terms| {
            percent(terms.insurance_fee_bps.into())
        }),
    ];
    rows.into_iter().flatten().collect()
}
