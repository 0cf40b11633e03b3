//! `trestle issuer`: whose word about wallets the network takes.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address, clearance,
    fetch::Issuer,
    instruction::clearance::{issuer_admit, issuer_revoke, IssuerParams},
};

use crate::{
    cleared::{kinds, kinds_text, mask, ClearanceKind},
    context::Context,
    error::CliError,
    send::{Submitter, Transaction},
    text::row,
};

/// An issuer that signs clearances of the staking program.
const SOURCE_CLEARANCES: u8 = 1;
/// An issuer that is a credential of the Solana Attestation Service.
const SOURCE_ATTESTATIONS: u8 = 2;
/// Place of a field that attestations do not have.
const NOWHERE: u16 = u16::MAX;

#[derive(Debug, Subcommand)]
pub enum IssuerCommand {
    /// Admit an issuer; signed by the network's authority
    #[command(after_help = "Examples:\n  \
        trestle issuer admit 7Np4…sBm1 --name \"Example Verify\" --kinds kyc,region\n  \
        trestle issuer admit CREDENTIAL --name \"Example Pass\" --kinds kyc --schema SCHEMA")]
    Admit(AdmitArgs),
    /// End the network's trust in an issuer, for good; signed by the network's authority
    Revoke {
        /// Key of the issuer; of attestations, their credential
        issuer: Pubkey,
    },
    /// List the issuers of the network
    List,
}

#[derive(Debug, Args)]
pub struct AdmitArgs {
    /// Key that will sign clearances; of attestations, their credential
    pub issuer: Pubkey,
    /// Name for people, in ASCII
    #[arg(long)]
    pub name: String,
    /// What it may vouch for
    #[arg(long, value_enum, value_delimiter = ',', required = true)]
    pub kinds: Vec<ClearanceKind>,
    /// Schema of its attestations in the Solana Attestation Service, instead of clearances
    #[arg(long, value_name = "ADDRESS")]
    pub schema: Option<Pubkey>,
    /// Byte of an attestation's data where the country's two letters stand
    #[arg(long, value_name = "BYTE", requires = "schema")]
    pub country_at: Option<u16>,
    /// Byte of an attestation's data that is the audit tier
    #[arg(long, value_name = "BYTE", requires = "schema")]
    pub tier_at: Option<u16>,
}

/// `issuer admit` and `issuer revoke`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuerWriteOutput {
    pub action: IssuerAction,
    pub issuer: String,
    pub key: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum IssuerAction {
    Admit,
    Revoke,
}

/// One issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuerText {
    pub issuer: String,
    /// Key that signs its clearances; of attestations, their credential.
    pub key: String,
    pub name: String,
    pub kinds: Vec<ClearanceKind>,
    /// Schema of its attestations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    pub revoked: bool,
}

/// `issuer list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssuerListOutput {
    pub issuers: Vec<IssuerText>,
}

impl fmt::Display for IssuerWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            IssuerAction::Admit => "Admitted",
            IssuerAction::Revoke => "Revoked",
        };
        row(f, label, &self.key)?;
        row(f, "Issuer", &self.issuer)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for IssuerListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.issuers.is_empty() {
            return writeln!(f, "No issuer is admitted.");
        }
        for one in &self.issuers {
            let source = if one.schema.is_some() {
                "attestations"
            } else {
                "clearances"
            };
            let revoked = if one.revoked { "  REVOKED" } else { "" };
            let kinds = kinds_text(&one.kinds);
            writeln!(f, "{}  {}  {source} of {kinds}{revoked}", one.key, one.name)?;
        }
        Ok(())
    }
}

impl IssuerText {
    pub fn new(address: &Pubkey, issuer: &Issuer) -> Self {
        Self {
            issuer: address.to_string(),
            key: issuer.authority.to_string(),
            name: issuer.name_str().to_string(),
            kinds: kinds(issuer.kinds),
            schema: issuer.attests().then(|| issuer.schema.to_string()),
            revoked: issuer.revoked != 0,
        }
    }
}

pub async fn run(command: &IssuerCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        IssuerCommand::Admit(args) => context.print(&admit(args, context).await?),
        IssuerCommand::Revoke { issuer } => context.print(&revoke(issuer, context).await?),
        IssuerCommand::List => context.print(&list(context).await?),
    }
}

async fn admit(args: &AdmitArgs, context: &Context<'_>) -> Result<IssuerWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let params = IssuerParams {
        authority: args.issuer,
        source: match args.schema {
            Some(_) => SOURCE_ATTESTATIONS,
            None => SOURCE_CLEARANCES,
        },
        kinds: mask(&args.kinds),
        schema: args.schema.unwrap_or_default(),
        jurisdiction_at: args.country_at.unwrap_or(NOWHERE),
        tier_at: args.tier_at.unwrap_or(NOWHERE),
        name: args.name.clone(),
    };
    let network = &chain.deployment.network;
    let instruction = issuer_admit(&submitter.wallet(), network, params);
    let transaction = submitter.send("the admission", vec![instruction]).await?;
    Ok(IssuerWriteOutput {
        action: IssuerAction::Admit,
        issuer: address::issuer(network, &args.issuer).to_string(),
        key: args.issuer.to_string(),
        transaction,
    })
}

async fn revoke(key: &Pubkey, context: &Context<'_>) -> Result<IssuerWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let network = &chain.deployment.network;
    let issuer = address::issuer(network, key);
    if !context.global.dry_run {
        context.ui.confirm(&format!(
            "Revoke {key}? What it vouched for counts no longer, and it cannot be admitted again."
        ))?;
    }
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = issuer_revoke(&submitter.wallet(), network, &issuer);
    let transaction = submitter.send("the revocation", vec![instruction]).await?;
    Ok(IssuerWriteOutput {
        action: IssuerAction::Revoke,
        issuer: issuer.to_string(),
        key: key.to_string(),
        transaction,
    })
}

async fn list(context: &Context<'_>) -> Result<IssuerListOutput, CliError> {
    let chain = context.chain().await?;
    let found = clearance::issuers(&chain.rpc, &chain.deployment.network).await?;
    Ok(IssuerListOutput {
        issuers: found
            .iter()
            .map(|(address, issuer)| IssuerText::new(address, issuer))
            .collect(),
    })
}
