//! `trestle network authority`, `trestle operator key` and `trestle operator exit`: who acts for a
//! network or an operator.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::instruction::staking::{
    authority_accept, authority_propose, operator_exit, operator_key_accept, operator_key_propose,
};

use crate::{
    context::Context,
    error::CliError,
    send::{Submitter, Transaction},
    text::{duration, row, TokenText},
};

/// The two steps of handing over a network.
#[derive(Debug, Subcommand)]
pub enum AuthorityCommand {
    /// Name who may take over; nothing changes until it accepts
    Propose {
        /// The new authority; the zero address withdraws an earlier proposal
        candidate: Pubkey,
    },
    /// Take over as the one that was named
    Accept,
}

/// The two steps of changing the key that acts for an operator.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Name who may take over; nothing changes until it accepts
    Propose {
        /// The new key; the zero address withdraws an earlier proposal
        candidate: Pubkey,
        /// Operator, or the wallet that registered it [default: the signing key]
        #[arg(long, value_name = "ADDRESS")]
        operator: Option<Pubkey>,
    },
    /// Take over as the one that was named
    Accept {
        /// Operator, or the wallet that registered it
        operator: Pubkey,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum HandOverAction {
    Propose,
    Accept,
}

/// `network authority …` and `operator key …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HandOverOutput {
    pub action: HandOverAction,
    /// The network or the operator.
    pub account: String,
    /// Who may take over, or has.
    pub key: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `operator exit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorExitOutput {
    pub operator: String,
    /// All that unbonds.
    pub amount: TokenText,
    /// Seconds until it can be withdrawn.
    pub unlock_seconds: u32,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for HandOverOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Account", &self.account)?;
        match self.action {
            HandOverAction::Propose => row(f, "Proposed", &self.key)?,
            HandOverAction::Accept => row(f, "Acts now", &self.key)?,
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for OperatorExitOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Left", &self.operator)?;
        row(f, "Unbonding", &self.amount)?;
        let wait = duration(self.unlock_seconds.into());
        row(
            f,
            "Available",
            format!("in {wait}, by `trestle stake withdraw`"),
        )?;
        self.transaction.fmt(f)
    }
}

pub async fn authority(
    command: &AuthorityCommand,
    context: &Context<'_>,
) -> Result<HandOverOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, network) = (submitter.wallet(), chain.deployment.network);
    let (action, key, instruction) = match command {
        AuthorityCommand::Propose { candidate } => (
            HandOverAction::Propose,
            *candidate,
            authority_propose(&wallet, &network, candidate),
        ),
        AuthorityCommand::Accept => (
            HandOverAction::Accept,
            wallet,
            authority_accept(&wallet, &network),
        ),
    };
    Ok(HandOverOutput {
        action,
        account: network.to_string(),
        key: key.to_string(),
        transaction: submitter.send("the hand-over", vec![instruction]).await?,
    })
}

pub async fn key(command: &KeyCommand, context: &Context<'_>) -> Result<HandOverOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let wanted = match command {
        KeyCommand::Propose { operator, .. } => operator.unwrap_or(wallet),
        KeyCommand::Accept { operator } => *operator,
    };
    let (operator, _) = chain.operator(&wanted).await?;
    let (action, key, instruction) = match command {
        KeyCommand::Propose { candidate, .. } => (
            HandOverAction::Propose,
            *candidate,
            operator_key_propose(&wallet, &operator, candidate),
        ),
        KeyCommand::Accept { .. } => (
            HandOverAction::Accept,
            wallet,
            operator_key_accept(&wallet, &operator),
        ),
    };
    Ok(HandOverOutput {
        action,
        account: operator.to_string(),
        key: key.to_string(),
        transaction: submitter.send("the hand-over", vec![instruction]).await?,
    })
}

pub async fn exit(
    operator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<OperatorExitOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let (address, state) = chain.operator(&operator.unwrap_or(wallet)).await?;
    if !context.global.dry_run {
        let question = format!("Operator {address} leaves its service for good. Sure?");
        context.ui.confirm(&question)?;
    }
    let view = chain.view().await?;
    let instruction = operator_exit(&wallet, &chain.deployment.network, &address);
    Ok(OperatorExitOutput {
        operator: address.to_string(),
        amount: chain.tokens(&view.network, state.stake),
        unlock_seconds: view.network.unbonding_seconds,
        transaction: submitter.send("the exit", vec![instruction]).await?,
    })
}
