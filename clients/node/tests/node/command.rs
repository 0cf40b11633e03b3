//! The command line.

use crate::{
    process::{Process, BINARY},
    world::Shard,
};
use solana_pubkey::Pubkey;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY)
        .args(arguments)
        .env_remove("TRESTLE_NODE_CONFIG")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn check(path: &Path) -> Output {
    run(&["config-check", "--config", path.to_str().unwrap()])
}

#[tokio::test(flavor = "multi_thread")]
async fn config_check_prints_what_is_in_force_without_secrets() {
    let process = Process::start().await;
    let path = process.write_settings();
    let checked = check(&path);
    assert!(checked.status.success());
    let shown = text(&checked.stdout);
    assert!(shown.contains("rpc_url = \"http://127.0.0.1:"), "{shown}");
    assert!(
        shown.contains("nonces_max = 262144") && !shown.contains("SECRET"),
        "{shown}"
    );
    fs::write(&path, shown.replace("nonces_max", "nonce_max")).unwrap();
    let refused = check(&path);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("unknown field `nonce_max`"));
    fs::write(&path, shown.replace("uploads_max = 8", "uploads_max = 0")).unwrap();
    let refused = check(&path);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("`limits.uploads_max` is 0; set it from 1 to 1024"));
    fs::write(&path, shown.replace("node.json", "other.json")).unwrap();
    let refused = check(&path);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("solana-keygen"));
    assert_eq!(check(Path::new("/nowhere.toml")).status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_cannot_serve_says_why() {
    let mut process = Process::start().await;
    let path = process.write_settings();
    let second = run(&["run", "--config", path.to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("used by another node"));
    process.kill();
    process.rpc.set_node_key(Pubkey::new_unique());
    let wrong_key = run(&["run", "--config", path.to_str().unwrap()]);
    assert_eq!(wrong_key.status.code(), Some(1));
    assert!(text(&wrong_key.stderr).contains("names node key"));
}

#[test]
fn config_example_is_the_file_in_the_repository() {
    let printed = run(&["config-example"]);
    assert_eq!(
        text(&printed.stdout),
        include_str!("../../settings.example.toml")
    );
}

#[test]
fn commit_prints_the_root_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let shard = Shard::new(100_000, 1);
    let path = dir.path().join("file");
    fs::write(&path, &shard.data).unwrap();
    let path = path.to_str().unwrap();
    let shown = text(&run(&["commit", path]).stdout);
    let expected = format!(
        "Root:   {}\nSize:   100000 bytes\nLeaves: 807\n",
        shard.root
    );
    assert_eq!(shown, expected);
    let compact = run(&["commit", path, "--output", "json-compact"]);
    let json = format!(
        "{{\"root\":\"{}\",\"size\":\"100000\",\"leafCount\":807}}\n",
        shard.root
    );
    assert_eq!(text(&compact.stdout), json);
    assert!(compact.stderr.is_empty());
    let missing = run(&["commit", "/nowhere"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read `/nowhere`"));
}

#[test]
fn usage_errors_have_their_own_code() {
    assert_eq!(run(&["fly"]).status.code(), Some(2));
    assert_eq!(run(&["run"]).status.code(), Some(2));
}
