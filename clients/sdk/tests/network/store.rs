//! The store engine against real nodes on a local network.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use solana_pubkey::Pubkey;
use tokio::sync::Notify;
use trestle_sdk::{
    fetch::{fetch, Commitment, Lease},
    store::{get, put, verify, Library, PutReport, ShardState, StoreError, StoreEvent},
};

use crate::service::{options, silent, Service, CREDITS, EPOCHS};

fn sample_file(service: &Service, length: usize) -> (PathBuf, Vec<u8>) {
    let path = service.folder.path().join("sample");
    let content: Vec<u8> = (0..length)
        .map(|at| ((at * at) >> 7).to_le_bytes()[0])
        .collect();
    fs::write(&path, &content).unwrap();
    (path, content)
}

fn library(service: &Service) -> Library {
    Library::Folder(service.folder.path().join("library"))
}

fn operators(report: &PutReport) -> Vec<Pubkey> {
    let shards = report.manifest.shards.iter();
    shards.map(|shard| shard.operator.unwrap()).collect()
}

fn cost(report: &PutReport) -> u64 {
    report
        .manifest
        .shards
        .iter()
        .map(|shard| shard.rate)
        .sum::<u64>()
        * EPOCHS
}

fn shard_file(service: &Service, operator: &Pubkey, root: &[u8; 32]) -> PathBuf {
    let host = service.hosts.iter().find(|host| host.operator == *operator);
    let root: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
    let shards = host.unwrap().data.join("shards");
    shards.join(&root[..2]).join(&root).join("data")
}

fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[0] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Every shard is committed to, and its lease holds the whole price.
async fn assert_agreed(service: &Service, report: &PutReport) {
    for shard in &report.manifest.shards {
        let commitment: Commitment = fetch(&service.rpc, &shard.commitment().unwrap())
            .await
            .unwrap();
        assert_eq!(commitment.root, shard.root);
        let lease: Lease = fetch(&service.rpc, &shard.lease().unwrap()).await.unwrap();
        assert_eq!(lease.escrow, shard.rate * EPOCHS);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_paid_for_once_and_survives_two_operators() {
    let mut service = Service::start(6).await;
    let (path, content) = sample_file(&service, 700_000);
    let context = service.context(silent());
    let report = put(&context, &path, &library(&service), &options())
        .await
        .unwrap();

    assert!(report.manifest.is_complete() && !report.already_stored);
    assert!(!report.paths.staging.exists());
    let used: BTreeSet<Pubkey> = operators(&report).into_iter().collect();
    assert_eq!(used.len(), 6, "every shard has an operator of its own");
    assert_eq!(service.balance().await, CREDITS - cost(&report));
    assert_agreed(&service, &report).await;

    let again = put(&context, &path, &library(&service), &options())
        .await
        .unwrap();
    assert!(again.already_stored);
    assert_eq!(again.manifest, report.manifest);
    assert_eq!(service.balance().await, CREDITS - cost(&report));

    // One node gone, another with changed data: any four of the rest are enough.
    let gone = operators(&report)[0];
    let liar = &report.manifest.shards[1];
    flip_a_byte(&shard_file(&service, &liar.operator.unwrap(), &liar.root));
    drop(context);
    service.stop_host(&gone).await;
    let context = service.context(silent());
    let target = service.folder.path().join("restored");
    let got = get(&context, &report.paths, &target).await.unwrap();
    assert_eq!(fs::read(&target).unwrap(), content);
    assert_eq!(got.used.len(), 4);
    let failed: BTreeSet<Pubkey> = got.failures.iter().map(|(operator, _)| *operator).collect();
    assert!(failed.is_subset(&BTreeSet::from([gone, liar.operator.unwrap()])));

    let (_, checks) = verify(&context, &report.paths).await.unwrap();
    let bad: BTreeSet<Pubkey> = checks
        .iter()
        .filter(|check| check.retrievable.is_err())
        .map(|check| check.operator)
        .collect();
    assert_eq!(bad, BTreeSet::from([gone, liar.operator.unwrap()]));
    assert!(checks.iter().all(|check| check.lease.is_some()));

    // A third one gone is one too many, and the target stays as it is.
    drop(context);
    service.stop_host(&operators(&report)[2]).await;
    fs::write(&target, "kept").unwrap();
    let context = service.context(silent());
    let error = get(&context, &report.paths, &target).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::TooFewShards {
                found: 3,
                needed: 4,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_interrupted_put_goes_on_and_pays_nothing_twice() {
    let mut service = Service::start(5).await;
    let (path, _) = sample_file(&service, 300_000);

    // Five operators cannot keep six shards: refused before anything is paid.
    let context = service.context(silent());
    let error = put(&context, &path, &library(&service), &options())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::TooFewOperators {
                found: 5,
                needed: 6,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(service.balance().await, CREDITS);
    drop(context);
    service.add_host().await;

    // Dropped as soon as the first shard is committed: others are somewhere on their way.
    let committed = Arc::new(Notify::new());
    let events = Arc::new(Mutex::new(Vec::new()));
    let (notify, log) = (committed.clone(), events.clone());
    let context = service.context(Arc::new(move |event| {
        if matches!(event, StoreEvent::Committed { .. }) {
            notify.notify_one();
        }
        log.lock().unwrap().push(event);
    }));
    let library = library(&service);
    let options = options();
    tokio::select! {
        _ = put(&context, &path, &library, &options) => panic!("it must not have ended yet"),
        () = committed.notified() => {}
    }
    let encoded_again = |events: &[StoreEvent]| {
        events
            .iter()
            .any(|event| matches!(event, StoreEvent::Encoding { .. }))
    };
    assert!(
        !encoded_again(&events.lock().unwrap()),
        "the first try encoded it"
    );

    let context = service.context(silent());
    let report = put(&context, &path, &library, &options).await.unwrap();
    assert!(report.manifest.is_complete());
    let states: BTreeSet<ShardState> = report
        .manifest
        .shards
        .iter()
        .map(|shard| shard.state)
        .collect();
    assert_eq!(states, BTreeSet::from([ShardState::Committed]));
    let used: BTreeSet<Pubkey> = operators(&report).into_iter().collect();
    assert_eq!(used.len(), 6);
    assert_eq!(service.balance().await, CREDITS - cost(&report));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_operator_takes_the_place_of_one_that_fails() {
    let mut service = Service::start(7).await;
    let (path, content) = sample_file(&service, 300_000);
    // A full disk at one of them: its data folder is no folder any more.
    let broken = service.hosts[0].operator;
    let shards = service.hosts[0].data.join("shards");
    fs::remove_dir_all(&shards).unwrap();
    fs::write(&shards, "in the way").unwrap();
    let context = service.context(silent());
    let report = put(&context, &path, &library(&service), &options())
        .await
        .unwrap();
    assert!(report.manifest.is_complete());
    assert!(!operators(&report).contains(&broken));
    assert_eq!(service.balance().await, CREDITS - cost(&report));
    let target = service.folder.path().join("restored");
    get(&context, &report.paths, &target).await.unwrap();
    assert_eq!(fs::read(&target).unwrap(), content);
    drop(context);
    service.stop_host(&broken).await;
}
