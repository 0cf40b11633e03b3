//! The real binary, started, watched and killed.

use crate::rpc::Rpc;
use solana_keypair::{write_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use trestle_sdk::node::{http_client, NodeClient};

/// The command under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_trestle-node");

/// A node process with its chain, key and directory.
pub struct Process {
    pub dir: TempDir,
    pub rpc: Rpc,
    pub node_key: Pubkey,
    pub customer: Keypair,
    pub verifier: Keypair,
    pub url: String,
    child: Option<Child>,
}

impl Process {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = Keypair::new();
        write_keypair_file(&key, dir.path().join("node.json")).unwrap();
        let (customer, verifier) = (Keypair::new(), Keypair::new());
        let rpc = Rpc::start(key.pubkey(), customer.pubkey(), verifier.pubkey()).await;
        let node_key = key.pubkey();
        let url = String::new();
        let mut process = Self {
            dir,
            rpc,
            node_key,
            customer,
            verifier,
            url,
            child: None,
        };
        process.spawn();
        process
    }

    /// Starts the binary and waits until it serves.
    pub fn spawn(&mut self) {
        let mut child = Command::new(BINARY)
            .args(["run", "--config"])
            .arg(self.write_settings())
            .env("NO_COLOR", "1")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = String::new();
        let url = loop {
            let Some(line) = lines.next() else {
                panic!("the node ended:\n{log}")
            };
            let line = line.unwrap();
            if let Some((_, url)) = line.split_once("listening on ") {
                break url.split_whitespace().next().unwrap().to_owned();
            }
            log.push_str(&line);
            log.push('\n');
        };
        // Somebody must read what the node says, or it would stand still.
        std::thread::spawn(move || lines.for_each(drop));
        self.url = url;
        self.child = Some(child);
    }

    pub fn client(&self) -> NodeClient {
        NodeClient::new(http_client().unwrap(), &self.url, self.node_key).unwrap()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// SIGKILL: no time for anything.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM; gives the exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        let sent = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        child.wait().unwrap().code()
    }

    pub fn write_settings(&self) -> PathBuf {
        let path = self.dir.path().join("node.toml");
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\nnode_key_path = {:?}\n[chain]\n\
             rpc_url = \"http://{}/?key=SECRET\"\noperator = \"{}\"\n",
            self.data_dir(),
            self.dir.path().join("node.json"),
            self.rpc.address,
            self.rpc.operator,
        );
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
