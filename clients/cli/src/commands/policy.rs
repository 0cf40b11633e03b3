//! `trestle service policy`: which clearances operators and customers of the service need.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use trestle_sdk::{
    address,
    clearance::{Jurisdiction, MODE_ALLOW, MODE_REFUSE},
    encoding::string,
    event::{find, staking},
    fetch::{self, ServicePolicy},
    instruction::clearance::{
        policy_change_apply, policy_change_cancel, policy_change_propose, policy_create,
        PolicyRules,
    },
};

use crate::{
    cleared::{mask, parse_country, with_countries, ClearanceKind, RulesText},
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    text::row,
};

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show the rules of the service, and those that wait
    Show,
    /// Propose the whole set of rules; signed by the network's authority
    #[command(after_help = "Examples:\n  \
        trestle service policy propose --operators kyb,audit --tier-min 2 --customers kyc\n  \
        trestle service policy propose --customers region --refuse KP,IR")]
    Propose(ProposeArgs),
    /// Put the waiting rules into force when they are due; anybody can
    Apply,
    /// Withdraw the waiting rules; signed by the network's authority
    Cancel,
}

#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// What operators must be cleared for [default: nothing]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KINDS")]
    pub operators: Vec<ClearanceKind>,
    /// What customers must be cleared for [default: nothing]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KINDS")]
    pub customers: Vec<ClearanceKind>,
    /// Smallest tier of those who need `audit`
    #[arg(long, value_name = "TIER", default_value_t = 0)]
    pub tier_min: u8,
    /// The only countries of those who need `region`
    #[arg(long, value_delimiter = ',', value_name = "COUNTRIES", value_parser = parse_country)]
    pub allow: Vec<Jurisdiction>,
    /// Countries that are closed to those who need `region`
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "COUNTRIES",
        value_parser = parse_country,
        conflicts_with = "allow"
    )]
    pub refuse: Vec<Jurisdiction>,
}

/// `service policy show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyOutput {
    pub service: String,
    /// The policy; absent while the service has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    pub changes: u32,
    #[serde(with = "string")]
    pub epoch: u64,
    pub rules: RulesText,
    /// Rules that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<RulesText>,
    /// Epoch from which they can be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_epoch: Option<String>,
}

/// `service policy propose`, `apply` and `cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyWriteOutput {
    pub action: PolicyAction,
    pub service: String,
    /// The rules that were proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<RulesText>,
    /// Epoch from which they can be applied; absent if they hold already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_epoch: Option<String>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyAction {
    Propose,
    Apply,
    Cancel,
}

impl fmt::Display for PolicyOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Service", &self.service)?;
        self.rules.fmt(f)?;
        if let (Some(pending), Some(due)) = (&self.pending, &self.due_epoch) {
            let now = self.epoch;
            writeln!(f)?;
            row(f, "Proposed", format!("due in epoch {due}; {now} runs"))?;
            pending.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for PolicyWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Service", &self.service)?;
        let state = match (self.action, &self.due_epoch) {
            (PolicyAction::Propose, Some(due)) => {
                format!("proposed; from epoch {due} on, `trestle service policy apply`")
            }
            (PolicyAction::Propose, None) => "in force at once: they refuse nobody new".to_string(),
            (PolicyAction::Apply, _) => "in force".to_string(),
            (PolicyAction::Cancel, _) => "withdrawn".to_string(),
        };
        row(f, "Rules", state)?;
        if let Some(rules) = &self.rules {
            rules.fmt(f)?;
        }
        self.transaction.fmt(f)
    }
}

pub async fn run(command: &PolicyCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        PolicyCommand::Show => context.print(&show(context).await?),
        PolicyCommand::Propose(args) => context.print(&propose(args, context).await?),
        PolicyCommand::Apply => context.print(&apply(context).await?),
        PolicyCommand::Cancel => context.print(&cancel(context).await?),
    }
}

async fn policy(chain: &Chain) -> Result<Option<ServicePolicy>, CliError> {
    let address = address::policy(&chain.deployment.service);
    Ok(fetch::fetch_optional(&chain.rpc, &address).await?)
}

async fn show(context: &Context<'_>) -> Result<PolicyOutput, CliError> {
    let chain = context.chain().await?;
    let service = &chain.deployment.service;
    let policy = policy(&chain).await?;
    let changing = policy.filter(ServicePolicy::is_changing);
    let rules = policy.map(|policy| policy.rules).unwrap_or_default();
    Ok(PolicyOutput {
        service: service.to_string(),
        policy: policy.map(|_| address::policy(service).to_string()),
        changes: policy.map_or(0, |policy| policy.changes),
        epoch: chain.view().await?.epoch,
        rules: RulesText::new(&rules),
        pending: changing.map(|policy| RulesText::new(&policy.pending)),
        due_epoch: changing.map(|policy| policy.due_epoch.to_string()),
    })
}

fn rules(args: &ProposeArgs) -> Result<PolicyRules, CliError> {
    let rules = PolicyRules {
        operator_kinds: mask(&args.operators),
        customer_kinds: mask(&args.customers),
        audit_tier_min: args.tier_min,
        ..PolicyRules::default()
    };
    if !args.allow.is_empty() {
        return with_countries(rules, MODE_ALLOW, &args.allow);
    }
    if !args.refuse.is_empty() {
        return with_countries(rules, MODE_REFUSE, &args.refuse);
    }
    Ok(rules)
}

async fn propose(args: &ProposeArgs, context: &Context<'_>) -> Result<PolicyWriteOutput, CliError> {
    let rules = rules(args)?;
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let exists = policy(&chain).await?.is_some();
    let submitter = Submitter::new(context, &chain, &signers);
    let (network, service) = (&chain.deployment.network, &chain.deployment.service);
    let instruction = if exists {
        policy_change_propose(&submitter.wallet(), network, service, rules)
    } else {
        policy_create(&submitter.wallet(), network, service, rules)
    };
    let transaction = submitter.send("the proposal", vec![instruction]).await?;
    Ok(PolicyWriteOutput {
        action: PolicyAction::Propose,
        service: service.to_string(),
        rules: Some(RulesText::new(&rules)),
        due_epoch: due_epoch(&transaction).map(|epoch| epoch.to_string()),
        transaction,
    })
}

/// When the rules that a transaction proposed are due; `None` if they hold already.
fn due_epoch(transaction: &Transaction) -> Option<u64> {
    let (logs, program) = (&transaction.event_logs, &address::STAKING_ID);
    let created = find::<staking::PolicyCreated>(logs, program);
    let proposed = find::<staking::PolicyChangeProposed>(logs, program);
    let created = created.first().map(|event| event.due_epoch);
    let due = created.or_else(|| proposed.first().map(|event| event.due_epoch));
    due.filter(|epoch| *epoch > 0)
}

async fn apply(context: &Context<'_>) -> Result<PolicyWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (network, service) = (&chain.deployment.network, &chain.deployment.service);
    let instruction = policy_change_apply(network, service);
    let transaction = submitter.send("the change", vec![instruction]).await?;
    Ok(bare(PolicyAction::Apply, &chain, transaction))
}

async fn cancel(context: &Context<'_>) -> Result<PolicyWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (network, service) = (&chain.deployment.network, &chain.deployment.service);
    let instruction = policy_change_cancel(&submitter.wallet(), network, service);
    let transaction = submitter.send("the withdrawal", vec![instruction]).await?;
    Ok(bare(PolicyAction::Cancel, &chain, transaction))
}

fn bare(action: PolicyAction, chain: &Chain, transaction: Transaction) -> PolicyWriteOutput {
    PolicyWriteOutput {
        action,
        service: chain.deployment.service.to_string(),
        rules: None,
        due_epoch: None,
        transaction,
    }
}
