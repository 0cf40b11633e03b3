//! Step 7: an operator who kept everything takes its stake home.

use anyhow::{ensure, Context, Result};
use solana_signer::Signer;
use trestle_localnet::UNBONDING_SECONDS;
use trestle_sdk::{address, fetch};

use super::store::Stored;
use crate::{
    stage::{operator_name, OPERATORS},
    Demo,
};

/// Who leaves: an operator that answered every challenge.
const LEAVER: usize = OPERATORS - 1;

pub async fn run(demo: &mut Demo, stored: &Stored) -> Result<()> {
    let name = operator_name(LEAVER);
    let (commitment, _) = stored
        .commitments
        .get(LEAVER)
        .context("no such commitment")?;
    let customer = demo.stage.key_file("customer");
    let lease = commitment.to_string();
    let ended = demo.stage.cli.run(&customer, &["lease", "end", &lease])?;
    demo.note("customer ends the lease", &name, &ended).await?;

    let wallet = demo.stage.key_file(&name);
    let unbonding = demo.stage.cli.run(&wallet, &["stake", "unbond", "ALL"])?;
    demo.note(&format!("{name} unbonds"), "ALL", &unbonding)
        .await?;
    let before = balance(demo).await?;
    ensure!(
        demo.stage.cli.run(&wallet, &["stake", "withdraw"]).is_err(),
        "stake came back before the unbonding time"
    );
    demo.travel(UNBONDING_SECONDS + 1)?;
    let withdrawn = demo.stage.cli.run(&wallet, &["stake", "withdraw"])?;
    let after = balance(demo).await?;
    ensure!(after > before, "nothing was withdrawn");
    let amount = format!("{} base units", after - before);
    demo.note(&format!("{name} withdraws"), &amount, &withdrawn)
        .await
}

/// What the leaver's wallet holds.
async fn balance(demo: &Demo) -> Result<u64> {
    let owner = demo.stage.key(&operator_name(LEAVER))?.pubkey();
    let account = address::token_account(&owner, &demo.stage.deployment().token_mint);
    let balance = fetch::token_balance(&demo.stage.rpc, &account).await?;
    Ok(balance.map_or(0, |balance| balance.amount))
}
