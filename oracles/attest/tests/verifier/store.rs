//! The store keeps what it confirmed, and counts only what is complete.

use crate::world::open_store;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use trestle_attest::store::{
    Decision, DecisionVerdict, ExchangeDraft, ExchangeResult, KnownRoot, OpenedEpoch, OperatorSeen,
    ServiceSeen, MIGRATIONS, REASON_CHARS_MAX,
};
use trestle_kit::database::Database;
use trestle_verify::storage::{
    ChallengeEvidence, CommitmentInput, Finding, Opening, OperatorState, ServiceParams,
};

const CHILD_PATH: &str = "TRESTLE_ATTEST_STORE_TEST_PATH";

fn opened(epoch: u64) -> OpenedEpoch {
    let commitment = |byte: u8| CommitmentInput {
        address: [byte; 32],
        operator: [9; 32],
        customer: [8; 32],
        root: [7; 32],
        size_bytes: u64::MAX,
        leaf_count: 1,
        registered_epoch: 0,
    };
    let commitments = vec![commitment(1), commitment(2)];
    OpenedEpoch {
        epoch,
        seed: [3; 32],
        challenges: 4,
        commitments,
    }
}

fn draft(epoch: u64) -> ExchangeDraft {
    ExchangeDraft {
        epoch,
        commitment: [1; 32],
        chunk: 0,
        request: "{}".into(),
        asked_at_ms: 1,
    }
}

fn finding(number: u32, finding: Finding) -> ChallengeEvidence {
    ChallengeEvidence {
        commitment: [1; 32],
        number,
        finding,
    }
}

fn findings() -> Vec<ChallengeEvidence> {
    let opening = Opening {
        leaf: [5; 124],
        path: vec![[6; 32], [7; 32]],
    };
    let short = Opening {
        leaf: [5; 124],
        path: Vec::new(),
    };
    vec![
        finding(0, Finding::Ok(opening)),
        finding(1, Finding::LossDeclared([4; 64])),
        finding(2, Finding::LossShown(short, [4; 64])),
    ]
}

fn result(findings: Vec<ChallengeEvidence>) -> ExchangeResult {
    ExchangeResult {
        answer: vec![1; 10],
        error: None,
        elapsed_ms: 3,
        findings,
    }
}

fn seen(stake: u64, seen_at: i64) -> OperatorSeen {
    OperatorSeen {
        operator: [1; 32],
        node_key: [2; 32],
        zone: u32::MAX,
        stake,
        active_stake: stake / 2,
        min_stake: u64::MAX,
        registered_epoch: 3,
        seen_at,
    }
}

/// Not a test of its own: the process that the next test kills.
#[test]
fn child_that_is_killed() {
    let Some(path) = std::env::var_os(CHILD_PATH) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open_store(Path::new(&path));
        store.open_epoch(&opened(5)).await.unwrap();
        let id = store.begin_exchange(&draft(5)).await.unwrap();
        store.end_exchange(id, &result(findings())).await.unwrap();
        store.begin_exchange(&draft(5)).await.unwrap();
        println!("written");
        std::future::pending::<()>().await;
    });
}

#[tokio::test]
async fn answers_survive_kill_9_and_an_unanswered_request_is_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::child_that_is_killed", "--nocapture"])
        .env(CHILD_PATH, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("written")));
    child.kill().unwrap();
    child.wait().unwrap();
    let store = open_store(folder.path());
    assert_eq!(store.opened(5).await.unwrap(), Some(opened(5)));
    assert_eq!(store.findings(5).await.unwrap(), findings());
    let attempts = store.attempts(5).await.unwrap();
    assert_eq!((attempts.len(), attempts[0].attempts), (1, 1));
}

#[tokio::test]
async fn the_first_finding_stays_and_questions_never_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    store.open_epoch(&opened(5)).await.unwrap();
    let other = OpenedEpoch {
        seed: [0; 32],
        commitments: Vec::new(),
        ..opened(5)
    };
    store.open_epoch(&other).await.unwrap();
    assert_eq!(store.opened(5).await.unwrap(), Some(opened(5)));
    assert_eq!(store.opened(6).await.unwrap(), None);
    for findings in [findings(), vec![finding(0, Finding::LossDeclared([0; 64]))]] {
        let id = store.begin_exchange(&draft(5)).await.unwrap();
        store.end_exchange(id, &result(findings)).await.unwrap();
        assert!(
            store.end_exchange(id, &result(Vec::new())).await.is_err(),
            "ended twice"
        );
    }
    assert_eq!(store.findings(5).await.unwrap(), findings());
    let found: Vec<_> = (0..3).map(|number| ([1; 32], number)).collect();
    assert_eq!(store.found(5).await.unwrap(), found);
    assert_eq!(store.attempts(5).await.unwrap()[0].attempts, 2);
}

#[tokio::test]
async fn operators_are_noted_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    for (stake, seen_at, noted) in [
        (10, 100, 1),
        (10, 110, 0),
        (20, 120, 1),
        (30, 120, 0),
        (30, 130, 1),
        (10, 140, 1),
    ] {
        assert_eq!(
            store.note_operators(&[seen(stake, seen_at)]).await.unwrap(),
            noted
        );
    }
    let since = |time| {
        let store = &store;
        async move {
            let rows = store.operators_since(time).await.unwrap();
            rows.iter()
                .map(|one| (one.stake, one.seen_at))
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        since(99).await,
        [(10, 100), (20, 120), (30, 130), (10, 140)]
    );
    assert_eq!(since(125).await, [(20, 120), (30, 130), (10, 140)]);
    assert_eq!(since(500).await, [(10, 140)]);
    store.prune(0, 125).await.unwrap();
    assert_eq!(since(99).await, [(20, 120), (30, 130), (10, 140)]);
    assert_eq!(store.operators_since(500).await.unwrap(), [seen(10, 140)]);
}

#[tokio::test]
async fn states_from_before_active_stake_was_noted_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("attest.db");
    let database = Database::open(&path, &MIGRATIONS[..3]).unwrap();
    let insert = "INSERT INTO operator_seen VALUES (zeroblob(32), 100, zeroblob(32), 1, 9, 2, 3)";
    database
        .write(move |transaction| Ok(transaction.execute_batch(insert)?))
        .await
        .unwrap();
    drop(database);
    let store = open_store(folder.path());
    let rows = store.operators_since(500).await.unwrap();
    assert_eq!((rows[0].stake, rows[0].active_stake), (9, 9));
    let now = OperatorSeen {
        active_stake: 4,
        seen_at: 110,
        ..rows[0]
    };
    assert_eq!(store.note_operators(&[now]).await.unwrap(), 1);
    assert_eq!(store.operators_since(500).await.unwrap(), [now]);
}

#[tokio::test]
async fn the_service_is_noted_when_it_changes_and_once_an_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let seen = |version: u32, seen_at| ServiceSeen {
        params: ServiceParams {
            missing_bps: 5_000,
            detect_bps: 9_000,
            miss_slash_bps: 100,
            lost_slash_bps: 300 + version as u16,
        },
        version,
        seen_at,
    };
    for (version, seen_at, epoch_start, noted) in [
        (0, 100, 100, true),
        (0, 110, 100, false),
        (1, 120, 100, true),
        (2, 120, 100, false),
        (1, 205, 200, true),
        (1, 210, 200, false),
    ] {
        let state = seen(version, seen_at);
        let new = store.note_service(&state, epoch_start).await.unwrap();
        assert_eq!(new, noted, "{seen_at}");
    }
    let all = [seen(0, 100), seen(1, 120), seen(1, 205)];
    assert_eq!(store.services_since(99).await.unwrap(), all);
    assert_eq!(store.services_since(119).await.unwrap(), all);
    assert_eq!(store.services_since(120).await.unwrap(), all[1..]);
    store.prune(0, 150).await.unwrap();
    assert_eq!(store.services_since(0).await.unwrap(), all[1..]);
}

#[tokio::test]
async fn roots_and_decisions_are_kept_until_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let state = OperatorState {
        tokens: u64::MAX,
        miss_streak: 4,
        ..OperatorState::new([1; 32])
    };
    let root = KnownRoot {
        epoch: 5,
        digest: [9; 32],
        states: vec![state],
    };
    store.put_root(&root).await.unwrap();
    store.put_root(&root).await.unwrap();
    assert_eq!(store.root(&[9; 32]).await.unwrap(), Some(root));
    assert_eq!(store.root(&[8; 32]).await.unwrap(), None);
    let decision = |verdict, reason: &str| Decision {
        proposal: "p".into(),
        proposer: "q".into(),
        digest: "d".into(),
        verdict,
        reason: reason.into(),
        decided_at: 7,
        reviews: 1,
    };
    let refusal = decision(DecisionVerdict::Refuse, &"r".repeat(REASON_CHARS_MAX + 1));
    store.put_decision(5, &refusal).await.unwrap();
    store
        .put_decision(5, &decision(DecisionVerdict::Attest, ""))
        .await
        .unwrap();
    let kept = store.decisions(5).await.unwrap();
    assert_eq!(
        (kept.len(), kept[0].reviews, kept[0].verdict),
        (1, 2, DecisionVerdict::Attest)
    );
    store.open_epoch(&opened(5)).await.unwrap();
    store.prune(6, 0).await.unwrap();
    assert_eq!(store.root(&[9; 32]).await.unwrap(), None);
    assert!(store.decisions(5).await.unwrap().is_empty());
    assert_eq!(store.opened(5).await.unwrap(), None);
}
