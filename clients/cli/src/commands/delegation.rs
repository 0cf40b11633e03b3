//! `trestle delegation`: tokens at stake with an operator, for a share of what it earns.

use std::mem::offset_of;

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;
use trestle_core::{delegation::Bucket, units::Epoch};
use trestle_sdk::{
    address,
    amount::Amount,
    fetch::{self, Claim, Delegation, DelegationPool, DelegatorVaults, Filter, Network},
    instruction::{
        rewards::delegation_pay,
        staking::{
            delegation_claim, delegation_close, delegation_deposit, delegation_pool_open,
            delegation_unbond, delegation_withdraw, delegator_vaults_open,
        },
        token::token_account_create,
    },
};

use crate::{
    commands::{
        delegation_output::{
            CommissionOutput, DelegationClaimOutput, DelegationCloseOutput, DelegationListOutput,
            DelegationOutput, DelegationPayAction, NextCommission, PoolTerms,
        },
        stake::TicketText,
        stake_move::{
            confirm_unbonding, from_wallet, Stake, StakeAction, StakeKind, StakeMoveOutput,
        },
    },
    context::{self, Chain, Context, NetworkView},
    error::CliError,
    send::Submitter,
};

#[derive(Debug, Subcommand)]
pub enum DelegationCommand {
    /// Let others delegate to the signing key's operator
    PoolOpen {
        /// What the operator keeps of the pay for delegated stake, in basis points
        #[arg(long, value_name = "BPS")]
        commission_bps: u16,
    },
    /// Put tokens at stake with an operator
    #[command(after_help = "Example: trestle delegation deposit 250 --operator OPERATOR")]
    Deposit {
        /// Tokens, or ALL in the wallet
        amount: Amount,
        #[command(flatten)]
        with: WithOperator,
    },
    /// Ask for delegated stake back; it comes after the unbonding time
    Unbond {
        /// Tokens, or ALL that is delegated
        amount: Amount,
        #[command(flatten)]
        with: WithOperator,
    },
    /// Take out all delegated stake whose unbonding time is over
    Withdraw(WithOperator),
    /// Take what the delegation has earned
    Claim(WithOperator),
    /// Pay an operator's delegators what is set aside for them; anybody may
    Pay(WithOperator),
    /// Give up an empty delegation for its rent
    Close(WithOperator),
    /// Show a delegation, and what the operator offers
    Show {
        #[command(flatten)]
        with: WithOperator,
        /// Whose delegation [default: the signing key's]
        #[arg(long, value_name = "ADDRESS")]
        delegator: Option<Pubkey>,
    },
    /// List all delegations of a wallet
    List {
        /// Whose delegations [default: the signing key's]
        #[arg(long, value_name = "ADDRESS")]
        delegator: Option<Pubkey>,
    },
}

#[derive(Debug, Args)]
pub struct WithOperator {
    /// Operator or its wallet
    #[arg(long, value_name = "ADDRESS")]
    pub operator: Pubkey,
}

/// A delegation and the pool that it is part of.
struct Held {
    operator: Pubkey,
    pool: DelegationPool,
    delegation: Delegation,
}

pub async fn run(command: &DelegationCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        DelegationCommand::PoolOpen { commission_bps } => {
            context.print(&pool_open(*commission_bps, context).await?)
        }
        DelegationCommand::Deposit { amount, with } => {
            context.print(&deposit(amount, with, context).await?)
        }
        DelegationCommand::Unbond { amount, with } => {
            context.print(&unbond(amount, with, context).await?)
        }
        DelegationCommand::Withdraw(with) => context.print(&withdraw(with, context).await?),
        DelegationCommand::Claim(with) => context.print(&claim(with, context).await?),
        DelegationCommand::Pay(with) => context.print(&pay(with, context).await?),
        DelegationCommand::Close(with) => context.print(&close(with, context).await?),
        DelegationCommand::Show { with, delegator } => {
            context.print(&show(with, *delegator, context).await?)
        }
        DelegationCommand::List { delegator } => context.print(&list(*delegator, context).await?),
    }
}

async fn pool_open(
    commission_bps: u16,
    context: &Context<'_>,
) -> Result<CommissionOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (operator, _) = chain.operator(&wallet).await?;
    let network = &chain.deployment.network;
    let submitter = Submitter::new(context, &chain, &signers);
    let mut instructions = Vec::new();
    let vaults = address::delegator_vaults(network);
    let found = fetch::fetch_optional::<DelegatorVaults>(&chain.rpc, &vaults).await?;
    if found.is_none() {
        // The first pool of a network opens the vaults that all of them share.
        let (token, stable) = (&view.network.token_mint, &view.network.stable_mint);
        let payer = submitter.payer();
        instructions.push(delegator_vaults_open(&payer, network, token, stable));
    }
    let open = delegation_pool_open(&wallet, network, &operator, commission_bps);
    instructions.push(open);
    let transaction = submitter.send("the pool", instructions).await?;
    Ok(CommissionOutput {
        operator: operator.to_string(),
        pool: address::delegation_pool(&operator).to_string(),
        commission_bps,
        from_epoch: view.epoch,
        transaction,
    })
}

async fn deposit(
    amount: &Amount,
    with: &WithOperator,
    context: &Context<'_>,
) -> Result<StakeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (operator, _) = pool_of(&chain, &with.operator).await?;
    let (source, units) = from_wallet(&chain, &view, &wallet, amount).await?;
    let network = &chain.deployment.network;
    let instruction = delegation_deposit(&wallet, &source, network, &operator, units);
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the deposit", vec![instruction]).await?;
    let amount = chain.tokens(&view.network, units);
    Ok(delegated(operator, &view).moved(StakeAction::Deposit, amount, transaction))
}

async fn unbond(
    amount: &Amount,
    with: &WithOperator,
    context: &Context<'_>,
) -> Result<StakeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let held = held(&chain, &with.operator, &wallet).await?;
    let (bucket, owned) = (held.pool.active(), held.delegation.shares);
    let worth = bucket.amount_for(owned).unwrap_or(0);
    let shares = match amount {
        Amount::All => owned,
        Amount::Exact(_) => {
            let decimals = view.network.token_decimals;
            let units = context::units(amount, decimals, worth, "the delegation")?;
            shares_for(&bucket, units, owned)
        }
    };
    let text = chain.tokens(&view.network, bucket.amount_for(shares).unwrap_or(0));
    confirm_unbonding(context, &text)?;
    let submitter = Submitter::new(context, &chain, &signers);
    let network = &chain.deployment.network;
    let instruction = delegation_unbond(&wallet, network, &held.operator, shares);
    let transaction = submitter.send("the unbonding", vec![instruction]).await?;
    Ok(delegated(held.operator, &view).moved(StakeAction::Unbond, text, transaction))
}

/// Shares that bring so many base units, of those that somebody owns.
fn shares_for(bucket: &Bucket, units: u64, owned: u64) -> u64 {
    bucket.shares_worth(units).unwrap_or(owned).min(owned)
}

async fn withdraw(with: &WithOperator, context: &Context<'_>) -> Result<StakeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let mut held = held(&chain, &with.operator, &wallet).await?;
    let matured = held
        .delegation
        .withdraw(&held.pool, view.time.unix_seconds)
        .and_then(|shares| held.pool.withdraw(shares))
        .map_or(0, |amount| amount.0);
    let mint = &chain.deployment.token_mint;
    let destination = address::token_account(&wallet, mint);
    let submitter = Submitter::new(context, &chain, &signers);
    let network = &chain.deployment.network;
    let instructions = vec![
        token_account_create(&submitter.payer(), &wallet, mint),
        delegation_withdraw(&wallet, &destination, network, &held.operator),
    ];
    let transaction = submitter.send("the withdrawal", instructions).await?;
    let amount = chain.tokens(&view.network, matured);
    Ok(delegated(held.operator, &view).moved(StakeAction::Withdraw, amount, transaction))
}

fn delegated(operator: Pubkey, view: &NetworkView) -> Stake<'_> {
    Stake {
        kind: StakeKind::Delegated,
        operator,
        view,
    }
}

async fn claim(
    with: &WithOperator,
    context: &Context<'_>,
) -> Result<DelegationClaimOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let mut held = held(&chain, &with.operator, &wallet).await?;
    held.count_earnings(view.time.unix_seconds);
    let (token, stable) = (&view.network.token_mint, &view.network.stable_mint);
    let submitter = Submitter::new(context, &chain, &signers);
    let instructions = vec![
        token_account_create(&submitter.payer(), &wallet, token),
        token_account_create(&submitter.payer(), &wallet, stable),
        delegation_claim(
            &wallet,
            &address::token_account(&wallet, token),
            &address::token_account(&wallet, stable),
            &chain.deployment.network,
            &held.operator,
        ),
    ];
    let transaction = submitter.send("the claim", instructions).await?;
    Ok(DelegationClaimOutput {
        action: DelegationPayAction::Claim,
        operator: held.operator.to_string(),
        tokens: chain.tokens(&view.network, held.delegation.tokens.unpaid),
        stable: chain.stable(held.delegation.stable.unpaid),
        transaction,
    })
}

async fn pay(
    with: &WithOperator,
    context: &Context<'_>,
) -> Result<DelegationClaimOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let network: Network = fetch::fetch(&chain.rpc, &chain.deployment.network).await?;
    let (operator, _) = pool_of(&chain, &with.operator).await?;
    let claim = address::claim(&chain.deployment.pool, &operator);
    let claim: Claim = fetch::fetch(&chain.rpc, &claim).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let book = &chain.deployment;
    let instruction = delegation_pay(&book.network, &book.service, &operator);
    let transaction = submitter.send("the payment", vec![instruction]).await?;
    Ok(DelegationClaimOutput {
        action: DelegationPayAction::Pay,
        operator: operator.to_string(),
        tokens: chain.tokens(&network, claim.delegators_due_tokens),
        stable: chain.stable(claim.delegators_due_stable),
        transaction,
    })
}

async fn close(
    with: &WithOperator,
    context: &Context<'_>,
) -> Result<DelegationCloseOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let held = held(&chain, &with.operator, &wallet).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = delegation_close(&wallet, &held.operator);
    let transaction = submitter.send("the closing", vec![instruction]).await?;
    Ok(DelegationCloseOutput {
        operator: held.operator.to_string(),
        transaction,
    })
}

async fn show(
    with: &WithOperator,
    delegator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<DelegationOutput, CliError> {
    let delegator = context.wallet_or(delegator)?;
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let held = held(&chain, &with.operator, &delegator).await?;
    Ok(output(&chain, &view, held))
}

async fn list(
    delegator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<DelegationListOutput, CliError> {
    let delegator = context.wallet_or(delegator)?;
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let filter = Filter::address(offset_of!(Delegation, delegator), &delegator);
    let found = fetch::list::<Delegation>(&chain.rpc, &[filter]).await?;
    let pools: Vec<Pubkey> = found.iter().map(|(_, one)| one.pool).collect();
    let pools = fetch::fetch_many::<DelegationPool>(&chain.rpc, &pools).await?;
    let delegations = found
        .into_iter()
        .zip(pools)
        .filter_map(|((_, delegation), pool)| {
            // A wallet may have delegated in other networks too.
            let pool = pool.filter(|pool| pool.network == chain.deployment.network)?;
            Some(Held {
                operator: pool.operator,
                pool,
                delegation,
            })
        })
        .map(|held| output(&chain, &view, held));
    Ok(DelegationListOutput {
        delegations: delegations.collect(),
    })
}

impl Held {
    /// Counts what has been earned up to now. Broken accounts show what they last counted.
    fn count_earnings(&mut self, now: i64) {
        if self.pool.advance(now).is_ok() {
            let _ = self.delegation.accrue(&self.pool);
        }
    }
}

fn output(chain: &Chain, view: &NetworkView, mut held: Held) -> DelegationOutput {
    let now = view.time.unix_seconds;
    held.count_earnings(now);
    let (pool, delegation) = (&held.pool, &held.delegation);
    let tokens = |amount| chain.tokens(&view.network, amount);
    let tickets = delegation.tickets.iter().filter(|ticket| ticket.shares > 0);
    DelegationOutput {
        operator: held.operator.to_string(),
        delegator: delegation.delegator.to_string(),
        delegated: tokens(pool.active().amount_for(delegation.shares).unwrap_or(0)),
        tokens: tokens(delegation.tokens.unpaid),
        stable: chain.stable(delegation.stable.unpaid),
        unbonding: tickets
            .map(|ticket| TicketText {
                amount: tokens(
                    pool.unbonding()
                        .amount_for(ticket.shares_now(pool))
                        .unwrap_or(0),
                ),
                unlock_at: ticket.unlock_at,
                now,
            })
            .collect(),
        pool: terms(chain, view, pool),
    }
}

/// What an operator offers its delegators now.
pub fn terms(chain: &Chain, view: &NetworkView, pool: &DelegationPool) -> PoolTerms {
    let is_announced = pool.pending_epoch > view.epoch;
    PoolTerms {
        commission_bps: pool.commission_at(Epoch(view.epoch)).get(),
        next: is_announced.then_some(NextCommission {
            commission_bps: pool.pending_commission_bps,
            from_epoch: pool.pending_epoch,
        }),
        delegated: chain.tokens(&view.network, pool.amount),
    }
}

/// An operator, by its own address or its wallet's, and its delegation pool.
pub async fn pool_of(
    chain: &Chain,
    operator: &Pubkey,
) -> Result<(Pubkey, DelegationPool), CliError> {
    let (operator, _) = chain.operator(operator).await?;
    let address = address::delegation_pool(&operator);
    let pool = fetch::fetch_optional::<DelegationPool>(&chain.rpc, &address).await?;
    let pool = pool.ok_or_else(|| {
        let message = format!("operator {operator} accepts no delegations");
        CliError::failed("no-delegation-pool", message)
            .hint("its controller can, by `trestle delegation pool-open`")
    })?;
    Ok((operator, pool))
}

async fn held(chain: &Chain, operator: &Pubkey, delegator: &Pubkey) -> Result<Held, CliError> {
    let (operator, pool) = pool_of(chain, operator).await?;
    let address = address::delegation(&address::delegation_pool(&operator), delegator);
    let delegation = fetch::fetch_optional::<Delegation>(&chain.rpc, &address).await?;
    let delegation = delegation.ok_or_else(|| {
        let message = format!("{delegator} has delegated nothing to operator {operator}");
        CliError::failed("not-found", message).hint("do it by `trestle delegation deposit`")
    })?;
    Ok(Held {
        operator,
        pool,
        delegation,
    })
}
