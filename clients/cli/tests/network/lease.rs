//! Leases that operators agree to by their nodes' signatures.

use std::fs;

use solana_pubkey::Pubkey;
use trestle_proofs::state::NEVER;
use trestle_sdk::{
    fetch::{fetch, Commitment},
    store::{get, verify, PutReport, ShardRecord},
};

use crate::{
    home::Home,
    service::{silent, Service, CREDITS, EPOCHS},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lease_is_renewed_by_the_signature_of_the_node() {
    let mut service = Service::start(6).await;
    let home = Home::new(&service);
    let (_, _, report) = home.put().await;
    let shard = &report.manifest.shards[0];
    let commitment = shard.commitment().unwrap();
    let name = commitment.to_string();
    let before = home.lease(&commitment).await;
    let balance = service.balance().await;

    let renewed = home.run(&["lease", "renew", &name, "--epochs", "3"]);

    let renewed = renewed.unwrap();
    let end = (before.end_epoch + 3).to_string();
    assert_eq!(renewed["lease"]["endEpoch"], end.as_str(), "{renewed}");
    let after = home.lease(&commitment).await;
    assert_eq!(after.escrow, shard.rate * (EPOCHS + 3));
    assert_eq!(service.balance().await, balance - shard.rate * 3);

    let dear = ["lease", "renew", &name, "--epochs", "3", "--rate-max", "0"];
    let refused = home.run(&dear).unwrap_err().to_string();
    assert!(refused.contains("too-dear"), "{refused}");
    // What the node refuses, the customer is told with the reason.
    let long = ["lease", "renew", &name, "--epochs", "100000"];
    let refused = home.run(&long).unwrap_err().to_string();
    assert!(
        refused.contains("100000") || refused.contains("term"),
        "{refused}"
    );
    assert_eq!(home.lease(&commitment).await.end_epoch, after.end_epoch);

    let operator = shard.operator.unwrap();
    drop(home);
    service.stop_host(&operator).await;
    let home = Home::new(&service);
    let gone = home.run(&["lease", "renew", &name, "--epochs", "1"]);
    assert!(gone.is_err(), "a node that is gone signs nothing");
    assert_eq!(home.lease(&commitment).await.end_epoch, after.end_epoch);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_shard_and_its_lease_move_to_another_operator() {
    let service = Service::start(7).await;
    let home = Home::new(&service);
    let (_, content, report) = home.put().await;
    let shards = &report.manifest.shards;
    let used: Vec<Pubkey> = shards.iter().filter_map(|shard| shard.operator).collect();
    let mut free = service.hosts.iter().map(|host| host.operator);
    let free = free.rfind(|one| !used.contains(one)).unwrap();
    // One that costs as much as the free one asks.
    let dearest = shards.iter().max_by_key(|shard| shard.rate).unwrap();
    let old = dearest.commitment().unwrap();
    let arguments = [
        "lease",
        "transfer",
        &old.to_string(),
        "--to",
        &free.to_string(),
    ];

    let dry: Vec<&str> = arguments.into_iter().chain(["--dry-run"]).collect();
    home.run(&dry).unwrap();
    assert_eq!(home.lease(&old).await.status, 1);
    let moved = home.run(&arguments).unwrap();

    assert_eq!(moved["lease"]["operator"], free.to_string(), "{moved}");
    let new = ShardRecord {
        operator: Some(free),
        ..dearest.clone()
    };
    let new = home.lease(&new.commitment().unwrap()).await;
    assert_eq!(
        new.escrow,
        dearest.rate * (new.end_epoch - new.start_epoch + 1)
    );
    let left = home.lease(&old).await;
    assert!(left.end_epoch < new.end_epoch && left.refunded > 0);
    let ended: Commitment = fetch(&service.rpc, &old).await.unwrap();
    assert_ne!(ended.ended_epoch, NEVER);
    let held: u64 = other_escrows(&home, &report, &old).await + left.escrow + new.escrow;
    assert_eq!(service.balance().await + held, CREDITS);

    let mut hosts = service.hosts.iter();
    let host = hosts.find(|host| host.operator == free).unwrap();
    let root: String = dearest.root.iter().map(|b| format!("{b:02x}")).collect();
    let folder = host.data.join("shards").join(&root[..2]).join(&root);
    assert!(
        folder.join("data").is_file(),
        "the new operator has the data"
    );

    // The manifest knows where the shard is now, and the file comes back with it.
    let context = service.context(silent());
    let (manifest, checks) = verify(&context, &report.paths).await.unwrap();
    assert!(manifest
        .shards
        .iter()
        .any(|shard| shard.operator == Some(free)));
    assert!(checks.iter().all(|check| check.retrievable.is_ok()));
    let target = service.folder.path().join("restored");
    get(&context, &report.paths, &target).await.unwrap();
    assert_eq!(fs::read(&target).unwrap(), content);
}

/// Credits in the leases of a file, but for the one on `except`.
async fn other_escrows(home: &Home<'_>, report: &PutReport, except: &Pubkey) -> u64 {
    let mut sum = 0;
    for shard in &report.manifest.shards {
        let commitment = shard.commitment().unwrap();
        if commitment != *except {
            sum += home.lease(&commitment).await.escrow;
        }
    }
    sum
}
