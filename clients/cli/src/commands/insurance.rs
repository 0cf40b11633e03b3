//! `trestle insurance`: credits for customers whom service credits do not make whole.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::{price::stable_for_credits, units::Credits};
use trestle_sdk::{
    address,
    amount::{Amount, CREDIT_DECIMALS},
    encoding::string,
    fetch::{self, Market},
    instruction::billing::insurance_pay,
};

use crate::{
    context::{self, Context},
    error::{CliError, Kind},
    send::{Submitter, Transaction},
    text::{row, CreditsText, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum InsuranceCommand {
    /// Buy credits for a customer out of the insurance; only the network's authority can
    Pay {
        /// Wallet of the customer, who has an account with the network
        customer: Pubkey,
        /// Credits, or ALL that the insurance can buy
        credits: Amount,
        /// Number of the payment [default: that of the next one]; with a number, a command that is
        /// repeated pays once
        #[arg(long, value_name = "NUMBER")]
        payment: Option<u64>,
    },
}

/// `insurance pay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InsurancePayOutput {
    pub customer: String,
    /// Number of the payment.
    #[serde(with = "string")]
    pub payment: u64,
    pub credits: CreditsText,
    /// What left the insurance for them.
    pub cost: TokenText,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for InsurancePayOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Customer", &self.customer)?;
        row(f, "Payment", format!("number {}", self.payment))?;
        row(f, "Credits", &self.credits)?;
        row(f, "Cost", &self.cost)?;
        self.transaction.fmt(f)
    }
}

pub async fn run(command: &InsuranceCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        InsuranceCommand::Pay {
            customer,
            credits,
            payment,
        } => context.print(&pay(customer, credits, *payment, context).await?),
    }
}

async fn pay(
    customer: &Pubkey,
    credits: &Amount,
    payment: Option<u64>,
    context: &Context<'_>,
) -> Result<InsurancePayOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let book = &chain.deployment;
    let market: Market = fetch::fetch(&chain.rpc, &book.market).await?;
    let next = market.insurance_payments;
    if payment.is_some_and(|payment| payment != next) {
        return Err(not_next(next));
    }
    let vault = address::insurance_stable_vault(&book.market);
    let held = fetch::token_balance(&chain.rpc, &vault).await?;
    let held = held.map_or(0, |balance| balance.amount);
    let affordable = held.checked_div(cost(1)?).unwrap_or_default();
    let credits = context::units(credits, CREDIT_DECIMALS, affordable, "the insurance")?;
    let wallet = submitter.wallet();
    let instruction = insurance_pay(&wallet, &book.network, customer, credits, next);
    Ok(InsurancePayOutput {
        customer: customer.to_string(),
        payment: next,
        credits: CreditsText::new(credits),
        cost: chain.stable(cost(credits)?),
        transaction: submitter.send("the payment", vec![instruction]).await?,
    })
}

/// Of a payment that is made already, or that others come before.
fn not_next(next: u64) -> CliError {
    let message = format!("the insurance's next payment has the number {next}");
    CliError::new(Kind::Rejected, "WrongPayment", message)
        .hint("a smaller number is paid already: leave the number out for another payment")
}

/// Micro-dollars.
fn cost(credits: u64) -> Result<u64, CliError> {
    stable_for_credits(Credits(credits))
        .map(|cost| cost.0)
        .map_err(|error| CliError::usage(format!("that is too much: {error}")))
}
