//! Step 5: one node loses part of a shard, one goes dark. Pay is withheld, the first is slashed by
//! proof, the leases refund, and the file comes back bit for bit from the other four.

use std::fs::OpenOptions;

use anyhow::{ensure, Context, Result};
use trestle_credits::state::Lease;
use trestle_rewards::state::Claim;
use trestle_sdk::{address, fetch};
use trestle_staking::state::Operator;

use super::store::Stored;
use crate::{
    demo::same_bytes,
    stage::{operator_name, OPERATORS},
    Demo,
};

/// Who loses data, and who goes dark.
const LOSER: usize = 1;
const DARK: usize = 2;

/// `epoch` runs. Returns it once its root is final and everything that follows from it is done.
pub async fn run(demo: &mut Demo, epoch: u64, stored: &Stored) -> Result<u64> {
    // The faults are the next epoch's: all of this one must be answered before they happen, else a
    // slow verifier finds them in both.
    demo.wait_until_challenged(epoch).await?;
    let epoch = epoch + 1;
    damage(demo, stored)?;
    demo.nodes.get_mut(DARK).context("no such node")?.kill()?;
    demo.report
        .line("operator-1 deletes half of its shard, operator-2's machine is switched off");
    let stake_before = operator(demo, LOSER).await?.stake;

    demo.travel_to_epoch(epoch).await?;
    demo.wait_until_challenged(epoch).await?;
    demo.travel_to_epoch(epoch + 1).await?;
    let root = demo.wait_until_final(epoch).await?;
    ensure!(
        root.totals.slashed > 0,
        "data was lost and nobody is slashed"
    );
    demo.report.line(format!(
        "epoch {epoch}: {} base units to be slashed",
        root.totals.slashed
    ));

    demo.wait_for("the slash of operator-1", || async {
        Ok(operator(demo, LOSER).await?.slashed_applied == root.totals.slashed)
    })
    .await?;
    slashed(demo, stake_before, root.totals.slashed).await?;
    refunds(demo, epoch, stored).await?;
    restore(demo, stored)?;
    Ok(epoch)
}

/// Cuts the shard of the first operator in half, behind its node's back.
fn damage(demo: &Demo, stored: &Stored) -> Result<()> {
    let (_, commitment) = stored
        .commitments
        .get(LOSER)
        .context("no such commitment")?;
    let root = hex::encode(commitment.root);
    let folder = root.get(..2).context("a root is 64 digits")?;
    let data = demo
        .stage
        .node_folder(LOSER)
        .join("shards")
        .join(folder)
        .join(&root)
        .join("data");
    let file = OpenOptions::new().write(true).open(&data)?;
    file.set_len(commitment.size_bytes / 2)?;
    Ok(())
}

async fn operator(demo: &Demo, number: usize) -> Result<Operator> {
    Ok(fetch::fetch(&demo.stage.rpc, &demo.stage.operator(number)?).await?)
}

/// Only the first operator was slashed, exactly as the root says, and of its pay before its stake.
async fn slashed(demo: &mut Demo, before: u64, slashed: u64) -> Result<()> {
    let loser = operator(demo, LOSER).await?;
    let from_stake = before - loser.stake;
    ensure!(from_stake <= slashed, "the slash is not what the root says");
    let pool = address::pool(&demo.stage.deployment().service);
    let claim = address::claim(&pool, &demo.stage.operator(LOSER)?);
    let claim: Claim = fetch::fetch(&demo.stage.rpc, &claim).await?;
    ensure!(
        claim.slash_asked == slashed && (claim.held == 0 || from_stake == 0),
        "the stake was slashed before the pay"
    );
    let dark = operator(demo, DARK).await?;
    ensure!(dark.slashed_applied == 0, "a first miss is free");
    demo.report.line(format!(
        "operator-1 lost {} of its pay, and its stake fell from {before} to {}; operator-2 lost \
         its pay, not its stake",
        slashed - from_stake,
        loser.stake
    ));
    Ok(())
}

/// Each lease is settled up to `epoch`; those of the two refund the customer.
async fn refunds(demo: &mut Demo, epoch: u64, stored: &Stored) -> Result<()> {
    let wallet = demo.stage.key_file("anyone");
    for (number, (commitment, _)) in stored.commitments.iter().enumerate() {
        let address = address::lease(commitment);
        let mut lease: Lease = fetch::fetch(&demo.stage.rpc, &address).await?;
        if lease.baseline_epoch < epoch {
            let name = commitment.to_string();
            let settled = demo.stage.cli.run(&wallet, &["lease", "settle", &name])?;
            let what = format!("lease of {} settled", operator_name(number));
            demo.note(&what, &format!("to epoch {epoch}"), &settled)
                .await?;
            lease = fetch::fetch(&demo.stage.rpc, &address).await?;
        }
        let faulty = [LOSER, DARK].contains(&number);
        ensure!(
            (lease.refunded > 0) == faulty,
            "the lease of operator {number} refunded {} credits",
            lease.refunded
        );
        if faulty {
            let name = operator_name(number);
            demo.report
                .line(format!("{name}'s lease refunds {} credits", lease.refunded));
        }
    }
    Ok(())
}

/// The customer gets the file from the four that are left.
fn restore(demo: &mut Demo, stored: &Stored) -> Result<()> {
    let target = demo.stage.folder.join("restored");
    let manifest = stored
        .manifest
        .to_str()
        .context("the folder's name is not UTF-8")?;
    let to = target.to_str().context("the folder's name is not UTF-8")?;
    let wallet = demo.stage.key_file("customer");
    demo.stage
        .cli
        .run(&wallet, &["store", "get", manifest, "--to", to])?;
    ensure!(
        same_bytes(&stored.file, &target)?,
        "the file came back changed"
    );
    let left = OPERATORS - 2;
    demo.report.line(format!(
        "the file came back bit for bit from {left} of {OPERATORS} shards"
    ));
    Ok(())
}
