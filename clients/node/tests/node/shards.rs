//! Put and get.

use crate::world::{Shard, World};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::{fs, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use trestle_sdk::request::body_digest;

/// The head of a signed upload, as raw text.
pub fn upload_head(world: &World, shard: &Shard, signer: &Keypair, extra: &str) -> String {
    let headers = world.signed(signer, "PUT", &shard.path(), &body_digest(&shard.data));
    let mut head = format!("PUT {} HTTP/1.1\r\nhost: node\r\n", shard.path());
    for (name, value) in headers.pairs() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{head}{extra}\r\n")
}

/// Sends raw text on a connection of its own and reads the whole answer.
async fn exchange(world: &World, head: &str) -> String {
    let mut stream = connect(world).await;
    let closing = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    stream.write_all(closing.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

pub async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.url.trim_start_matches("http://"))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_is_stored_read_back_and_stored_again() {
    let world = World::new().await;
    // One leaf, one subtree exactly, one byte more, many subtrees.
    for (size, salt) in [(1, 1), (124 * 64, 2), (124 * 64 + 1, 3), (300_000, 4)] {
        let shard = Shard::new(size, salt);
        let answer = world.put(&shard).await;
        assert_eq!(answer.status, 201);
        let told = serde_json::json!({
            "root": shard.root.to_string(),
            "size": size.to_string(),
            "leafCount": shard.leaf_count,
        });
        assert_eq!(answer.json(), told);
        let again = world.put(&shard).await;
        assert_eq!((again.status.as_u16(), again.json()), (200, told));
        let read = world.call(&world.customer, "GET", &shard.path(), b"").await;
        assert_eq!(read.status, 200);
        assert_eq!(read.body, shard.data);
        assert_eq!(read.headers["content-length"], size.to_string().as_str());
        let digest = hex::encode(body_digest(&shard.data));
        assert_eq!(read.headers["x-trestle-shard-digest"], digest.as_str());
    }
    assert_eq!(
        world.settled().await,
        (4, 1 + 124 * 64 + 124 * 64 + 1 + 300_000)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_and_their_owners_survive_a_restart() {
    let mut world = World::new().await;
    let shard = world.store(20_000, 1).await;
    world.stop().await;
    // Clients whose clock is exact need not wait: the node serves only once its start is past.
    world.start().await;
    let read = world.call(&world.customer, "GET", &shard.path(), b"").await;
    assert_eq!(read.body, shard.data);
    let stranger = Keypair::new();
    world.chain().credits.insert(stranger.pubkey(), 5);
    let refused = world.call(&stranger, "GET", &shard.path(), b"").await;
    refused.expect_error(403, "shard_foreign");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_content_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let (shard, other) = (Shard::new(20_000, 1), Shard::new(20_000, 2));
    let wrong_root = world
        .call(&world.customer, "PUT", &other.path(), &shard.data)
        .await;
    let message = wrong_root.expect_error(400, "root_mismatch");
    assert!(message.contains(&shard.root.to_string()), "{message}");
    let headers = world
        .signed(&world.customer, "PUT", &shard.path(), &[0; 32])
        .pairs();
    let wrong_digest = world
        .send("PUT", &shard.path(), &headers, shard.data.clone())
        .await;
    wrong_digest.expect_error(400, "digest_mismatch");
    let head = upload_head(&world, &shard, &world.customer, "content-length: 0\r\n");
    let empty = exchange(&world, &head).await;
    assert!(
        empty.starts_with("HTTP/1.1 400") && empty.contains("shard_empty"),
        "{empty}"
    );
    assert_eq!(world.settled().await, (0, 0));
    let unknown = world.call(&world.customer, "GET", &shard.path(), b"").await;
    unknown.expect_error(404, "shard_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn zeros_at_the_end_are_another_shard_under_the_same_root() {
    let world = World::new().await;
    let shard = world.store(100, 1).await;
    let mut longer = shard.clone();
    longer.data.push(0);
    world.put(&longer).await.expect_error(400, "root_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_without_a_length_is_refused() {
    let world = World::new().await;
    let shard = Shard::new(500, 1);
    let headers = world.signed(
        &world.customer,
        "PUT",
        &shard.path(),
        &body_digest(&shard.data),
    );
    let pieces = shard.data.clone();
    let stream = tokio_util::io::ReaderStream::new(std::io::Cursor::new(pieces));
    let body = reqwest::Body::wrap_stream(stream);
    let answer = world
        .send("PUT", &shard.path(), &headers.pairs(), body)
        .await;
    answer.expect_error(411, "length_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_of_another_customer_is_out_of_reach() {
    let world = World::new().await;
    let shard = world.store(5_000, 1).await;
    let other = Keypair::new();
    world.chain().credits.insert(other.pubkey(), 5);
    for method in ["GET", "DELETE"] {
        let answer = world.call(&other, method, &shard.path(), b"").await;
        answer.expect_error(403, "shard_foreign");
    }
    let answer = world.call(&other, "PUT", &shard.path(), &shard.data).await;
    answer.expect_error(403, "shard_foreign");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_upload_leaves_nothing() {
    let world = World::new().await;
    let shard = Shard::new(400_000, 1);
    let head = upload_head(
        &world,
        &shard,
        &world.customer,
        "content-length: 400000\r\n",
    );
    let mut stream = connect(&world).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&shard.data[..200_000]).await.unwrap();
    // The room is reserved while the upload runs, and nobody else may write this root.
    for _ in 0..200 {
        if world.state().store.index().usage() == (0, 400_000) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.state().store.index().usage(), (0, 400_000));
    world
        .put(&shard)
        .await
        .expect_error(409, "upload_in_progress");
    drop(stream);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.settled().await, (0, 0));
    assert_eq!(world.put(&shard).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_stands_still_is_cut_off() {
    let world = World::with(|settings| settings.limits.body_idle_timeout_ms = 200).await;
    let shard = Shard::new(100_000, 1);
    let head = upload_head(
        &world,
        &shard,
        &world.customer,
        "content-length: 100000\r\n",
    );
    let mut stream = connect(&world).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&shard.data[..1_000]).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("body_timeout"),
        "{answer}"
    );
    assert_eq!(world.settled().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_for_a_word_is_told_before_it_sends() {
    let world = World::new().await;
    let shard = Shard::new(100_000, 1);
    let extra = "content-length: 100000\r\nexpect: 100-continue\r\n";
    let mut refused = connect(&world).await;
    let head = upload_head(&world, &shard, &Keypair::new(), extra);
    refused.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0_u8; 12];
    refused.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 401");
    let mut accepted = connect(&world).await;
    let head = upload_head(&world, &shard, &world.customer, extra);
    accepted.write_all(head.as_bytes()).await.unwrap();
    accepted.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 100");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_lead_nowhere_but_to_shards() {
    let world = World::new().await;
    let root = "ab".repeat(32);
    let malformed = [
        format!("/v1/shards/{}", root.to_uppercase()),
        format!("/v1/shards/{}", &root[1..]),
        format!("/v1/shards/{root}0"),
        format!("/v1/shards/..%2f..%2f{}", &root[12..]),
        "/v1/shards/..".to_owned(),
        "/v1/shards/%2e%2e".to_owned(),
        "/v1/shards/%00".to_owned(),
        "/v1/shards/%ff%fe".to_owned(),
    ];
    for path in malformed {
        for method in ["GET", "PUT", "DELETE"] {
            // By hand: clients tidy paths up before they send them.
            let head = format!("{method} {path} HTTP/1.1\r\nhost: node\r\n\r\n");
            let answer = exchange(&world, &head).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{path}: {answer}");
            assert!(answer.contains("root_malformed"), "{path}: {answer}");
        }
    }
    for path in [
        "/",
        "/v1",
        "/v1/shards/",
        "/v2/health",
        "/v1/health/",
        "/etc/passwd",
    ] {
        world
            .send("GET", path, &[], "")
            .await
            .expect_error(404, "not_found");
    }
    for (method, path) in [
        ("POST", "/v1/health"),
        ("GET", "/v1/challenges"),
        ("PATCH", "/metrics"),
    ] {
        world
            .send(method, path, &[], "")
            .await
            .expect_error(405, "method_not_allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_shard_is_gone_until_its_customer_repairs_it() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let data = world.folder(&shard).join("data");
    fs::write(&data, &shard.data[..19_999]).unwrap();
    let answer = world.call(&world.customer, "GET", &shard.path(), b"").await;
    answer.expect_error(410, "shard_lost");
    assert_eq!(world.put(&shard).await.status, 201);
    assert_eq!(fs::read(&data).unwrap(), shard.data);
    fs::remove_dir_all(world.folder(&shard)).unwrap();
    let answer = world.call(&world.customer, "GET", &shard.path(), b"").await;
    answer.expect_error(410, "shard_lost");
    assert_eq!(world.put(&shard).await.status, 201);
    assert_eq!(world.settled().await, (1, 20_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_note_of_ownership_is_the_nodes_failure() {
    let world = World::new().await;
    let shard = world.store(1_000, 1).await;
    fs::write(world.folder(&shard).join("meta.json"), "{}").unwrap();
    let answer = world.call(&world.customer, "GET", &shard.path(), b"").await;
    answer.expect_error(500, "internal");
}

#[tokio::test(flavor = "multi_thread")]
async fn start_finds_what_is_damaged_and_rebuilds_trees() {
    let mut world = World::new().await;
    let (whole, short, treeless) = (
        world.store(20_000, 1).await,
        world.store(20_000, 2).await,
        world.store(20_000, 3).await,
    );
    let tree = world.folder(&treeless).join("tree");
    let kept = fs::read(&tree).unwrap();
    world.stop().await;
    fs::write(world.folder(&short).join("data"), "x").unwrap();
    fs::remove_file(&tree).unwrap();
    fs::create_dir_all(world.settings.data_dir.join("tmp/left/over")).unwrap();
    fs::create_dir_all(world.settings.data_dir.join("shards/ab/not-a-root")).unwrap();
    world.start().await;
    assert_eq!(world.settled().await.0, 3);
    let answer = world.call(&world.customer, "GET", &whole.path(), b"").await;
    assert_eq!(answer.body, whole.data);
    let answer = world.call(&world.customer, "GET", &short.path(), b"").await;
    answer.expect_error(410, "shard_lost");
    for _ in 0..100 {
        if tree.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(fs::read(&tree).unwrap(), kept);
}
