//! `trestle lease group`: k of n operators, each paid by what it delivered.

use std::mem::offset_of;

use clap::{Args, Subcommand};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_credits::state::GroupMember;
use trestle_proofs::state::NEVER;
use trestle_sdk::{
    address,
    clearance::Gate,
    fetch::{self, Commitment, Filter, Lease, LeaseGroup},
    instruction::{
        credits::{
            lease_group_close, lease_group_end, lease_group_join, lease_group_open, GroupTerms,
        },
        proofs::{commitment_end, commitment_register, CommitmentParties},
    },
};

use super::{
    lease::Reason,
    lease_agree::{copy_to, Host},
    lease_group_settle::{record, settle},
    lease_terms::LeaseTermsArgs,
};
use crate::{
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
};

pub use super::lease_group_output::{
    GroupAction, GroupListOutput, GroupMemberText, GroupOutput, GroupSettlementText,
    GroupWriteOutput, WindowsText,
};

/// Epochs from the running one to a group's first, so that there is time to join it.
const DEFAULT_LEAD_EPOCHS: u64 = 2;
/// Commitments that one transaction ends: each adds two addresses to it.
const MEMBERS_PER_TRANSACTION: usize = 6;
/// Numbers among which a free one is looked for. More groups at a time need a number given.
const IDS_MAX: u64 = 100;

#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// Pay for a group, which operators can then join
    ///
    /// It holds what the operators that you need cost over the whole term. You never pay more,
    /// however many deliver.
    #[command(after_help = "Example: trestle lease group open --needed 4 --members 6 --rate 10")]
    Open(OpenArgs),
    /// Make an operator a member of your group, by the signature of its node
    ///
    /// If another operator than the commitment's joins, the shard is copied there and committed to
    /// first.
    #[command(
        after_help = "Example: trestle lease group join GROUP COMMITMENT --operator OPERATOR"
    )]
    Join(JoinArgs),
    /// List lease groups
    List {
        /// Groups of this customer [default: the signing key]
        #[arg(long, value_name = "ADDRESS", conflicts_with = "all")]
        customer: Option<Pubkey>,
        /// Every group of the network
        #[arg(long)]
        all: bool,
    },
    /// Show a lease group
    Show {
        /// The group
        group: Pubkey,
    },
    /// Record what the members delivered in the running period; anybody may
    Record(RoundArgs),
    /// Record the members and settle every period that is due; anybody may
    Settle(RoundArgs),
    /// End a group after its notice
    ///
    /// Where you keep no notice, the members' commitments end with it.
    End {
        /// The group
        group: Pubkey,
        /// Why
        #[arg(long, value_enum, default_value_t)]
        reason: Reason,
    },
    /// Give what is left of a finished group, and the rent, back to the customer; anybody may
    Close {
        /// The group
        group: Pubkey,
    },
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    /// Operators that you need, and pay for at most
    #[arg(long, value_name = "COUNT")]
    pub needed: u8,
    /// Operators that may join
    #[arg(long, value_name = "COUNT")]
    pub members: u8,
    /// Credits an epoch for all that one operator can deliver
    #[arg(long, value_name = "CREDITS")]
    pub rate: u64,
    /// First epoch that is paid for [default: two after the running one]
    #[arg(long, value_name = "EPOCH")]
    pub start: Option<u64>,
    /// Your number for the group [default: the first free one]
    #[arg(long, value_name = "NUMBER")]
    pub id: Option<u64>,
    #[command(flatten)]
    pub terms: LeaseTermsArgs,
}

#[derive(Debug, Args)]
pub struct JoinArgs {
    /// The group
    pub group: Pubkey,
    /// Commitment whose data is served
    pub commitment: Pubkey,
    /// Operator that joins, or its wallet [default: the commitment's]
    #[arg(long, value_name = "ADDRESS")]
    pub operator: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct RoundArgs {
    /// The group
    pub group: Pubkey,
    /// Where epoch files are: a verifier's URL or a folder
    #[arg(long, value_name = "URL_OR_DIR")]
    pub from: Option<String>,
}

pub async fn run(command: &GroupCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        GroupCommand::Open(args) => context.print(&open(args, context).await?),
        GroupCommand::Join(args) => context.print(&join(args, context).await?),
        GroupCommand::List { customer, all } => {
            context.print(&list(*customer, *all, context).await?)
        }
        GroupCommand::Show { group } => {
            let chain = context.chain().await?;
            let state: LeaseGroup = fetch::fetch(&chain.rpc, group).await?;
            context.print(&GroupOutput::new(group, &state))
        }
        GroupCommand::Record(args) => context.print(&record(args, context).await?),
        GroupCommand::Settle(args) => context.print(&settle(args, context).await?),
        GroupCommand::End { group, reason } => context.print(&end(group, *reason, context).await?),
        GroupCommand::Close { group } => context.print(&close(group, context).await?),
    }
}

/// What is left to say after a transaction.
pub(super) async fn output(
    chain: &Chain,
    group: &Pubkey,
    action: GroupAction,
    transactions: Vec<Transaction>,
) -> Result<GroupWriteOutput, CliError> {
    // A dry run opens none, and a closed one is gone.
    let state: Option<LeaseGroup> = fetch::fetch_optional(&chain.rpc, group).await?;
    let settlements = transactions.iter().filter_map(GroupSettlementText::of);
    Ok(GroupWriteOutput {
        group: group.to_string(),
        action,
        settlements: settlements.collect(),
        state: state.map(|state| GroupOutput::new(group, &state)),
        transactions,
    })
}

async fn open(args: &OpenArgs, context: &Context<'_>) -> Result<GroupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let customer = submitter.wallet();
    let id = match args.id {
        Some(id) => id,
        None => free_id(&chain, &customer).await?,
    };
    let epoch = chain.view().await?.epoch;
    let terms = GroupTerms {
        needed: args.needed,
        members_max: args.members,
        start_epoch: args
            .start
            .unwrap_or(epoch.saturating_add(DEFAULT_LEAD_EPOCHS)),
        lease: args.terms.choice(0)?.terms(args.rate),
    };
    let (network, service) = (&chain.deployment.network, &chain.deployment.service);
    let open = lease_group_open(&customer, network, service, id, terms);
    let sent = submitter.send("opening the group", vec![open]).await?;
    let group = address::lease_group(&customer, id);
    output(&chain, &group, GroupAction::Open, vec![sent]).await
}

async fn free_id(chain: &Chain, customer: &Pubkey) -> Result<u64, CliError> {
    let places: Vec<Pubkey> = (0..IDS_MAX)
        .map(|id| address::lease_group(customer, id))
        .collect();
    let found = fetch::fetch_many::<LeaseGroup>(&chain.rpc, &places).await?;
    let free = (0..IDS_MAX).zip(found).find(|(_, group)| group.is_none());
    free.map(|(id, _)| id).ok_or_else(|| {
        let message = format!("each of the first {IDS_MAX} numbers has a group");
        CliError::failed("no-free-number", message).hint("give another one: --id NUMBER")
    })
}

/// An operator that is about to join a group.
struct Joining<'a> {
    chain: &'a Chain,
    address: Pubkey,
    group: LeaseGroup,
    commitment: Commitment,
    host: Host,
    /// Whether the operator is committed to the data already.
    is_committed: bool,
}

async fn join(args: &JoinArgs, context: &Context<'_>) -> Result<GroupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let group: LeaseGroup = fetch::fetch(&chain.rpc, &args.group).await?;
    let commitment: Commitment = fetch::fetch(&chain.rpc, &args.commitment).await?;
    let operator = args.operator.unwrap_or(commitment.operator);
    let (operator, state) = chain.operator(&operator).await?;
    let own = address::commitment(&operator, &commitment.root);
    let own: Option<Commitment> = fetch::fetch_optional(&chain.rpc, &own).await?;
    let joining = Joining {
        chain: &chain,
        address: args.group,
        group,
        commitment,
        host: Host::new(operator, state).await?,
        is_committed: own.is_some(),
    };
    joining.check_rate()?;
    joining.warn_of_lease(context).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    if !joining.is_committed && !context.global.dry_run {
        let shard = (&args.commitment, &joining.commitment);
        copy_to(&joining.host, shard, &chain, &signers, context).await?;
    }
    let instructions = joining.instructions(submitter.wallet()).await?;
    let what = "joining the group";
    let sent = submitter.send_agreed(what, instructions, &joining.host.node);
    let transactions = vec![sent.await?];
    output(&chain, &args.group, GroupAction::Join, transactions).await
}

impl Joining<'_> {
    fn new_commitment(&self) -> Pubkey {
        address::commitment(&self.host.address, &self.commitment.root)
    }

    /// What the node would refuse need not be tried.
    fn check_rate(&self) -> Result<(), CliError> {
        let asked = self.host.health.terms.rate(self.commitment.size_bytes);
        let least = self.group.terms().rate_min();
        if asked <= least {
            return Ok(());
        }
        let message = format!(
            "the operator asks {asked} credits an epoch, and the group pays a member that delivers \
             everything {least} at least"
        );
        let hint = "take another operator, or open a group with a higher rate or fewer members";
        Err(CliError::failed("too-dear", message).hint(hint))
    }

    async fn warn_of_lease(&self, context: &Context<'_>) -> Result<(), CliError> {
        let lease = address::lease(&self.new_commitment());
        let lease: Option<Lease> = fetch::fetch_optional(&self.chain.rpc, &lease).await?;
        if lease.is_some_and(|lease| !lease.is_settled()) {
            let warning = "a lease pays for this commitment too: you pay twice until you end it";
            context.ui.warning(warning);
        }
        Ok(())
    }

    async fn instructions(&self, customer: Pubkey) -> Result<Vec<Instruction>, CliError> {
        let LeaseGroup {
            network, service, ..
        } = self.group;
        let rpc = &self.chain.rpc;
        let gate = Gate::read(rpc, &network, &service).await?;
        let wallet = &self.host.operator.authority;
        let admission = gate.admission(rpc, wallet, &customer).await?;
        let (operator, node_key) = (self.host.address, self.host.operator.node_key);
        let parties = CommitmentParties {
            customer,
            node_key,
            network,
            service,
            operator,
            admission,
        };
        let Commitment {
            root, size_bytes, ..
        } = self.commitment;
        let join = lease_group_join(&self.address, &parties.lease(&root), self.group.terms());
        if self.is_committed {
            return Ok(vec![join]);
        }
        Ok(vec![commitment_register(&parties, root, size_bytes), join])
    }
}

async fn list(
    customer: Option<Pubkey>,
    all: bool,
    context: &Context<'_>,
) -> Result<GroupListOutput, CliError> {
    let chain = context.chain().await?;
    let network = &chain.deployment.network;
    let mut filters = vec![Filter::address(offset_of!(LeaseGroup, network), network)];
    if !all {
        let customer = context.wallet_or(customer)?;
        let field = offset_of!(LeaseGroup, customer);
        filters.push(Filter::address(field, &customer));
    }
    let found = fetch::list::<LeaseGroup>(&chain.rpc, &filters).await?;
    let groups = found
        .iter()
        .map(|(address, group)| GroupOutput::new(address, group));
    Ok(GroupListOutput {
        groups: groups.collect(),
    })
}

async fn end(
    group: &Pubkey,
    reason: Reason,
    context: &Context<'_>,
) -> Result<GroupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let state: LeaseGroup = fetch::fetch(&chain.rpc, group).await?;
    if !context.global.dry_run {
        let question = "End the group? The operators may then delete the data.";
        context.ui.confirm(question)?;
    }
    let submitter = Submitter::new(context, &chain, &signers);
    let end = lease_group_end(&state, reason.code());
    let mut transactions = vec![submitter.send("ending the group", vec![end]).await?];
    // While a notice runs, the members are paid for keeping the data.
    if state.notice_epochs == 0 {
        for members in state.members().chunks(MEMBERS_PER_TRANSACTION) {
            transactions.extend(release(&state, members, &chain, &submitter).await?);
        }
    }
    output(&chain, group, GroupAction::End, transactions).await
}

/// Ends the commitments of these members that still run.
async fn release(
    group: &LeaseGroup,
    members: &[GroupMember],
    chain: &Chain,
    submitter: &Submitter<'_>,
) -> Result<Option<Transaction>, CliError> {
    let addresses: Vec<Pubkey> = members.iter().map(|one| one.commitment).collect();
    let found = fetch::fetch_many::<Commitment>(&chain.rpc, &addresses).await?;
    let (party, network, service) = (submitter.wallet(), &group.network, &group.service);
    let running = addresses.iter().zip(found).filter_map(|(address, state)| {
        let state = state.filter(|state| state.ended_epoch == NEVER)?;
        let operator = &state.operator;
        Some(commitment_end(&party, network, service, operator, address))
    });
    let instructions: Vec<Instruction> = running.collect();
    if instructions.is_empty() {
        return Ok(None);
    }
    let what = "ending the commitments";
    Ok(Some(submitter.send(what, instructions).await?))
}

async fn close(group: &Pubkey, context: &Context<'_>) -> Result<GroupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let state: LeaseGroup = fetch::fetch(&chain.rpc, group).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let close = lease_group_close(&state);
    let sent = submitter.send("closing the group", vec![close]).await?;
    output(&chain, group, GroupAction::Close, vec![sent]).await
}
