//! Step 4: one operator claims, the others are pushed in one transaction, one amount is explained.

use anyhow::{ensure, Context, Result};
use trestle_rewards::state::Claim;
use trestle_sdk::{address, fetch};

use crate::{
    demo::signatures,
    stage::{operator_name, OPERATORS},
    Demo,
};

pub async fn run(demo: &mut Demo, epoch: u64) -> Result<()> {
    let wallet = demo.stage.key_file(&operator_name(0));
    let claimed = demo.stage.cli.run(&wallet, &["reward", "claim"])?;
    demo.note("operator-0 claims", "its newest leaf", &claimed)
        .await?;

    let operators = (0..OPERATORS)
        .map(|number| Ok(demo.stage.operator(number)?.to_string()))
        .collect::<Result<Vec<_>>>()?;
    let mut push = vec!["reward", "push"];
    push.extend(operators.iter().skip(1).map(String::as_str));
    let anyone = demo.stage.key_file("anyone");
    let pushed = demo.stage.cli.run(&anyone, &push)?;
    let signatures = signatures(&pushed);
    let (push, opened) = signatures.split_last().context("nothing was pushed")?;
    for signature in opened {
        demo.note_signature("anyone opens claim accounts", "once for each", signature)
            .await?;
    }
    demo.note_signature("anyone pushes the other five", "their newest leaves", push)
        .await?;

    let ring = fetch::ring(&demo.stage.rpc, &demo.service()).await?;
    let total = ring.latest().context("no final root")?.totals.tokens;
    let paid = paid(demo).await?;
    ensure!(
        paid == total,
        "{paid} base units were paid, the root says {total}"
    );
    demo.report.line(format!(
        "paid {paid} base units: the newest root's total to the unit"
    ));

    let operator = operators.first().context("no operators")?;
    let epoch = epoch.to_string();
    let arguments = ["reward", "explain", operator, "--epoch", &epoch];
    for line in demo.stage.cli.show(&wallet, &arguments)?.lines() {
        demo.report.line(line);
    }
    Ok(())
}

/// What the six operators have been paid so far, by their claim accounts.
async fn paid(demo: &Demo) -> Result<u64> {
    let mut paid = 0;
    for number in 0..OPERATORS {
        let address = address::claim(&demo.stage.deployment().pool, &demo.stage.operator(number)?);
        let claim: Claim = fetch::fetch(&demo.stage.rpc, &address).await?;
        paid += claim.claimed_tokens;
    }
    Ok(paid)
}
