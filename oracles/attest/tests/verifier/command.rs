//! The command line: settings, and what a third party needs.

use crate::world::{view, Accounts, Node, Verifier, EPOCH};
use std::process::{Command, Output};
use std::sync::Arc;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trestle-attest"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn example_settings_check_out_once_the_key_exists() {
    let folder = tempfile::tempdir().unwrap();
    let example = run(&["config-example"]);
    assert!(example.status.success() && example.stderr.is_empty());
    let (config, key) = (folder.path().join("a.toml"), folder.path().join("key.json"));
    let settings =
        text(&example.stdout).replace("/etc/trestle-attest/verifier.json", key.to_str().unwrap());
    std::fs::write(&config, settings).unwrap();
    let check = || run(&["config-check", "--config", config.to_str().unwrap()]);
    let missing = check();
    assert_eq!(missing.status.code(), Some(3));
    assert!(
        text(&missing.stderr).contains("solana-keygen new"),
        "{}",
        text(&missing.stderr)
    );
    let keypair = solana_keypair::Keypair::new();
    solana_keypair::write_keypair_file(&keypair, &key).unwrap();
    let checked = check();
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert!(text(&checked.stdout).contains("attempts = 3"));
    std::fs::write(&config, "unknown = 1\n").unwrap();
    let unknown = check();
    assert_eq!(unknown.status.code(), Some(3));
    assert!(
        text(&unknown.stderr).contains("unknown"),
        "{}",
        text(&unknown.stderr)
    );
    assert_eq!(run(&["run"]).status.code(), Some(2));
    assert_eq!(run(&["recompute", "--epoch", "1"]).status.code(), Some(2));
}

#[tokio::test]
async fn anybody_can_recompute_what_is_published() {
    let accounts = Arc::new(Accounts::default());
    let node = Node::start(1, &accounts).await;
    node.damage();
    let mut verifier = Verifier::new(&accounts).await;
    let nodes = std::slice::from_ref(&node);
    verifier.ask(&view(nodes, EPOCH)).await;
    let ended = view(nodes, EPOCH + 1);
    verifier.look(&ended).await;
    let own = verifier.own_view(&ended, EPOCH).await;
    let draft = verifier.drafter(&[]).0.draft(&own).await.unwrap();

    let service = crate::world::service().to_string();
    let folder = verifier.folder.path().join("published").join(&service);
    let folder = folder.to_str().unwrap().to_string();
    let url = verifier.url.clone();
    let by_url = tokio::task::spawn_blocking(move || {
        run(&[
            "recompute",
            "--url",
            &url,
            "--service",
            &service,
            "--epoch",
            "7",
        ])
    });
    let by_url = by_url.await.unwrap();
    let by_folder = run(&["recompute", "--dir", &folder, "--epoch", "7"]);
    assert!(by_folder.status.success(), "{}", text(&by_folder.stderr));
    assert_eq!(text(&by_url.stdout), text(&by_folder.stdout));
    assert!(text(&by_folder.stdout).contains(&hex::encode(draft.digest)));

    let absent = run(&["recompute", "--dir", &folder, "--epoch", "8"]);
    assert_eq!(absent.status.code(), Some(4));
    let leaves = verifier.publisher.path(EPOCH, "leaves.json").unwrap();
    let changed = std::fs::read_to_string(&leaves)
        .unwrap()
        .replace("\"30\"", "\"0\"");
    std::fs::write(&leaves, changed).unwrap();
    let wrong = run(&["recompute", "--dir", &folder, "--epoch", "7"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        text(&wrong.stderr).contains("slashed"),
        "{}",
        text(&wrong.stderr)
    );
}
