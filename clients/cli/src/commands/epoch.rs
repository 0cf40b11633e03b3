//! `trestle epoch`: epochs and their roots.

use std::{fmt, mem::offset_of};

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::{
    epoch::{epoch_end, epoch_start},
    root::FinalRoot,
    units::{Epoch, UnixSeconds},
};
use trestle_proofs::state::ProposalStatus;
use trestle_sdk::{
    encoding::string,
    fetch::{self, Filter, Network, Proposal},
};

use crate::{
    commands::epoch_challenge,
    context::{Chain, Context, NetworkView},
    error::CliError,
    text::{count, relative, row, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum EpochCommand {
    /// Show an epoch: its times, its proposals, its final root
    Show {
        /// Number of the epoch [default: the running one]
        epoch: Option<u64>,
    },
    /// List the final roots that the chain still holds
    List,
    /// Prove that a proposed root is wrong, for a share of its signers' bonds
    Challenge {
        /// The proposal; see `trestle epoch show`
        proposal: Pubkey,
        /// Verifier's URL, or folder of published files, to take leaves and evidence from
        #[arg(long, value_name = "SOURCE")]
        from: Option<String>,
    },
    /// Declare that the verifiers have stopped; commitments then end without notice
    Escape,
}

/// `epoch show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochOutput {
    #[serde(with = "string")]
    pub epoch: u64,
    #[serde(with = "string")]
    pub current_epoch: u64,
    /// Unix seconds.
    #[serde(with = "string")]
    pub starts_at: i64,
    /// Unix seconds.
    #[serde(with = "string")]
    pub ends_at: i64,
    /// Unix seconds by the chain's clock.
    #[serde(with = "string")]
    pub now: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<RootText>,
    pub proposals: Vec<ProposalText>,
}

/// A final root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RootText {
    #[serde(with = "string")]
    pub epoch: u64,
    pub tree_root: String,
    pub digest: String,
    pub leaf_count: u32,
    /// Cumulative since the beginning, as the next ones.
    pub tokens: TokenText,
    pub slashed: TokenText,
    /// KiB times epochs.
    #[serde(with = "string")]
    pub units: u64,
    /// Unix seconds.
    #[serde(with = "string")]
    pub finalized_at: i64,
    pub rules_version: u32,
}

/// A proposed root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProposalText {
    pub proposal: String,
    pub proposer: String,
    pub digest: String,
    pub attestations: u32,
    /// Proven wrong.
    pub lost: bool,
    /// Its verifiers vote on a dispute.
    pub disputed: bool,
    /// Unix seconds at which it got its quorum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum_at: Option<String>,
}

/// `epoch list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochListOutput {
    #[serde(with = "string")]
    pub current_epoch: u64,
    /// Newest first.
    pub roots: Vec<RootText>,
}

impl fmt::Display for EpochOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Epoch", self.epoch)?;
        row(f, "Begin", relative(self.starts_at, self.now))?;
        row(f, "End", relative(self.ends_at, self.now))?;
        match &self.root {
            Some(root) => root.fmt(f)?,
            None => row(f, "Final root", "none yet")?,
        }
        for one in &self.proposals {
            let state = match (one.lost, one.disputed, &one.quorum_at) {
                (true, ..) => "lost",
                (false, true, _) => "disputed",
                (false, false, Some(_)) => "has its quorum",
                (false, false, None) => "waits for its quorum",
            };
            row(f, "Proposal", &one.proposal)?;
            let signers = count(u64::from(one.attestations), "verifier");
            row(f, "", format!("by {}, {signers}, {state}", one.proposer))?;
        }
        Ok(())
    }
}

impl fmt::Display for RootText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Final root", &self.tree_root)?;
        row(f, "Digest", &self.digest)?;
        row(f, "Leaves", self.leaf_count)?;
        row(f, "Earned so far", &self.tokens)?;
        row(f, "Slashed so far", &self.slashed)?;
        row(f, "Work so far", format!("{} KiB-epochs", self.units))
    }
}

impl fmt::Display for EpochListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Running epoch", self.current_epoch)?;
        if self.roots.is_empty() {
            return writeln!(f, "No root is final yet.");
        }
        for root in &self.roots {
            writeln!(
                f,
                "{:>8}  {}  {} leaves  {} earned so far",
                root.epoch, root.tree_root, root.leaf_count, root.tokens
            )?;
        }
        Ok(())
    }
}

pub async fn run(command: &EpochCommand, context: &Context<'_>) -> Result<(), CliError> {
    let chain = context.chain().await?;
    match command {
        EpochCommand::Show { epoch } => context.print(&show(*epoch, &chain).await?),
        EpochCommand::List => context.print(&list(&chain).await?),
        EpochCommand::Challenge { proposal, from } => {
            let challenged = epoch_challenge::challenge(proposal, from.as_deref(), context, &chain);
            context.print(&challenged.await?)
        }
        EpochCommand::Escape => context.print(&epoch_challenge::escape(context, &chain).await?),
    }
}

async fn show(epoch: Option<u64>, chain: &Chain) -> Result<EpochOutput, CliError> {
    let view = chain.view().await?;
    let epoch = epoch.unwrap_or(view.epoch);
    let (starts_at, ends_at) = bounds(&view, epoch)?;
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let filter = Filter::address(offset_of!(Proposal, service), &chain.deployment.service);
    let all = fetch::list::<Proposal>(&chain.rpc, &[filter]).await?;
    let proposals = all.iter().filter(|(_, one)| one.epoch == epoch);
    Ok(EpochOutput {
        epoch,
        current_epoch: view.epoch,
        starts_at,
        ends_at,
        now: view.time.unix_seconds,
        root: ring
            .find(epoch)
            .map(|root| root_text(chain, &view.network, root)),
        proposals: proposals
            .map(|(address, one)| ProposalText {
                proposal: address.to_string(),
                proposer: one.proposer.to_string(),
                digest: hex::encode(one.digest),
                attestations: one.signers.count_ones(),
                lost: one.status == ProposalStatus::Lost as u8,
                disputed: one.check_undisputed().is_err(),
                quorum_at: (one.quorum_at != 0).then(|| one.quorum_at.to_string()),
            })
            .collect(),
    })
}

fn bounds(view: &NetworkView, epoch: u64) -> Result<(i64, i64), CliError> {
    let genesis = UnixSeconds(view.network.genesis);
    let seconds = view.network.epoch_seconds;
    let start = epoch_start(genesis, seconds, Epoch(epoch));
    let end = epoch_end(genesis, seconds, Epoch(epoch));
    match (start, end) {
        (Ok(start), Ok(end)) => Ok((start.0, end.0)),
        _ => Err(CliError::usage(format!("epoch {epoch} is beyond all time"))),
    }
}

async fn list(chain: &Chain) -> Result<EpochListOutput, CliError> {
    let view = chain.view().await?;
    let ring = fetch::ring(&chain.rpc, &chain.deployment.service).await?;
    let held = ring
        .entries
        .len()
        .min(usize::try_from(ring.count).unwrap_or(usize::MAX));
    let mut roots: Vec<&FinalRoot> = ring.entries.iter().take(held).collect();
    roots.sort_by_key(|root| std::cmp::Reverse(root.epoch));
    Ok(EpochListOutput {
        current_epoch: view.epoch,
        roots: roots
            .into_iter()
            .map(|root| root_text(chain, &view.network, root))
            .collect(),
    })
}

fn root_text(chain: &Chain, network: &Network, root: &FinalRoot) -> RootText {
    RootText {
        epoch: root.epoch,
        tree_root: hex::encode(root.tree_root),
        digest: hex::encode(root.digest),
        leaf_count: root.leaf_count,
        tokens: chain.tokens(network, root.totals.tokens),
        slashed: chain.tokens(network, root.totals.slashed),
        units: root.totals.units,
        finalized_at: root.finalized_at,
        rules_version: root.rules_version,
    }
}
