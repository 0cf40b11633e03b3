//! Who may ask, and only once.

use crate::world::{Shard, World};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_node::{auth::clock::unix_now, chain::OperatorView};
use trestle_sdk::request::{body_digest, sign, sign_at, RequestTarget, HEADERS};

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_unsigned_requests_get_401() {
    let world = World::new().await;
    let shard = world.store(1_000, 1).await;
    let stranger = Keypair::new();
    for (method, path) in [
        ("PUT", shard.path()),
        ("GET", shard.path()),
        ("DELETE", shard.path()),
        ("POST", "/v1/challenges".to_owned()),
        ("POST", "/v1/commitments/sign".to_owned()),
    ] {
        world
            .send(method, &path, &[], "")
            .await
            .expect_error(401, "signature_missing");
        world
            .call(&stranger, method, &path, b"")
            .await
            .expect_error(401, "signer_unknown");
    }
    // A customer is no verifier.
    let answer = world
        .call(&world.customer, "POST", "/v1/challenges", b"{}")
        .await;
    answer.expect_error(401, "signer_unknown");
    // Credits used up: not a customer for uploads any more, but the owner of what is stored.
    world.chain().credits.insert(world.customer.pubkey(), 0);
    world
        .put(&Shard::new(9, 9))
        .await
        .expect_error(401, "signer_unknown");
    let read = world.call(&world.customer, "GET", &shard.path(), b"").await;
    assert_eq!(read.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_header_is_needed_once_and_in_its_form() {
    let world = World::new().await;
    let shard = Shard::new(100, 1);
    let signed = world.signed(&world.customer, "GET", &shard.path(), &body_digest(b""));
    for (position, name) in HEADERS.into_iter().enumerate() {
        let mut headers = signed.pairs().to_vec();
        headers.remove(position);
        let answer = world.send("GET", &shard.path(), &headers, "").await;
        assert!(answer.expect_error(401, "signature_missing").contains(name));
        let mut headers = signed.pairs().to_vec();
        headers.push(headers[position].clone());
        let answer = world.send("GET", &shard.path(), &headers, "").await;
        assert!(answer
            .expect_error(401, "signature_malformed")
            .contains(name));
        let mut headers = signed.pairs().to_vec();
        headers[position].1 = "§".to_owned();
        let answer = world.send("GET", &shard.path(), &headers, "").await;
        answer.expect_error(401, "signature_malformed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_holds_for_one_request_at_one_node() {
    let world = World::new().await;
    let (shard, other) = (world.store(100, 1).await, Shard::new(100, 2));
    let signed = world.signed(&world.customer, "GET", &shard.path(), &body_digest(b""));
    let headers = signed.pairs();
    world
        .send("DELETE", &shard.path(), &headers, "")
        .await
        .expect_error(401, "signature_invalid");
    world
        .send("GET", &other.path(), &headers, "")
        .await
        .expect_error(401, "signature_invalid");
    let with_query = format!("{}?x=1", shard.path());
    world
        .send("GET", &with_query, &headers, "")
        .await
        .expect_error(401, "signature_invalid");
    let path = shard.path();
    let elsewhere = Pubkey::new_unique();
    let target = RequestTarget {
        audience: &elsewhere,
        method: "GET",
        path_and_query: &path,
    };
    let foreign = sign(&world.customer, &target, &body_digest(b"")).unwrap();
    let answer = world.send("GET", &path, &foreign.pairs(), "").await;
    answer.expect_error(401, "signature_invalid");
    let body = world.signed(&world.customer, "GET", &path, &body_digest(b"body"));
    world
        .send("GET", &path, &body.pairs(), "")
        .await
        .expect_error(400, "digest_mismatch");
    assert_eq!(world.send("GET", &path, &headers, "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_admitted_once_even_across_a_restart() {
    let mut world = World::new().await;
    let shard = world.store(100, 1).await;
    let path = shard.path();
    let target = RequestTarget {
        audience: &world.node_key,
        method: "GET",
        path_and_query: &path,
    };
    let at = |time, nonce| {
        let signed = sign_at(
            &world.customer,
            &target,
            &body_digest(b""),
            time,
            [nonce; 16],
        );
        signed.unwrap().pairs()
    };
    let (present, future) = (at(unix_now(), 1), at(unix_now() + 100, 2));
    for headers in [&present, &future] {
        assert_eq!(world.send("GET", &path, headers, "").await.status, 200);
        world
            .send("GET", &path, headers, "")
            .await
            .expect_error(409, "request_replayed");
    }
    world.stop().await;
    world.start().await;
    world
        .send("GET", &path, &present, "")
        .await
        .expect_error(409, "request_before_start");
    world
        .send("GET", &path, &future, "")
        .await
        .expect_error(409, "request_replayed");
    let fresh = world.call(&world.customer, "GET", &path, b"").await;
    assert_eq!(fresh.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_may_differ_by_two_minutes() {
    let world = World::new().await;
    let shard = world.store(100, 1).await;
    let path = shard.path();
    let target = RequestTarget {
        audience: &world.node_key,
        method: "GET",
        path_and_query: &path,
    };
    for (skew, nonce) in [(-130, 1), (130, 2)] {
        let signed = sign_at(
            &world.customer,
            &target,
            &body_digest(b""),
            unix_now() + skew,
            [nonce; 16],
        );
        let answer = world.send("GET", &path, &signed.unwrap().pairs(), "").await;
        answer.expect_error(401, "clock_skewed");
    }
    let ahead = sign_at(
        &world.customer,
        &target,
        &body_digest(b""),
        unix_now() + 110,
        [3; 16],
    )
    .unwrap();
    assert_eq!(
        world.send("GET", &path, &ahead.pairs(), "").await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_chain_owners_are_served_and_others_told() {
    let world = World::new().await;
    let shard = world.store(100, 1).await;
    world.chain().down = true;
    let read = world.call(&world.customer, "GET", &shard.path(), b"").await;
    assert_eq!(read.body, shard.data);
    world
        .put(&Shard::new(100, 2))
        .await
        .expect_error(503, "chain_unavailable");
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    answer.expect_error(503, "chain_unavailable");
    let answer = world.call(&Keypair::new(), "GET", &shard.path(), b"").await;
    answer.expect_error(503, "chain_unavailable");
    let health = world.send("GET", "/v1/health", &[], "").await;
    assert_eq!(health.json()["status"], "chain_unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_that_is_not_registered_serves_nobody_new() {
    let world = World::new().await;
    let operator = world.operator();
    world.chain().operator = None;
    world
        .put(&Shard::new(100, 2))
        .await
        .expect_error(503, "operator_unregistered");
    let other = OperatorView {
        node_key: Pubkey::new_unique(),
        ..operator
    };
    world.chain().operator = Some(other);
    world
        .put(&Shard::new(100, 2))
        .await
        .expect_error(503, "operator_unregistered");
}
