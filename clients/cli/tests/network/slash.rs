//! `trestle stake slash`, and what an operator is paid before and after.

use serde_json::Value;
use trestle_localnet::{EPOCH_SECONDS, TOKEN};
use trestle_verify::storage::OperatorState;

use crate::{cluster::Cluster, pay::publish};

fn amount(value: &Value) -> &str {
    value["uiAmount"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slash_takes_pay_before_stake_and_then_the_operator_is_paid_again() {
    let cluster = Cluster::start().await;
    let (wallet, _, operator) = cluster.operator("operator").await;
    let (anyone, _) = cluster.wallet("anyone").await;
    cluster.does(&wallet, &["stake", "deposit", "50"]);
    cluster.travel(EPOCH_SECONDS);
    let allotted = cluster.does(&anyone, &["pool", "allot"]);
    let epoch: u64 = allotted["epoch"].as_str().unwrap().parse().unwrap();
    let name = operator.to_string();

    let folder = cluster.folder("published");
    let from = folder.display().to_string();
    // What it has earned and what was slashed in all.
    let leaf = |tokens: u64, slashed: u64| OperatorState {
        tokens: tokens * TOKEN,
        slashed: slashed * TOKEN,
        ..OperatorState::new(operator.to_bytes())
    };
    // A root is final after its epoch.
    cluster.travel(EPOCH_SECONDS);
    publish(&cluster, &folder, epoch, leaf(5, 0)).await;
    let claim = ["reward", "claim", &name, "--from", &from];
    let slash = ["stake", "slash", &name, "--from", &from];
    let show = ["reward", "show", &name, "--from", &from];
    cluster.does(&anyone, &claim);
    let nothing = cluster.run(&anyone, &slash);
    assert!(nothing.stderr.contains("nothing-to-slash"), "{nothing:?}");

    cluster.travel(EPOCH_SECONDS);
    publish(&cluster, &folder, epoch + 1, leaf(8, 20)).await;
    let shown = cluster.does(&anyone, &show);
    assert_eq!(amount(&shown["slashOwed"]), "20");
    cluster.refused(&anyone, &claim, "SlashOwed");
    let slashed = cluster.does(&anyone, &slash);
    assert_eq!(amount(&slashed["owed"]), "20");
    assert_eq!(amount(&slashed["fromPay"]), "3");
    assert_eq!(amount(&slashed["fromStake"]), "17");
    assert_eq!(slashed["transactions"].as_array().unwrap().len(), 2);
    let stake = cluster.does(&anyone, &["stake", "show", &name]);
    assert_eq!(amount(&stake["stake"]), "33");
    assert_eq!(amount(&stake["slashed"]), "20");

    // What it earns from then on is its own: its claim is brought up to date on the way.
    cluster.travel(EPOCH_SECONDS);
    publish(&cluster, &folder, epoch + 2, leaf(9, 20)).await;
    let paid = cluster.does(&anyone, &claim);
    assert_eq!(amount(&paid["operators"][0]["paid"]), "1");
}
