//! `make localnet`: a local Solana network with Trestle on it, until Ctrl-C.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use solana_pubkey::Pubkey;
use trestle_localnet::{
    default_folder, rpc_client, verifier_name, Deployed, LocalNetwork, Options, Ports, Remote,
    DEFAULT_RPC_PORT, DEFAULT_WS_PORT, STABLE, TOKEN,
};

/// The market refuses a price older than a minute.
const PRICE_INTERVAL: Duration = Duration::from_secs(5);
/// Verifiers that are admitted, and the port the first of them publishes on.
const VERIFIERS: u16 = 3;
const VERIFIER_PORT: u16 = 7_500;
/// Lamports in a SOL.
const LAMPORTS_PER_SOL: u64 = 1_000_000_000;

/// A local Solana network with Trestle on it.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    start: Start,
}

#[derive(Subcommand)]
enum Command {
    /// Move the running network's clock forward.
    Travel {
        /// Seconds to move by.
        seconds: u32,
    },
    /// Give a wallet SOL, tokens and dollars.
    Fund {
        /// The wallet.
        address: Pubkey,
        /// Whole SOL, tokens and dollars each.
        #[arg(long, default_value_t = 100)]
        amount: u64,
    },
}

#[derive(Args)]
struct Start {
    /// JSON-RPC port; 0 takes any.
    #[arg(long, default_value_t = DEFAULT_RPC_PORT)]
    rpc_port: u16,
    /// Web socket port; 0 takes any.
    #[arg(long, default_value_t = DEFAULT_WS_PORT)]
    ws_port: u16,
    /// Folder of the built programs.
    #[arg(long, default_value = "target/deploy")]
    artifacts: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => start(&arguments.start).await,
        Some(Command::Travel { seconds }) => travel(seconds),
        Some(Command::Fund { address, amount }) => fund(&address, amount).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn start(arguments: &Start) -> Result<()> {
    let folder = default_folder()?;
    // The keys of a former network own nothing on this one.
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let network = LocalNetwork::start(Ports {
        rpc: arguments.rpc_port,
        ws: arguments.ws_port,
    })?;
    let options = Options {
        folder: folder.clone(),
        artifacts: arguments.artifacts.clone(),
        verifier_urls: (0..VERIFIERS)
            .map(|number| format!("http://127.0.0.1:{}", VERIFIER_PORT + number))
            .collect(),
    };
    let deployed = Deployed::deploy(&network, &options, |step, plan| {
        eprintln!("{step}: {}", plan.actions.join(", "));
    })
    .await?;
    println!("{}", serde_json::to_string_pretty(&deployed.deployment)?);
    eprintln!("JSON-RPC     {}", network.rpc_url());
    eprintln!("web socket   {}", network.ws_url());
    eprintln!("address book {}", deployed.address_book.display());
    eprintln!(
        "key files    {}/{{authority,{}…}}.json",
        folder.display(),
        verifier_name(0)
    );
    eprintln!("try          trestle -u localhost network show");
    eprintln!("travel       trestle-localnet travel SECONDS");
    eprintln!("Ctrl-C ends it");
    let mut beat = tokio::time::interval(PRICE_INTERVAL);
    loop {
        tokio::select! {
            _ = beat.tick() => deployed.publish_price(network.remote())?,
            stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
        }
    }
}

fn running() -> Result<Deployed> {
    Deployed::open(&default_folder()?).context("no local network: run `make localnet` first")
}

fn travel(seconds: u32) -> Result<()> {
    let deployed = running()?;
    let remote = Remote::new(deployed.deployment.rpc_url.clone());
    let now = remote.clock()?.unix_timestamp;
    remote.travel_to(now + i64::from(seconds))?;
    deployed.publish_price(&remote)
}

async fn fund(address: &Pubkey, amount: u64) -> Result<()> {
    let deployed = running()?;
    let rpc = rpc_client(&deployed.deployment.rpc_url);
    let remote = Remote::new(deployed.deployment.rpc_url.clone());
    let whole = |unit: u64| amount.checked_mul(unit).context("the amount is too large");
    remote.fund_sol(address, whole(LAMPORTS_PER_SOL)?)?;
    deployed
        .faucet(&rpc, address, whole(TOKEN)?, whole(STABLE)?)
        .await
}
