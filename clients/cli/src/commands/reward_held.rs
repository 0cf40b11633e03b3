//! `trestle reward release`: what was held back of a new operator's pay.

use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    event::{find, rewards::HeldReleased},
    fetch::{self, Pool},
    instruction::rewards::held_release,
};

use crate::{
    commands::{
        reward::{claim_of, releasable, sync_of},
        reward_output::RewardPartOutput,
    },
    context::Context,
    error::CliError,
    send::Submitter,
};

/// Pays what the operator's age has released.
pub async fn release(
    operator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<RewardPartOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wanted = operator.unwrap_or(signers.wallet.address());
    let view = chain.view().await?;
    let found = chain.operator(&wanted).await?;
    let (operator, payout) = (found.0, found.1.payout);
    let claim = claim_of(&chain, &operator).await?.ok_or_else(|| {
        CliError::failed(
            "nothing-held",
            format!("operator {operator} was paid nothing yet"),
        )
        .hint("pay it by `trestle reward claim`")
    })?;
    let pool: Pool = fetch::fetch(&chain.rpc, &chain.deployment.pool).await?;
    let due = releasable(&claim, view.epoch, Some(&pool));
    let (network, service) = (&chain.deployment.network, &chain.deployment.service);
    let mut instructions = Vec::from_iter(sync_of(&chain, &found, Some(&claim), None).await?);
    instructions.push(held_release(network, service, &operator, &payout));
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the release", instructions).await?;
    let paid = find::<HeldReleased>(&transaction.event_logs, &address::REWARDS_ID);
    let paid = paid.first().map(|event| event.paid);
    Ok(RewardPartOutput {
        operator: operator.to_string(),
        payout: payout.to_string(),
        due: chain.tokens(&view.network, due),
        paid: paid.map(|amount| chain.tokens(&view.network, amount)),
        epoch: None,
        transactions: vec![transaction],
    })
}
