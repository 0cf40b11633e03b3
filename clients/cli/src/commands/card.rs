//! `trestle card`: credits that are sold to people who pay by card.

use std::{fmt, mem::offset_of};

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_credits::constants::{SALE_FROZEN, SALE_KEPT, SALE_OPEN};
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, CardSale, CustomerAccount, Filter},
    instruction::beside::payment_id,
    instruction::billing::{
        card_chargeback, card_chargeback_resolve, card_close, card_refund, card_sell, CardPayment,
    },
    time::chain_time,
};

use crate::{
    commands::biller::{self, BillerCommand},
    context::{Chain, Context, Signers},
    error::CliError,
    send::{Submitter, Transaction},
    signer::SignerSource,
    text::{relative, row, CreditsText},
};

#[derive(Debug, Subcommand)]
pub enum CardCommand {
    /// Give a customer the credits that a payment bought; to be repeated without harm
    #[command(
        after_help = "Example: trestle card sell --payment pi_3PqT --customer WALLET \
        --credits 500000"
    )]
    Sell(SellArgs),
    /// Undo a whole sale; the customer signs too
    Refund {
        #[command(flatten)]
        of: PaymentArgs,
        /// Key of the customer
        #[arg(long, value_name = "SOURCE")]
        customer: SignerSource,
    },
    /// Freeze what is unspent of a sale, because the card's holder disputes the payment
    Chargeback(PaymentArgs),
    /// Say how a chargeback ended; anybody may say that it is kept, when its time is over
    Resolve {
        #[command(flatten)]
        of: PaymentArgs,
        #[command(flatten)]
        verdict: VerdictArgs,
    },
    /// Close the record of a sale that is final; anybody may
    Close(PaymentArgs),
    /// Show a sale
    Show(PaymentArgs),
    /// List the sales that are not closed
    List {
        /// Wallet of a customer [default: all]
        #[arg(long, value_name = "ADDRESS")]
        customer: Option<Pubkey>,
    },
    /// Who may sell by card, and how much
    #[command(subcommand)]
    Biller(BillerCommand),
}

#[derive(Debug, Args)]
pub struct PaymentArgs {
    /// What the payment processor calls the payment
    #[arg(long, value_name = "NAME")]
    pub payment: String,
}

#[derive(Debug, Args)]
pub struct SellArgs {
    #[command(flatten)]
    pub of: PaymentArgs,
    /// Wallet of the customer
    #[arg(long, value_name = "ADDRESS")]
    pub customer: Pubkey,
    /// How many credits the payment bought
    #[arg(long, value_name = "CREDITS")]
    pub credits: u64,
    /// When it was paid, in unix seconds [default: now]
    #[arg(long, value_name = "SECONDS")]
    pub paid_at: Option<i64>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct VerdictArgs {
    /// The customer's bank took the money back
    #[arg(long)]
    pub lost: bool,
    /// The customer keeps the credits
    #[arg(long)]
    pub kept: bool,
}

/// What was done with a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CardAction {
    Sell,
    Refund,
    Chargeback,
    Lost,
    Kept,
    Close,
}

/// `card sell`, `card refund`, `card chargeback`, `card resolve` and `card close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardWriteOutput {
    pub action: CardAction,
    pub sale: String,
    pub customer: String,
    /// That were bought.
    pub credits: CreditsText,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `card show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardSaleOutput {
    pub sale: String,
    pub status: SaleStatus,
    pub customer: String,
    pub credits: CreditsText,
    pub frozen: CreditsText,
    /// Unix seconds from which the sale cannot be reversed.
    #[serde(with = "string")]
    pub final_at: i64,
    #[serde(skip)]
    pub now: i64,
}

/// How a sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SaleStatus {
    Open,
    Frozen,
    Reversed,
    Kept,
}

/// `card list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardListOutput {
    pub sales: Vec<CardSaleOutput>,
}

impl fmt::Display for CardWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            CardAction::Sell => "Sold",
            CardAction::Refund => "Refunded",
            CardAction::Chargeback => "Disputed",
            CardAction::Lost => "Taken back",
            CardAction::Kept => "Kept",
            CardAction::Close => "Closed",
        };
        row(f, label, &self.credits)?;
        row(f, "Customer", &self.customer)?;
        row(f, "Sale", &self.sale)?;
        self.transaction.fmt(f)
    }
}

impl SaleStatus {
    fn of(status: u8) -> Self {
        match status {
            SALE_OPEN => Self::Open,
            SALE_FROZEN => Self::Frozen,
            SALE_KEPT => Self::Kept,
            _ => Self::Reversed,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Frozen => "disputed",
            Self::Reversed => "reversed",
            Self::Kept => "kept by the customer",
        }
    }
}

impl fmt::Display for CardSaleOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Sale", &self.sale)?;
        row(f, "State", self.status.text())?;
        row(f, "Customer", &self.customer)?;
        row(f, "Credits", &self.credits)?;
        if self.frozen.credits > 0 {
            row(f, "Frozen", &self.frozen)?;
        }
        row(f, "Final", relative(self.final_at, self.now))
    }
}

impl fmt::Display for CardListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sales.is_empty() {
            return writeln!(f, "No sale is open.");
        }
        for one in &self.sales {
            let when = relative(one.final_at, one.now);
            writeln!(
                f,
                "{}  {}  {}  final {when}  customer {}",
                one.sale,
                one.status.text(),
                one.credits,
                one.customer
            )?;
        }
        Ok(())
    }
}

pub async fn run(command: &CardCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        CardCommand::Sell(args) => context.print(&sell(args, context).await?),
        CardCommand::Refund { of, customer } => {
            let signers = context.signers_with(customer)?;
            context.print(&reverse(CardAction::Refund, of, &signers, context).await?)
        }
        CardCommand::Chargeback(of) => {
            let signers = context.signers()?;
            context.print(&reverse(CardAction::Chargeback, of, &signers, context).await?)
        }
        CardCommand::Resolve { of, verdict } => {
            let action = if verdict.lost {
                CardAction::Lost
            } else {
                CardAction::Kept
            };
            context.print(&reverse(action, of, &context.signers()?, context).await?)
        }
        CardCommand::Close(of) => {
            let signers = context.signers()?;
            context.print(&reverse(CardAction::Close, of, &signers, context).await?)
        }
        CardCommand::Show(of) => context.print(&show(of, context).await?),
        CardCommand::List { customer } => context.print(&list(*customer, context).await?),
        CardCommand::Biller(command) => biller::run(command, context).await,
    }
}

async fn sell(args: &SellArgs, context: &Context<'_>) -> Result<CardWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let book = &chain.deployment;
    let account = address::customer(&book.network, &args.customer);
    let account = fetch::fetch_optional::<CustomerAccount>(&chain.rpc, &account).await?;
    if account.is_none() {
        let message = format!("{} has no account for credits yet", args.customer);
        return Err(CliError::failed("no-account", message)
            .hint("the customer opens one by `trestle credits deposit`"));
    }
    let paid_at = match args.paid_at {
        Some(at) => at,
        None => chain_time(&chain.rpc).await?.unix_seconds,
    };
    let payment = payment(&chain, &signers, &args.of.payment, args.customer);
    let instruction = card_sell(&payment, args.credits, paid_at);
    let submitter = Submitter::new(context, &chain, &signers);
    Ok(CardWriteOutput {
        action: CardAction::Sell,
        sale: address::card_sale(&book.market, &payment.payment_id).to_string(),
        customer: args.customer.to_string(),
        credits: CreditsText::new(args.credits),
        transaction: submitter.send("the sale", vec![instruction]).await?,
    })
}

fn payment(chain: &Chain, signers: &Signers, name: &str, customer: Pubkey) -> CardPayment {
    let seller = signers.wallet.address();
    CardPayment {
        network: chain.deployment.network,
        seller,
        seller_stable: address::token_account(&seller, &chain.deployment.stable_mint),
        customer,
        payment_id: payment_id(name),
    }
}

/// A sale, and the wallet of its customer.
async fn sale_of(chain: &Chain, of: &PaymentArgs) -> Result<(Pubkey, CardSale, Pubkey), CliError> {
    let id = payment_id(&of.payment);
    let address = address::card_sale(&chain.deployment.market, &id);
    let sale: CardSale = fetch::fetch(&chain.rpc, &address).await?;
    let account: CustomerAccount = fetch::fetch(&chain.rpc, &sale.account).await?;
    Ok((address, sale, account.customer))
}

/// Everything that happens to a sale afterwards.
async fn reverse(
    action: CardAction,
    of: &PaymentArgs,
    signers: &Signers,
    context: &Context<'_>,
) -> Result<CardWriteOutput, CliError> {
    let chain = context.chain().await?;
    let (address, sale, customer) = sale_of(&chain, of).await?;
    let mut payment = payment(&chain, signers, &of.payment, customer);
    let decider = signers.wallet.address();
    if matches!(action, CardAction::Lost | CardAction::Kept) {
        // Who decides need not be the biller, and the price goes back to the biller alone.
        let biller = biller::fetch_biller(&chain).await?;
        payment.seller = biller.key;
        payment.seller_stable = address::token_account(&biller.key, &chain.deployment.stable_mint);
    }
    let submitter = Submitter::new(context, &chain, signers);
    let (what, instruction): (&str, Instruction) = match action {
        CardAction::Sell | CardAction::Refund => ("the refund", card_refund(&payment)),
        CardAction::Chargeback => ("the chargeback", card_chargeback(&payment)),
        CardAction::Lost | CardAction::Kept => {
            let lost = action == CardAction::Lost;
            let resolve = card_chargeback_resolve(&payment, &decider, lost);
            ("the decision", resolve)
        }
        CardAction::Close => {
            let close = card_close(&payment.network, &payment.payment_id, &sale.payer);
            ("the closing", close)
        }
    };
    Ok(CardWriteOutput {
        action,
        sale: address.to_string(),
        customer: customer.to_string(),
        credits: CreditsText::new(sale.credits),
        transaction: submitter.send(what, vec![instruction]).await?,
    })
}

async fn show(of: &PaymentArgs, context: &Context<'_>) -> Result<CardSaleOutput, CliError> {
    let chain = context.chain().await?;
    let now = chain_time(&chain.rpc).await?.unix_seconds;
    let (address, sale, customer) = sale_of(&chain, of).await?;
    Ok(output(&address, &sale, &customer, now))
}

async fn list(customer: Option<Pubkey>, context: &Context<'_>) -> Result<CardListOutput, CliError> {
    let chain = context.chain().await?;
    let now = chain_time(&chain.rpc).await?.unix_seconds;
    let book = &chain.deployment;
    let mut filters = vec![Filter::address(offset_of!(CardSale, market), &book.market)];
    if let Some(customer) = customer {
        let account = address::customer(&book.network, &customer);
        filters.push(Filter::address(offset_of!(CardSale, account), &account));
    }
    let found = fetch::list::<CardSale>(&chain.rpc, &filters).await?;
    let accounts: Vec<Pubkey> = found.iter().map(|(_, sale)| sale.account).collect();
    let accounts = fetch::fetch_many::<CustomerAccount>(&chain.rpc, &accounts).await?;
    let sales = found
        .iter()
        .zip(accounts)
        .map(|((address, sale), account)| {
            let customer = account.map_or(sale.account, |account| account.customer);
            output(address, sale, &customer, now)
        });
    Ok(CardListOutput {
        sales: sales.collect(),
    })
}

fn output(address: &Pubkey, sale: &CardSale, customer: &Pubkey, now: i64) -> CardSaleOutput {
    CardSaleOutput {
        sale: address.to_string(),
        status: SaleStatus::of(sale.status),
        customer: customer.to_string(),
        credits: CreditsText::new(sale.credits),
        frozen: CreditsText::new(sale.frozen),
        final_at: sale.final_at,
        now,
    }
}
