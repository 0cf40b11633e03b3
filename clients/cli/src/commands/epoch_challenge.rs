//! `trestle epoch challenge` and `trestle epoch escape`: what anybody can do about verifiers that
//! are wrong, or gone.

use std::{fmt, mem::offset_of};

use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::{hash::ZERO_HASH, root::FinalRoot};
use trestle_sdk::{
    address,
    challenge::{find_false_record, find_fault, EvidenceError, Fault, Suspect, SuspectEvidence},
    encoding::string,
    fetch::{self, Commitment, Filter, Operator, Proposal, SeedRing},
    instruction::{proofs::service_escape, token::token_account_create},
};

use trestle_verify::storage::ChallengeEvidence;

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
    /// What is wrong: order, counters, slash, totals, omitted, opening, loss or signature.
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
    let operators = operators(chain).await?;
    let fault = match fault_of_leaves(chain, &published, &proposal, &operators).await? {
        Some(fault) => Some(fault),
        None => fault_of_evidence(chain, &published, &proposal, &operators).await?,
    };
    let fault = fault.ok_or_else(|| {
        let message = "its leaves and evidence show nothing that the chain would see as wrong";
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

async fn operators(chain: &Chain) -> Result<Vec<(Pubkey, Operator)>, CliError> {
    let filter = Filter::address(offset_of!(Operator, service), &chain.deployment.service);
    Ok(fetch::list(&chain.rpc, &[filter]).await?)
}

async fn fault_of_leaves(
    chain: &Chain,
    published: &Published,
    proposal: &Proposal,
    operators: &[(Pubkey, Operator)],
) -> Result<Option<Fault>, CliError> {
    let leaves = published.leaves(&claimed(proposal)).await?;
    let previous = previous(chain, published, proposal).await?;
    let old_enough = operators
        .iter()
        .filter(|(_, one)| one.registered_epoch <= proposal.epoch);
    let operators: Vec<Pubkey> = old_enough.map(|(address, _)| *address).collect();
    find_fault(&Suspect {
        leaves: leaves.all(),
        totals: proposal.totals.into(),
        previous: previous.as_ref().map(|one| (one.epoch, one.all())),
        operators: &operators,
    })
    .map_err(|error| CliError::failed("published-files", error.to_string()))
}

async fn fault_of_evidence(
    chain: &Chain,
    published: &Published,
    proposal: &Proposal,
    operators: &[(Pubkey, Operator)],
) -> Result<Option<Fault>, CliError> {
    let service = &chain.deployment.service;
    let seeds: SeedRing = fetch::fetch(&chain.rpc, &address::seeds(service)).await?;
    let Some(seed) = seeds.find(proposal.epoch) else {
        return Ok(None);
    };
    let files = published.epoch(proposal.epoch).await?;
    let filter = Filter::address(offset_of!(Commitment, service), service);
    let commitments = fetch::list::<Commitment>(&chain.rpc, &[filter]).await?;
    let records: Vec<_> = files
        .evidence
        .iter()
        .map(ChallengeEvidence::shown)
        .collect();
    find_false_record(&SuspectEvidence {
        epoch: proposal.epoch,
        inputs_digest: proposal.inputs_digest,
        context_digest: files.root.context_digest,
        seed: *seed,
        records: &records,
        commitments: &commitments,
        operators,
    })
    .map_err(|error: EvidenceError| {
        CliError::failed("published-files", error.to_string())
            .hint("give another verifier's URL or folder by --from")
    })
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
