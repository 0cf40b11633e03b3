//! The journal keeps its promises over crashes: what was written before `begin` returned is found
//! again, nothing is sent twice, and every outcome is decided from the chain alone.

use async_trait::async_trait;
use proptest::prelude::*;
use solana_signature::Signature;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use trestle_kit::database::Database;
use trestle_kit::journal::{Begun, Draft, EntryState, Journal, JournalError, ATTEMPTS_MAX};
use trestle_kit::journal_resolve::{
    resolve_pending, ChainStatus, ChainUnavailable, Resolved, SignatureFate,
};
use trestle_kit::journal_sqlite::{SqliteJournal, JOURNAL_MIGRATION};

const CHILD_PATH: &str = "TRESTLE_JOURNAL_TEST_PATH";
const LAST_VALID: u64 = 100;

fn open(path: &Path) -> SqliteJournal {
    SqliteJournal::new(Database::open(path, &[JOURNAL_MIGRATION]).unwrap())
}

fn draft(key: &str, number: u8) -> Draft {
    Draft {
        key: key.into(),
        signature: Signature::from([number; 64]),
        last_valid_block_height: LAST_VALID,
        wire: vec![number; 10],
    }
}

async fn started(journal: &SqliteJournal, key: &str, number: u8) -> i64 {
    match journal.begin(draft(key, number)).await.unwrap() {
        Begun::Started(entry) => entry.id,
        other => panic!("{other:?}"),
    }
}

struct Chain {
    height: u64,
    fate: Result<SignatureFate, ChainUnavailable>,
}

#[async_trait]
impl ChainStatus for Chain {
    async fn finalized_block_height(&self) -> Result<u64, ChainUnavailable> {
        Ok(self.height)
    }
    async fn fate(&self, _: &Signature) -> Result<SignatureFate, ChainUnavailable> {
        self.fate.clone()
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
        let journal = open(Path::new(&path));
        started(&journal, "vote:1", 1).await;
        println!("written");
        std::future::pending::<()>().await;
    });
}

#[tokio::test]
async fn an_entry_survives_kill_9_and_forbids_a_second_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_is_killed", "--nocapture"])
        .env(CHILD_PATH, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("written")));
    child.kill().unwrap();
    child.wait().unwrap();

    let journal = open(&path);
    let pending = journal.pending().await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].draft, draft("vote:1", 1));
    assert!(matches!(
        journal.begin(draft("vote:1", 2)).await.unwrap(),
        Begun::Pending(_)
    ));

    let landed = Chain {
        height: 0,
        fate: Ok(SignatureFate::Landed { slot: 7 }),
    };
    let resolved = resolve_pending(&journal, &landed, &BTreeSet::new())
        .await
        .unwrap();
    assert_eq!(
        resolved,
        Resolved {
            decided: 1,
            open: 0
        }
    );
    match journal.begin(draft("vote:1", 2)).await.unwrap() {
        Begun::Landed(entry) => assert_eq!(entry.state, EntryState::Landed { slot: 7 }),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn absence_expires_only_after_the_last_valid_height() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("journal.db"));
    started(&journal, "a", 1).await;
    for fate in [
        (LAST_VALID, Ok(SignatureFate::Absent)),
        (LAST_VALID + 1, Ok(SignatureFate::Unconfirmed)),
    ] {
        let chain = Chain {
            height: fate.0,
            fate: fate.1,
        };
        let resolved = resolve_pending(&journal, &chain, &BTreeSet::new())
            .await
            .unwrap();
        assert_eq!(
            resolved,
            Resolved {
                decided: 0,
                open: 1
            }
        );
    }
    let silent = Chain {
        height: LAST_VALID + 1,
        fate: Err(ChainUnavailable("timeout".into())),
    };
    assert!(resolve_pending(&journal, &silent, &BTreeSet::new())
        .await
        .is_err());
    assert_eq!(
        journal.latest("a").await.unwrap().unwrap().state,
        EntryState::Unknown
    );

    let gone = Chain {
        height: LAST_VALID + 1,
        fate: Ok(SignatureFate::Absent),
    };
    assert_eq!(
        resolve_pending(&journal, &gone, &BTreeSet::new())
            .await
            .unwrap()
            .decided,
        1
    );
    assert_eq!(
        journal.latest("a").await.unwrap().unwrap().state,
        EntryState::Expired
    );
    started(&journal, "a", 2).await;
}

#[tokio::test]
async fn a_failure_is_recorded_and_attempts_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("journal.db"));
    let failed = Chain {
        height: 0,
        fate: Ok(SignatureFate::Failed {
            error: "6201".into(),
        }),
    };
    for number in 0..ATTEMPTS_MAX {
        started(&journal, "a", number as u8).await;
        assert_eq!(
            resolve_pending(&journal, &failed, &BTreeSet::new())
                .await
                .unwrap()
                .decided,
            1
        );
    }
    let refused = journal.begin(draft("a", 200)).await.unwrap();
    assert_eq!(
        refused,
        Begun::Exhausted {
            last_error: Some("6201".into())
        }
    );
    started(&journal, "b", 201).await;
}

#[tokio::test]
async fn an_entry_that_its_sender_waits_for_is_left_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("journal.db"));
    let (awaited, left) = (
        started(&journal, "a", 1).await,
        started(&journal, "b", 2).await,
    );
    let landed = Chain {
        height: 0,
        fate: Ok(SignatureFate::Landed { slot: 7 }),
    };
    let resolved = resolve_pending(&journal, &landed, &BTreeSet::from([awaited]))
        .await
        .unwrap();
    assert_eq!(resolved.decided, 1);
    let pending: Vec<i64> = journal
        .pending()
        .await
        .unwrap()
        .iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(pending, [awaited]);
    assert_ne!(pending, [left]);
}

#[tokio::test]
async fn an_entry_is_decided_once() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("journal.db"));
    let id = started(&journal, "a", 1).await;
    assert!(matches!(
        journal.decide(id, EntryState::Unknown).await,
        Err(JournalError::NotPending(_))
    ));
    journal
        .decide(id, EntryState::Landed { slot: 1 })
        .await
        .unwrap();
    journal
        .decide(id, EntryState::Landed { slot: 1 })
        .await
        .unwrap();
    assert!(matches!(
        journal.decide(id, EntryState::Expired).await,
        Err(JournalError::NotPending(_))
    ));
    assert!(matches!(
        journal.begin(draft("", 1)).await,
        Err(JournalError::Key)
    ));
    assert!(matches!(
        journal.begin(draft(&"k".repeat(257), 1)).await,
        Err(JournalError::Key)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However begins and decisions interleave, a key never has two transactions that may both
    /// land, and nothing begins after success.
    #[test]
    fn a_key_never_has_two_live_transactions(
        steps in prop::collection::vec((0_u8..2, 0_u8..4), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let journal = open(&folder.path().join("journal.db"));
            let mut live = [None; 2];
            let mut done = [false; 2];
            for (number, (key, action)) in (0_u8..).zip(steps) {
                let slot = usize::from(key);
                let name = format!("key:{key}");
                let decision = match action {
                    0 => None,
                    1 => Some(EntryState::Landed { slot: 1 }),
                    2 => Some(EntryState::Failed { error: "x".into() }),
                    _ => Some(EntryState::Expired),
                };
                match (decision, live[slot]) {
                    (None, _) => match journal.begin(draft(&name, number)).await.unwrap() {
                        Begun::Started(entry) => {
                            assert!(live[slot].is_none() && !done[slot]);
                            live[slot] = Some(entry.id);
                        }
                        Begun::Pending(entry) => assert_eq!(live[slot], Some(entry.id)),
                        Begun::Landed(_) => assert!(done[slot]),
                        Begun::Exhausted { .. } => assert!(live[slot].is_none() && !done[slot]),
                    },
                    (Some(state), Some(id)) => {
                        done[slot] |= matches!(state, EntryState::Landed { .. });
                        journal.decide(id, state).await.unwrap();
                        live[slot] = None;
                    }
                    (Some(_), None) => {}
                }
                let pending = journal.pending().await.unwrap().len();
                assert_eq!(pending, live.iter().flatten().count());
            }
        });
    }
}
