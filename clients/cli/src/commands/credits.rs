//! `trestle credits`: buy and hold the credits that storage is paid with.

use std::fmt;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_core::{
    price::{conservative_price, stable_for_credits, tokens_for_credits, PriceUpdate},
    units::{Bps, Credits, UnixSeconds},
};
use trestle_sdk::{
    address,
    amount::{Amount, Decimal, CREDIT_DECIMALS, STABLE_DECIMALS},
    event::{
        credits::{CreditsBoughtByBurn, CreditsBoughtByStable},
        find,
    },
    fetch::{self, CustomerAccount, Market},
    instruction::{
        credits::{
            account_deposit, account_open, account_withdraw, credits_buy_burn, credits_buy_stable,
            BurnPurchase,
        },
        token::credit_account_create,
    },
};

use crate::{
    commands::{
        credits_invoice::{self, InvoiceArgs},
        delegate::{self, DelegateCommand},
        topup::{self, TopupCommand},
    },
    context::{self, Chain, Context, NetworkView},
    error::CliError,
    send::{Submitter, Transaction},
    text::{count, row, CreditsText, TokenText},
};

/// Decimals of a dollar down to one credit.
const USD_DECIMALS_OF_CREDIT: u8 = 5;
/// How much more than the quote a purchase by burning may cost, where nobody says: 1 %.
const SLIPPAGE_BPS: u16 = 100;

#[derive(Debug, Subcommand)]
pub enum CreditsCommand {
    /// Buy credits into the wallet, by burning tokens or with stablecoin
    #[command(after_help = "Example: trestle credits buy 500000 --with stable")]
    Buy(BuyArgs),
    /// Move credits from the wallet into the customer account that leases are paid from
    Deposit {
        /// Credits, or ALL in the wallet
        credits: Amount,
    },
    /// Move credits from the customer account back into the wallet
    Withdraw {
        /// Credits, or ALL in the account
        credits: Amount,
    },
    /// Show what a customer has
    Balance {
        /// Wallet of the customer [default: the signing key]
        customer: Option<Pubkey>,
    },
    /// What a customer paid for in a period, rebuilt from the logs of its transactions
    #[command(after_help = "Example: trestle credits invoice --from 1788220800 --csv")]
    Invoice(InvoiceArgs),
    /// Buy credits by itself when the account runs low
    #[command(subcommand)]
    Topup(TopupCommand),
    /// Let other keys spend credits on services, within limits
    #[command(subcommand)]
    Delegate(DelegateCommand),
}

#[derive(Debug, Args)]
pub struct BuyArgs {
    /// How many credits
    #[arg(required_unless_present = "usd", conflicts_with = "usd")]
    pub credits: Option<Decimal>,
    /// How many dollars' worth, instead
    #[arg(long, value_name = "DOLLARS")]
    pub usd: Option<Decimal>,
    /// What to pay with
    #[arg(long, value_enum)]
    pub with: Means,
    /// Most to pay, in tokens or dollars [default: the quote, and 1 % more when burning]
    #[arg(long, value_name = "AMOUNT")]
    pub max: Option<Decimal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "camelCase")]
pub enum Means {
    /// Burn tokens of the network at the oracle's price
    Token,
    /// Pay stablecoin at par
    Stable,
}

/// `credits buy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditsBuyOutput {
    pub bought: CreditsText,
    pub with: Means,
    /// By the price at the time of asking.
    pub quote: TokenText,
    pub max: TokenText,
    /// What it cost in the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<TokenText>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `credits deposit` and `credits withdraw`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditsMoveOutput {
    pub action: CreditsAction,
    pub moved: CreditsText,
    #[serde(flatten)]
    pub transaction: Transaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CreditsAction {
    Deposit,
    Withdraw,
}

/// `credits balance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditsBalanceOutput {
    pub customer: String,
    pub wallet: CreditsText,
    pub account: CreditsText,
    pub in_leases: CreditsText,
    pub used: CreditsText,
    pub leases: u32,
}

impl fmt::Display for CreditsBuyOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Bought", &self.bought)?;
        let verb = match self.with {
            Means::Token => "Burned",
            Means::Stable => "Paid",
        };
        match &self.spent {
            Some(spent) => row(f, verb, spent)?,
            None => row(
                f,
                verb,
                format!("about {}, at most {}", self.quote, self.max),
            )?,
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for CreditsMoveOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            CreditsAction::Deposit => "Deposited",
            CreditsAction::Withdraw => "Withdrawn",
        };
        row(f, label, &self.moved)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for CreditsBalanceOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Customer", &self.customer)?;
        row(f, "In the wallet", &self.wallet)?;
        row(f, "In the account", &self.account)?;
        let leases = count(self.leases.into(), "lease");
        row(f, "In leases", format!("{} in {leases}", self.in_leases))?;
        row(f, "Used", &self.used)
    }
}

pub async fn run(command: &CreditsCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        CreditsCommand::Buy(args) => context.print(&buy(args, context).await?),
        CreditsCommand::Deposit { credits } => context.print(&deposit(credits, context).await?),
        CreditsCommand::Withdraw { credits } => context.print(&withdraw(credits, context).await?),
        CreditsCommand::Balance { customer } => context.print(&balance(*customer, context).await?),
        CreditsCommand::Invoice(args) => credits_invoice::run(args, context).await,
        CreditsCommand::Topup(command) => topup::run(command, context).await,
        CreditsCommand::Delegate(command) => delegate::run(command, context).await,
    }
}

async fn buy(args: &BuyArgs, context: &Context<'_>) -> Result<CreditsBuyOutput, CliError> {
    let credits = quantity(args)?;
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let view = chain.view().await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let purchase = match args.with {
        Means::Token => by_burning(&chain, &view, submitter.wallet(), credits, args).await?,
        Means::Stable => with_stable(&chain, submitter.wallet(), credits, args)?,
    };
    let bought = CreditsText::new(credits);
    if !context.global.dry_run {
        let question = format!(
            "Buy {bought} for {}, at most {}? Credits cannot be sold.",
            purchase.quote, purchase.max
        );
        context.ui.confirm(&question)?;
    }
    let wallet = submitter.wallet();
    let mint = &chain.deployment.credit_mint;
    let instructions = vec![
        credit_account_create(&submitter.payer(), &wallet, mint),
        purchase.instruction,
    ];
    let transaction = submitter.send("the purchase", instructions).await?;
    Ok(CreditsBuyOutput {
        bought,
        with: args.with,
        spent: spent(&chain, &view, &transaction),
        quote: purchase.quote,
        max: purchase.max,
        transaction,
    })
}

/// What the program says that it took.
fn spent(chain: &Chain, view: &NetworkView, transaction: &Transaction) -> Option<TokenText> {
    let logs = &transaction.event_logs;
    let burned = find::<CreditsBoughtByBurn>(logs, &address::CREDITS_ID);
    if let Some(event) = burned.first() {
        return Some(chain.tokens(&view.network, event.tokens_burned));
    }
    let paid = find::<CreditsBoughtByStable>(logs, &address::CREDITS_ID);
    paid.first().map(|event| chain.stable(event.stable_paid))
}

fn quantity(args: &BuyArgs) -> Result<u64, CliError> {
    let credits = match (&args.credits, &args.usd) {
        (Some(credits), _) => credits.to_base_units(CREDIT_DECIMALS)?,
        (None, Some(usd)) => usd.to_base_units(USD_DECIMALS_OF_CREDIT)?,
        (None, None) => 0,
    };
    if credits == 0 {
        return Err(CliError::usage("buy at least one credit"));
    }
    Ok(credits)
}

struct Purchase {
    quote: TokenText,
    max: TokenText,
    instruction: Instruction,
}

async fn by_burning(
    chain: &Chain,
    view: &NetworkView,
    wallet: Pubkey,
    credits: u64,
    args: &BuyArgs,
) -> Result<Purchase, CliError> {
    let book = &chain.deployment;
    let market: Market = fetch::fetch(&chain.rpc, &book.market).await?;
    let decimals = view.network.token_decimals;
    let quote = quote_tokens(chain, view, &market, credits).await?;
    let slippage = Bps::new(SLIPPAGE_BPS).map_or(0, |bps| bps.apply_ceil(quote));
    let max = match &args.max {
        Some(max) => max.to_base_units(decimals)?,
        None => quote.saturating_add(slippage),
    };
    let purchase = BurnPurchase {
        wallet,
        network: book.network,
        token_mint: book.token_mint,
        tokens: address::token_account(&wallet, &book.token_mint),
        price_account: market.price_account,
    };
    Ok(Purchase {
        quote: chain.tokens(&view.network, quote),
        max: chain.tokens(&view.network, max),
        instruction: credits_buy_burn(&purchase, credits, max),
    })
}

/// What the program would burn now, by the same rules.
async fn quote_tokens(
    chain: &Chain,
    view: &NetworkView,
    market: &Market,
    credits: u64,
) -> Result<u64, CliError> {
    let refused =
        |why: String| CliError::failed("price", why).because_of("there is no usable price");
    let account = fetch::raw(&chain.rpc, &market.price_account, "price account").await?;
    let account = account.ok_or_else(|| refused("the price account does not exist".to_string()))?;
    let update = PriceUpdate::parse(&account.data).map_err(|error| refused(error.to_string()))?;
    let price = conservative_price(
        &update,
        &market.feed_id,
        UnixSeconds(view.time.unix_seconds),
        market.max_age_seconds,
        Bps::new(market.max_conf_bps).unwrap_or(Bps::ZERO),
    );
    let price = price.map_err(|error| refused(error.to_string()))?;
    tokens_for_credits(Credits(credits), price, view.network.token_decimals)
        .map(|tokens| tokens.0)
        .map_err(|error| refused(error.to_string()))
}

fn with_stable(
    chain: &Chain,
    wallet: Pubkey,
    credits: u64,
    args: &BuyArgs,
) -> Result<Purchase, CliError> {
    let book = &chain.deployment;
    let quote = stable_for_credits(Credits(credits))
        .map_err(|error| CliError::usage(format!("that is too much: {error}")))?
        .0;
    let max = match &args.max {
        Some(max) => max.to_base_units(STABLE_DECIMALS)?,
        None => quote,
    };
    let source = address::token_account(&wallet, &book.stable_mint);
    Ok(Purchase {
        quote: chain.stable(quote),
        max: chain.stable(max),
        instruction: credits_buy_stable(&wallet, &book.network, &source, credits, max),
    })
}

async fn deposit(credits: &Amount, context: &Context<'_>) -> Result<CreditsMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let available = wallet_credits(&chain, &wallet).await?;
    let amount = context::units(credits, CREDIT_DECIMALS, available, "the wallet")?;
    let network = &chain.deployment.network;
    let mut instructions = Vec::new();
    if customer_account(&chain, &wallet).await?.is_none() {
        instructions.push(account_open(&wallet, network));
    }
    instructions.push(account_deposit(&wallet, network, amount));
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the deposit", instructions).await?;
    Ok(CreditsMoveOutput {
        action: CreditsAction::Deposit,
        moved: CreditsText::new(amount),
        transaction,
    })
}

async fn withdraw(credits: &Amount, context: &Context<'_>) -> Result<CreditsMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let account = customer_account(&chain, &wallet).await?;
    let available = account.map_or(0, |account| account.balance);
    let amount = context::units(credits, CREDIT_DECIMALS, available, "the account")?;
    let submitter = Submitter::new(context, &chain, &signers);
    let book = &chain.deployment;
    let instructions = vec![
        credit_account_create(&submitter.payer(), &wallet, &book.credit_mint),
        account_withdraw(&wallet, &book.network, amount),
    ];
    let transaction = submitter.send("the withdrawal", instructions).await?;
    Ok(CreditsMoveOutput {
        action: CreditsAction::Withdraw,
        moved: CreditsText::new(amount),
        transaction,
    })
}

async fn balance(
    customer: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<CreditsBalanceOutput, CliError> {
    let wallet = context.wallet_or(customer)?;
    let chain = context.chain().await?;
    let account = customer_account(&chain, &wallet).await?;
    let of = |part: fn(&CustomerAccount) -> u64| CreditsText::new(account.as_ref().map_or(0, part));
    Ok(CreditsBalanceOutput {
        customer: wallet.to_string(),
        wallet: CreditsText::new(wallet_credits(&chain, &wallet).await?),
        account: of(|account| account.balance),
        in_leases: of(|account| account.escrowed),
        used: of(|account| account.consumed),
        leases: account.map_or(0, |account| account.lease_count),
    })
}

async fn wallet_credits(chain: &Chain, wallet: &Pubkey) -> Result<u64, CliError> {
    let account = address::credit_account(wallet, &chain.deployment.credit_mint);
    let balance = fetch::token_balance(&chain.rpc, &account).await?;
    Ok(balance.map_or(0, |balance| balance.amount))
}

async fn customer_account(
    chain: &Chain,
    wallet: &Pubkey,
) -> Result<Option<CustomerAccount>, CliError> {
    let address = address::customer(&chain.deployment.network, wallet);
    Ok(fetch::fetch_optional(&chain.rpc, &address).await?)
}
