//! What operators are paid, and those who delegate to them, by a final root: it is written into the
//! chain as the proofs program would write it, and its leaves into a folder as verifiers do.

use std::{fs, path::Path};

use trestle_core::{
    bytemuck::bytes_of,
    leaf::{PayoutLeaf, Totals},
    merkle::Tree,
    root::{FinalRoot, RootRing, ROOT_RING_DISCRIMINATOR},
};
use trestle_localnet::{rpc_client, EPOCH_SECONDS, STABLE, TOKEN};
use trestle_sdk::{
    address,
    fetch::{fetch, Operator, Pool, DISCRIMINATOR_BYTES},
};
use trestle_verify::{
    published::{LeavesFile, LEAVES_FILE},
    storage::OperatorState,
};

use crate::cluster::Cluster;

/// What the operator has earned.
const TOKENS: u64 = 40 * TOKEN;
const DOLLARS: u64 = 5 * STABLE;
/// Where the amount stands in a token account.
const AMOUNT_AT: usize = 64;

/// Makes a root final in which this is the one operator, and writes its leaf.
pub async fn publish(cluster: &Cluster, folder: &Path, epoch: u64, state: OperatorState) {
    publish_all(cluster, folder, epoch, vec![state]).await;
}

/// Makes a root final of these operators, and writes their leaves.
async fn publish_all(cluster: &Cluster, folder: &Path, epoch: u64, states: Vec<OperatorState>) {
    let leaves: Vec<PayoutLeaf> = states.iter().map(OperatorState::leaf).collect();
    let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect()).unwrap();
    let root = FinalRoot {
        epoch,
        tree_root: tree.root(),
        totals: Totals::of(&leaves).unwrap(),
        leaf_count: tree.leaf_count(),
        rules_version: trestle_verify::RULES_VERSION,
        ..FinalRoot::default()
    };
    let service = cluster.deployed.deployment.service;
    let rpc = rpc_client(cluster.network.rpc_url());
    let place = address::ring(&service);
    let account = rpc.get_account(&place).await.unwrap();
    let mut ring = RootRing::read_account_data(&account.data).unwrap();
    ring.push(&root).unwrap();
    let data = [&ROOT_RING_DISCRIMINATOR[..], bytes_of(&*ring)].concat();
    let remote = cluster.network.remote();
    remote.set_account(&place, &account.owner, &data).unwrap();

    let file = LeavesFile {
        service: service.to_bytes(),
        epoch,
        leaves: states,
    };
    let folder = folder.join(epoch.to_string());
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join(LEAVES_FILE),
        serde_json::to_string(&file).unwrap(),
    )
    .unwrap();
}

/// Lets a pool hold rewards back, with months of so many epochs, and gives it stablecoin.
async fn prepare_pool(cluster: &Cluster, epochs_per_month: u32) {
    let rpc = rpc_client(cluster.network.rpc_url());
    let address = cluster.deployed.deployment.pool;
    let pool: Pool = fetch(&rpc, &address).await.unwrap();
    let remote = cluster.network.remote();
    let mut account = rpc.get_account(&address).await.unwrap();
    let changed = Pool {
        epochs_per_month,
        ..pool
    };
    account.data[DISCRIMINATOR_BYTES..].copy_from_slice(bytes_of(&changed));
    remote
        .set_account(&address, &account.owner, &account.data)
        .unwrap();
    let mut vault = rpc.get_account(&pool.stable_vault).await.unwrap();
    vault.data[AMOUNT_AT..AMOUNT_AT + 8].copy_from_slice(&(2 * DOLLARS).to_le_bytes());
    remote
        .set_account(&pool.stable_vault, &vault.owner, &vault.data)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_and_its_delegators_are_paid() {
    let cluster = Cluster::start().await;
    prepare_pool(&cluster, 2).await;
    let (wallet, _, operator) = cluster.operator("operator").await;
    let name = operator.to_string();
    let of = ["--operator", name.as_str()];
    cluster.does(&wallet, &["stake", "deposit", "10"]);
    let commission = ["--commission-bps", "1000"];
    cluster.does(
        &wallet,
        &[&["delegation", "pool-open"], &commission[..]].concat(),
    );
    let (delegator, _) = cluster.wallet("delegator").await;
    cluster.does(
        &delegator,
        &[&["delegation", "deposit", "30"], &of[..]].concat(),
    );
    // Opens the claim, which knows of no delegators until somebody is paid by it.
    cluster.does(&wallet, &["reward", "stable-payout"]);
    let rpc = rpc_client(cluster.network.rpc_url());
    let registered: Operator = fetch(&rpc, &operator).await.unwrap();
    cluster.travel(EPOCH_SECONDS);
    cluster.does(&wallet, &["pool", "allot"]);
    let folder = cluster.folder("published");
    let earned = OperatorState {
        tokens: TOKENS,
        stable: DOLLARS,
        units: 1,
        windows_ok: 1,
        windows_total: 1,
        ..OperatorState::new(operator.to_bytes())
    };
    publish(&cluster, &folder, registered.registered_epoch, earned).await;
    let from = ["--from", folder.to_str().unwrap()];

    cluster.does(&wallet, &[&["reward", "claim"], &from[..]].concat());
    let shown = cluster.does(&wallet, &[&["reward", "show"], &from[..]].concat());
    // 67.5 % of 40 tokens belong to the delegators, three quarters of the rest are held back.
    assert_eq!(shown["delegators"]["uiAmount"], "27");
    assert_eq!(shown["held"]["uiAmount"], "9.75");
    let stable = [&["reward", "claim", "--stable"], &from[..]].concat();
    let paid = cluster.does(&wallet, &stable);
    assert_eq!(paid["due"]["uiAmount"], "5");
    assert_eq!(paid["paid"]["uiAmount"], "1.625");
    let none = cluster.run(&wallet, &stable);
    assert_eq!(none.code, Some(5), "{}", none.stderr);

    let pay = [&["delegation", "pay"], &of[..]].concat();
    let paid = cluster.does(&delegator, &pay);
    assert_eq!(paid["tokens"]["uiAmount"], "27");
    assert_eq!(paid["stable"]["uiAmount"], "3.375");
    cluster.refused(&delegator, &pay, "NothingForDelegators");

    cluster.refused(&wallet, &["reward", "release"], "NothingToRelease");
    cluster.travel(6 * EPOCH_SECONDS);
    let released = cluster.does(&wallet, &["reward", "release"]);
    assert_eq!(released["paid"]["uiAmount"], "3.25");
}

/// Leaves of a tree whose proofs, of 18 hashes, leave no room beside a slash with a
/// price.
const MANY: u32 = (1 << 17) + 1;
const SLASHED: u64 = 5 * TOKEN;

/// An operator of that number, in the order of the tree.
fn other(number: u32) -> OperatorState {
    let mut address = [0; 32];
    address[..4].copy_from_slice(&number.to_be_bytes());
    OperatorState::new(address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_beside_a_deep_proof_is_sent_before_it() {
    let cluster = Cluster::start().await;
    let (wallet, _, operator) = cluster.operator("operator").await;
    cluster.does(&wallet, &["stake", "deposit", "10"]);
    cluster.does(&wallet, &["reward", "stable-payout"]);
    let rpc = rpc_client(cluster.network.rpc_url());
    let registered: Operator = fetch(&rpc, &operator).await.unwrap();
    cluster.travel(EPOCH_SECONDS);
    cluster.does(&wallet, &["pool", "allot"]);
    let folder = cluster.folder("published");
    let faulty = OperatorState {
        tokens: TOKENS,
        slashed: SLASHED,
        windows_total: 1,
        ..OperatorState::new(operator.to_bytes())
    };
    let mut states: Vec<OperatorState> = (1..MANY).map(other).chain([faulty]).collect();
    states.sort_by_key(|state| state.operator);
    publish_all(&cluster, &folder, registered.registered_epoch, states).await;
    let from = ["--from", folder.to_str().unwrap()];
    let price = ["--with-compute-unit-price", "1"];
    let slash = [&["stake", "slash"], &from[..], &price[..]].concat();

    let dry = cluster.run(&wallet, &[&slash[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, Some(0), "{}", dry.stderr);
    let notice = "the slash of pay is not tried";
    assert!(dry.stderr.contains(notice), "{} {}", dry.stderr, dry.stdout);
    let slashed = cluster.does(&wallet, &slash);
    // The sync, and then the pay, which is enough.
    let sent = slashed["transactions"].as_array().unwrap().len();
    assert_eq!(sent, 2, "{slashed}");
    assert_eq!(slashed["fromPay"]["uiAmount"], "5");
}
