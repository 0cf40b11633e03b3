//! `trestle service`: its parameters, with notice, and what it asks of those who take part.

use clap::{Args, Subcommand};
use trestle_core::units::Epoch;
use trestle_sdk::{
    address,
    amount::Amount,
    fetch::{self, Network, Service, ServiceChange},
    instruction::staking::{
        service_change_apply, service_change_cancel, service_change_propose, ServiceParams,
    },
};

use crate::{
    commands::{
        change::{parameter, ChangeAction, ChangeOutput, ChangeShowOutput, ParameterText},
        policy::{self, PolicyCommand},
    },
    context::{Chain, Context},
    error::CliError,
    send::Submitter,
    text::{count, percent},
};

#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Change the service's parameters, with notice
    #[command(subcommand)]
    Change(ServiceChangeCommand),
    /// Which clearances operators and customers need
    #[command(subcommand)]
    Policy(PolicyCommand),
}

#[derive(Debug, Subcommand)]
pub enum ServiceChangeCommand {
    /// Propose other parameters; what is left out stays as it is
    #[command(after_help = "Example: trestle service change propose --notice-epochs 7")]
    Propose(Box<ServiceParamsArgs>),
    /// Apply the pending change when it is due; anybody can
    Apply,
    /// Cancel the pending change
    Cancel,
    /// Show the pending change
    Show,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct ServiceParamsArgs {
    /// Stake that an operator needs for each GiB, in tokens
    #[arg(long, value_name = "TOKENS")]
    pub stake_per_gib: Option<Amount>,
    /// Share of missing data that challenges must find, in basis points
    #[arg(long, value_name = "BPS")]
    pub missing_bps: Option<u16>,
    /// Probability with which it must be found in an epoch, in basis points
    #[arg(long, value_name = "BPS")]
    pub detect_bps: Option<u16>,
    /// Share of the stake that repeated missing costs, in basis points
    #[arg(long, value_name = "BPS")]
    pub miss_slash_bps: Option<u16>,
    /// Share of the stake that proven loss costs, in basis points
    #[arg(long, value_name = "BPS")]
    pub lost_slash_bps: Option<u16>,
    /// Milliseconds to answer a challenge
    #[arg(long, value_name = "MILLISECONDS")]
    pub answer_deadline_ms: Option<u32>,
    /// Epochs of notice
    #[arg(long, value_name = "EPOCHS")]
    pub notice_epochs: Option<u16>,
}

impl ServiceParamsArgs {
    fn over(&self, network: &Network, service: &Service) -> Result<ServiceParams, CliError> {
        let now = service.params();
        let stake_per_gib = match &self.stake_per_gib {
            Some(amount) => amount.to_base_units(network.token_decimals, u64::MAX)?,
            None => now.stake_per_gib,
        };
        Ok(ServiceParams {
            kind: now.kind,
            stake_per_gib,
            missing_bps: self.missing_bps.unwrap_or(now.missing_bps),
            detect_bps: self.detect_bps.unwrap_or(now.detect_bps),
            miss_slash_bps: self.miss_slash_bps.unwrap_or(now.miss_slash_bps),
            lost_slash_bps: self.lost_slash_bps.unwrap_or(now.lost_slash_bps),
            answer_deadline_ms: self.answer_deadline_ms.unwrap_or(now.answer_deadline_ms),
            notice_epochs: self.notice_epochs.unwrap_or(now.notice_epochs),
        })
    }
}

pub async fn run(command: &ServiceCommand, context: &Context<'_>) -> Result<(), CliError> {
    let command = match command {
        ServiceCommand::Change(command) => command,
        ServiceCommand::Policy(command) => return policy::run(command, context).await,
    };
    match command {
        ServiceChangeCommand::Propose(args) => context.print(&propose(args, context).await?),
        ServiceChangeCommand::Apply => context.print(&finish(ChangeAction::Apply, context).await?),
        ServiceChangeCommand::Cancel => {
            context.print(&finish(ChangeAction::Cancel, context).await?)
        }
        ServiceChangeCommand::Show => context.print(&show(context).await?),
    }
}

async fn propose(
    args: &ServiceParamsArgs,
    context: &Context<'_>,
) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let book = &chain.deployment;
    let view = chain.view().await?;
    let service: Service = fetch::fetch(&chain.rpc, &book.service).await?;
    let params = args.over(&view.network, &service)?;
    let due = service.change_due(Epoch(view.epoch));
    let wallet = submitter.wallet();
    let instruction = service_change_propose(&wallet, &book.network, &book.service, params);
    Ok(ChangeOutput {
        action: ChangeAction::Propose,
        noun: "service",
        target: book.service.to_string(),
        due_epoch: Some(due.0.to_string()),
        parameters: parameters(&chain, &view.network, &service, &params),
        transaction: submitter.send("the proposal", vec![instruction]).await?,
    })
}

async fn finish(action: ChangeAction, context: &Context<'_>) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (service, change) = pending(&chain).await?;
    let (network, target) = (chain.deployment.network, chain.deployment.service);
    let instruction = match action {
        ChangeAction::Cancel => {
            service_change_cancel(&submitter.wallet(), &network, &target, &change.payer)
        }
        _ => service_change_apply(&network, &target, &change.payer),
    };
    let view = chain.view().await?;
    Ok(ChangeOutput {
        action,
        noun: "service",
        target: target.to_string(),
        due_epoch: Some(change.due_epoch.to_string()),
        parameters: parameters(&chain, &view.network, &service, &change.params(&service)),
        transaction: submitter.send("the change", vec![instruction]).await?,
    })
}

async fn show(context: &Context<'_>) -> Result<ChangeShowOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (service, change) = pending(&chain).await?;
    Ok(ChangeShowOutput {
        target: chain.deployment.service.to_string(),
        due_epoch: change.due_epoch,
        epoch: view.epoch,
        parameters: parameters(&chain, &view.network, &service, &change.params(&service)),
    })
}

async fn pending(chain: &Chain) -> Result<(Service, ServiceChange), CliError> {
    let target = &chain.deployment.service;
    let service: Service = fetch::fetch(&chain.rpc, target).await?;
    let change = fetch::fetch(&chain.rpc, &address::change(target)).await?;
    Ok((service, change))
}

/// What differs.
fn parameters(
    chain: &Chain,
    network: &Network,
    service: &Service,
    after: &ServiceParams,
) -> Vec<ParameterText> {
    let before = service.params();
    let bps = |bps: u16| percent(bps.into());
    let tokens = |amount: u64| chain.tokens(network, amount).to_string();
    let epochs = |epochs: u16| count(epochs.into(), "epoch");
    let millis = |millis: u32| format!("{millis} ms");
    let rows = [
        (
            "stakePerGib",
            tokens(before.stake_per_gib),
            tokens(after.stake_per_gib),
        ),
        ("missing", bps(before.missing_bps), bps(after.missing_bps)),
        ("detect", bps(before.detect_bps), bps(after.detect_bps)),
        (
            "missSlash",
            bps(before.miss_slash_bps),
            bps(after.miss_slash_bps),
        ),
        (
            "lostSlash",
            bps(before.lost_slash_bps),
            bps(after.lost_slash_bps),
        ),
        (
            "answerDeadline",
            millis(before.answer_deadline_ms),
            millis(after.answer_deadline_ms),
        ),
        (
            "notice",
            epochs(before.notice_epochs),
            epochs(after.notice_epochs),
        ),
    ];
    rows.into_iter().filter_map(parameter).collect()
}
