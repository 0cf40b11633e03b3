//! `trestle network pause` and `trestle network resume`.

use std::fmt;

use clap::{Args, ValueEnum};
use serde::Serialize;
use trestle_core::pause;
use trestle_sdk::{
    fetch::{self, Network},
    instruction::staking::network_pause,
};

use crate::{
    context::Context,
    error::CliError,
    send::{Submitter, Transaction},
    text::row,
};

#[derive(Debug, Args)]
pub struct AreaArgs {
    /// Area, once for each [default: all]
    #[arg(long = "area", value_enum, value_name = "AREA")]
    pub areas: Vec<Area>,
}

/// What can be paused for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Area {
    /// New operators, stake, verifiers and bonds
    Staking,
    /// New commitments
    Proofs,
    /// New pools, funding and allotments
    Rewards,
    /// Sales, deposits and new leases
    Credits,
}

impl Area {
    const fn mask(self) -> u8 {
        match self {
            Self::Staking => pause::AREA_STAKING,
            Self::Proofs => pause::AREA_PROOFS,
            Self::Rewards => pause::AREA_REWARDS,
            Self::Credits => pause::AREA_CREDITS,
        }
    }
}

/// `network pause` and `network resume`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkPauseOutput {
    pub network: String,
    /// Areas that are paused from now on.
    pub paused: Vec<&'static str>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for NetworkPauseOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Network", &self.network)?;
        row(f, "State", state_text(&self.paused))?;
        self.transaction.fmt(f)
    }
}

/// The areas of a mask, by name.
pub fn area_names(mask: u8) -> Vec<&'static str> {
    pause::AREAS
        .iter()
        .filter(|(area, _)| pause::is_paused(mask, *area))
        .map(|(_, name)| *name)
        .collect()
}

/// What people read about paused areas.
pub fn state_text(paused: &[&'static str]) -> String {
    if paused.is_empty() {
        return "running".to_string();
    }
    format!("paused: {}", paused.join(", "))
}

pub async fn set_paused(
    args: &AreaArgs,
    paused: bool,
    context: &Context<'_>,
) -> Result<NetworkPauseOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let address = chain.deployment.network;
    let network: Network = fetch::fetch(&chain.rpc, &address).await?;
    let named = args.areas.iter().fold(0, |mask, area| mask | area.mask());
    let areas = if named == 0 { pause::ALL } else { named };
    let after = if paused {
        pause::paused(network.paused, areas)
    } else {
        pause::resumed(network.paused, areas)
    };
    let instruction = network_pause(&submitter.wallet(), &address, areas, paused);
    let what = if paused {
        "the pause"
    } else {
        "the resumption"
    };
    Ok(NetworkPauseOutput {
        network: address.to_string(),
        paused: area_names(after),
        transaction: submitter.send(what, vec![instruction]).await?,
    })
}
