//! A customer's home folder, in which `trestle` runs.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;
use solana_keypair::write_keypair_file;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    fetch::{fetch, Lease},
    store::{put, Library, PutReport},
};

use crate::service::{options, silent, Service};

/// A customer's home, with the key and the manifests in their usual places.
pub struct Home<'a> {
    service: &'a Service,
    pub folder: PathBuf,
    keypair: PathBuf,
}

impl<'a> Home<'a> {
    pub fn new(service: &'a Service) -> Self {
        let folder = service.folder.path().join("home");
        fs::create_dir_all(&folder).unwrap();
        let keypair = folder.join("customer.json");
        write_keypair_file(&service.customer, &keypair).unwrap();
        Self {
            service,
            folder,
            keypair,
        }
    }

    fn library(&self) -> Library {
        Library::Folder(self.folder.join(".local/share/trestle/files"))
    }

    /// Runs `trestle` and returns what it prints, or its error.
    pub fn run(&self, arguments: &[&str]) -> Result<Value, Value> {
        let output = Command::new(env!("CARGO_BIN_EXE_trestle"))
            .env("HOME", &self.folder)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .args(["--url", self.service.network.rpc_url(), "--yes"])
            .arg("--deployment")
            .arg(&self.service.deployed.address_book)
            .arg("--keypair")
            .arg(&self.keypair)
            .args(["--output", "json"])
            .args(arguments)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout).unwrap())
        } else {
            let last = errors.lines().last().unwrap_or_default();
            Err(serde_json::from_str(last).unwrap_or_else(|_| errors.to_string().into()))
        }
    }

    pub async fn put(&self) -> (PathBuf, Vec<u8>, PutReport) {
        let file = self.folder.join("sample");
        let content: Vec<u8> = (0..300_000_usize)
            .map(|at| ((at * at) >> 7).to_le_bytes()[0])
            .collect();
        fs::write(&file, &content).unwrap();
        let context = self.service.context(silent());
        let report = put(&context, &file, &self.library(), &options()).await;
        (file, content, report.unwrap())
    }

    pub async fn lease(&self, commitment: &Pubkey) -> Lease {
        let address = trestle_sdk::address::lease(commitment);
        fetch(&self.service.rpc, &address).await.unwrap()
    }
}
