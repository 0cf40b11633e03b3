//! `trestle lease maintenance`: epochs in which an operator will be away.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, Maintenance},
    instruction::credits::maintenance_declare,
};

use crate::{
    context::Context,
    error::CliError,
    send::{fmt_head, Submitter, Transaction},
    text::row,
};

#[derive(Debug, Subcommand)]
pub enum MaintenanceCommand {
    /// Declare epochs in which leases are neither paid nor punished; signed by the operator
    ///
    /// At least two whole epochs ahead, and at most nine epochs in any ninety.
    #[command(after_help = "Example: trestle lease maintenance declare --first 120 --epochs 2")]
    Declare {
        /// First epoch
        #[arg(long, value_name = "EPOCH")]
        first: u64,
        /// How many epochs
        #[arg(long, value_name = "COUNT", default_value_t = 1)]
        epochs: u64,
        /// Operator, or its wallet [default: the signing key]
        #[arg(long, value_name = "ADDRESS")]
        operator: Option<Pubkey>,
    },
    /// Show the maintenance that an operator declared
    Show {
        /// Operator, or its wallet [default: the signing key]
        operator: Option<Pubkey>,
    },
}

/// `lease maintenance show` and `lease maintenance declare`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MaintenanceOutput {
    pub operator: String,
    pub windows: Vec<WindowText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Transaction>,
}

/// One window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowText {
    #[serde(with = "string")]
    pub first_epoch: u64,
    #[serde(with = "string")]
    pub last_epoch: u64,
}

impl fmt::Display for MaintenanceOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        row(f, "Operator", &self.operator)?;
        if self.windows.is_empty() {
            row(f, "Maintenance", "none declared")?;
        }
        for window in &self.windows {
            let (first, last) = (window.first_epoch, window.last_epoch);
            row(f, "Maintenance", format!("epochs {first} to {last}"))?;
        }
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

pub async fn run(command: &MaintenanceCommand, context: &Context<'_>) -> Result<(), CliError> {
    let chain = context.chain().await?;
    let (operator, transactions) = match command {
        MaintenanceCommand::Declare {
            first,
            epochs,
            operator,
        } => {
            let wallet = context.wallet_or(*operator)?;
            let (operator, _) = chain.operator(&wallet).await?;
            let signers = context.signers()?;
            let submitter = Submitter::new(context, &chain, &signers);
            let network = &chain.deployment.network;
            let declare =
                maintenance_declare(&submitter.wallet(), network, &operator, *first, *epochs);
            let sent = submitter.send("the maintenance", vec![declare]).await?;
            (operator, vec![sent])
        }
        MaintenanceCommand::Show { operator } => {
            let wallet = context.wallet_or(*operator)?;
            (chain.operator(&wallet).await?.0, Vec::new())
        }
    };
    let declared: Option<Maintenance> =
        fetch::fetch_optional(&chain.rpc, &address::maintenance(&operator)).await?;
    let mut windows: Vec<WindowText> = declared
        .iter()
        .flat_map(Maintenance::ranges)
        .filter(|range| !range.is_empty())
        .map(|range| WindowText {
            first_epoch: range.first,
            last_epoch: range.last(),
        })
        .collect();
    windows.sort_by_key(|window| window.first_epoch);
    context.print(&MaintenanceOutput {
        operator: operator.to_string(),
        windows,
        transactions,
    })
}
