//! A file whose shards a lease group pays for.

use std::fs;

use serde_json::Value;
use solana_pubkey::Pubkey;
use trestle_core::{
    bytemuck::bytes_of,
    merkle::Tree,
    root::{FinalRoot, ROOT_RING_DISCRIMINATOR},
};
use trestle_sdk::{
    address::{self, PROOFS_ID},
    fetch::{fetch, fetch_optional, Commitment, Lease, LeaseGroup, Network},
};
use trestle_verify::{
    published::{LeavesFile, LEAVES_FILE},
    storage::OperatorState,
};

use crate::{
    home::Home,
    service::{Service, CREDITS},
};

/// Credits an epoch for all that one operator can deliver.
const RATE: u64 = 40;
const EPOCHS: u64 = 5;
/// First epoch that is paid for: late enough to join before.
const START: u64 = 20;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{value}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_pays_for_the_shards_of_a_file_and_for_a_copy() {
    let service = Service::start(4).await;
    let home = Home::new(&service);
    let group = open(&service, &home).await;
    store(&service, &home, &group).await;
    join_with_a_copy(&service, &home, &group).await;
    is_paid_until_it_ends(&service, &home, &group).await;
}

async fn open(service: &Service, home: &Home<'_>) -> Pubkey {
    let open = "lease group open --needed 2 --members 4 --rate 40 --epochs 5 --start 20";
    let open: Vec<&str> = open.split(' ').collect();
    let dry = [&open[..], &["--dry-run"]].concat();
    let tried = home.run(&dry).unwrap();
    assert_eq!(tried["state"], Value::Null, "{tried}");
    let opened = home.run(&open).unwrap();
    assert_eq!(service.balance().await, CREDITS - 2 * RATE * EPOCHS);
    text(&opened, "group").parse().unwrap()
}

/// Three shards, each with another operator that joins the group.
async fn store(service: &Service, home: &Home<'_>, group: &Pubkey) {
    let name = group.to_string();
    let file = home.folder.join("sample");
    fs::write(&file, vec![7; 100_000]).unwrap();
    let file = file.to_str().unwrap();
    let put = [
        "store", "put", file, "--data", "2", "--total", "3", "--group", &name,
    ];
    home.run(&put).unwrap();
    let state: LeaseGroup = fetch(&service.rpc, group).await.unwrap();
    assert_eq!(state.members().len(), 3);
    for member in state.members() {
        let commitment: Commitment = fetch(&service.rpc, &member.commitment).await.unwrap();
        assert_eq!(commitment.operator, member.operator);
        let lease = address::lease(&member.commitment);
        let lease: Option<Lease> = fetch_optional(&service.rpc, &lease).await.unwrap();
        assert!(lease.is_none(), "the group pays, and nothing else");
    }
    assert_eq!(service.balance().await, CREDITS - 2 * RATE * EPOCHS);
    let again = home.run(&put).unwrap();
    assert_eq!(again["alreadyStored"], true, "{again}");
}

/// The fourth operator joins with a copy of the first shard.
async fn join_with_a_copy(service: &Service, home: &Home<'_>, group: &Pubkey) {
    let name = group.to_string();
    let state: LeaseGroup = fetch(&service.rpc, group).await.unwrap();
    let first = state.members()[0].commitment.to_string();
    let mut hosts = service.hosts.iter().map(|host| host.operator);
    let is_member = |one: &Pubkey| state.members().iter().any(|m| m.operator == *one);
    let free = hosts.find(|one| !is_member(one)).unwrap().to_string();
    let join = ["lease", "group", "join", &name, &first, "--operator", &free];
    let joined = home.run(&join).unwrap();
    let members = joined["state"]["members"].as_array().unwrap();
    assert_eq!(members.len(), 4, "{joined}");
    assert_eq!(text(&members[3], "operator"), free);
    let twice = home.run(&join).unwrap_err().to_string();
    assert!(twice.contains("member-twice"), "{twice}");
}

async fn is_paid_until_it_ends(service: &Service, home: &Home<'_>, group: &Pubkey) {
    let name = group.to_string();
    let from = service.folder.path().join("published");
    let from = from.to_str().unwrap();
    let settle = ["lease", "group", "settle", &name, "--from", from];
    let due = home.run(&settle).unwrap_err().to_string();
    assert!(due.contains("nothing-due"), "{due}");
    let state: LeaseGroup = fetch(&service.rpc, group).await.unwrap();
    // Whole, half and nothing of two operators; the copy was not asked for.
    let windows = [(2, 2), (1, 2), (0, 2), (0, 0)];
    publish(service, &state, START, windows).await;
    let record = ["lease", "group", "record", &name, "--from", from];
    let dry = [&record[..], &["--dry-run"]].concat();
    let tried = home.run(&dry).unwrap();
    assert_eq!(tried["transactions"].as_array().unwrap().len(), 1);
    let recorded = home.run(&record).unwrap();
    let first = &recorded["state"]["members"][0]["recorded"];
    assert_eq!(first["windowsOk"], 2, "{recorded}");
    let settled = home.run(&settle).unwrap();
    let settlement = &settled["settlements"][0];
    // 60 of 80 credits, less a tenth because that is below the service level.
    assert_eq!(text(&settlement["consumed"], "credits"), "54", "{settled}");
    let earned = settlement["earned"].as_array().unwrap().iter();
    let earned: Vec<&str> = earned.map(|one| text(one, "credits")).collect();
    assert_eq!(earned, ["36", "18", "0", "0"]);

    let listed = home.run(&["lease", "group", "list"]).unwrap();
    assert_eq!(text(&listed["groups"][0], "group"), name);
    let ended = home.run(&["lease", "group", "end", &name]).unwrap();
    assert_eq!(text(&ended["state"], "status"), "ending");
    let windows = [(3, 3), (2, 3), (1, 3), (1, 1)];
    publish(service, &state, START + 1, windows).await;
    let settled = home.run(&settle).unwrap();
    assert_eq!(text(&settled["state"], "status"), "settled", "{settled}");
    home.run(&["lease", "group", "close", &name]).unwrap();
    assert_eq!(service.balance().await, CREDITS - 54 - 2 * RATE);
}

/// Makes the root of an epoch final in which the members have these good and all windows, and
/// publishes its leaves.
async fn publish(service: &Service, group: &LeaseGroup, epoch: u64, windows: [(u32, u32); 4]) {
    let members = group.members().iter().zip(windows);
    let mut leaves: Vec<OperatorState> = members
        .map(|(member, (windows_ok, windows_total))| OperatorState {
            operator: member.operator.to_bytes(),
            tokens: 0,
            stable: 0,
            slashed: 0,
            units: 0,
            windows_ok,
            windows_total,
            miss_streak: 0,
        })
        .collect();
    leaves.sort_by_key(|leaf| leaf.operator);
    let hashes = leaves.iter().map(|leaf| leaf.leaf().hash()).collect();
    let tree = Tree::build(hashes).unwrap();
    let root = FinalRoot {
        epoch,
        tree_root: tree.root(),
        leaf_count: tree.leaf_count(),
        ..FinalRoot::default()
    };
    let mut ring = trestle_sdk::fetch::ring(&service.rpc, &group.service)
        .await
        .unwrap();
    ring.push(&root).unwrap();
    let data = [&ROOT_RING_DISCRIMINATOR, bytes_of(&*ring)].concat();
    let (remote, address) = (service.network.remote(), address::ring(&group.service));
    remote.set_account(&address, &PROOFS_ID, &data).unwrap();
    let network: Network = fetch(&service.rpc, &group.network).await.unwrap();
    let seconds = (epoch + 1) * u64::from(network.epoch_seconds);
    let now = network.genesis + i64::try_from(seconds).unwrap();
    remote.travel_to(now).unwrap();
    let folder = service.folder.path().join(format!("published/{epoch}"));
    fs::create_dir_all(&folder).unwrap();
    let file = LeavesFile {
        service: group.service.to_bytes(),
        epoch,
        leaves,
    };
    let text = serde_json::to_string(&file).unwrap();
    fs::write(folder.join(LEAVES_FILE), text).unwrap();
}
