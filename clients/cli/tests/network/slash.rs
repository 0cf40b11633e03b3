//! `trestle stake slash`, by final roots that the test writes, as the proofs program would.

use std::fs;

use serde_json::Value;
use solana_pubkey::Pubkey;
use trestle_core::{
    bytemuck,
    leaf::{PayoutLeaf, Totals},
    merkle::Tree,
    root::{FinalRoot, RootRing, ROOT_RING_DISCRIMINATOR},
};
use trestle_localnet::{rpc_client, EPOCH_SECONDS, TOKEN};
use trestle_sdk::{address, fetch};
use trestle_verify::{
    published::{LeavesFile, LEAVES_FILE},
    storage::OperatorState,
};

use crate::cluster::Cluster;

fn amount(value: &Value) -> &str {
    value["uiAmount"].as_str().unwrap()
}

/// Makes a root final in which the operator has earned and was slashed so many tokens in all, and
/// publishes its leaves. Returns the folder.
async fn publish(cluster: &Cluster, operator: &Pubkey, epoch: u64, tokens: [u64; 2]) -> String {
    let [earned, slashed] = tokens.map(|amount| amount * TOKEN);
    let state = OperatorState {
        tokens: earned,
        slashed,
        ..OperatorState::new(operator.to_bytes())
    };
    let service = cluster.deployed.deployment.service;
    let leaves: Vec<PayoutLeaf> = vec![state.leaf()];
    let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect()).unwrap();
    let root = FinalRoot {
        epoch,
        tree_root: tree.root(),
        leaf_count: 1,
        totals: Totals {
            tokens: earned,
            slashed,
            ..Totals::default()
        },
        ..FinalRoot::default()
    };
    let rpc = rpc_client(cluster.network.rpc_url());
    let mut ring: Box<RootRing> = fetch::ring(&rpc, &service).await.unwrap();
    ring.push(&root).unwrap();
    let data = [&ROOT_RING_DISCRIMINATOR, bytemuck::bytes_of(&*ring)].concat();
    let remote = cluster.network.remote();
    remote
        .set_account(&address::ring(&service), &address::PROOFS_ID, &data)
        .unwrap();
    let folder = cluster.folder().join("published");
    let place = folder.join(epoch.to_string());
    fs::create_dir_all(&place).unwrap();
    let file = LeavesFile {
        service: service.to_bytes(),
        epoch,
        leaves: vec![state],
    };
    fs::write(
        place.join(LEAVES_FILE),
        serde_json::to_string(&file).unwrap(),
    )
    .unwrap();
    folder.display().to_string()
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

    let from = publish(&cluster, &operator, epoch, [5, 0]).await;
    let claim = ["reward", "claim", &name, "--from", &from];
    let slash = ["stake", "slash", &name, "--from", &from];
    let show = ["reward", "show", &name, "--from", &from];
    cluster.does(&anyone, &claim);
    let nothing = cluster.run(&anyone, &slash);
    assert!(nothing.stderr.contains("nothing-to-slash"), "{nothing:?}");

    publish(&cluster, &operator, epoch + 1, [8, 20]).await;
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
    publish(&cluster, &operator, epoch + 2, [9, 20]).await;
    let paid = cluster.does(&anyone, &claim);
    assert_eq!(amount(&paid["operators"][0]["paid"]), "1");
}
