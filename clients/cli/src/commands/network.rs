//! `trestle network`: what a network is, how it stands, and who governs it.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, Market, Network, Pool, Service, VerifierSet},
};

use crate::{
    commands::{
        hand_over::{self, AuthorityCommand},
        network_change::{self, NetworkChangeCommand},
        network_pause::{area_names, set_paused, state_text, AreaArgs},
    },
    context::{Chain, Context, NetworkView},
    error::CliError,
    text::{count, duration, percent, row, CreditsText, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Show parameters, the running epoch and totals
    Show,
    /// Stop what brings value in; exits, claims and refunds go on
    #[command(after_help = "Example: trestle network pause --area credits --area proofs")]
    Pause(AreaArgs),
    /// Let areas run again; only the authority can
    Resume(AreaArgs),
    /// Change the network's parameters, with notice
    #[command(subcommand)]
    Change(NetworkChangeCommand),
    /// Hand the network over to another authority
    #[command(subcommand)]
    Authority(AuthorityCommand),
}

/// `network show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkOutput {
    pub network: String,
    pub service: String,
    pub token_mint: String,
    pub stable_mint: String,
    pub authority: String,
    pub guardian: String,
    /// Areas that are paused.
    pub paused: Vec<&'static str>,
    #[serde(with = "string")]
    pub epoch: u64,
    pub epoch_seconds: u32,
    pub challenge_window_seconds: u32,
    pub unbonding_seconds: u32,
    pub operators: u32,
    pub stake_per_gib: TokenText,
    pub total_stake: TokenText,
    pub verifiers: u32,
    pub total_bond: TokenText,
    pub miss_slash_bps: u16,
    pub lost_slash_bps: u16,
    pub notice_epochs: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_root_epoch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<PoolText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<MarketText>,
}

/// The reward pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolText {
    pub address: String,
    pub per_epoch: TokenText,
    pub allotted: TokenText,
    pub paid: TokenText,
}

/// The credit market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarketText {
    pub address: String,
    pub credit_mint: String,
    pub sold: CreditsText,
    pub used: CreditsText,
    pub burned: TokenText,
    pub received: TokenText,
}

impl fmt::Display for NetworkOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Network", &self.network)?;
        row(f, "Service", &self.service)?;
        row(f, "State", state_text(&self.paused))?;
        let length = duration(self.epoch_seconds.into());
        row(f, "Epoch", format!("{} (of {length} each)", self.epoch))?;
        row(
            f,
            "Newest final root",
            self.latest_root_epoch.as_deref().unwrap_or("none"),
        )?;
        row(
            f,
            "Challenge window",
            duration(self.challenge_window_seconds.into()),
        )?;
        row(f, "Unbonding", duration(self.unbonding_seconds.into()))?;
        row(f, "Operators", self.operators)?;
        row(f, "Stake per GiB", &self.stake_per_gib)?;
        row(f, "Stake", &self.total_stake)?;
        row(f, "Verifiers", self.verifiers)?;
        row(f, "Bonds", &self.total_bond)?;
        row(f, "Slash for misses", percent(self.miss_slash_bps.into()))?;
        row(f, "Slash for loss", percent(self.lost_slash_bps.into()))?;
        row(f, "Notice", count(self.notice_epochs.into(), "epoch"))?;
        if let Some(pool) = &self.pool {
            row(f, "Rewards per epoch", &pool.per_epoch)?;
            row(f, "Rewards allotted", &pool.allotted)?;
            row(f, "Rewards paid", &pool.paid)?;
        }
        if let Some(market) = &self.market {
            row(f, "Credits sold", &market.sold)?;
            row(f, "Credits used", &market.used)?;
            row(f, "Burned", &market.burned)?;
            row(f, "Received", &market.received)?;
        }
        if f.alternate() {
            self.fmt_addresses(f)?;
        }
        Ok(())
    }
}

impl NetworkOutput {
    fn fmt_addresses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Authority", &self.authority)?;
        row(f, "Guardian", &self.guardian)?;
        row(f, "Token mint", &self.token_mint)?;
        row(f, "Stablecoin mint", &self.stable_mint)?;
        if let Some(pool) = &self.pool {
            row(f, "Pool", &pool.address)?;
        }
        if let Some(market) = &self.market {
            row(f, "Market", &market.address)?;
            row(f, "Credit mint", &market.credit_mint)?;
        }
        Ok(())
    }
}

pub async fn run(command: &NetworkCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        NetworkCommand::Show => context.print(&show(&context.chain().await?).await?),
        NetworkCommand::Pause(args) => context.print(&set_paused(args, true, context).await?),
        NetworkCommand::Resume(args) => context.print(&set_paused(args, false, context).await?),
        NetworkCommand::Change(command) => network_change::run(command, context).await,
        NetworkCommand::Authority(command) => {
            context.print(&hand_over::authority(command, context).await?)
        }
    }
}

async fn show(chain: &Chain) -> Result<NetworkOutput, CliError> {
    let view = chain.view().await?;
    let (rpc, book) = (&chain.rpc, &chain.deployment);
    let service: Service = fetch::fetch(rpc, &book.service).await?;
    let verifiers: VerifierSet = fetch::fetch(rpc, &address::verifiers(&book.network)).await?;
    let pool: Option<Pool> = fetch::fetch_optional(rpc, &book.pool).await?;
    let market: Option<Market> = fetch::fetch_optional(rpc, &book.market).await?;
    let ring = match fetch::ring(rpc, &book.service).await {
        Ok(ring) => Some(ring),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    let NetworkView { network, epoch, .. } = view;
    let active = verifiers
        .entries
        .iter()
        .filter(|entry| entry.is_active())
        .count();
    let latest = ring.as_ref().and_then(|ring| ring.latest());
    Ok(NetworkOutput {
        network: book.network.to_string(),
        service: book.service.to_string(),
        token_mint: network.token_mint.to_string(),
        stable_mint: network.stable_mint.to_string(),
        authority: network.authority.to_string(),
        guardian: network.guardian.to_string(),
        paused: area_names(network.paused),
        epoch,
        epoch_seconds: network.epoch_seconds,
        challenge_window_seconds: network.challenge_window_seconds,
        unbonding_seconds: network.unbonding_seconds,
        operators: service.operator_count,
        stake_per_gib: chain.tokens(&network, service.stake_per_gib),
        total_stake: chain.tokens(&network, network.total_stake),
        verifiers: u32::try_from(active).unwrap_or(u32::MAX),
        total_bond: chain.tokens(&network, network.total_bond),
        miss_slash_bps: service.miss_slash_bps,
        lost_slash_bps: service.lost_slash_bps,
        notice_epochs: service.notice_epochs,
        latest_root_epoch: latest.map(|root| root.epoch.to_string()),
        pool: pool.map(|pool| pool_text(chain, &network, &pool)),
        market: market.map(|market| market_text(chain, &network, &market)),
    })
}

fn pool_text(chain: &Chain, network: &Network, pool: &Pool) -> PoolText {
    PoolText {
        address: chain.deployment.pool.to_string(),
        per_epoch: chain.tokens(network, pool.tokens_per_epoch),
        allotted: chain.tokens(network, pool.allotted_total),
        paid: chain.tokens(network, pool.paid_total),
    }
}

fn market_text(chain: &Chain, network: &Network, market: &Market) -> MarketText {
    MarketText {
        address: chain.deployment.market.to_string(),
        credit_mint: market.credit_mint.to_string(),
        sold: CreditsText::new(market.minted),
        used: CreditsText::new(market.consumed),
        burned: chain.tokens(network, market.tokens_burned),
        received: chain.stable(market.stable_received),
    }
}
