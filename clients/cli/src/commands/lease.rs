//! `trestle lease`: the agreements that pay operators.

use std::{fmt, mem::offset_of};

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::root::RootRing;
use trestle_credits::constants::{
    REASON_DECOMMISSION, REASON_NOT_NEEDED, REASON_OTHER, REASON_PRICE, REASON_SERVICE,
};
use trestle_proofs::state::NEVER;
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, Commitment, Filter, Lease},
    instruction::{
        credits::{lease_close, lease_end, lease_settle, LeafProof},
        proofs::{commitment_close, commitment_end},
        rewards::Counters,
    },
};

use crate::{
    context::{Chain, Context},
    error::{CliError, Kind},
    published::Published,
    send::{fmt_head, Submitter, Transaction},
    settle::{next_settlement, NextSettlement},
    text::{percent, row, CreditsText},
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
    /// End a lease and its commitment: at once as the customer, with notice as the operator
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
    fn code(self) -> u8 {
        match self {
            Self::NotNeeded => REASON_NOT_NEEDED,
            Self::Service => REASON_SERVICE,
            Self::Price => REASON_PRICE,
            Self::Decommission => REASON_DECOMMISSION,
            Self::Other => REASON_OTHER,
        }
    }
}

/// One lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseOutput {
    pub commitment: String,
    pub lease: String,
    pub customer: String,
    pub operator: String,
    pub status: LeaseStatus,
    pub rate_per_epoch: CreditsText,
    #[serde(with = "string")]
    pub start_epoch: u64,
    #[serde(with = "string")]
    pub end_epoch: u64,
    #[serde(with = "string")]
    pub settled_epoch: u64,
    pub period_epochs: u32,
    pub sla_bps: u16,
    pub credit_bps: u16,
    pub escrow: CreditsText,
    pub consumed: CreditsText,
    pub refunded: CreditsText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaseStatus {
    Active,
    Ending,
    Settled,
}

/// `lease list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaseListOutput {
    pub leases: Vec<LeaseOutput>,
}

/// `lease settle`, `lease end` and `lease close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseWriteOutput {
    pub commitment: String,
    pub action: LeaseAction,
    /// Epochs of the roots that it was settled with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub epochs: Vec<String>,
    /// The lease afterwards, where it still exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseOutput>,
    pub transactions: Vec<Transaction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaseAction {
    Settle,
    End,
    Close,
}

impl fmt::Display for LeaseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Settled => "settled",
        })
    }
}

impl fmt::Display for LeaseOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Commitment", &self.commitment)?;
        row(f, "Lease", &self.lease)?;
        row(f, "Customer", &self.customer)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Status", self.status)?;
        row(f, "Price", format!("{} an epoch", self.rate_per_epoch))?;
        row(
            f,
            "Epochs",
            format!("{} to {}", self.start_epoch, self.end_epoch),
        )?;
        row(f, "Settled", format!("to epoch {}", self.settled_epoch))?;
        let level = percent(self.sla_bps.into());
        let back = percent(self.credit_bps.into());
        row(
            f,
            "Service level",
            format!("{level} good windows, else {back} back"),
        )?;
        row(f, "Left", &self.escrow)?;
        row(f, "Used", &self.consumed)?;
        row(f, "Refunded", &self.refunded)
    }
}

impl fmt::Display for LeaseListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.leases.is_empty() {
            return writeln!(f, "No leases.");
        }
        for one in &self.leases {
            writeln!(
                f,
                "{}  {}  epochs {} to {}, settled to {}  left {}",
                one.commitment,
                one.status,
                one.start_epoch,
                one.end_epoch,
                one.settled_epoch,
                one.escrow
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for LeaseWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        match &self.lease {
            Some(lease) => lease.fmt(f)?,
            None => row(f, "Commitment", &self.commitment)?,
        }
        match self.action {
            LeaseAction::Settle => row(f, "Settled with", epochs_text(&self.epochs))?,
            LeaseAction::End => {}
            LeaseAction::Close => row(f, "Lease", "closed")?,
        }
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

fn epochs_text(epochs: &[String]) -> String {
    if epochs.is_empty() {
        "no root: nothing was left to pay for".to_string()
    } else {
        format!("the roots of epochs {}", epochs.join(", "))
    }
}

pub async fn run(command: &LeaseCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        LeaseCommand::List(args) => context.print(&list(args, context).await?),
        LeaseCommand::Show { commitment } => {
            let chain = context.chain().await?;
            let (address, lease) = find(&chain, commitment).await?;
            context.print(&output(&address, &lease))
        }
        LeaseCommand::Settle(args) => context.print(&settle(args, context).await?),
        LeaseCommand::End { commitment, reason } => {
            context.print(&end(commitment, *reason, context).await?)
        }
        LeaseCommand::Close { commitment } => context.print(&close(commitment, context).await?),
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
            .map(|(address, lease)| output(address, lease))
            .collect(),
    })
}

/// A lease by its commitment or by its own address.
async fn find(chain: &Chain, address: &Pubkey) -> Result<(Pubkey, Lease), CliError> {
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

fn output(address: &Pubkey, lease: &Lease) -> LeaseOutput {
    LeaseOutput {
        commitment: lease.commitment.to_string(),
        lease: address.to_string(),
        customer: lease.customer.to_string(),
        operator: lease.operator.to_string(),
        status: match lease.status {
            trestle_credits::constants::LEASE_ACTIVE => LeaseStatus::Active,
            trestle_credits::constants::LEASE_ENDING => LeaseStatus::Ending,
            _ => LeaseStatus::Settled,
        },
        rate_per_epoch: CreditsText::new(lease.rate_per_epoch),
        start_epoch: lease.start_epoch,
        end_epoch: lease.end_epoch,
        settled_epoch: lease.settled_epoch(),
        period_epochs: lease.period_epochs,
        sla_bps: lease.sla_bps,
        credit_bps: lease.credit_bps,
        escrow: CreditsText::new(lease.escrow),
        consumed: CreditsText::new(lease.consumed),
        refunded: CreditsText::new(lease.refunded),
    }
}

async fn settle(args: &SettleArgs, context: &Context<'_>) -> Result<LeaseWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (address, mut lease) = find(&chain, &args.commitment).await?;
    let (rpc, book) = (&chain.rpc, &chain.deployment);
    let commitment: Option<Commitment> = fetch::fetch_optional(rpc, &lease.commitment).await?;
    let ring = fetch::ring(rpc, &lease.service).await?;
    let published = Published::new(args.from.as_deref(), &book.published, lease.service)?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (mut epochs, mut transactions) = (Vec::new(), Vec::new());
    let mut overtaken = false;
    for _ in 0..SETTLEMENTS_MAX {
        let next = next_settlement(&lease, commitment.as_ref(), &ring);
        let Some(leaf) = leaf_for(next, args.epoch, &lease, &ring, &published).await? else {
            break;
        };
        let (service, customer, of) = (lease.service, lease.customer, lease.commitment);
        let instruction = lease_settle(&book.network, &service, &customer, &of, leaf);
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
        lease: Some(output(&address, &lease)),
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

/// The program does not look at the leaf of a lease in which nothing is left to pay for.
fn no_leaf() -> LeafProof {
    LeafProof {
        epoch: 0,
        index: 0,
        counters: Counters::default(),
        proof: Vec::new(),
    }
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
    if state.is_some_and(|state| state.ended_epoch == NEVER) {
        // Nobody would pay the operator for keeping it any longer.
        instructions.push(commitment_end(&party, network, &service, &operator, &of));
    }
    let transaction = submitter.send("ending the lease", instructions).await?;
    let after: Option<Lease> = fetch::fetch_optional(&chain.rpc, &address).await?;
    Ok(LeaseWriteOutput {
        commitment: of.to_string(),
        action: LeaseAction::End,
        epochs: Vec::new(),
        lease: after.map(|lease| output(&address, &lease)),
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
    let over = state.filter(|state| {
        let passed = ring.latest_epoch > state.ended_epoch;
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
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("closing the lease", instructions).await?;
    Ok(LeaseWriteOutput {
        commitment: lease.commitment.to_string(),
        action: LeaseAction::Close,
        epochs: Vec::new(),
        lease: None,
        transactions: vec![transaction],
    })
}
