//! The stage: a local network with Trestle on it, operators' and verifiers' folders, wallets.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;
use trestle_localnet::{key, key_path, Deployed, LocalNetwork, Options, Ports, STABLE, TOKEN};
use trestle_sdk::deployment::Deployment;

use crate::process::Cli;

/// Operators of the demo: as many as a file has shards.
pub const OPERATORS: usize = 6;
/// Verifiers of the demo: two thirds of three must agree.
pub const VERIFIERS: usize = 3;
/// Lamports each wallet starts with: 10 SOL.
const WALLET_LAMPORTS: u64 = 10_000_000_000;
/// What each operator has to stake.
pub const OPERATOR_TOKENS: u64 = 50 * TOKEN;
/// What the customer has to burn.
pub const CUSTOMER_TOKENS: u64 = 100 * TOKEN;
/// What the customer has to pay with.
pub const CUSTOMER_STABLE: u64 = 100 * STABLE;

/// Everything that stands before the first step of the main job.
pub struct Stage {
    pub network: LocalNetwork,
    pub deployed: Deployed,
    pub rpc: RpcClient,
    pub cli: Cli,
    pub folder: PathBuf,
    pub node_ports: Vec<u16>,
    pub verifier_ports: Vec<u16>,
    pub monitor_ports: Vec<u16>,
}

impl Stage {
    /// Starts the network, deploys Trestle and fills the wallets.
    pub async fn build(
        folder: &Path,
        artifacts: &Path,
        report: impl FnMut(&str, &trestle_migrations::Plan),
    ) -> Result<Self> {
        fs::create_dir_all(folder.join("keys"))?;
        let network = LocalNetwork::start(Ports::ANY)?;
        let mut ports = free_ports(OPERATORS + 2 * VERIFIERS)?;
        let node_ports = ports.split_off(2 * VERIFIERS);
        let monitor_ports = ports.split_off(VERIFIERS);
        let verifier_ports = ports;
        let options = Options {
            folder: folder.join("keys"),
            artifacts: artifacts.to_path_buf(),
            verifier_urls: verifier_ports.iter().map(|port| url(*port)).collect(),
        };
        let deployed = Deployed::deploy(&network, &options, report).await?;
        let rpc = trestle_localnet::rpc_client(network.rpc_url());
        let home = folder.join("home");
        fs::create_dir_all(&home)?;
        let cli = Cli::new(network.rpc_url(), &deployed.address_book, &home)?;
        let stage = Self {
            network,
            deployed,
            rpc,
            cli,
            folder: folder.to_path_buf(),
            node_ports,
            verifier_ports,
            monitor_ports,
        };
        for number in 0..OPERATORS {
            stage
                .wallet(&operator_name(number), OPERATOR_TOKENS, 0)
                .await?;
            stage.wallet(&node_name(number), 0, 0).await?;
        }
        stage
            .wallet("customer", CUSTOMER_TOKENS, CUSTOMER_STABLE)
            .await?;
        stage.wallet("anyone", 0, 0).await?;
        Ok(stage)
    }

    /// The address book.
    pub fn deployment(&self) -> &Deployment {
        &self.deployed.deployment
    }

    /// Makes a key, and fills its wallet from the faucet.
    async fn wallet(&self, name: &str, tokens: u64, stable: u64) -> Result<()> {
        let owner = self.key(name)?.pubkey();
        self.network.remote().fund_sol(&owner, WALLET_LAMPORTS)?;
        self.deployed
            .faucet(&self.rpc, &owner, tokens, stable)
            .await
    }

    /// The key pair of a wallet of this stage.
    pub fn key(&self, name: &str) -> Result<Keypair> {
        key(&self.folder.join("keys"), name)
    }

    /// The file of that key pair.
    pub fn key_file(&self, name: &str) -> PathBuf {
        key_path(&self.folder.join("keys"), name)
    }

    /// The Operator account of operator `number`.
    pub fn operator(&self, number: usize) -> Result<Pubkey> {
        let authority = self.key(&operator_name(number))?.pubkey();
        Ok(trestle_sdk::address::operator(
            &self.deployment().service,
            &authority,
        ))
    }

    /// Where operator `number`'s node listens.
    pub fn node_url(&self, number: usize) -> Result<String> {
        let port = self.node_ports.get(number).context("no such operator")?;
        Ok(url(*port))
    }

    /// The folder of operator `number`'s shards.
    pub fn node_folder(&self, number: usize) -> PathBuf {
        self.folder.join(node_name(number))
    }
}

/// Name of an operator's wallet.
pub fn operator_name(number: usize) -> String {
    format!("operator-{number}")
}

/// Name of an operator's node and its key.
pub fn node_name(number: usize) -> String {
    format!("node-{number}")
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Ports that were free a moment ago, all different.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    let held = (0..count)
        .map(|_| TcpListener::bind(("127.0.0.1", 0)))
        .collect::<std::io::Result<Vec<_>>>()?;
    held.iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect()
}
