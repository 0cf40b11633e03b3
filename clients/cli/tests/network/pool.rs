//! `trestle pool`, and what operators get of it beside their usual pay.

use serde_json::Value;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_localnet::{rpc_client, EPOCH_SECONDS};
use trestle_sdk::{
    address,
    fetch::{fetch, Service},
    instruction::staking::service_create,
};

use crate::cluster::Cluster;

fn amount(value: &Value) -> &str {
    value["uiAmount"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_is_allotted_shown_and_changed() {
    let cluster = Cluster::start().await;
    let authority = cluster.authority();
    let (wallet, _) = cluster.wallet("funder").await;

    let shown = cluster.does(&wallet, &["pool", "show"]);
    assert_eq!(shown["mode"], "mint");
    assert!(shown["emission"]["steps"].as_array().unwrap().len() == 1);
    // A pool that mints takes no funding, and there is one already.
    cluster.refused(&wallet, &["pool", "fund", "2.5"], "NotFunded");

    let first = shown["firstEpoch"].as_str().unwrap().to_string();
    cluster.travel(EPOCH_SECONDS);
    let allotted = cluster.does(&wallet, &["pool", "allot"]);
    assert_eq!(allotted["epoch"], first.as_str());
    let shown = cluster.does(&wallet, &["pool", "show"]);
    assert_eq!(shown["allottedEpoch"], first.as_str());

    let propose = ["pool", "change", "propose", "--breaker-capacity", "321.5"];
    cluster.refused(&wallet, &propose, "NotNetworkAuthority");
    let proposed = cluster.does(&authority, &propose);
    let parameters = proposed["parameters"].as_array().unwrap();
    assert_eq!(parameters.len(), 1, "{proposed}");
    let pending = cluster.does(&wallet, &["pool", "change", "show"]);
    assert_eq!(pending["parameters"], proposed["parameters"]);
    cluster.refused(&wallet, &["pool", "change", "apply"], "ChangeNotDue");
    cluster.travel(3 * EPOCH_SECONDS);
    // What has begun is allotted by the parameters that it began with.
    cluster.refused(&wallet, &["pool", "change", "apply"], "EpochNotAllotted");
    for _ in 0..4 {
        cluster.does(&wallet, &["pool", "allot"]);
    }
    cluster.does(&wallet, &["pool", "change", "apply"]);
    let shown = cluster.does(&wallet, &["pool", "show"]);
    assert_eq!(amount(&shown["breaker"]["capacity"]), "321.5");

    let steps = ["--step", "0:40", "--step", "9000:20"];
    cluster.does(&authority, &[&propose[..3], &steps].concat());
    let pending = cluster.does(&wallet, &["pool", "change", "show"]);
    assert_eq!(pending["parameters"][0]["name"], "schedule");
    cluster.does(&authority, &["pool", "change", "cancel"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pool_of_a_second_service_is_opened_with_its_emission() {
    let mut cluster = Cluster::start().await;
    let authority = cluster.authority();
    let mut book = cluster.deployed.deployment.clone();
    let first: Service = fetch(&rpc_client(cluster.network.rpc_url()), &book.service)
        .await
        .unwrap();
    let payer: Pubkey = trestle_localnet::key(&cluster.deployed.folder, "authority")
        .unwrap()
        .pubkey();
    let create = service_create(&payer, &book.network, 1, first.params());
    cluster.land(vec![create]).await;
    book.service = address::service(&book.network, 1);
    book.pool = address::pool(&book.service);
    let file = cluster.folder("second.json");
    book.write(&file).unwrap();
    cluster.book = Some(file);

    let open = ["--tokens-per-epoch", "50", "--breaker-capacity", "200"];
    let open = [
        &["pool", "open", "--mode", "mint", "--epochs-per-month", "30"],
        &open[..],
        &["--breaker-window-seconds", "3600"],
    ]
    .concat();
    let (wallet, _) = cluster.wallet("stranger").await;
    cluster.refused(&wallet, &open, "NotNetworkAuthority");
    cluster.does(&authority, &open);
    let rules = ["--base", "5", "--rho-bps", "400", "--step", "0:50"];
    let dear = ["--base", "5", "--rho-bps", "500", "--step", "0:50"];
    let open = |rules: &[&'static str]| [&["pool", "open-emission"], rules].concat();
    cluster.refused(&authority, &open(&dear), "RhoNotBelowFee");
    cluster.does(&authority, &open(&rules));
    let shown = cluster.does(&wallet, &["pool", "show"]);
    assert_eq!(shown["mode"], "mint");
    assert_eq!(amount(&shown["emission"]["base"]), "5");
    cluster.does(&wallet, &["pool", "allot"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_says_where_its_stablecoin_goes() {
    let cluster = Cluster::start().await;
    let (wallet, _, _) = cluster.operator("operator").await;
    let set = cluster.does(&wallet, &["reward", "stable-payout"]);
    let claim = cluster.run(&wallet, &["reward", "claim", "--stable"]);
    assert!(claim.stderr.contains("no-root"), "{}", claim.stderr);
    let shown = cluster.does(&wallet, &["reward", "show"]);
    assert_eq!(shown["stablePayout"], set["payout"]);
    assert_eq!(amount(&shown["releasable"]), "0");
    cluster.refused(&wallet, &["reward", "release"], "NothingToRelease");

    cluster.does(
        &wallet,
        &["delegation", "pool-open", "--commission-bps", "500"],
    );
    let operator = set["operator"].as_str().unwrap();
    let pay = ["delegation", "pay", "--operator", operator];
    cluster.refused(&wallet, &pay, "NothingForDelegators");
}
