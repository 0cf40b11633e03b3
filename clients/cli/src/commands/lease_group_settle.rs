//! `trestle lease group record` and `settle`: member by member, period by period.

use solana_pubkey::Pubkey;
use trestle_core::{
    bytemuck::{bytes_of, must_cast},
    root::RootRing,
};
use trestle_credits::state::{GroupMember, NextRecord};
use trestle_sdk::{
    fetch::{self, Commitment, LeaseGroup},
    instruction::credits::{lease_group_record, lease_group_settle, no_leaf, LeafProof},
};

use super::{
    lease_group::{output, RoundArgs},
    lease_group_output::{GroupAction, GroupWriteOutput},
};
use crate::{
    context::{Chain, Context},
    error::{CliError, Kind},
    published::Published,
    send::{Submitter, Transaction},
};

/// Periods that one command settles. A ring of 64 roots cannot give more.
const PERIODS_MAX: usize = 64;
/// Records of one member in a period: its end, what it starts from, and what it delivered.
const RECORDS_MAX: usize = 3;

/// The work on a group, transaction by transaction.
struct Round<'a> {
    address: Pubkey,
    group: LeaseGroup,
    chain: &'a Chain,
    submitter: Submitter<'a>,
    published: Published,
    ring: Box<RootRing>,
    is_dry: bool,
    transactions: Vec<Transaction>,
    /// Whether somebody else did some of it meanwhile.
    overtaken: bool,
}

pub(super) async fn record(
    args: &RoundArgs,
    context: &Context<'_>,
) -> Result<GroupWriteOutput, CliError> {
    run(args, GroupAction::Record, context).await
}

pub(super) async fn settle(
    args: &RoundArgs,
    context: &Context<'_>,
) -> Result<GroupWriteOutput, CliError> {
    run(args, GroupAction::Settle, context).await
}

async fn run(
    args: &RoundArgs,
    action: GroupAction,
    context: &Context<'_>,
) -> Result<GroupWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let group: LeaseGroup = fetch::fetch(&chain.rpc, &args.group).await?;
    let sources = &chain.deployment.published;
    let mut round = Round {
        address: args.group,
        published: Published::new(args.from.as_deref(), sources, group.service)?,
        ring: fetch::ring(&chain.rpc, &group.service).await?,
        submitter: Submitter::new(context, &chain, &signers),
        group,
        chain: &chain,
        is_dry: context.global.dry_run,
        transactions: Vec::new(),
        overtaken: false,
    };
    let periods = match action {
        GroupAction::Settle => PERIODS_MAX,
        _ => 1,
    };
    for _ in 0..periods {
        round.record_all().await?;
        if action == GroupAction::Record || !round.settle().await? {
            break;
        }
    }
    if round.transactions.is_empty() && !round.overtaken {
        return Err(not_due());
    }
    let transactions = round.transactions;
    output(&chain, &args.group, action, transactions).await
}

impl Round<'_> {
    /// Whether nothing more can follow: what comes after a dry run depends on what it would have
    /// written.
    fn is_over(&self) -> bool {
        self.is_dry && !self.transactions.is_empty()
    }

    async fn record_all(&mut self) -> Result<(), CliError> {
        for place in 0..self.group.members().len() {
            for _ in 0..RECORDS_MAX {
                if self.is_over() || !self.record_one(place).await? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Records the next thing of a member, by the program's own rules; `false` if there is none.
    async fn record_one(&mut self, place: usize) -> Result<bool, CliError> {
        let epoch = self.chain.view().await?.epoch;
        let Some(member) = self.group.members().get(place).copied() else {
            return Ok(false);
        };
        let served: Option<Commitment> =
            fetch::fetch_optional(&self.chain.rpc, &member.commitment).await?;
        let served = served.map(must_cast);
        let mut copy = self.group;
        let leaf = match copy.next_record(place, served.as_ref(), &self.ring, epoch) {
            Err(_) => return Ok(false),
            Ok(NextRecord::End | NextRecord::Later(_)) => no_leaf(),
            Ok(NextRecord::Baseline(root) | NextRecord::Period(root)) => {
                let leaves = self.published.leaves(root).await?;
                leaves.proof(&member.operator)?
            }
        };
        self.send_record(&member, leaf).await?;
        Ok(true)
    }

    async fn send_record(&mut self, member: &GroupMember, leaf: LeafProof) -> Result<(), CliError> {
        let record = lease_group_record(&self.group, member, leaf);
        let sent = self.submitter.send("the record", vec![record]).await;
        self.take(sent).await
    }

    /// Settles the running period if that can be done; `false` if not.
    async fn settle(&mut self) -> Result<bool, CliError> {
        let epoch = self.chain.view().await?.epoch;
        let mut copy = self.group;
        if self.is_over() || copy.settle(epoch).is_err() {
            return Ok(false);
        }
        let settle = lease_group_settle(&self.group);
        let sent = self.submitter.send("the settlement", vec![settle]).await;
        self.take(sent).await?;
        Ok(true)
    }

    /// Keeps what was sent, and goes on from where the group is now. Others may do the same work:
    /// whoever comes second goes on from there.
    async fn take(&mut self, sent: Result<Transaction, CliError>) -> Result<(), CliError> {
        let before = self.group;
        self.group = fetch::fetch(&self.chain.rpc, &self.address).await?;
        match sent {
            Ok(transaction) => self.transactions.push(transaction),
            Err(error) if error.kind == Kind::Rejected && is_changed(&before, &self.group) => {
                self.overtaken = true;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn is_changed(before: &LeaseGroup, after: &LeaseGroup) -> bool {
    bytes_of(before) != bytes_of(after)
}

fn not_due() -> CliError {
    CliError::failed("nothing-due", "nothing of this group can be recorded now")
        .hint("a period is settled once the root of its last epoch is final: `trestle epoch list`")
}
