//! `trestle epoch challenge` and `trestle epoch escape`: what anybody can do about verifiers that
//! are wrong, or gone.

use std::{fmt, mem::offset_of};

use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::{hash::ZERO_HASH, root::FinalRoot};
use trestle_sdk::{
    challenge::{find_fault, Suspect},
    encoding::string,
    fetch::{self, Filter, Operator, Proposal},
    instruction::{proofs::service_escape, token::token_account_create},
};

use crate::{
    commands::dispute::challenger_of,
    context::{Chain, Context},
    error::CliError,
    published::{ProvenLeaves, Published},
    send::{Submitter, Transaction},
    text::row,
};

/// `epoch challenge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChallengeOutput {
    pub proposal: String,
    #[serde(with = "string")]
    pub epoch: u64,
    /// What is wrong: order, counters, slash, totals or omitted.
    pub fault: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `epoch escape`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EscapeOutput {
    pub service: String,
    #[serde(with = "string")]
    pub epoch: u64,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for ChallengeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Challenged", &self.proposal)?;
        row(f, "Epoch", self.epoch)?;
        row(f, "Fault", &self.fault)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for EscapeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Stalled", &self.service)?;
        row(f, "Epoch", self.epoch)?;
        self.transaction.fmt(f)
    }
}

/// Looks for what the chain would see, and proves it.
pub async fn challenge(
    address: &Pubkey,
    from: Option<&str>,
    context: &Context<'_>,
    chain: &Chain,
) -> Result<ChallengeOutput, CliError> {
    let signers = context.signers()?;
    let proposal: Proposal = fetch::fetch(&chain.rpc, address).await?;
    let book = &chain.deployment;
    let published = Published::new(from, &book.published, book.service)?;
    let leaves = published.leaves(&claimed(&proposal)).await?;
    let previous = previous(chain, &published, &proposal).await?;
    let operators = operators(chain, proposal.epoch).await?;
    let fault = find_fault(&Suspect {
        leaves: leaves.all(),
        totals: proposal.totals.into(),
        previous: previous.as_ref().map(|one| (one.epoch, one.all())),
        operators: &operators,
    })
    .map_err(|error| CliError::failed("published-files", error.to_string()))?;
    let fault = fault.ok_or_else(|| {
        let message = "its leaves show nothing that the chain would see as wrong";
        CliError::failed("no-fault", message)
            .hint("if it is wrong all the same, put it to the verifiers: `trestle dispute open`")
    })?;
    let name = fault.name().to_string();
    let submitter = Submitter::new(context, chain, &signers);
    let wallet = signers.wallet.address();
    let challenger = challenger_of(chain, &proposal, &wallet);
    let instructions = vec![
        token_account_create(&submitter.payer(), &wallet, &book.token_mint),
        fault.instruction(&challenger),
    ];
    let transaction = submitter.send("the challenge", instructions).await?;
    Ok(ChallengeOutput {
        proposal: address.to_string(),
        epoch: proposal.epoch,
        fault: name,
        transaction,
    })
}

/// The proposal as the final root that it wants to be.
fn claimed(proposal: &Proposal) -> FinalRoot {
    FinalRoot {
        epoch: proposal.epoch,
        tree_root: proposal.tree_root,
        digest: proposal.digest,
        inputs_digest: proposal.inputs_digest,
        totals: proposal.totals.into(),
        leaf_count: proposal.leaf_count,
        rules_version: proposal.rules_version,
        finalized_at: 0,
    }
}

/// The leaves of the root that it builds on; none if it is the first or that root has left the
/// ring.
async fn previous(
    chain: &Chain,
    published: &Published,
    proposal: &Proposal,
) -> Result<Option<ProvenLeaves>, CliError> {
    if proposal.previous_digest == ZERO_HASH {
        return Ok(None);
    }
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    match ring.find(proposal.previous_epoch) {
        Some(root) => published.leaves(root).await.map(Some),
        None => Ok(None),
    }
}

async fn operators(chain: &Chain, epoch: u64) -> Result<Vec<Pubkey>, CliError> {
    let filter = Filter::address(offset_of!(Operator, service), &chain.deployment.service);
    let all = fetch::list::<Operator>(&chain.rpc, &[filter]).await?;
    let old_enough = all.iter().filter(|(_, one)| one.registered_epoch <= epoch);
    Ok(old_enough.map(|(address, _)| *address).collect())
}

/// Declares the service stalled.
pub async fn escape(context: &Context<'_>, chain: &Chain) -> Result<EscapeOutput, CliError> {
    let signers = context.signers()?;
    let view = chain.view().await?;
    let submitter = Submitter::new(context, chain, &signers);
    let book = &chain.deployment;
    let instruction = service_escape(&book.network, &book.service);
    let transaction = submitter.send("the declaration", vec![instruction]).await?;
    Ok(EscapeOutput {
        service: book.service.to_string(),
        epoch: view.epoch,
        transaction,
    })
}
