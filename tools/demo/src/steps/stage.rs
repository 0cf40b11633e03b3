//! Step 1: the network, Trestle on it, six operators with a node each, three verifiers.

use std::path::Path;

use anyhow::Result;
use solana_signer::Signer;

use crate::{
    report::Report,
    services,
    stage::{node_name, operator_name, Stage, OPERATORS},
    Demo,
};

/// What each operator offers and stakes for: ten tokens a GiB.
const CAPACITY_GIB: &str = "4";
/// Tokens each operator stakes.
const STAKE: &str = "40";
/// Operators are spread over this many zones.
const ZONES: usize = 3;

pub async fn run(report: Report, folder: &Path, artifacts: &Path) -> Result<Demo> {
    let stage = Stage::build(folder, artifacts, |step, plan| {
        for action in &plan.actions {
            report.line(format!("{step}: {action}"));
        }
    })
    .await?;
    let mut demo = Demo {
        stage,
        nodes: Vec::new(),
        verifiers: Vec::new(),
        report,
    };
    for number in 0..OPERATORS {
        register(&mut demo, number).await?;
    }
    demo.nodes = services::start_nodes(&demo.stage).await?;
    demo.report.line(format!(
        "{OPERATORS} nodes answer, each with its own folder"
    ));
    demo.verifiers = services::start_verifiers(&demo.stage).await?;
    let verifiers = demo.verifiers.len();
    demo.report.line(format!(
        "{verifiers} verifiers run, each with its own database"
    ));
    Ok(demo)
}

/// As an operator does it: register, then stake.
async fn register(demo: &mut Demo, number: usize) -> Result<()> {
    let name = operator_name(number);
    let wallet = demo.stage.key_file(&name);
    let node_key = demo.stage.key(&node_name(number))?.pubkey().to_string();
    let endpoint = demo.stage.node_url(number)?;
    let zone = (number % ZONES).to_string();
    let registered = demo.stage.cli.run(
        &wallet,
        &[
            "operator",
            "register",
            "--endpoint",
            &endpoint,
            "--node-key",
            &node_key,
            "--capacity-gib",
            CAPACITY_GIB,
            "--zone",
            &zone,
        ],
    )?;
    demo.note(
        &format!("{name} registers"),
        &format!("zone {zone}"),
        &registered,
    )
    .await?;
    let staked = demo.stage.cli.run(&wallet, &["stake", "deposit", STAKE])?;
    demo.note(&format!("{name} stakes"), &format!("{STAKE} TRS"), &staked)
        .await
}
