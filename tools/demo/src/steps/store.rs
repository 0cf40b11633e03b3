//! Step 2: a customer buys credits both ways and stores the file with six operators.

use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_proofs::state::Commitment;
use trestle_sdk::fetch;

use crate::{process::Measured, stage::OPERATORS, Demo};

/// Credits bought by burning, and as many again with stablecoin.
const HALF: &str = "500000";
/// Credits put into the customer's account.
const DEPOSIT: &str = "1000000";
/// Epochs that the file is stored for.
const EPOCHS: &str = "100";

/// The file where it was and where it is stored.
pub struct Stored {
    pub file: PathBuf,
    pub manifest: PathBuf,
    pub commitments: Vec<(Pubkey, Commitment)>,
}

pub async fn run(demo: &mut Demo, file: &Path) -> Result<Stored> {
    for with in ["token", "stable"] {
        buy(demo, with, HALF).await?;
    }
    deposit(demo, DEPOSIT).await?;
    let manifest = demo.stage.folder.join("manifest.json");
    let put = put(demo, file, &manifest, EPOCHS)?.output;
    demo.note("shard committed and leased", "1 of 6 shards", &put)
        .await?;

    let commitments = commitments(demo).await?;
    ensure!(
        commitments.len() == OPERATORS,
        "{} commitments on chain, not {OPERATORS}",
        commitments.len()
    );
    let bytes: u64 = commitments.iter().map(|(_, one)| one.size_bytes).sum();
    demo.report.line(format!(
        "{} bytes are {bytes} bytes in {OPERATORS} encrypted shards, any 4 bring them back",
        std::fs::metadata(file)?.len()
    ));
    Ok(Stored {
        file: file.to_path_buf(),
        manifest,
        commitments,
    })
}

/// Buys credits with `with`, `token` or `stable`.
pub async fn buy(demo: &mut Demo, with: &str, credits: &str) -> Result<()> {
    let wallet = demo.stage.key_file("customer");
    let arguments = ["credits", "buy", credits, "--with", with];
    let bought = demo.stage.cli.run(&wallet, &arguments)?;
    let amount = format!("{credits} credits");
    demo.note(&format!("customer buys with {with}"), &amount, &bought)
        .await
}

/// Puts credits into the customer's account.
pub async fn deposit(demo: &mut Demo, credits: &str) -> Result<()> {
    let wallet = demo.stage.key_file("customer");
    let deposited = demo
        .stage
        .cli
        .run(&wallet, &["credits", "deposit", credits])?;
    let amount = format!("{credits} credits");
    demo.note("customer deposits", &amount, &deposited).await
}

/// Stores `file` with all operators, any four of six shards enough.
pub fn put(demo: &Demo, file: &Path, manifest: &Path, epochs: &str) -> Result<Measured> {
    let path = file.to_str().context("the file's name is not UTF-8")?;
    let manifest = manifest
        .to_str()
        .context("the folder's name is not UTF-8")?;
    let arguments = [
        "store",
        "put",
        path,
        "--data",
        "4",
        "--total",
        "6",
        "--epochs",
        epochs,
        "--manifest",
        manifest,
    ];
    let wallet = demo.stage.key_file("customer");
    demo.stage.cli.measure(&wallet, &arguments)
}

/// The customer's commitments, by operator's number.
async fn commitments(demo: &Demo) -> Result<Vec<(Pubkey, Commitment)>> {
    let customer = demo.stage.key("customer")?.pubkey();
    let mut found = fetch::list::<Commitment>(&demo.stage.rpc, &[]).await?;
    found.retain(|(_, one)| one.customer == customer);
    let mut ordered = Vec::new();
    for number in 0..OPERATORS {
        let operator = demo.stage.operator(number)?;
        let one = found.iter().find(|(_, one)| one.operator == operator);
        ordered.push(*one.with_context(|| format!("operator {number} has no shard"))?);
    }
    Ok(ordered)
}
