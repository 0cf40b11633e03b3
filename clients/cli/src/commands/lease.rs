//! `trestle lease`: the agreements that pay operators.

use std::mem::offset_of;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::{lease, root::RootRing};
use trestle_proofs::state::NEVER;
use trestle_sdk::{
    address,
    fetch::{self, Commitment, Filter, Lease, Maintenance},
    instruction::{
        credits::{lease_close, lease_end, lease_settle, no_leaf, LeafProof},
        proofs::{commitment_close, commitment_end},
    },
};

use crate::{
    context::{Chain, Context},
    error::{CliError, Kind},
    published::Published,
    send::Submitter,
    settle::{next_settlement, NextSettlement},
};

use super::{
    lease_agree::{renew, transfer},
    lease_group::GroupCommand,
};

pub use super::{
    lease_agree::{RenewArgs, TransferArgs},
    lease_maintenance::{MaintenanceCommand, MaintenanceOutput, WindowText},
    lease_output::{
        LeaseAction, LeaseListOutput, LeaseOutput, LeaseStatus, LeaseWriteOutput, SettlementText,
        StepText,
    },
};

/// Settlements of one command. A ring of 64 roots cannot give more.
const SETTLEMENTS_MAX: usize = 64;

#[derive(Debug, Subcommand)]
pub enum LeaseCommand {
    /// List leases
    List(ListArgs),
    /// Show a lease
    Show {
        /// Commitment, or the lease itself
        commitment: Pubkey,
    },
    /// Pay the operator and refund the customer for every period that is due; anybody may
    Settle(SettleArgs),
    /// Extend a lease, by its own option or by the signature of the operator's node
    #[command(after_help = "Example: trestle lease renew COMMITMENT --epochs 30")]
    Renew(RenewArgs),
    /// Move a shard to another operator: copy it, open a lease there and leave the old one
    ///
    /// The old lease ends with its notice. The new one has its terms, at the price that the new
    /// operator asks.
    #[command(after_help = "Example: trestle lease transfer COMMITMENT --to OPERATOR")]
    Transfer(TransferArgs),
    /// End a lease: after its notice as the customer, after the service's as the operator
    ///
    /// Where the customer keeps no notice, and for the operator, the commitment ends with it.
    End {
        /// Commitment, or the lease itself
        commitment: Pubkey,
        /// Why
        #[arg(long, value_enum, default_value_t)]
        reason: Reason,
    },
    /// Give what is left of a finished lease, and the rent, back to the customer; anybody may
    Close {
        /// Commitment, or the lease itself
        commitment: Pubkey,
    },
    /// Declare maintenance of an operator, or show what is declared
    #[command(subcommand)]
    Maintenance(MaintenanceCommand),
    /// Take more operators than you need, and pay each by what it delivered
    #[command(subcommand)]
    Group(GroupCommand),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Leases of this customer [default: the signing key]
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["operator", "all"])]
    pub customer: Option<Pubkey>,
    /// Leases of this operator, or of its wallet
    #[arg(long, value_name = "ADDRESS", conflicts_with = "all")]
    pub operator: Option<Pubkey>,
    /// Every lease of the network
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub struct SettleArgs {
    /// Commitment, or the lease itself
    pub commitment: Pubkey,
    /// Stop after the root of this epoch
    #[arg(long, value_name = "EPOCH")]
    pub epoch: Option<u64>,
    /// Where epoch files are: a verifier's URL or a folder
    #[arg(long, value_name = "URL_OR_DIR")]
    pub from: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The service is needed no longer
    #[default]
    NotNeeded,
    /// The service was bad
    Service,
    /// The price does not suit
    Price,
    /// The hardware goes away
    Decommission,
    /// Anything else
    Other,
}

impl Reason {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::NotNeeded => lease::Reason::NotNeeded,
            Self::Service => lease::Reason::Service,
            Self::Price => lease::Reason::Price,
            Self::Decommission => lease::Reason::Decommission,
            Self::Other => lease::Reason::Other,
        }
        .code()
    }
}

pub async fn run(command: &LeaseCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        LeaseCommand::List(args) => context.print(&list(args, context).await?),
        LeaseCommand::Show { commitment } => {
            let chain = context.chain().await?;
            let (address, lease) = find(&chain, commitment).await?;
            context.print(&LeaseOutput::new(&address, &lease))
        }
        LeaseCommand::Settle(args) => context.print(&settle(args, context).await?),
        LeaseCommand::End { commitment, reason } => {
            context.print(&end(commitment, *reason, context).await?)
        }
        LeaseCommand::Close { commitment } => context.print(&close(commitment, context).await?),
        LeaseCommand::Renew(args) => context.print(&renew(args, context).await?),
        LeaseCommand::Transfer(args) => context.print(&transfer(args, context).await?),
        LeaseCommand::Maintenance(command) => super::lease_maintenance::run(command, context).await,
        LeaseCommand::Group(command) => super::lease_group::run(command, context).await,
    }
}

async fn list(args: &ListArgs, context: &Context<'_>) -> Result<LeaseListOutput, CliError> {
    let chain = context.chain().await?;
    let network = &chain.deployment.network;
    let mut filters = vec![Filter::address(offset_of!(Lease, network), network)];
    if let Some(operator) = &args.operator {
        let (operator, _) = chain.operator(operator).await?;
        filters.push(Filter::address(offset_of!(Lease, operator), &operator));
    } else if !args.all {
        let customer = context.wallet_or(args.customer)?;
        filters.push(Filter::address(offset_of!(Lease, customer), &customer));
    }
    let found = fetch::list::<Lease>(&chain.rpc, &filters).await?;
    Ok(LeaseListOutput {
        leases: found
            .iter()
            .map(|(address, lease)| LeaseOutput::new(address, lease))
            .collect(),
    })
}

/// A lease by its commitment or by its own address.
pub(super) async fn find(chain: &Chain, address: &Pubkey) -> Result<(Pubkey, Lease), CliError> {
    let derived = address::lease(address);
    if let Some(lease) = fetch::fetch_optional::<Lease>(&chain.rpc, &derived).await? {
        return Ok((derived, lease));
    }
    let account = fetch::raw(&chain.rpc, address, "lease").await?;
    if let Some(account) = account.filter(|account| account.owner == address::CREDITS_ID) {
        return Ok((*address, fetch::decode(address, &account)?));
    }
    let message = format!("no lease pays for {address}");
    Err(CliError::failed("not-found", message).hint("`trestle lease list` shows yours"))
}

async fn settle(args: &SettleArgs, context: &Context<'_>) -> Result<LeaseWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (address, mut lease) = find(&chain, &args.commitment).await?;
    let (rpc, book) = (&chain.rpc, &chain.deployment);
    let commitment: Option<Commitment> = fetch::fetch_optional(rpc, &lease.commitment).await?;
    let ring = fetch::ring(rpc, &lease.service).await?;
    let declared = address::maintenance(&lease.operator);
    let declared: Option<Maintenance> = fetch::fetch_optional(rpc, &declared).await?;
    let windows = declared.as_ref().map_or(&[][..], |one| one.ranges());
    let published = Published::new(args.from.as_deref(), &book.published, lease.service)?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (mut epochs, mut transactions) = (Vec::new(), Vec::new());
    let mut overtaken = false;
    for _ in 0..SETTLEMENTS_MAX {
        let next = next_settlement(&lease, commitment.as_ref(), &ring, windows);
        let Some(leaf) = leaf_for(next, args.epoch, &lease, &ring, &published).await? else {
            break;
        };
        let instruction = lease_settle(&lease, leaf);
        let sent = submitter.send("the settlement", vec![instruction]).await;
        let before = (lease.status, lease.settled_epoch(), lease.baseline_known);
        lease = fetch::fetch(rpc, &address).await?;
        match sent {
            Ok(transaction) => {
                transactions.push(transaction);
                if let NextSettlement::Leaf { epoch } = next {
                    epochs.push(epoch.to_string());
                }
            }
            // Verifiers settle too: whoever comes second goes on from there.
            Err(error)
                if error.kind == Kind::Rejected
                    && before != (lease.status, lease.settled_epoch(), lease.baseline_known) =>
            {
                overtaken = true;
            }
            Err(error) => return Err(error),
        }
        if context.global.dry_run {
            // The next settlement depends on what this one would have written.
            break;
        }
    }
    if transactions.is_empty() && !overtaken {
        return Err(not_due());
    }
    Ok(LeaseWriteOutput {
        commitment: lease.commitment.to_string(),
        action: LeaseAction::Settle,
        epochs,
        settlements: transactions.iter().filter_map(SettlementText::of).collect(),
        lease: Some(LeaseOutput::new(&address, &lease)),
        transactions,
    })
}

/// The leaf that the next settlement shows; `None` when there is none to be done.
async fn leaf_for(
    next: NextSettlement,
    last_epoch: Option<u64>,
    lease: &Lease,
    ring: &RootRing,
    published: &Published,
) -> Result<Option<LeafProof>, CliError> {
    match next {
        NextSettlement::Leaf { epoch } if last_epoch.is_none_or(|last| epoch <= last) => {
            let root = ring.find(epoch).ok_or_else(not_due)?;
            let leaves = published.leaves(root).await?;
            Ok(Some(leaves.proof(&lease.operator)?))
        }
        NextSettlement::Finish => Ok(Some(no_leaf())),
        _ => Ok(None),
    }
}

fn not_due() -> CliError {
    CliError::failed("nothing-due", "nothing of this lease can be settled now")
        .hint("a period is settled once the root of its last epoch is final: `trestle epoch list`")
}

async fn end(
    commitment: &Pubkey,
    reason: Reason,
    context: &Context<'_>,
) -> Result<LeaseWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (address, lease) = find(&chain, commitment).await?;
    if !context.global.dry_run {
        let question = "End the lease? The operator may then delete the data.";
        context.ui.confirm(question)?;
    }
    let submitter = Submitter::new(context, &chain, &signers);
    let party = submitter.wallet();
    let network = &chain.deployment.network;
    let Lease {
        service, operator, ..
    } = lease;
    let of = lease.commitment;
    let mut instructions = vec![lease_end(
        &party,
        network,
        &service,
        &operator,
        &of,
        reason.code(),
    )];
    let state: Option<Commitment> = fetch::fetch_optional(&chain.rpc, &of).await?;
    // Nobody would pay the operator for keeping it any longer; while a notice runs, it is paid.
    let keeps_notice = party == lease.customer && lease.notice_epochs > 0;
    if !keeps_notice && state.is_some_and(|state| state.ended_epoch == NEVER) {
        instructions.push(commitment_end(&party, network, &service, &operator, &of));
    }
    let transaction = submitter.send("ending the lease", instructions).await?;
    let after: Option<Lease> = fetch::fetch_optional(&chain.rpc, &address).await?;
    Ok(LeaseWriteOutput {
        commitment: of.to_string(),
        action: LeaseAction::End,
        epochs: Vec::new(),
        settlements: Vec::new(),
        lease: after.map(|lease| LeaseOutput::new(&address, &lease)),
        transactions: vec![transaction],
    })
}

async fn close(commitment: &Pubkey, context: &Context<'_>) -> Result<LeaseWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (_, lease) = find(&chain, commitment).await?;
    let view = chain.view().await?;
    let network = &chain.deployment.network;
    let mut instructions = vec![lease_close(network, &lease.customer, &lease.commitment)];
    let state: Option<Commitment> = fetch::fetch_optional(&chain.rpc, &lease.commitment).await?;
    let ring = fetch::ring(&chain.rpc, &lease.service).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let is_customer = submitter.wallet() == lease.customer;
    let (service, operator, of) = (&lease.service, &lease.operator, &lease.commitment);
    if is_customer && state.is_some_and(|state| state.ended_epoch == NEVER) {
        instructions.push(commitment_end(
            &lease.customer,
            network,
            service,
            operator,
            of,
        ));
    }
    let over = state.filter(|state| {
        let root = ring.oldest_from(state.ended_epoch);
        let passed = root.and_then(|root| view.network.epoch_at(root.finalized_at).ok());
        let passed = passed.map(|epoch| epoch.0);
        state.customer == lease.customer && state.check_closable(view.epoch, passed).is_ok()
    });
    if over.is_some() {
        let close = commitment_close(
            &lease.customer,
            network,
            &lease.service,
            &lease.operator,
            &lease.commitment,
        );
        instructions.push(close);
    }
    let transaction = submitter.send("closing the lease", instructions).await?;
    Ok(LeaseWriteOutput {
        commitment: lease.commitment.to_string(),
        action: LeaseAction::Close,
        epochs: Vec::new(),
        settlements: Vec::new(),
        lease: None,
        transactions: vec![transaction],
    })
}
