//! `trestle verifier`: who vouches for roots, and with which bond.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    amount::Amount,
    encoding::string,
    fetch::{self, VerifierSet},
    instruction::{
        staking::{
            verifier_bond_add, verifier_displace, verifier_exit, verifier_register,
            verifier_remove, verifier_withdraw,
        },
        token::token_account_create,
    },
};

use crate::{
    context::{self, Context, NetworkView},
    error::CliError,
    send::{Submitter, Transaction},
    text::{relative, row, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum VerifierCommand {
    /// Enter the set with a bond; the network's authority signs too, as --fee-payer
    #[command(
        after_help = "Example: trestle verifier register 1000 -k verifier.json \
        --fee-payer authority.json"
    )]
    Register {
        /// Tokens, or ALL in the wallet
        bond: Amount,
    },
    /// Enter the set in place of the verifier with the smallest bond, where the network allows it
    #[command(after_help = "Example: trestle verifier displace 1200 -k verifier.json")]
    Displace {
        /// Tokens, or ALL in the wallet: more than the smallest bond by the network's margin
        bond: Amount,
    },
    /// Add to the signing verifier's bond
    BondAdd {
        /// Tokens, or ALL in the wallet
        amount: Amount,
    },
    /// Leave the set; the bond comes back after the unbonding time and can be slashed until then
    Exit,
    /// Take out the bond when its unbonding time is over
    Withdraw,
    /// Have a verifier leave; only the network's authority can
    Remove {
        /// The verifier's key
        verifier: Pubkey,
    },
    /// List the verifiers
    List,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum VerifierAction {
    Register,
    Displace,
    BondAdd,
    Exit,
    Withdraw,
    Remove,
}

/// Every writing command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifierWriteOutput {
    pub action: VerifierAction,
    pub verifier: String,
    /// What was bonded, unbonds or came back.
    pub amount: TokenText,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// One verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifierText {
    /// Its number in votes.
    pub number: u32,
    pub verifier: String,
    pub bond: TokenText,
    #[serde(with = "string")]
    pub admitted_epoch: u64,
    /// Unix seconds from which the bond of one that leaves can be withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_unlock_at: Option<String>,
    /// When that is, in words.
    #[serde(skip)]
    pub exit_text: Option<String>,
}

/// `verifier list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifierListOutput {
    pub verifiers: Vec<VerifierText>,
}

impl fmt::Display for VerifierWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            VerifierAction::Register | VerifierAction::Displace | VerifierAction::BondAdd => {
                "Bonded"
            }
            VerifierAction::Exit | VerifierAction::Remove => "Unbonding",
            VerifierAction::Withdraw => "Withdrawn",
        };
        row(f, label, &self.amount)?;
        row(f, "Verifier", &self.verifier)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for VerifierListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verifiers.is_empty() {
            return writeln!(f, "No verifier is registered.");
        }
        for one in &self.verifiers {
            let state = one.exit_text.as_ref().map_or_else(
                || format!("since epoch {}", one.admitted_epoch),
                |text| format!("leaving, unlocked {text}"),
            );
            writeln!(
                f,
                "{:>2}  {}  {}  {state}",
                one.number, one.verifier, one.bond
            )?;
        }
        Ok(())
    }
}

pub async fn run(command: &VerifierCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        VerifierCommand::Register { bond } => {
            context.print(&pay_in(VerifierAction::Register, bond, context).await?)
        }
        VerifierCommand::Displace { bond } => {
            context.print(&pay_in(VerifierAction::Displace, bond, context).await?)
        }
        VerifierCommand::BondAdd { amount } => {
            context.print(&pay_in(VerifierAction::BondAdd, amount, context).await?)
        }
        VerifierCommand::Exit => context.print(&leave(None, context).await?),
        VerifierCommand::Withdraw => context.print(&withdraw(context).await?),
        VerifierCommand::Remove { verifier } => {
            context.print(&leave(Some(*verifier), context).await?)
        }
        VerifierCommand::List => context.print(&list(context).await?),
    }
}

async fn pay_in(
    action: VerifierAction,
    amount: &Amount,
    context: &Context<'_>,
) -> Result<VerifierWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let network = chain.view().await?.network;
    let source = address::token_account(&wallet, &chain.deployment.token_mint);
    let balance = fetch::token_balance(&chain.rpc, &source).await?;
    let available = balance.map_or(0, |balance| balance.amount);
    let units = context::units(amount, network.token_decimals, available, "the wallet")?;
    let target = &chain.deployment.network;
    let instruction = match action {
        VerifierAction::Register => {
            let authority = network.authority;
            if authority != wallet && authority != submitter.payer() {
                let message = format!("the network's authority {authority} must sign too");
                return Err(CliError::config("signer", message).hint("name its key by --fee-payer"));
            }
            verifier_register(&wallet, &authority, &source, target, units)
        }
        VerifierAction::Displace => verifier_displace(&wallet, &source, target, units),
        _ => verifier_bond_add(&wallet, &source, target, units),
    };
    Ok(VerifierWriteOutput {
        action,
        verifier: wallet.to_string(),
        amount: chain.tokens(&network, units),
        transaction: submitter.send("the bond", vec![instruction]).await?,
    })
}

/// The signing verifier leaves, or the authority has another one leave.
async fn leave(
    removed: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<VerifierWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let verifier = removed.unwrap_or(wallet);
    let network = chain.view().await?.network;
    let target = &chain.deployment.network;
    let set: VerifierSet = fetch::fetch(&chain.rpc, &address::verifiers(target)).await?;
    let bond = bond_of(&set, &verifier);
    if !context.global.dry_run {
        let text = chain.tokens(&network, bond);
        let question = format!("Verifier {verifier} leaves the set with {text}. Sure?");
        context.ui.confirm(&question)?;
    }
    let (action, instruction) = match removed {
        Some(verifier) => (
            VerifierAction::Remove,
            verifier_remove(&wallet, target, &verifier),
        ),
        None => (VerifierAction::Exit, verifier_exit(&wallet, target)),
    };
    Ok(VerifierWriteOutput {
        action,
        verifier: verifier.to_string(),
        amount: chain.tokens(&network, bond),
        transaction: submitter.send("the exit", vec![instruction]).await?,
    })
}

async fn withdraw(context: &Context<'_>) -> Result<VerifierWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let network = chain.view().await?.network;
    let (target, mint) = (&chain.deployment.network, &chain.deployment.token_mint);
    let set: VerifierSet = fetch::fetch(&chain.rpc, &address::verifiers(target)).await?;
    let destination = address::token_account(&wallet, mint);
    let instructions = vec![
        token_account_create(&submitter.payer(), &wallet, mint),
        verifier_withdraw(&wallet, &destination, target),
    ];
    Ok(VerifierWriteOutput {
        action: VerifierAction::Withdraw,
        verifier: wallet.to_string(),
        amount: chain.tokens(&network, bond_of(&set, &wallet)),
        transaction: submitter.send("the withdrawal", instructions).await?,
    })
}

async fn list(context: &Context<'_>) -> Result<VerifierListOutput, CliError> {
    let chain = context.chain().await?;
    let NetworkView { network, time, .. } = chain.view().await?;
    let target = &chain.deployment.network;
    let set: VerifierSet = fetch::fetch(&chain.rpc, &address::verifiers(target)).await?;
    let used = set
        .entries
        .iter()
        .zip(0_u32..)
        .filter(|(entry, _)| !entry.is_free());
    let verifiers = used.map(|(entry, number)| {
        let unlock_at = (entry.exit_unlock_at != 0).then_some(entry.exit_unlock_at);
        VerifierText {
            number,
            verifier: entry.authority.to_string(),
            bond: chain.tokens(&network, entry.slashable().unwrap_or(u64::MAX)),
            admitted_epoch: entry.admitted_epoch,
            exit_unlock_at: unlock_at.map(|at| at.to_string()),
            exit_text: unlock_at.map(|at| relative(at, time.unix_seconds)),
        }
    });
    Ok(VerifierListOutput {
        verifiers: verifiers.collect(),
    })
}

/// Bond and exiting bond of a verifier; nothing for one that is not in the set.
fn bond_of(set: &VerifierSet, verifier: &Pubkey) -> u64 {
    let entry = set
        .find(verifier)
        .and_then(|number| set.entries.get(number));
    entry
        .and_then(|entry| entry.slashable().ok())
        .unwrap_or_default()
}
