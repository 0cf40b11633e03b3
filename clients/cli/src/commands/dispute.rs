//! `trestle dispute`: whether a proposed root is right, decided by the verifiers.

use std::fmt;

use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_proofs::state::{ProposalStatus, Verdict};
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, Dispute, Proposal},
    instruction::{
        proofs::{dispute_open, dispute_resolve, dispute_vote, Challenger, ProposalKey},
        token::token_account_create,
    },
};

use crate::{
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    text::{count, relative, row, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum DisputeCommand {
    /// Stake a bond on a proposed root being wrong
    Open {
        /// The proposal; see `trestle epoch show`
        proposal: Pubkey,
    },
    /// Say as a verifier whether a disputed root is right
    Vote {
        /// The proposal that is disputed
        proposal: Pubkey,
        /// What the root is
        #[arg(value_enum)]
        answer: Answer,
    },
    /// End a dispute that is decided or over; anybody may do it
    Resolve {
        /// The proposal that is disputed
        proposal: Pubkey,
    },
    /// Show how a dispute stands
    Show {
        /// The proposal that is disputed
        proposal: Pubkey,
    },
}

/// What a verifier says of a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    Right,
    Wrong,
}

/// `dispute open`, `dispute vote` and `dispute resolve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeMoveOutput {
    pub action: DisputeAction,
    pub proposal: String,
    #[serde(with = "string")]
    pub epoch: u64,
    /// What the challenger risks.
    pub bond: TokenText,
    /// What was said, in a vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DisputeAction {
    Open,
    Vote,
    Resolve,
}

/// How a dispute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Wrong,
    Right,
    Undecided,
    Moot,
}

/// `dispute show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeOutput {
    pub proposal: String,
    pub dispute: String,
    #[serde(with = "string")]
    pub epoch: u64,
    pub challenger: String,
    pub bond: TokenText,
    /// Unix seconds from which nobody can vote any more.
    #[serde(with = "string")]
    pub ends_at: i64,
    /// Unix seconds by the chain's clock.
    #[serde(with = "string")]
    pub now: i64,
    pub said_right: u32,
    pub weight_right: TokenText,
    pub said_wrong: u32,
    pub weight_wrong: TokenText,
    pub weight_total: TokenText,
    /// What `resolve` would come to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Wrong => Self::Wrong,
            Verdict::Right => Self::Right,
            Verdict::Undecided => Self::Undecided,
            Verdict::Moot => Self::Moot,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wrong => "wrong: the root is lost and its signers pay",
            Self::Right => "right: the root stands and the challenger pays",
            Self::Undecided => "undecided: the root is lost and nobody is guilty",
            Self::Moot => "moot: the root was proven wrong before",
        })
    }
}

impl fmt::Display for DisputeMoveOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            DisputeAction::Open => "Disputed",
            DisputeAction::Vote => "Voted on",
            DisputeAction::Resolve => "Resolved",
        };
        row(f, label, &self.proposal)?;
        row(f, "Epoch", self.epoch)?;
        row(f, "Bond", &self.bond)?;
        match self.answer {
            Some(Answer::Right) => row(f, "Answer", "right")?,
            Some(Answer::Wrong) => row(f, "Answer", "wrong")?,
            None => {}
        }
        if let Some(outcome) = &self.outcome {
            row(f, "Outcome", outcome)?;
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for DisputeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Proposal", &self.proposal)?;
        row(f, "Epoch", self.epoch)?;
        row(f, "Dispute", &self.dispute)?;
        row(f, "Challenger", &self.challenger)?;
        row(f, "Bond", &self.bond)?;
        row(f, "Voting ends", relative(self.ends_at, self.now))?;
        let side = |voters: u32, weight: &TokenText| {
            format!("{}, {weight}", count(u64::from(voters), "verifier"))
        };
        row(f, "Right", side(self.said_right, &self.weight_right))?;
        row(f, "Wrong", side(self.said_wrong, &self.weight_wrong))?;
        row(f, "Of", &self.weight_total)?;
        match &self.outcome {
            Some(outcome) => row(f, "Outcome", outcome),
            None => row(f, "Outcome", "none yet"),
        }
    }
}

pub async fn run(command: &DisputeCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        DisputeCommand::Open { proposal } => context.print(&open(proposal, context).await?),
        DisputeCommand::Vote { proposal, answer } => {
            context.print(&vote(proposal, *answer, context).await?)
        }
        DisputeCommand::Resolve { proposal } => context.print(&resolve(proposal, context).await?),
        DisputeCommand::Show { proposal } => context.print(&show(proposal, context).await?),
    }
}

/// Where a proposal stands.
pub fn key_of(proposal: &Proposal) -> ProposalKey {
    ProposalKey {
        network: proposal.network,
        service: proposal.service,
        epoch: proposal.epoch,
        proposer: proposal.proposer,
    }
}

/// A challenger, with the usual account for the network's token.
pub fn challenger_of(chain: &Chain, proposal: &Proposal, wallet: &Pubkey) -> Challenger {
    let token_mint = chain.deployment.token_mint;
    Challenger {
        challenger: *wallet,
        challenger_tokens: address::token_account(wallet, &token_mint),
        token_mint,
        key: key_of(proposal),
    }
}

async fn open(address: &Pubkey, context: &Context<'_>) -> Result<DisputeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let view = chain.view().await?;
    let proposal: Proposal = fetch::fetch(&chain.rpc, address).await?;
    let bond = chain.tokens(&view.network, view.network.verifier_bond_min);
    if !context.global.dry_run {
        context.ui.confirm(&format!(
            "Stake {bond} on this root being wrong? If the verifiers uphold it, they are lost."
        ))?;
    }
    let submitter = Submitter::new(context, &chain, &signers);
    let challenger = challenger_of(&chain, &proposal, &signers.wallet.address());
    let instruction = dispute_open(&challenger);
    let transaction = submitter.send("the dispute", vec![instruction]).await?;
    Ok(DisputeMoveOutput {
        action: DisputeAction::Open,
        proposal: address.to_string(),
        epoch: proposal.epoch,
        bond,
        answer: None,
        outcome: None,
        transaction,
    })
}

async fn vote(
    address: &Pubkey,
    answer: Answer,
    context: &Context<'_>,
) -> Result<DisputeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let view = chain.view().await?;
    let (proposal, dispute) = disputed(&chain, address).await?;
    let verifier = signers.wallet.address();
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = dispute_vote(&verifier, &key_of(&proposal), answer == Answer::Right);
    let transaction = submitter.send("the vote", vec![instruction]).await?;
    Ok(DisputeMoveOutput {
        action: DisputeAction::Vote,
        proposal: address.to_string(),
        epoch: proposal.epoch,
        bond: chain.tokens(&view.network, dispute.bond),
        answer: Some(answer),
        outcome: None,
        transaction,
    })
}

async fn resolve(address: &Pubkey, context: &Context<'_>) -> Result<DisputeMoveOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let view = chain.view().await?;
    let (proposal, dispute) = disputed(&chain, address).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let challenger = challenger_of(&chain, &proposal, &dispute.challenger);
    let mint = &chain.deployment.token_mint;
    // The bond must find an account of the challenger, also if the challenger closed it.
    let instructions = vec![
        token_account_create(&submitter.payer(), &dispute.challenger, mint),
        dispute_resolve(&challenger),
    ];
    let transaction = submitter.send("the resolution", instructions).await?;
    Ok(DisputeMoveOutput {
        action: DisputeAction::Resolve,
        proposal: address.to_string(),
        epoch: proposal.epoch,
        bond: chain.tokens(&view.network, dispute.bond),
        answer: None,
        outcome: outcome(&proposal, &dispute, view.time.unix_seconds),
        transaction,
    })
}

async fn show(address: &Pubkey, context: &Context<'_>) -> Result<DisputeOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (proposal, dispute) = disputed(&chain, address).await?;
    let now = view.time.unix_seconds;
    let tokens = |amount| chain.tokens(&view.network, amount);
    Ok(DisputeOutput {
        proposal: address.to_string(),
        dispute: address::dispute(address).to_string(),
        epoch: proposal.epoch,
        challenger: dispute.challenger.to_string(),
        bond: tokens(dispute.bond),
        ends_at: dispute.ends_at,
        now,
        said_right: dispute.right.count_ones(),
        weight_right: tokens(dispute.weight_right),
        said_wrong: dispute.wrong.count_ones(),
        weight_wrong: tokens(dispute.weight_wrong),
        weight_total: tokens(dispute.weight_total),
        outcome: outcome(&proposal, &dispute, now),
    })
}

async fn disputed(chain: &Chain, address: &Pubkey) -> Result<(Proposal, Dispute), CliError> {
    let proposal: Proposal = fetch::fetch(&chain.rpc, address).await?;
    let dispute = fetch::fetch_optional(&chain.rpc, &address::dispute(address)).await?;
    dispute.map(|dispute| (proposal, dispute)).ok_or_else(|| {
        CliError::failed("no-dispute", format!("no dispute about {address} is open"))
            .hint("`trestle epoch show` lists the proposals of an epoch")
    })
}

fn outcome(proposal: &Proposal, dispute: &Dispute, now: i64) -> Option<Outcome> {
    let is_lost = proposal.status == ProposalStatus::Lost as u8;
    dispute.verdict(is_lost, now).ok().map(Outcome::from)
}
