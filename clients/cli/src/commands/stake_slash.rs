//! `trestle stake slash`: takes what a final root says is slashed, of pay first and then of stake.

use std::fmt;

use clap::Args;
use serde::Serialize;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address::{self, REWARDS_ID, STAKING_ID},
    event::{find, rewards::HeldSlashed, staking::SlashApplied},
    fetch::{self, Claim, DelegationPool},
    instruction::{
        rewards::{held_slash, LeafProof},
        staking::slash_apply,
    },
};

use crate::{
    commands::reward::{claim_of, newest_leaves, send_after, sync_of},
    context::{Chain, Context},
    error::CliError,
    send::{fmt_head, Submitter, Transaction},
    text::{row, TokenText},
};

#[derive(Debug, Args)]
pub struct StakeSlashArgs {
    /// Operator or its wallet [default: the signing key]
    pub operator: Option<Pubkey>,
    /// Where epoch files are: a verifier's URL or a folder
    #[arg(long, value_name = "URL_OR_DIR")]
    pub from: Option<String>,
}

/// `stake slash`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StakeSlashOutput {
    pub operator: String,
    /// Epoch of the root that says what is slashed.
    pub epoch: String,
    /// What it owed before.
    pub owed: TokenText,
    /// What was taken of its pay, held or not claimed before.
    pub from_pay: TokenText,
    /// What was taken of what is at stake. A dry run cannot tell before the pay was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_stake: Option<TokenText>,
    pub transactions: Vec<Transaction>,
}

impl fmt::Display for StakeSlashOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Owed", &self.owed)?;
        row(f, "Taken of pay", &self.from_pay)?;
        if let Some(taken) = &self.from_stake {
            row(f, "Taken of stake", taken)?;
        }
        row(f, "By the root of", format!("epoch {}", self.epoch))?;
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

/// What is to be taken of whom, and by which leaf.
struct Slash {
    operator: Pubkey,
    leaf: LeafProof,
    owed: u64,
}

impl Slash {
    fn of_pay(&self, chain: &Chain) -> Instruction {
        let book = &chain.deployment;
        let leaf = self.leaf.clone();
        let (network, mint) = (&book.network, &book.token_mint);
        held_slash(network, mint, &book.service, &self.operator, leaf)
    }

    fn of_stake(&self, chain: &Chain) -> Instruction {
        let book = &chain.deployment;
        let leaf = self.leaf.clone();
        let (network, mint) = (&book.network, &book.token_mint);
        slash_apply(network, mint, &book.service, &self.operator, leaf)
    }
}

/// Takes what the newest final root says is slashed and was not taken yet.
pub async fn slash(
    args: &StakeSlashArgs,
    context: &Context<'_>,
) -> Result<StakeSlashOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wanted = args.operator.unwrap_or(signers.wallet.address());
    let view = chain.view().await?;
    let slash = owed(&chain, &wanted, args.from.as_deref()).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let mut transactions = Vec::new();
    let (mut from_pay, mut from_stake) = (0, None);
    let at_stake = slashable(&chain, &slash.operator).await?;
    if let Some(claim) = claim_to_ask(&chain, &slash, at_stake).await? {
        transactions = take_pay(&submitter, &chain, &slash, &claim).await?;
        let logs = transactions.iter().map(|one| &one.event_logs);
        let taken = logs.flat_map(|logs| find::<HeldSlashed>(logs, &REWARDS_ID));
        from_pay = taken.map(|event| event.amount).sum();
    }
    // A stake is slashed only after the pay was asked on chain.
    let is_asked = transactions.iter().all(|one| one.committed);
    let is_next = at_stake > 0 || transactions.is_empty();
    if is_asked && is_next && from_pay < slash.owed {
        let instructions = vec![slash.of_stake(&chain)];
        let transaction = submitter.send("the slash of stake", instructions).await?;
        let taken = find::<SlashApplied>(&transaction.event_logs, &STAKING_ID);
        from_stake = taken.first().map(|event| event.amount);
        transactions.push(transaction);
    }
    let tokens = |amount| chain.tokens(&view.network, amount);
    Ok(StakeSlashOutput {
        operator: slash.operator.to_string(),
        epoch: slash.leaf.epoch.to_string(),
        owed: tokens(slash.owed),
        from_pay: tokens(from_pay),
        from_stake: from_stake.map(tokens),
        transactions,
    })
}

/// What an operator owes by the newest final root.
async fn owed(chain: &Chain, wanted: &Pubkey, from: Option<&str>) -> Result<Slash, CliError> {
    let (operator, state) = chain.operator(wanted).await?;
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let leaves = newest_leaves(chain, &ring, from).await?;
    let leaf = leaves.proof(&operator)?;
    let owed = leaf.counters.slashed.saturating_sub(state.slashed_applied);
    if owed == 0 {
        return Err(CliError::failed(
            "nothing-to-slash",
            format!("operator {operator} owes no slash of the newest final root"),
        ));
    }
    Ok(Slash {
        operator,
        leaf,
        owed,
    })
}

/// All that a slash of the stake can take, of what is delegated too.
async fn slashable(chain: &Chain, operator: &Pubkey) -> Result<u64, CliError> {
    let (_, state) = chain.operator(operator).await?;
    let pool = address::delegation_pool(operator);
    let pool = fetch::fetch_optional::<DelegationPool>(&chain.rpc, &pool).await?;
    let delegated = pool.map_or(0, |pool| pool.slashable().unwrap_or(u64::MAX));
    let own = state.slashable().unwrap_or(u64::MAX);
    Ok(own.saturating_add(delegated))
}

/// The claim whose pay is to be taken: before the operator's stake, or when that is all it has.
async fn claim_to_ask(
    chain: &Chain,
    slash: &Slash,
    at_stake: u64,
) -> Result<Option<Claim>, CliError> {
    let claim = claim_of(chain, &slash.operator).await?;
    let slashed = slash.leaf.counters.slashed;
    Ok(claim.filter(|claim| claim.slash_asked < slashed || at_stake == 0))
}

/// Takes what it can of the operator's pay.
async fn take_pay(
    submitter: &Submitter<'_>,
    chain: &Chain,
    slash: &Slash,
    claim: &Claim,
) -> Result<Vec<Transaction>, CliError> {
    let found = chain.operator(&slash.operator).await?;
    let sync = sync_of(chain, &found, Some(claim), Some(slash.leaf.epoch)).await?;
    let (before, slash) = (Vec::from_iter(sync), slash.of_pay(chain));
    send_after(submitter, before, "the slash of pay", slash).await
}
