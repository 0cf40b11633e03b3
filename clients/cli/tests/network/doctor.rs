//! `trestle doctor`.

use std::path::Path;

use serde_json::Value;
use trestle_localnet::rpc_client;
use trestle_migrations::{
    layouts::{self, LayoutError},
    programs::{self, ProgramError},
};
use trestle_sdk::fetch::{self, Claim, DISCRIMINATOR_BYTES};

use crate::cluster::{artifacts, Cluster};

fn health<'a>(checks: &'a Value, name: &str) -> &'a str {
    let checks = checks["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name);
    check.unwrap()["health"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_what_is_missing() {
    let cluster = Cluster::start().await;
    let (wallet, _) = cluster.wallet("user").await;
    let built = artifacts().display().to_string();
    let found = cluster.run(&wallet, &["doctor", "--programs", &built]);
    assert_eq!(found.code, Some(0), "{} {}", found.stdout, found.stderr);
    for name in [
        "RPC", "staking", "proofs", "rewards", "credits", "Key", "Network",
    ] {
        assert_eq!(health(&found.stdout, name), "ok", "{name}");
    }

    // A node that does not answer, and a key without SOL.
    let (operator, _, _) = cluster.operator("operator").await;
    let found = cluster.run(&operator, &["doctor"]);
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    assert_eq!(health(&found.stdout, "Node"), "fail");
    let (poor, _) = cluster.key("poor");
    let found = cluster.run(&poor, &["doctor"]);
    assert_eq!(
        (found.code, health(&found.stdout, "Key")),
        (Some(0), "warn")
    );

    // Other programs than those that are deployed.
    let other = cluster.write("trestle_staking.so", "other");
    let folder = Path::new(&other).parent().unwrap();
    let folder = folder.display().to_string();
    let found = cluster.run(&wallet, &["doctor", "--programs", &folder]);
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    assert_eq!(health(&found.stdout, "staking"), "fail");
    claims_of_the_layout_before_are_migrated(&cluster, &operator).await;
    migrations_find_other_programs_and_layouts(&cluster, Path::new(&folder)).await;
}

/// As after an update of the programs, on a network that was used before.
async fn claims_of_the_layout_before_are_migrated(cluster: &Cluster, operator: &str) {
    cluster.does(operator, &["reward", "stable-payout"]);
    let rpc = rpc_client(cluster.network.rpc_url());
    assert_eq!(layouts::outdated_claims(&rpc).await.unwrap(), []);
    assert_eq!(cluster.migrate().await, []);

    let [(claim, state)] = fetch::list::<Claim>(&rpc, &[]).await.unwrap()[..] else {
        panic!("one claim");
    };
    let mut account = rpc.get_account(&claim).await.unwrap();
    account.data[DISCRIMINATOR_BYTES] = 1;
    let remote = cluster.network.remote();
    remote
        .set_account(&claim, &account.owner, &account.data)
        .unwrap();
    let refused = cluster.run(operator, &["reward", "show"]);
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    let planned = cluster.migrate().await;
    let step = "0008_layouts".to_string();
    assert_eq!(
        planned,
        [(step, vec!["bring claims to layout 2: 1".to_string()])]
    );
    let migrated: Claim = fetch::fetch(&rpc, &claim).await.unwrap();
    assert_eq!(migrated.version, 2);
    assert_eq!(migrated.stable_payout, state.stable_payout);
    assert_eq!(cluster.migrate().await, []);
}

/// What the last steps of the migrations verify, on a network that they have created.
async fn migrations_find_other_programs_and_layouts(cluster: &Cluster, other: &Path) {
    let rpc = rpc_client(cluster.network.rpc_url());
    programs::verify(&rpc, &artifacts()).await.unwrap();
    let differs = programs::verify(&rpc, other).await.unwrap_err();
    assert!(
        matches!(
            differs,
            ProgramError::Differs {
                name: "staking",
                ..
            }
        ),
        "{differs}"
    );
    let missing = programs::verify(&rpc, &other.join("nowhere")).await;
    assert!(matches!(missing, Err(ProgramError::Unbuilt { .. })));

    let created = layouts::created(true);
    let found = layouts::verify(&rpc, &created).await.unwrap();
    assert!(created.iter().all(|one| found[one.kind] == 1), "{found:?}");
    assert_eq!(found["operator"], 1);
    let none = layouts::all_known();
    let missing = layouts::verify(&rpc, &none).await.unwrap_err();
    assert!(matches!(missing, LayoutError::Missing { .. }), "{missing}");
    let pool = cluster.deployed.deployment.pool;
    let mut account = rpc.get_account(&pool).await.unwrap();
    account.data[DISCRIMINATOR_BYTES] += 1;
    let remote = cluster.network.remote();
    remote
        .set_account(&pool, &account.owner, &account.data)
        .unwrap();
    let refused = layouts::verify(&rpc, &created).await.unwrap_err();
    let LayoutError::Version {
        address,
        found,
        known,
        ..
    } = refused
    else {
        panic!("{refused}");
    };
    assert_eq!((address, found, known), (pool, 2, 1));
}
