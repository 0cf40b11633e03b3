//! `trestle reward claim --stable` and `trestle reward stable-payout`: what operators earn in
//! stablecoin.

use clap::Args;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    event::{find, rewards::RewardStableClaimed},
    fetch::{self, Network},
    instruction::{
        rewards::{claim_open, claim_stable_payout_set, reward_claim_stable},
        token::token_account_create,
    },
};

use crate::{
    commands::{
        reward::{claim_of, newest_leaves, send_after, sync_of, OneArgs},
        reward_output::{RewardPartOutput, StablePayoutOutput},
    },
    context::Context,
    error::CliError,
    send::Submitter,
};

#[derive(Debug, Args)]
pub struct StablePayoutArgs {
    /// Token account for stablecoin [default: the signing key's own, created if missing]
    pub account: Option<Pubkey>,
    /// Operator or its wallet [default: the signing key]
    #[arg(long, value_name = "ADDRESS")]
    pub operator: Option<Pubkey>,
}

/// Pays what the newest final root grants.
pub async fn claim(args: &OneArgs, context: &Context<'_>) -> Result<RewardPartOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wanted = args.operator.unwrap_or(signers.wallet.address());
    let found = chain.operator(&wanted).await?;
    let operator = found.0;
    let claim = claim_of(&chain, &operator).await?;
    let claim = claim.filter(|claim| claim.stable_payout != Pubkey::default());
    let claim = claim.ok_or_else(|| {
        let message = format!("operator {operator} has not said where its stablecoin goes");
        CliError::failed("no-stable-payout", message)
            .hint("its controller says so by `trestle reward stable-payout`")
    })?;
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let leaves = newest_leaves(&chain, &ring, args.from.as_deref()).await?;
    let leaf = leaves.proof(&operator)?;
    let due = claim.stable_due(leaf.counters.stable);
    let submitter = Submitter::new(context, &chain, &signers);
    let service = &chain.deployment.service;
    let sync = sync_of(&chain, &found, Some(&claim), Some(leaves.epoch)).await?;
    let before = Vec::from_iter(sync);
    let pay = reward_claim_stable(service, &operator, &claim.stable_payout, leaf);
    let transactions = send_after(&submitter, before, "the claim", pay).await?;
    let logs = transactions.last().map_or(&[][..], |one| &one.event_logs);
    let paid = find::<RewardStableClaimed>(logs, &address::REWARDS_ID);
    Ok(RewardPartOutput {
        operator: operator.to_string(),
        payout: claim.stable_payout.to_string(),
        due: chain.stable(due.0),
        paid: paid.first().map(|event| chain.stable(event.paid)),
        epoch: Some(leaves.epoch.to_string()),
        transactions,
    })
}

/// Says where stablecoin goes. Opens the claim and the account where they are missing.
pub async fn set_payout(
    args: &StablePayoutArgs,
    context: &Context<'_>,
) -> Result<StablePayoutOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, payer) = (submitter.wallet(), submitter.payer());
    let book = &chain.deployment;
    let network: Network = fetch::fetch(&chain.rpc, &book.network).await?;
    let (operator, _) = chain.operator(&args.operator.unwrap_or(wallet)).await?;
    let own = address::token_account(&wallet, &network.stable_mint);
    let payout = args.account.unwrap_or(own);
    let mut instructions = Vec::new();
    if payout == own {
        instructions.push(token_account_create(&payer, &wallet, &network.stable_mint));
    }
    if claim_of(&chain, &operator).await?.is_none() {
        instructions.push(claim_open(&payer, &book.service, &operator));
    }
    let (network, service) = (&book.network, &book.service);
    let set = claim_stable_payout_set(&wallet, network, service, &operator, &payout);
    instructions.push(set);
    Ok(StablePayoutOutput {
        operator: operator.to_string(),
        payout: payout.to_string(),
        transaction: submitter.send("the setting", instructions).await?,
    })
}
