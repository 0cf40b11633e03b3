//! Delete, what forbids it, and giving back what nobody needs.

use crate::{
    agreements::{Offer, TERMS},
    world::{World, EPOCH},
};
use serde_json::json;
use solana_message::{Hash, Message, VersionedMessage};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use trestle_node::{auth::clock::unix_now, retention::Sweeper, store::HOLD_SECONDS};
use trestle_sdk::{
    instruction::{credits::lease_open, proofs::commitment_register},
    send::encode_transaction,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_is_removed_at_its_customers_wish() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert!(!world.folder(&shard).exists());
    assert_eq!(world.settled().await, (0, 0));
    let again = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    again.expect_error(404, "shard_unknown");
    assert_eq!(world.put(&shard).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_stays_while_a_commitment_needs_it() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let commitment = world.commit(&shard);
    for ended_epoch in [None, Some(EPOCH), Some(EPOCH - 1)] {
        world
            .chain()
            .commitments
            .get_mut(&commitment)
            .unwrap()
            .ended_epoch = ended_epoch;
        let answer = world
            .call(&world.customer, "DELETE", &shard.path(), b"")
            .await;
        answer.expect_error(409, "commitment_active");
    }
    world
        .chain()
        .commitments
        .get_mut(&commitment)
        .unwrap()
        .ended_epoch = Some(EPOCH - 2);
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    assert_eq!(answer.status, 204);
}

async fn sign(world: &World, offer: &Offer) -> u16 {
    let instructions = [
        commitment_register(&offer.register, offer.root, offer.size_bytes),
        lease_open(&offer.lease, TERMS),
    ];
    let payer = world.customer.pubkey();
    let message = Message::new_with_blockhash(&instructions, Some(&payer), &Hash::default());
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default(); 2],
        message: VersionedMessage::Legacy(message),
    };
    let body = json!({ "transaction": encode_transaction(&transaction).unwrap() }).to_string();
    let path = "/v1/commitments/sign";
    world
        .call(&world.customer, "POST", path, body.as_bytes())
        .await
        .status
        .as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_stays_while_a_signed_agreement_can_still_land() {
    let mut world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    assert_eq!(sign(&world, &offer).await, 200);
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    answer.expect_error(409, "commitment_active");
    world.stop().await;
    world.start().await;
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    answer.expect_error(409, "commitment_active");
    // A repair does not lift it.
    std::fs::write(world.folder(&shard).join("data"), "").unwrap();
    let read = world.call(&world.customer, "GET", &shard.path(), b"").await;
    read.expect_error(410, "shard_lost");
    assert_eq!(world.put(&shard).await.status, 201);
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    answer.expect_error(409, "commitment_active");
    world.stop().await;
    let past = unix_now() - HOLD_SECONDS;
    std::fs::write(world.folder(&shard).join("held"), past.to_string()).unwrap();
    world.start().await;
    let answer = world
        .call(&world.customer, "DELETE", &shard.path(), b"")
        .await;
    assert_eq!(answer.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_needs_is_given_back_after_its_time() {
    let world = World::with(|settings| settings.retention.uncommitted_seconds = 100).await;
    let (needed, unneeded) = (world.store(1_000, 1).await, world.store(2_000, 2).await);
    world.commit(&needed);
    let (state, mut sweeper, now) = (world.state(), Sweeper::default(), unix_now() + 10);
    assert_eq!(sweeper.pass(state, now).await, Ok(0));
    assert_eq!(sweeper.pass(state, now + 99).await, Ok(0));
    // Nothing is decided without the chain, or by a chain that does not know this operator.
    world.chain().down = true;
    assert!(sweeper.pass(state, now + 100).await.is_err());
    world.chain().down = false;
    let operator = world.chain().operator.take();
    assert!(sweeper.pass(state, now + 100).await.is_err());
    world.chain().operator = operator;
    assert_eq!(sweeper.pass(state, now + 100).await, Ok(1));
    assert_eq!(world.settled().await, (1, 1_000));
    assert!(world.folder(&needed).exists() && !world.folder(&unneeded).exists());
    // Needed again in between: the time starts anew.
    let shard = world.store(3_000, 3).await;
    assert_eq!(sweeper.pass(state, now + 200).await, Ok(0));
    let commitment = world.commit(&shard);
    assert_eq!(sweeper.pass(state, now + 250).await, Ok(0));
    world.chain().commitments.remove(&commitment);
    assert_eq!(sweeper.pass(state, now + 310).await, Ok(0));
    assert_eq!(sweeper.pass(state, now + 410).await, Ok(1));
}
