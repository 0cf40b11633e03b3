//! `trestle doctor`.

use serde_json::Value;

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
    let folder = std::path::Path::new(&other).parent().unwrap();
    let folder = folder.display().to_string();
    let found = cluster.run(&wallet, &["doctor", "--programs", &folder]);
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    assert_eq!(health(&found.stdout, "staking"), "fail");
}
