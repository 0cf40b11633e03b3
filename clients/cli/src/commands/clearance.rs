//! `trestle clearance`: what issuers vouch for about wallets.

use std::{fmt, mem::offset_of};

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    clearance::{self, ClearanceError, Gate, Jurisdiction, Role, Statement},
    encoding::string,
    fetch::{self, Clearance, Filter},
    instruction::clearance::{clearance_close, clearance_grant, clearance_revoke, ClearanceTerms},
};

use crate::{
    cleared::{country, kinds, kinds_text, mask, parse_country, ClearanceKind},
    context::{Chain, Context},
    error::CliError,
    send::{Submitter, Transaction},
    text::{relative, row},
};

/// Seconds of a day.
const DAY: i64 = 86_400;

#[derive(Debug, Subcommand)]
pub enum ClearanceCommand {
    /// Clear a wallet, or replace how it is cleared; signed by the issuer
    #[command(
        after_help = "Example: trestle clearance grant 7Np4…sBm1 --kinds kyc,region --country DE \
            --days 365"
    )]
    Grant(GrantArgs),
    /// Take a clearance back; signed by the issuer
    Revoke {
        /// Wallet that was cleared
        wallet: Pubkey,
    },
    /// Close a clearance that counts no longer; the rent goes back to its issuer
    Close {
        /// Wallet that was cleared
        wallet: Pubkey,
        /// Key of the issuer [default: the signing key]
        #[arg(long, value_name = "ADDRESS")]
        issuer: Option<Pubkey>,
    },
    /// Show what vouches for a wallet, and whether the service admits it
    Show {
        /// Wallet [default: the signing key]
        wallet: Option<Pubkey>,
    },
    /// List the clearances that an issuer has granted
    List {
        /// Key of the issuer [default: the signing key]
        #[arg(long, value_name = "ADDRESS")]
        issuer: Option<Pubkey>,
    },
}

#[derive(Debug, Args)]
pub struct GrantArgs {
    /// Wallet to clear
    pub wallet: Pubkey,
    /// What was checked
    #[arg(long, value_enum, value_delimiter = ',', required = true)]
    pub kinds: Vec<ClearanceKind>,
    /// Country in two letters, with kind `region`
    #[arg(long, value_name = "COUNTRY", value_parser = parse_country)]
    pub country: Option<Jurisdiction>,
    /// Tier of the audit, with kind `audit`
    #[arg(long, value_name = "TIER", default_value_t = 0)]
    pub tier: u8,
    /// Days until it expires
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1_825))]
    pub days: u16,
}

/// `clearance grant`, `clearance revoke` and `clearance close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClearanceWriteOutput {
    pub action: ClearanceAction,
    pub wallet: String,
    pub issuer: String,
    pub clearance: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ClearanceAction {
    Grant,
    Revoke,
    Close,
}

/// What one issuer says about a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementText {
    pub wallet: String,
    /// The issuer account.
    pub issuer: String,
    /// The clearance, or the attestation.
    pub clearance: String,
    pub kinds: Vec<ClearanceKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    pub audit_tier: u8,
    /// Unix seconds.
    #[serde(with = "string")]
    pub expires_at: i64,
    #[serde(skip)]
    pub now: i64,
    /// Why it does not count, whatever a policy asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// `clearance show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClearanceShowOutput {
    pub wallet: String,
    pub statements: Vec<StatementText>,
    /// Why the service does not admit it as an operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_refusal: Option<String>,
    /// Why the service does not admit it as a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_refusal: Option<String>,
}

/// `clearance list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClearanceListOutput {
    pub issuer: String,
    pub clearances: Vec<StatementText>,
}

impl fmt::Display for ClearanceWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            ClearanceAction::Grant => "Cleared",
            ClearanceAction::Revoke => "Revoked",
            ClearanceAction::Close => "Closed",
        };
        row(f, label, &self.wallet)?;
        row(f, "Issuer", &self.issuer)?;
        row(f, "Clearance", &self.clearance)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for StatementText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Clearance", &self.clearance)?;
        row(f, "Issuer", &self.issuer)?;
        if let Some(refusal) = &self.refusal {
            return row(f, "Void", refusal);
        }
        row(f, "Kinds", kinds_text(&self.kinds))?;
        if let Some(country) = &self.country {
            row(f, "Country", country)?;
        }
        if self.audit_tier > 0 {
            row(f, "Audit tier", self.audit_tier)?;
        }
        match self.expires_at {
            i64::MAX => row(f, "Expires", "never"),
            at => row(f, "Expires", relative(at, self.now)),
        }
    }
}

impl fmt::Display for ClearanceShowOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Wallet", &self.wallet)?;
        let verdict = |refusal: &Option<String>| match refusal {
            Some(reason) => format!("not admitted: {reason}"),
            None => "admitted".to_string(),
        };
        row(f, "As operator", verdict(&self.operator_refusal))?;
        row(f, "As customer", verdict(&self.customer_refusal))?;
        for statement in &self.statements {
            writeln!(f)?;
            statement.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for ClearanceListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.clearances.is_empty() {
            return writeln!(f, "{} has cleared nobody.", self.issuer);
        }
        for one in &self.clearances {
            let state = match &one.refusal {
                Some(_) => "REVOKED".to_string(),
                None => format!("expires {}", relative(one.expires_at, one.now)),
            };
            writeln!(f, "{}  {}  {state}", one.wallet, kinds_text(&one.kinds))?;
        }
        Ok(())
    }
}

pub async fn run(command: &ClearanceCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        ClearanceCommand::Grant(args) => context.print(&grant(args, context).await?),
        ClearanceCommand::Revoke { wallet } => context.print(&revoke(wallet, context).await?),
        ClearanceCommand::Close { wallet, issuer } => {
            context.print(&close(wallet, *issuer, context).await?)
        }
        ClearanceCommand::Show { wallet } => context.print(&show(*wallet, context).await?),
        ClearanceCommand::List { issuer } => context.print(&list(*issuer, context).await?),
    }
}

fn written(
    action: ClearanceAction,
    chain: &Chain,
    key: &Pubkey,
    wallet: &Pubkey,
    transaction: Transaction,
) -> ClearanceWriteOutput {
    let issuer = address::issuer(&chain.deployment.network, key);
    ClearanceWriteOutput {
        action,
        wallet: wallet.to_string(),
        issuer: issuer.to_string(),
        clearance: address::clearance(&issuer, wallet).to_string(),
        transaction,
    }
}

async fn grant(args: &GrantArgs, context: &Context<'_>) -> Result<ClearanceWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let now = chain.view().await?.time.unix_seconds;
    let submitter = Submitter::new(context, &chain, &signers);
    let key = submitter.wallet();
    let terms = ClearanceTerms {
        kinds: mask(&args.kinds),
        jurisdiction: args.country.unwrap_or_default().pack(),
        audit_tier: args.tier,
        expires_at: now.saturating_add(i64::from(args.days).saturating_mul(DAY)),
    };
    let network = &chain.deployment.network;
    let instruction = clearance_grant(&key, network, &args.wallet, terms);
    let transaction = submitter.send("the grant", vec![instruction]).await?;
    let action = ClearanceAction::Grant;
    Ok(written(action, &chain, &key, &args.wallet, transaction))
}

async fn revoke(wallet: &Pubkey, context: &Context<'_>) -> Result<ClearanceWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let key = submitter.wallet();
    let instruction = clearance_revoke(&key, &chain.deployment.network, wallet);
    let transaction = submitter.send("the revocation", vec![instruction]).await?;
    let action = ClearanceAction::Revoke;
    Ok(written(action, &chain, &key, wallet, transaction))
}

async fn close(
    wallet: &Pubkey,
    issuer: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<ClearanceWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let key = issuer.unwrap_or(submitter.wallet());
    let instruction = clearance_close(&key, &chain.deployment.network, wallet);
    let transaction = submitter.send("the closing", vec![instruction]).await?;
    let action = ClearanceAction::Close;
    Ok(written(action, &chain, &key, wallet, transaction))
}

async fn show(
    wallet: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<ClearanceShowOutput, CliError> {
    let wallet = context.wallet_or(wallet)?;
    let chain = context.chain().await?;
    let book = &chain.deployment;
    let now = chain.view().await?.time.unix_seconds;
    let issuers = clearance::issuers(&chain.rpc, &book.network).await?;
    let statements = clearance::statements(&chain.rpc, &issuers, &wallet).await?;
    let gate = Gate::read(&chain.rpc, &book.network, &book.service).await?;
    Ok(ClearanceShowOutput {
        statements: statements
            .iter()
            .map(|statement| statement_text(&wallet, statement, now))
            .collect(),
        operator_refusal: refusal(&gate, &chain, Role::Operator, &wallet).await?,
        customer_refusal: refusal(&gate, &chain, Role::Customer, &wallet).await?,
        wallet: wallet.to_string(),
    })
}

/// Why the service does not admit a wallet.
async fn refusal(
    gate: &Gate,
    chain: &Chain,
    role: Role,
    wallet: &Pubkey,
) -> Result<Option<String>, CliError> {
    match gate.voucher(&chain.rpc, role, wallet).await {
        Ok(_) => Ok(None),
        Err(ClearanceError::NotCleared { refusal, .. }) => Ok(Some(refusal.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn statement_text(wallet: &Pubkey, statement: &Statement, now: i64) -> StatementText {
    let view = statement.view.ok();
    StatementText {
        wallet: wallet.to_string(),
        issuer: statement.voucher.issuer.to_string(),
        clearance: statement.voucher.clearance.to_string(),
        kinds: kinds(view.map_or(0, |view| view.kinds)),
        country: view.and_then(|view| country(view.jurisdiction.pack())),
        audit_tier: view.map_or(0, |view| view.audit_tier),
        expires_at: view.map_or(0, |view| view.expires_at.0),
        now,
        refusal: statement.view.err().map(|refusal| refusal.to_string()),
    }
}

async fn list(
    issuer: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<ClearanceListOutput, CliError> {
    let key = context.wallet_or(issuer)?;
    let chain = context.chain().await?;
    let now = chain.view().await?.time.unix_seconds;
    let issuer = address::issuer(&chain.deployment.network, &key);
    let filter = Filter::address(offset_of!(Clearance, issuer), &issuer);
    let found = fetch::list::<Clearance>(&chain.rpc, &[filter]).await?;
    Ok(ClearanceListOutput {
        issuer: issuer.to_string(),
        clearances: found
            .iter()
            .map(|(address, one)| StatementText {
                wallet: one.subject.to_string(),
                issuer: issuer.to_string(),
                clearance: address.to_string(),
                kinds: kinds(one.kinds),
                country: country(one.jurisdiction),
                audit_tier: one.audit_tier,
                expires_at: one.expires_at,
                now,
                refusal: (one.revoked != 0).then(|| "its issuer has revoked it".to_string()),
            })
            .collect(),
    })
}
