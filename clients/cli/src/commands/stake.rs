//! `trestle stake`: what operators have at stake.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    amount::Amount,
    encoding::string,
    fetch::{self, DelegationPool, Service},
    instruction::{
        staking::{stake_deposit, stake_unbond, stake_withdraw},
        token::token_account_create,
    },
};

use crate::{
    commands::{
        operator::{jail, JailText},
        stake_move::{
            confirm_unbonding, from_wallet, Stake, StakeAction, StakeKind, StakeMoveOutput,
        },
        stake_slash::{self, StakeSlashArgs},
    },
    context::{self, Context, NetworkView},
    error::CliError,
    send::Submitter,
    text::{relative, row, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum StakeCommand {
    /// Put tokens at stake; anybody may do it for an operator
    Deposit {
        /// Tokens, or ALL in the wallet
        amount: Amount,
        /// Operator or its wallet [default: the signing key]
        #[arg(long, value_name = "ADDRESS")]
        operator: Option<Pubkey>,
    },
    /// Ask for stake back; it comes after the unbonding time and can be slashed until then
    Unbond {
        /// Tokens, or ALL at stake
        amount: Amount,
    },
    /// Take out all stake whose unbonding time is over
    Withdraw,
    /// Take what a final root says is slashed: of an operator's pay, then of its stake; anybody may
    Slash(StakeSlashArgs),
    /// Show what an operator has at stake
    Show {
        /// Operator or its wallet [default: the signing key]
        operator: Option<Pubkey>,
    },
}

/// `stake show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StakeOutput {
    pub operator: String,
    pub stake: TokenText,
    /// What the offered capacity needs.
    pub needed: TokenText,
    pub slashed: TokenText,
    pub unbonding: Vec<TicketText>,
    /// What others have put at stake with it.
    pub delegated: TokenText,
    /// Only while it is jailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jail: Option<JailText>,
}

/// Stake on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketText {
    pub amount: TokenText,
    /// Unix seconds.
    #[serde(with = "string")]
    pub unlock_at: i64,
    #[serde(skip)]
    pub now: i64,
}

impl fmt::Display for StakeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Operator", &self.operator)?;
        row(f, "Stake", &self.stake)?;
        row(f, "Needed", &self.needed)?;
        row(f, "Slashed so far", &self.slashed)?;
        for ticket in &self.unbonding {
            let when = relative(ticket.unlock_at, ticket.now);
            row(
                f,
                "Unbonding",
                format!("{}, available {when}", ticket.amount),
            )?;
        }
        row(f, "Delegated", &self.delegated)?;
        if let Some(jail) = &self.jail {
            row(f, "Jailed", jail)?;
        }
        Ok(())
    }
}

pub async fn run(command: &StakeCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        StakeCommand::Deposit { amount, operator } => {
            context.print(&deposit(amount, *operator, context).await?)
        }
        StakeCommand::Unbond { amount } => context.print(&unbond(amount, context).await?),
        StakeCommand::Withdraw => context.print(&withdraw(context).await?),
        StakeCommand::Slash(args) => context.print(&stake_slash::slash(args, context).await?),
        StakeCommand::Show { operator } => context.print(&show(*operator, context).await?),
    }
}

async fn deposit(
    amount: &Amount,
    operator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<StakeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (operator, _) = chain.operator(&operator.unwrap_or(wallet)).await?;
    let (source, units) = from_wallet(&chain, &view, &wallet, amount).await?;
    let network = &chain.deployment.network;
    let instruction = stake_deposit(&wallet, &source, network, &operator, units);
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the deposit", vec![instruction]).await?;
    let amount = chain.tokens(&view.network, units);
    Ok(own(operator, &view).moved(StakeAction::Deposit, amount, transaction))
}

async fn unbond(amount: &Amount, context: &Context<'_>) -> Result<StakeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (operator, state) = chain.operator(&wallet).await?;
    let decimals = view.network.token_decimals;
    let units = context::units(amount, decimals, state.stake, "the operator")?;
    let text = chain.tokens(&view.network, units);
    confirm_unbonding(context, &text)?;
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = stake_unbond(&wallet, &chain.deployment.network, &operator, units);
    let transaction = submitter.send("the unbonding", vec![instruction]).await?;
    Ok(own(operator, &view).moved(StakeAction::Unbond, text, transaction))
}

async fn withdraw(context: &Context<'_>) -> Result<StakeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (operator, mut state) = chain.operator(&wallet).await?;
    let matured = state.withdraw(view.time.unix_seconds);
    let matured = matured.map_or(0, |amount| amount.0);
    let mint = &chain.deployment.token_mint;
    let destination = address::token_account(&wallet, mint);
    let submitter = Submitter::new(context, &chain, &signers);
    let instructions = vec![
        token_account_create(&submitter.payer(), &wallet, mint),
        stake_withdraw(&wallet, &destination, &chain.deployment.network, &operator),
    ];
    let transaction = submitter.send("the withdrawal", instructions).await?;
    let amount = chain.tokens(&view.network, matured);
    Ok(own(operator, &view).moved(StakeAction::Withdraw, amount, transaction))
}

fn own(operator: Pubkey, view: &NetworkView) -> Stake<'_> {
    Stake {
        kind: StakeKind::Own,
        operator,
        view,
    }
}

async fn show(operator: Option<Pubkey>, context: &Context<'_>) -> Result<StakeOutput, CliError> {
    let wanted = context.wallet_or(operator)?;
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let service: Service = fetch::fetch(&chain.rpc, &chain.deployment.service).await?;
    let (address, state) = chain.operator(&wanted).await?;
    let needed = service.min_stake(state.capacity_gib).unwrap_or(u64::MAX);
    let tickets = state.tickets.iter().filter(|ticket| ticket.amount > 0);
    let pool = address::delegation_pool(&address);
    let pool = fetch::fetch_optional::<DelegationPool>(&chain.rpc, &pool).await?;
    let delegated = pool.map_or(0, |pool| pool.amount);
    Ok(StakeOutput {
        operator: address.to_string(),
        stake: chain.tokens(&view.network, state.stake),
        needed: chain.tokens(&view.network, needed),
        slashed: chain.tokens(&view.network, state.slashed_applied),
        unbonding: tickets
            .map(|ticket| TicketText {
                amount: chain.tokens(&view.network, ticket.amount),
                unlock_at: ticket.unlock_at,
                now: view.time.unix_seconds,
            })
            .collect(),
        delegated: chain.tokens(&view.network, delegated),
        jail: jail(&state, view.time.unix_seconds),
    })
}
