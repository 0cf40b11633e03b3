//! Asking real nodes.

use crate::world::{open_store, view, Accounts, Node, Verifier, EPOCH};
use std::sync::Arc;
use trestle_attest::challenge::EndpointPolicy;
use trestle_kit::supervisor::Tick;
use trestle_verify::storage::Finding;

async fn world(nodes: u8) -> (Vec<Node>, Verifier) {
    let accounts = Arc::new(Accounts::default());
    let mut started = Vec::new();
    for number in 1..=nodes {
        started.push(Node::start(number, &accounts).await);
    }
    (started, Verifier::new(&accounts).await)
}

#[tokio::test]
async fn a_node_that_keeps_its_data_answers_every_challenge() {
    let (nodes, mut verifier) = world(2).await;
    verifier.ask(&view(&nodes, EPOCH)).await;
    let findings = verifier.shared.store.findings(EPOCH).await.unwrap();
    assert_eq!(findings.len(), 8);
    assert!(findings
        .iter()
        .all(|one| matches!(one.finding, Finding::Ok(_))));
    let progress = verifier.shared.status.report().challenges[&EPOCH].clone();
    assert_eq!((progress.total, progress.found, progress.missed), (8, 8, 0));
}

#[tokio::test]
async fn damaged_data_is_a_signed_loss_and_a_stopped_node_a_miss() {
    let (mut nodes, mut verifier) = world(3).await;
    nodes[1].damage();
    nodes[2].stop().await;
    verifier.ask(&view(&nodes, EPOCH)).await;
    let findings = verifier.shared.store.findings(EPOCH).await.unwrap();
    let of = |node: &Node| {
        let of: Vec<_> = findings
            .iter()
            .filter(|one| one.commitment == node.commitment.to_bytes())
            .collect();
        of
    };
    assert!(of(&nodes[0])
        .iter()
        .all(|one| matches!(one.finding, Finding::Ok(_))));
    assert_eq!(of(&nodes[1]).len(), 4);
    assert!(of(&nodes[1])
        .iter()
        .all(|one| matches!(one.finding, Finding::LossDeclared(_))));
    assert!(of(&nodes[2]).is_empty());
    let progress = verifier.shared.status.report().challenges[&EPOCH].clone();
    assert_eq!(
        (progress.found, progress.missed, progress.settled),
        (8, 4, true)
    );
    let attempts = verifier.shared.store.attempts(EPOCH).await.unwrap();
    let stopped = attempts
        .iter()
        .find(|one| one.commitment == nodes[2].commitment.to_bytes());
    assert_eq!(stopped.unwrap().attempts, 2);
}

#[tokio::test]
async fn a_node_that_comes_back_before_the_last_attempt_is_not_missed() {
    let accounts = Arc::new(Accounts::default());
    let nodes = [Node::start(1, &accounts).await];
    // Unknown to the node as a verifier at first: it is refused, which is no answer.
    let mut verifier = Verifier::new(&Arc::new(Accounts::default())).await;
    let view = view(&nodes, EPOCH);
    verifier.look(&view).await;
    verifier.challenger.tick().await.unwrap();
    assert!(verifier.shared.status.is_unsettled(EPOCH));
    accounts.admit(&verifier);
    verifier.ask(&view).await;
    assert_eq!(
        verifier.shared.store.findings(EPOCH).await.unwrap().len(),
        4
    );
}

#[tokio::test]
async fn loopback_endpoints_are_not_asked_unless_allowed() {
    let accounts = Arc::new(Accounts::default());
    let nodes = [Node::start(1, &accounts).await];
    let mut verifier = Verifier::with(&accounts, EndpointPolicy::Public).await;
    verifier.ask(&view(&nodes, EPOCH)).await;
    assert!(verifier
        .shared
        .store
        .findings(EPOCH)
        .await
        .unwrap()
        .is_empty());
}

#[tokio::test]
async fn the_epoch_before_is_asked_late_only_where_data_must_still_be_kept() {
    let (nodes, mut verifier) = world(2).await;
    let mut view = view(&nodes, EPOCH);
    let mut registry = (*view.registry).clone();
    registry.commitments[1].1.ended_epoch = EPOCH - 1;
    view.registry = Arc::new(registry);
    verifier.ask(&view).await;
    let late = verifier.shared.store.findings(EPOCH - 1).await.unwrap();
    assert_eq!(late.len(), 4);
    assert!(late
        .iter()
        .all(|one| one.commitment == nodes[0].commitment.to_bytes()));
    let opened = verifier
        .shared
        .store
        .opened(EPOCH - 1)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        opened.commitments.len(),
        2,
        "it was challenged, but not by this verifier"
    );
    let now = verifier.shared.store.opened(EPOCH).await.unwrap().unwrap();
    assert_eq!(now.commitments.len(), 1);
}

#[tokio::test]
async fn a_change_of_the_service_counts_from_the_next_epoch_on() {
    let (nodes, mut verifier) = world(1).await;
    let changed = |epoch, later: i64| {
        let mut view = view(&nodes, epoch);
        view.service.detect_bps = 5_000;
        view.service.lost_slash_bps = 500;
        view.service.params_version = 1;
        view.time.unix_seconds += later;
        view
    };
    verifier.ask(&view(&nodes, EPOCH)).await;
    verifier.look(&changed(EPOCH, 10)).await;
    let next = changed(EPOCH + 1, 0);
    verifier.ask(&next).await;
    let own = verifier.own_view(&next, EPOCH).await;
    assert_eq!((own.params.detect_bps, own.opened.challenges), (9_000, 4));
    let after = changed(EPOCH + 2, 0);
    verifier.look(&after).await;
    let own = verifier.own_view(&after, EPOCH + 1).await;
    assert_eq!((own.params.detect_bps, own.opened.challenges), (5_000, 1));
    assert_eq!(own.params.lost_slash_bps, 500);
}

#[tokio::test]
async fn a_restart_goes_on_where_it_stopped() {
    let (nodes, mut verifier) = world(1).await;
    let view = view(&nodes, EPOCH);
    verifier.ask(&view).await;
    let before = verifier.shared.store.findings(EPOCH).await.unwrap();
    let attempts = verifier.shared.store.attempts(EPOCH).await.unwrap();
    let folder = std::mem::replace(&mut verifier.folder, tempfile::tempdir().unwrap());
    drop(verifier);
    let store = reopened(folder.path()).await;
    assert_eq!(store.findings(EPOCH).await.unwrap(), before);
    assert_eq!(store.attempts(EPOCH).await.unwrap(), attempts);
}

/// The file is free once the last task that held it is gone.
async fn reopened(folder: &std::path::Path) -> Arc<dyn trestle_attest::store::EvidenceStore> {
    for _ in 0..50 {
        if let Ok((_, store)) = trestle_attest::store::open_stores(folder) {
            return store;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    open_store(folder)
}
