//! `trestle credits delegate`: keys that may spend a customer's credits on services, within limits.

use std::{fmt, mem::offset_of};

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, Delegate, Filter},
    instruction::billing::{delegate_remove, delegate_set, DelegateParams},
};

use crate::{
    context::Context,
    error::CliError,
    send::{Submitter, Transaction},
    text::{row, CreditsText},
};

#[derive(Debug, Subcommand)]
pub enum DelegateCommand {
    /// Let a key spend credits on services, or change its limits; what it has spent counts on
    #[command(
        after_help = "Example: trestle credits delegate set KEY --epoch-limit 1000 \
        --total-limit 50000 --last-epoch 400"
    )]
    Set(SetArgs),
    /// Let it spend no more
    Remove {
        /// The key
        key: Pubkey,
    },
    /// List the keys that may spend, and what they have spent
    List {
        /// Wallet of the customer [default: the signing key]
        customer: Option<Pubkey>,
    },
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// The key that may spend
    pub key: Pubkey,
    /// Most credits an epoch
    #[arg(long, value_name = "CREDITS")]
    pub epoch_limit: u64,
    /// Most credits in all, those that it has spent already included
    #[arg(long, value_name = "CREDITS")]
    pub total_limit: u64,
    /// Last epoch in which it may spend
    #[arg(long, value_name = "EPOCH")]
    pub last_epoch: u64,
    /// A service that it is limited to; may be given 4 times [default: all]
    #[arg(long = "service", value_name = "ADDRESS")]
    pub services: Vec<Pubkey>,
}

/// What was done with a delegate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DelegateAction {
    Set,
    Remove,
}

/// `credits delegate set` and `credits delegate remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegateWriteOutput {
    pub action: DelegateAction,
    pub customer: String,
    pub key: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// One key that may spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegateText {
    pub key: String,
    pub epoch_limit: CreditsText,
    pub total_limit: CreditsText,
    pub total_spent: CreditsText,
    #[serde(with = "string")]
    pub last_epoch: u64,
    /// Empty for all.
    pub services: Vec<String>,
}

/// `credits delegate list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DelegateListOutput {
    pub delegates: Vec<DelegateText>,
}

impl fmt::Display for DelegateWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            DelegateAction::Set => "May spend",
            DelegateAction::Remove => "Spends no more",
        };
        row(f, label, &self.key)?;
        row(f, "Credits of", &self.customer)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for DelegateListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.delegates.is_empty() {
            return writeln!(f, "Nobody else may spend.");
        }
        for one in &self.delegates {
            let services = match one.services.as_slice() {
                [] => "all services".to_string(),
                some => some.join(", "),
            };
            writeln!(
                f,
                "{}  spent {} of {}, {} an epoch, through epoch {}, on {services}",
                one.key, one.total_spent, one.total_limit, one.epoch_limit, one.last_epoch
            )?;
        }
        Ok(())
    }
}

pub async fn run(command: &DelegateCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        DelegateCommand::Set(args) => context.print(&set(args, context).await?),
        DelegateCommand::Remove { key } => context.print(&remove(key, context).await?),
        DelegateCommand::List { customer } => context.print(&list(*customer, context).await?),
    }
}

async fn set(args: &SetArgs, context: &Context<'_>) -> Result<DelegateWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let params = DelegateParams {
        epoch_limit: args.epoch_limit,
        total_limit: args.total_limit,
        last_epoch: args.last_epoch,
        services: args.services.clone(),
    };
    let instruction = delegate_set(&wallet, &chain.deployment.network, &args.key, params);
    Ok(DelegateWriteOutput {
        action: DelegateAction::Set,
        customer: wallet.to_string(),
        key: args.key.to_string(),
        transaction: submitter.send("the setting", vec![instruction]).await?,
    })
}

async fn remove(key: &Pubkey, context: &Context<'_>) -> Result<DelegateWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let instruction = delegate_remove(&wallet, &chain.deployment.network, key);
    Ok(DelegateWriteOutput {
        action: DelegateAction::Remove,
        customer: wallet.to_string(),
        key: key.to_string(),
        transaction: submitter.send("the removal", vec![instruction]).await?,
    })
}

async fn list(
    customer: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<DelegateListOutput, CliError> {
    let customer = context.wallet_or(customer)?;
    let chain = context.chain().await?;
    let account = address::customer(&chain.deployment.network, &customer);
    let filter = Filter::address(offset_of!(Delegate, account), &account);
    let found = fetch::list::<Delegate>(&chain.rpc, &[filter]).await?;
    let delegates = found.iter().map(|(_, one)| DelegateText {
        key: one.key.to_string(),
        epoch_limit: CreditsText::new(one.epoch_limit),
        total_limit: CreditsText::new(one.total_limit),
        total_spent: CreditsText::new(one.total_spent),
        last_epoch: one.last_epoch,
        services: one
            .services
            .iter()
            .take(one.service_count.into())
            .map(ToString::to_string)
            .collect(),
    });
    Ok(DelegateListOutput {
        delegates: delegates.collect(),
    })
}
