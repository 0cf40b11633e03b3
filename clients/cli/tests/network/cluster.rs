//! A local network, and the command run on it.

use std::{path::PathBuf, process::Command};

use serde_json::Value;
use solana_instruction::Instruction;
use solana_keypair::{write_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tempfile::TempDir;
use trestle_localnet::{rpc_client, Deployed, LocalNetwork, Options, Ports, STABLE, TOKEN};
use trestle_migrations::Plan;
use trestle_sdk::send::{Outcome, SendConfig, Sender, TransactionRequest};

/// Lamports of each wallet: 10 SOL.
const WALLET_LAMPORTS: u64 = 10_000_000_000;
/// What a wallet starts with.
pub const TOKENS: u64 = 100;
pub const DOLLARS: u64 = 100;

pub struct Cluster {
    pub network: LocalNetwork,
    pub deployed: Deployed,
    folder: TempDir,
    /// Another address book than the deployment's own.
    pub book: Option<PathBuf>,
}

/// What a command printed, in JSON, with its exit code.
#[derive(Debug)]
pub struct Printed {
    pub code: Option<i32>,
    pub stdout: Value,
    pub stderr: String,
}

fn options(folder: &TempDir) -> Options {
    Options {
        folder: folder.path().join("keys"),
        artifacts: artifacts(),
        verifier_urls: vec!["http://127.0.0.1:9".to_string()],
    }
}

impl Cluster {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let network = LocalNetwork::start(Ports::ANY).unwrap();
        let deployed = Deployed::deploy(&network, &options(&folder), |_, _| {}).await;
        Self {
            network,
            deployed: deployed.unwrap(),
            folder,
            book: None,
        }
    }

    /// Runs the migrations again, and returns what each step that had something to do planned.
    pub async fn migrate(&self) -> Vec<(String, Vec<String>)> {
        let mut planned = Vec::new();
        let report = |step: &str, plan: &Plan| {
            if !plan.is_done() {
                planned.push((step.to_string(), plan.actions.clone()));
            }
        };
        let again = Deployed::deploy(&self.network, &options(&self.folder), report);
        again.await.unwrap();
        planned
    }

    /// A key file without anything on chain.
    pub fn key(&self, name: &str) -> (String, Pubkey) {
        let path = self.folder.path().join(format!("{name}.json"));
        let key = Keypair::new();
        write_keypair_file(&key, &path).unwrap();
        (path.display().to_string(), key.pubkey())
    }

    /// A key file whose wallet has SOL, tokens and dollars.
    pub async fn wallet(&self, name: &str) -> (String, Pubkey) {
        let (path, address) = self.key(name);
        let remote = self.network.remote();
        remote.fund_sol(&address, WALLET_LAMPORTS).unwrap();
        let rpc = rpc_client(self.network.rpc_url());
        let (tokens, stable) = (TOKENS * TOKEN, DOLLARS * STABLE);
        let faucet = self.deployed.faucet(&rpc, &address, tokens, stable);
        faucet.await.unwrap();
        (path, address)
    }

    /// A file of the test's own.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// A folder of the test's own.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sends what no command sends, paid for by the network's authority.
    pub async fn land(&self, instructions: Vec<Instruction>) {
        let authority = trestle_localnet::key(&self.deployed.folder, "authority").unwrap();
        let rpc = rpc_client(self.network.rpc_url());
        let sender = Sender::new(&rpc, SendConfig::default());
        let request = TransactionRequest::new(authority.pubkey(), instructions);
        let receipt = sender.send(&request, &[&authority], |_| Ok(())).await;
        let outcome = receipt.unwrap().outcome;
        assert!(matches!(outcome, Outcome::Landed { .. }), "{outcome:?}");
    }

    /// A wallet with an operator; the key file of its node comes second.
    pub async fn operator(&self, name: &str) -> (String, String, Pubkey) {
        let (wallet, _) = self.wallet(name).await;
        let (node, node_key) = self.key(&format!("{name}-node"));
        let node_key = node_key.to_string();
        let url = ["--endpoint", "http://127.0.0.1:9", "--node-key", &node_key];
        let place = ["--capacity-gib", "1", "--zone", "1"];
        let done = self.does(
            &wallet,
            &[&["operator", "register"], &url[..], &place[..]].concat(),
        );
        let operator = done["operator"].as_str().unwrap().parse().unwrap();
        (wallet, node, operator)
    }

    /// The key file of the network's authority.
    pub fn authority(&self) -> String {
        trestle_localnet::key_path(&self.deployed.folder, "authority")
            .display()
            .to_string()
    }

    /// Lets time pass, and publishes the price anew.
    pub fn travel(&self, seconds: u32) {
        let remote = self.network.remote();
        let now = remote.clock().unwrap().unix_timestamp;
        remote.travel_to(now + i64::from(seconds)).unwrap();
        self.deployed.publish_price(remote).unwrap();
    }

    /// Runs `trestle` with a key.
    pub fn run(&self, key: &str, arguments: &[&str]) -> Printed {
        let book = self.book.as_ref().unwrap_or(&self.deployed.address_book);
        let book = book.display().to_string();
        let global = ["-k", key, "--deployment", &book, "--output", "json", "-y"];
        let output = Command::new(env!("CARGO_BIN_EXE_trestle"))
            .env_clear()
            .env("HOME", self.folder.path())
            .args(global)
            .args(arguments)
            .output()
            .unwrap();
        Printed {
            code: output.status.code(),
            stdout: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed, in a dry run first where it writes.
    pub fn does(&self, key: &str, arguments: &[&str]) -> Value {
        let dry: Vec<&str> = [&["--dry-run"], arguments].concat();
        let tried = self.run(key, &dry);
        assert_eq!(tried.code, Some(0), "{arguments:?}: {}", tried.stderr);
        if let Some(committed) = tried.stdout.get("committed") {
            assert_eq!(committed, false, "{arguments:?} is a dry run");
        }
        let done = self.run(key, arguments);
        assert_eq!(done.code, Some(0), "{arguments:?}: {}", done.stderr);
        if tried.stdout.get("committed").is_some() {
            assert_eq!(done.stdout["committed"], true, "{arguments:?}");
        }
        done.stdout
    }

    /// Runs a command that a program must refuse, by this error.
    pub fn refused(&self, key: &str, arguments: &[&str], name: &str) {
        let refused = self.run(key, arguments);
        assert_eq!(refused.code, Some(5), "{arguments:?}: {}", refused.stderr);
        assert!(
            refused.stderr.contains(name),
            "{arguments:?}: {}",
            refused.stderr
        );
    }
}

pub fn artifacts() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/deploy");
    std::env::var_os("TRESTLE_SO_DIR").map_or_else(|| built.into(), PathBuf::from)
}
