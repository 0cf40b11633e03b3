//! Every bound, reached.

use crate::{
    shards::{connect, upload_head},
    world::{Shard, World},
};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test(flavor = "multi_thread")]
async fn shards_have_a_largest_size_and_the_disk_an_end() {
    let world = World::with(|settings| {
        settings.limits.shard_bytes_max = 10_000;
        settings.limits.capacity_bytes = 25_000;
    })
    .await;
    world
        .put(&Shard::new(10_001, 1))
        .await
        .expect_error(413, "shard_too_large");
    world.store(10_000, 1).await;
    world.store(10_000, 2).await;
    let message = world
        .put(&Shard::new(5_001, 3))
        .await
        .expect_error(507, "capacity_exhausted");
    assert!(message.contains("5000 of 25000"), "{message}");
    world.store(5_000, 4).await;
    assert_eq!(world.settled().await, (3, 25_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_length_reserves_nothing() {
    let world = World::new().await;
    let shard = Shard::new(100, 1);
    for length in [
        "18446744073709551615",
        "68719476737",
        "99999999999999999999999",
    ] {
        let extra = format!("content-length: {length}\r\n");
        let head = upload_head(&world, &shard, &world.customer, &extra);
        let mut stream = connect(&world).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut first = [0_u8; 10];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 4", "{length}");
    }
    assert_eq!(world.settled().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_wait_for_their_turn_but_not_for_ever() {
    let world = World::with(|settings| {
        settings.limits.uploads_max = 1;
        settings.limits.queue_wait_ms = 50;
    })
    .await;
    let slow = Shard::new(50_000, 1);
    let head = upload_head(&world, &slow, &world.customer, "content-length: 50000\r\n");
    let mut stream = connect(&world).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&slow.data[..100]).await.unwrap();
    for _ in 0..200 {
        if world.state().gates.uploads.available_permits() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world
        .put(&Shard::new(1_000, 2))
        .await
        .expect_error(503, "busy");
    stream.write_all(&slow.data[100..]).await.unwrap();
    let mut first = [0_u8; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 201");
    assert_eq!(world.put(&Shard::new(1_000, 2)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_does_not_take_every_turn() {
    let world = World::with(|settings| settings.limits.uploads_per_key_max = 1).await;
    let slow = Shard::new(50_000, 1);
    let head = upload_head(&world, &slow, &world.customer, "content-length: 50000\r\n");
    let mut stream = connect(&world).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..200 {
        if world.state().store.index().usage().1 > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let crowded = world.put(&Shard::new(1_000, 2)).await;
    crowded.expect_error(429, "rate_limited");
    let other = Keypair::new();
    world.chain().credits.insert(other.pubkey(), 5);
    let shard = Shard::new(1_000, 2);
    let answer = world.call(&other, "PUT", &shard.path(), &shard.data).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_ask_only_so_often() {
    let world = World::with(|settings| {
        settings.limits.requests_burst = 3;
        settings.limits.requests_per_second = 1;
    })
    .await;
    let shard = world.store(1_000, 1).await;
    for _ in 0..2 {
        let answer = world.call(&world.customer, "GET", &shard.path(), b"").await;
        assert_eq!(answer.status, 200);
    }
    let limited = world.call(&world.customer, "GET", &shard.path(), b"").await;
    limited.expect_error(429, "rate_limited");
    // Others do not suffer.
    let answer = world
        .call(&world.verifier, "POST", "/v1/challenges", b"{}")
        .await;
    answer.expect_error(400, "body_malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_bounded_and_come_free_again() {
    let world = World::with(|settings| settings.limits.connections_max = 2).await;
    let first = connect(&world).await;
    let mut second = connect(&world).await;
    second
        .write_all(b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0_u8; 12];
    second.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let mut third = connect(&world).await;
    // The system may report the close as an end or as a reset.
    assert!(matches!(third.read(&mut answer).await, Ok(0) | Err(_)));
    drop(first);
    for _ in 0..100 {
        let mut again = connect(&world).await;
        let sent = again
            .write_all(b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
            .await;
        if sent.is_ok() && again.read_exact(&mut answer).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no connection came free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_must_come_in_time_and_stay_short() {
    let world = World::with(|settings| settings.limits.header_timeout_ms = 200).await;
    let mut slow = connect(&world).await;
    slow.write_all(b"GET /v1/health HTTP/1.1\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), slow.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();
    let mut long = connect(&world).await;
    let head = format!(
        "GET /v1/health HTTP/1.1\r\nx: {}\r\n\r\n",
        "y".repeat(60_000)
    );
    let _ = long.write_all(head.as_bytes()).await;
    let mut first = [0_u8; 12];
    if long.read_exact(&mut first).await.is_ok() {
        assert_eq!(&first, b"HTTP/1.1 431");
    }
}
