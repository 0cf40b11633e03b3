//! `trestle network change`: other parameters for a network, with notice.

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    amount::Amount,
    fetch::{self, Network, NetworkChange},
    instruction::staking::{
        network_change_apply, network_change_cancel, network_change_propose, NetworkParams,
    },
};

use crate::{
    commands::change::{parameter, ChangeAction, ChangeOutput, ChangeShowOutput, ParameterText},
    context::{Chain, Context},
    error::CliError,
    send::Submitter,
    text::{duration, percent},
};

#[derive(Debug, Subcommand)]
pub enum NetworkChangeCommand {
    /// Propose other parameters; what is left out stays as it is
    #[command(after_help = "Example: trestle network change propose --unbonding-seconds 1209600")]
    Propose(Box<NetworkParamsArgs>),
    /// Apply the pending change when it is due; anybody can
    Apply,
    /// Cancel the pending change
    Cancel,
    /// Show the pending change
    Show,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct NetworkParamsArgs {
    /// Who can pause
    #[arg(long, value_name = "ADDRESS")]
    pub guardian: Option<Pubkey>,
    /// Seconds in which a root with a quorum can be challenged
    #[arg(long, value_name = "SECONDS")]
    pub challenge_window_seconds: Option<u32>,
    /// Seconds between asking for stake or bond back and getting it
    #[arg(long, value_name = "SECONDS")]
    pub unbonding_seconds: Option<u32>,
    /// Smallest bond of a verifier, in tokens
    #[arg(long, value_name = "TOKENS")]
    pub verifier_bond_min: Option<Amount>,
    /// Share of a bond that a lost root costs, in basis points
    #[arg(long, value_name = "BPS")]
    pub bond_slash_bps: Option<u16>,
    /// Share of a slash that is burned, in basis points
    #[arg(long, value_name = "BPS")]
    pub burn_bps: Option<u16>,
    /// Share of a slash that goes to insurance, in basis points
    #[arg(long, value_name = "BPS")]
    pub insurance_bps: Option<u16>,
    /// Share of a slash that goes to the challenger, in basis points
    #[arg(long, value_name = "BPS")]
    pub challenger_bps: Option<u16>,
    /// By how much a bond must exceed the smallest verifier's to displace it, in basis points; 0:
    /// it cannot
    #[arg(long, value_name = "BPS")]
    pub displacement_margin_bps: Option<u16>,
}

impl NetworkParamsArgs {
    fn over(&self, network: &Network) -> Result<NetworkParams, CliError> {
        let now = network.params();
        let verifier_bond_min = match &self.verifier_bond_min {
            Some(amount) => amount.to_base_units(network.token_decimals, u64::MAX)?,
            None => now.verifier_bond_min,
        };
        Ok(NetworkParams {
            guardian: self.guardian.unwrap_or(now.guardian),
            epoch_seconds: now.epoch_seconds,
            challenge_window_seconds: self
                .challenge_window_seconds
                .unwrap_or(now.challenge_window_seconds),
            unbonding_seconds: self.unbonding_seconds.unwrap_or(now.unbonding_seconds),
            verifier_bond_min,
            bond_slash_bps: self.bond_slash_bps.unwrap_or(now.bond_slash_bps),
            burn_bps: self.burn_bps.unwrap_or(now.burn_bps),
            insurance_bps: self.insurance_bps.unwrap_or(now.insurance_bps),
            challenger_bps: self.challenger_bps.unwrap_or(now.challenger_bps),
            displacement_margin_bps: self
                .displacement_margin_bps
                .unwrap_or(now.displacement_margin_bps),
        })
    }
}

pub async fn run(command: &NetworkChangeCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        NetworkChangeCommand::Propose(args) => context.print(&propose(args, context).await?),
        NetworkChangeCommand::Apply => context.print(&finish(ChangeAction::Apply, context).await?),
        NetworkChangeCommand::Cancel => {
            context.print(&finish(ChangeAction::Cancel, context).await?)
        }
        NetworkChangeCommand::Show => context.print(&show(context).await?),
    }
}

async fn propose(
    args: &NetworkParamsArgs,
    context: &Context<'_>,
) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let target = chain.deployment.network;
    let view = chain.view().await?;
    let params = args.over(&view.network)?;
    let due = view
        .network
        .change_due(trestle_core::units::Epoch(view.epoch));
    let instruction = network_change_propose(&submitter.wallet(), &target, params);
    Ok(ChangeOutput {
        action: ChangeAction::Propose,
        noun: "network",
        target: target.to_string(),
        due_epoch: due.ok().map(|epoch| epoch.0.to_string()),
        parameters: parameters(&chain, &view.network, &params),
        transaction: submitter.send("the proposal", vec![instruction]).await?,
    })
}

async fn finish(action: ChangeAction, context: &Context<'_>) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (network, change) = pending(&chain).await?;
    let target = chain.deployment.network;
    let instruction = match action {
        ChangeAction::Cancel => network_change_cancel(&submitter.wallet(), &target, &change.payer),
        _ => network_change_apply(&target, &change.payer),
    };
    Ok(ChangeOutput {
        action,
        noun: "network",
        target: target.to_string(),
        due_epoch: Some(change.due_epoch.to_string()),
        parameters: parameters(&chain, &network, &change.params(&network)),
        transaction: submitter.send("the change", vec![instruction]).await?,
    })
}

async fn show(context: &Context<'_>) -> Result<ChangeShowOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (network, change) = pending(&chain).await?;
    Ok(ChangeShowOutput {
        target: chain.deployment.network.to_string(),
        due_epoch: change.due_epoch,
        epoch: view.epoch,
        parameters: parameters(&chain, &network, &change.params(&network)),
    })
}

async fn pending(chain: &Chain) -> Result<(Network, NetworkChange), CliError> {
    let target = &chain.deployment.network;
    let network: Network = fetch::fetch(&chain.rpc, target).await?;
    let change = fetch::fetch(&chain.rpc, &address::change(target)).await?;
    Ok((network, change))
}

/// What differs.
fn parameters(chain: &Chain, network: &Network, after: &NetworkParams) -> Vec<ParameterText> {
    let before = network.params();
    let seconds = |seconds: u32| duration(seconds.into());
    let bps = |bps: u16| percent(bps.into());
    let tokens = |amount: u64| chain.tokens(network, amount).to_string();
    let rows = [
        (
            "guardian",
            before.guardian.to_string(),
            after.guardian.to_string(),
        ),
        (
            "challengeWindow",
            seconds(before.challenge_window_seconds),
            seconds(after.challenge_window_seconds),
        ),
        (
            "unbonding",
            seconds(before.unbonding_seconds),
            seconds(after.unbonding_seconds),
        ),
        (
            "verifierBondMin",
            tokens(before.verifier_bond_min),
            tokens(after.verifier_bond_min),
        ),
        (
            "bondSlash",
            bps(before.bond_slash_bps),
            bps(after.bond_slash_bps),
        ),
        ("burn", bps(before.burn_bps), bps(after.burn_bps)),
        (
            "insurance",
            bps(before.insurance_bps),
            bps(after.insurance_bps),
        ),
        (
            "challenger",
            bps(before.challenger_bps),
            bps(after.challenger_bps),
        ),
        (
            "displacementMargin",
            bps(before.displacement_margin_bps),
            bps(after.displacement_margin_bps),
        ),
    ];
    rows.into_iter().filter_map(parameter).collect()
}
