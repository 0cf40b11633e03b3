//! `trestle reward`: what operators have earned, and why.

use clap::{Args, Subcommand};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_core::{bytemuck::Zeroable, root::RootRing, units::Epoch};
use trestle_sdk::{
    address,
    event::{logged_events, rewards::RewardClaimed, Payment},
    fetch::{self, Claim, DelegationPool, Network, Operator, Pool},
    instruction::rewards::{
        claim_open, claim_sync, reward_claim, reward_push, Counters, PushAccounts, PushArgs,
        PushLeaf,
    },
};
use trestle_verify::storage::{explain, recompute};

use crate::{
    commands::{
        reward_held,
        reward_stable::{self, StablePayoutArgs},
    },
    context::{Chain, Context},
    error::CliError,
    published::{ProvenLeaves, Published},
    send::{Submitter, Transaction},
};

pub use super::{
    reward_explain::ExplainOutput,
    reward_output::{PaidText, RewardOutput, RewardPaidOutput},
};

/// Leaves that one push may hold, by the program's own limit.
const PUSH_MAX: usize = 28;

#[derive(Debug, Subcommand)]
pub enum RewardCommand {
    /// Show what an operator has earned, was paid and is due
    Show(OneArgs),
    /// Pay an operator what it is due; anybody may
    Claim {
        #[command(flatten)]
        args: OneArgs,
        /// Pay stablecoin instead of tokens
        #[arg(long)]
        stable: bool,
    },
    /// Pay an operator what was held back and its age has released; anybody may
    Release {
        /// Operator or its wallet [default: the signing key]
        operator: Option<Pubkey>,
    },
    /// Set where an operator's stablecoin goes; only its controller can
    StablePayout(StablePayoutArgs),
    /// Pay several operators with one proof; anybody may
    Push {
        /// Operators or their wallets
        #[arg(required = true)]
        operators: Vec<Pubkey>,
        /// Where epoch files are: a verifier's URL or a folder
        #[arg(long, value_name = "URL_OR_DIR")]
        from: Option<String>,
    },
    /// Recompute an epoch from its published files and show every term of an operator's pay
    #[command(after_help = "Example: trestle reward explain OPERATOR --epoch 42")]
    Explain(ExplainArgs),
}

#[derive(Debug, Args)]
pub struct OneArgs {
    /// Operator or its wallet [default: the signing key]
    pub operator: Option<Pubkey>,
    /// Where epoch files are: a verifier's URL or a folder
    #[arg(long, value_name = "URL_OR_DIR")]
    pub from: Option<String>,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Operator or its wallet
    pub operator: Pubkey,
    /// The epoch
    #[arg(long, value_name = "EPOCH")]
    pub epoch: u64,
    /// Where epoch files are: a verifier's URL or a folder
    #[arg(long, value_name = "URL_OR_DIR")]
    pub from: Option<String>,
}

pub async fn run(command: &RewardCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        RewardCommand::Show(args) => context.print(&show(args, context).await?),
        RewardCommand::Claim { args, stable: true } => {
            context.print(&reward_stable::claim(args, context).await?)
        }
        RewardCommand::Claim { args, .. } => context.print(&claim(args, context).await?),
        RewardCommand::Release { operator } => {
            context.print(&reward_held::release(*operator, context).await?)
        }
        RewardCommand::StablePayout(args) => {
            context.print(&reward_stable::set_payout(args, context).await?)
        }
        RewardCommand::Push { operators, from } => {
            context.print(&push(operators, from.as_deref(), context).await?)
        }
        RewardCommand::Explain(args) => context.print(&explain_epoch(args, context).await?),
    }
}

async fn show(args: &OneArgs, context: &Context<'_>) -> Result<RewardOutput, CliError> {
    let wanted = context.wallet_or(args.operator)?;
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let network = &view.network;
    let (address, operator) = chain.operator(&wanted).await?;
    let pool: Option<Pool> = fetch::fetch_optional(&chain.rpc, &chain.deployment.pool).await?;
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let claim = claim_of(&chain, &address).await?;
    let (earned, stable, slashed) = if ring.latest().is_some() {
        let leaves = newest_leaves(&chain, &ring, args.from.as_deref()).await?;
        let leaf = leaves.find(&address);
        leaf.map_or((0, 0, 0), |(_, leaf)| {
            (leaf.tokens, leaf.stable, leaf.slashed)
        })
    } else {
        (0, 0, 0)
    };
    let slash_owed = slashed.saturating_sub(operator.slashed_applied);
    let claim = claim.unwrap_or_else(Claim::zeroed);
    let stable_payout = (claim.stable_payout != Pubkey::default()).then_some(claim.stable_payout);
    Ok(RewardOutput {
        operator: address.to_string(),
        payout: operator.payout.to_string(),
        epoch: ring.latest().map(|root| root.epoch.to_string()),
        earned: chain.tokens(network, earned),
        due: chain.tokens(network, claim.due(earned).0),
        slash_owed: chain.tokens(network, slash_owed),
        paid: chain.tokens(network, claim.claimed_tokens),
        held: chain.tokens(network, claim.held),
        releasable: chain.tokens(network, releasable(&claim, view.epoch, pool.as_ref())),
        delegators: chain.tokens(network, claim.delegators_due_tokens),
        delegators_bps: claim.delegators_bps,
        stable_earned: chain.stable(stable),
        stable_due: chain.stable(claim.stable_due(stable).0),
        stable_paid: chain.stable(claim.claimed_stable),
        stable_delegators: chain.stable(claim.delegators_due_stable),
        stable_payout: stable_payout.map(|payout| payout.to_string()),
    })
}

/// What could be released now of what is held back.
pub(super) fn releasable(claim: &Claim, epoch: u64, pool: Option<&Pool>) -> u64 {
    let month = pool.map_or(0, |pool| pool.epochs_per_month);
    let mut claim = *claim;
    claim.release(epoch, month).map_or(0, |amount| amount.0)
}

pub(super) async fn claim_of(chain: &Chain, operator: &Pubkey) -> Result<Option<Claim>, CliError> {
    let address = address::claim(&chain.deployment.pool, operator);
    Ok(fetch::fetch_optional(&chain.rpc, &address).await?)
}

pub(super) async fn newest_leaves(
    chain: &Chain,
    ring: &RootRing,
    from: Option<&str>,
) -> Result<ProvenLeaves, CliError> {
    let root = ring.latest().ok_or_else(|| {
        CliError::failed("no-root", "no epoch of this service has a final root yet")
            .hint("`trestle epoch show` says when the running epoch ends")
    })?;
    let book = &chain.deployment;
    Published::new(from, &book.published, book.service)?
        .leaves(root)
        .await
}

/// An operator about to be paid.
struct Payee {
    operator: Pubkey,
    index: u32,
    counters: Counters,
    payout: Pubkey,
    due: u64,
    /// What must happen first: its claim opened, and brought up to date.
    before: Vec<Instruction>,
}

/// Brings a claim up to date with its operator, where it is not: a claim pays to the account, sets
/// aside the delegators' share, and has the slashes taken, that it knew last. The leaf of an epoch
/// asks for a sync after that epoch's end.
pub(super) async fn sync_of(
    chain: &Chain,
    (address, state): &(Pubkey, Operator),
    claim: Option<&Claim>,
    leaf_epoch: Option<u64>,
) -> Result<Option<Instruction>, CliError> {
    let book = &chain.deployment;
    let sync = || claim_sync(&book.network, &book.service, address);
    let synced = claim.map_or(0, |claim| claim.synced_epoch);
    if leaf_epoch.is_some_and(|epoch| synced <= epoch) {
        return Ok(Some(sync()));
    }
    let pool = address::delegation_pool(address);
    let pool: Option<DelegationPool> = fetch::fetch_optional(&chain.rpc, &pool).await?;
    let share = match pool {
        Some(pool) => {
            let epoch = Epoch(chain.view().await?.epoch);
            pool.delegators_bps(state.stake, epoch).get()
        }
        None => 0,
    };
    let taken = state.slashed_applied;
    let known = claim.map_or((state.payout, 0, taken), |claim| {
        (claim.payout, claim.delegators_bps, claim.slashed_applied)
    });
    Ok((known != (state.payout, share, taken)).then(sync))
}

/// Sends what must happen first together with an instruction, or before it, as the first of two
/// transactions: beside the proof of a deep tree it does not fit. A dry run ends with the first.
pub(super) async fn send_after(
    submitter: &Submitter<'_>,
    before: Vec<Instruction>,
    what: &str,
    instruction: Instruction,
) -> Result<Vec<Transaction>, CliError> {
    let mut all = before.clone();
    all.push(instruction.clone());
    if before.is_empty() || submitter.fits(&all).await {
        return Ok(vec![submitter.send(what, all).await?]);
    }
    let mut transactions = vec![submitter.send("updating the claim", before).await?];
    if !submitter.ends_dry_run(what) {
        transactions.push(submitter.send(what, vec![instruction]).await?);
    }
    Ok(transactions)
}

async fn payees(
    chain: &Chain,
    leaves: &ProvenLeaves,
    operators: &[(Pubkey, Operator)],
    payer: &Pubkey,
) -> Result<Vec<Payee>, CliError> {
    let addresses: Vec<Pubkey> = operators.iter().map(|(address, _)| *address).collect();
    let mut payees = Vec::with_capacity(addresses.len());
    let service = &chain.deployment.service;
    for (index, operator, counters) in leaves.sorted(&addresses)? {
        let Some(state) = operators.iter().find(|(address, _)| *address == operator) else {
            continue;
        };
        let payout = state.1.payout;
        let claim = claim_of(chain, &operator).await?;
        let mut before = Vec::new();
        if claim.is_none() {
            before.push(claim_open(payer, service, &operator));
        }
        before.extend(sync_of(chain, state, claim.as_ref(), Some(leaves.epoch)).await?);
        let tokens = counters.tokens;
        payees.push(Payee {
            operator,
            index,
            counters,
            payout,
            due: claim.map_or(tokens, |claim| claim.due(tokens).0),
            before,
        });
    }
    Ok(payees)
}

async fn claim(args: &OneArgs, context: &Context<'_>) -> Result<RewardPaidOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wanted = args.operator.unwrap_or(signers.wallet.address());
    let operator = chain.operator(&wanted).await?;
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let leaves = newest_leaves(&chain, &ring, args.from.as_deref()).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let payees = payees(&chain, &leaves, &[operator], &submitter.payer()).await?;
    let mut transactions = Vec::new();
    for payee in &payees {
        let leaf = leaves.proof(&payee.operator)?;
        let service = &chain.deployment.service;
        let claim = reward_claim(service, &payee.operator, &payee.payout, leaf);
        let before = payee.before.clone();
        transactions.extend(send_after(&submitter, before, "the claim", claim).await?);
    }
    paid_output(&chain, &leaves, &payees, transactions).await
}

async fn push(
    operators: &[Pubkey],
    from: Option<&str>,
    context: &Context<'_>,
) -> Result<RewardPaidOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let mut found = Vec::with_capacity(operators.len());
    for operator in operators {
        found.push(chain.operator(operator).await?);
    }
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let leaves = newest_leaves(&chain, &ring, from).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let payees = payees(&chain, &leaves, &found, &submitter.payer()).await?;
    let mut transactions = prepare_claims(&submitter, &payees).await?;
    let mut left: &[Payee] = &payees;
    if !transactions.is_empty() && submitter.ends_dry_run("the push") {
        left = &[];
    }
    while !left.is_empty() {
        let (now, later) = largest_push(&submitter, &chain, &leaves, left).await?;
        let instruction = push_instruction(&chain, &leaves, now)?;
        transactions.push(submitter.send("the push", vec![instruction]).await?);
        left = later;
    }
    paid_output(&chain, &leaves, &payees, transactions).await
}

/// Opens and updates claims first: together with a push they would not fit.
async fn prepare_claims(
    submitter: &Submitter<'_>,
    payees: &[Payee],
) -> Result<Vec<Transaction>, CliError> {
    /// Each names three accounts of its own: this many fit into any transaction.
    const CLAIMS_PER_TRANSACTION: usize = 8;
    let before: Vec<Instruction> = payees.iter().flat_map(|one| one.before.clone()).collect();
    let mut transactions = Vec::new();
    for part in before.chunks(CLAIMS_PER_TRANSACTION) {
        transactions.push(submitter.send("opening the claims", part.to_vec()).await?);
    }
    Ok(transactions)
}

/// The proof grows with the distance between leaves, so only trying tells how many fit.
async fn largest_push<'a>(
    submitter: &Submitter<'_>,
    chain: &Chain,
    leaves: &ProvenLeaves,
    payees: &'a [Payee],
) -> Result<(&'a [Payee], &'a [Payee]), CliError> {
    let mut count = payees.len().min(PUSH_MAX);
    while count > 1 {
        let (now, later) = payees.split_at(count);
        if submitter
            .fits(&[push_instruction(chain, leaves, now)?])
            .await
        {
            return Ok((now, later));
        }
        count = count.saturating_sub(1);
    }
    Ok(payees.split_at(count))
}

fn push_instruction(
    chain: &Chain,
    leaves: &ProvenLeaves,
    payees: &[Payee],
) -> Result<Instruction, CliError> {
    let indices: Vec<u32> = payees.iter().map(|one| one.index).collect();
    let accounts: Vec<PushAccounts> = payees
        .iter()
        .map(|one| PushAccounts {
            operator: one.operator,
            payout: one.payout,
        })
        .collect();
    let push = PushArgs {
        epoch: leaves.epoch,
        leaves: payees
            .iter()
            .map(|one| PushLeaf {
                index: one.index,
                counters: one.counters,
            })
            .collect(),
        proof: leaves.multiproof(&indices)?,
    };
    Ok(reward_push(&chain.deployment.service, &accounts, push))
}

/// What the program says that it paid.
fn payments(transaction: &Transaction) -> Vec<Payment> {
    let mut payments = Vec::new();
    for event in logged_events(&transaction.event_logs) {
        if event.program != address::REWARDS_ID {
            continue;
        }
        if let Some(claimed) = event.decode::<RewardClaimed>() {
            payments.push(Payment {
                operator: claimed.operator.to_bytes(),
                paid: claimed.paid,
                kept: claimed.held.saturating_add(claimed.delegators),
            });
        }
        payments.extend(
            event
                .decode_push()
                .into_iter()
                .flat_map(|push| push.payments),
        );
    }
    payments
}

async fn paid_output(
    chain: &Chain,
    leaves: &ProvenLeaves,
    payees: &[Payee],
    transactions: Vec<Transaction>,
) -> Result<RewardPaidOutput, CliError> {
    let network: Network = fetch::fetch(&chain.rpc, &chain.deployment.network).await?;
    let payments: Vec<Payment> = transactions.iter().flat_map(payments).collect();
    let operators = payees.iter().map(|one| {
        let payment = payments
            .iter()
            .find(|payment| payment.operator == one.operator.to_bytes());
        let kept = payment.map_or(0, |payment| payment.kept);
        PaidText {
            operator: one.operator.to_string(),
            payout: one.payout.to_string(),
            due: chain.tokens(&network, one.due),
            paid: payment.map(|payment| chain.tokens(&network, payment.paid)),
            kept: (kept > 0).then(|| chain.tokens(&network, kept)),
        }
    });
    Ok(RewardPaidOutput {
        epoch: leaves.epoch.to_string(),
        operators: operators.collect(),
        transactions,
    })
}

async fn explain_epoch(
    args: &ExplainArgs,
    context: &Context<'_>,
) -> Result<ExplainOutput, CliError> {
    let chain = context.chain().await?;
    let book = &chain.deployment;
    let network: Network = fetch::fetch(&chain.rpc, &book.network).await?;
    let (operator, _) = chain.operator(&args.operator).await?;
    let published = Published::new(args.from.as_deref(), &book.published, book.service)?;
    let files = published.epoch(args.epoch).await?;
    let spinner = context.ui.spinner("recomputing the epoch");
    let recomputed = recompute(&files)?;
    spinner.finish_and_clear();
    let ring = fetch::ring(&chain.rpc, &book.service).await?;
    let on_chain = match ring.find(args.epoch) {
        Some(root) => {
            recomputed.compare_with_chain(root)?;
            true
        }
        None => {
            context
                .ui
                .warning("the chain holds no final root of this epoch to compare with");
            false
        }
    };
    let explanation = explain(&files.inputs, &recomputed.outcome, &operator.to_bytes())?;
    Ok(ExplainOutput {
        on_chain,
        decimals: network.token_decimals,
        symbol: book.token_symbol.clone(),
        explanation,
    })
}
