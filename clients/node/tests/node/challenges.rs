//! Challenges, answered from the disk.

use crate::world::{Answer, Shard, World, EPOCH};
use serde_json::{json, Value};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use std::{fs, str::FromStr};
use trestle_core::{
    answer::answer_message,
    evidence::Outcome,
    hash::{Hash, ZERO_HASH},
    storage::{challenge_index, opening_digest, verify_opening, LeafData},
};
use trestle_sdk::{
    node::{http_client, ChallengeRequest, NodeClient},
    request::verify_signature,
};

/// A well-formed question about leaves of a shard.
pub struct Question {
    pub service: Pubkey,
    pub epoch: u64,
    pub commitment: Pubkey,
    pub root: String,
    pub numbers: Vec<(u32, u32)>,
}

impl Question {
    /// What the chain asks of this shard.
    pub fn new(world: &World, shard: &Shard, commitment: Pubkey, count: u32) -> Self {
        let seed = [9; 32];
        let index =
            |number| challenge_index(&seed, &commitment.to_bytes(), number, shard.leaf_count);
        Self {
            service: world.operator().service,
            epoch: EPOCH,
            commitment,
            root: shard.root.to_string(),
            numbers: (0..count).map(|number| (number, index(number))).collect(),
        }
    }

    fn body(&self) -> Value {
        let numbers: Vec<Value> = self
            .numbers
            .iter()
            .map(|(number, index)| json!({ "number": number, "index": index }))
            .collect();
        json!({
            "service": self.service.to_string(),
            "epoch": self.epoch.to_string(),
            "commitment": self.commitment.to_string(),
            "root": self.root,
            "numbers": numbers,
        })
    }

    pub async fn ask(&self, world: &World, verifier: &Keypair) -> Answer {
        let body = self.body().to_string();
        world
            .call(verifier, "POST", "/v1/challenges", body.as_bytes())
            .await
    }
}

/// Checks one answer as a verifier does; says its outcome.
pub fn check(node_key: &Pubkey, shard: &Shard, question: &Question, answer: &Value) -> Outcome {
    let number = u32::try_from(answer["number"].as_u64().unwrap()).unwrap();
    let index = question
        .numbers
        .iter()
        .find(|asked| asked.0 == number)
        .unwrap()
        .1;
    let (outcome, digest) = match answer["outcome"].as_str().unwrap() {
        "ok" => {
            let leaf: LeafData = unhex(&answer["leaf"]).try_into().unwrap();
            let path: Vec<Hash> = answer["path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| unhex(node).try_into().unwrap())
                .collect();
            verify_opening(&shard.root.0, shard.leaf_count, index, &leaf, &path).unwrap();
            (Outcome::Ok, opening_digest(&leaf, &path))
        }
        "lost" => {
            assert!(answer["leaf"].is_null() && answer["path"].is_null());
            (Outcome::Lost, ZERO_HASH)
        }
        other => panic!("{other}"),
    };
    let commitment = question.commitment.to_bytes();
    let message = answer_message(
        &commitment,
        question.epoch,
        number,
        index,
        outcome.byte(),
        &digest,
    );
    let signature = Signature::from_str(answer["signature"].as_str().unwrap()).unwrap();
    verify_signature(node_key, &message, &signature).unwrap();
    outcome
}

fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

async fn outcomes(world: &World, shard: &Shard, question: &Question) -> Vec<Outcome> {
    let answer = question.ask(world, &world.verifier).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let json = answer.json();
    let answers = json["answers"].as_array().unwrap();
    let numbers: Vec<u64> = answers
        .iter()
        .map(|one| one["number"].as_u64().unwrap())
        .collect();
    let asked: Vec<u64> = question
        .numbers
        .iter()
        .map(|one| u64::from(one.0))
        .collect();
    assert_eq!(numbers, asked);
    answers
        .iter()
        .map(|one| check(&world.node_key, shard, question, one))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn challenged_leaves_are_opened_and_signed() {
    let world = World::new().await;
    for (size, salt) in [(50, 1), (124 * 64, 2), (100_000, 3)] {
        let shard = world.store(size, salt).await;
        let question = Question::new(&world, &shard, world.commit(&shard), 20);
        assert_eq!(outcomes(&world, &shard, &question).await, [Outcome::Ok; 20]);
    }
    let text = world.send("GET", "/metrics", &[], "").await;
    let text = String::from_utf8(text.body).unwrap();
    assert!(
        text.contains("trestle_node_challenges_total{outcome=\"ok\"} 60"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_asks_and_understands() {
    let world = World::new().await;
    let shard = world.store(30_000, 1).await;
    let question = Question::new(&world, &shard, world.commit(&shard), 4);
    let client = NodeClient::new(http_client().unwrap(), &world.url, world.node_key).unwrap();
    let request = ChallengeRequest {
        service: question.service,
        epoch: EPOCH,
        commitment: question.commitment,
        root: shard.root.0,
        numbers: question.numbers.clone(),
    };
    let answers = client.challenge(&world.verifier, &request).await.unwrap();
    assert_eq!(answers.len(), 4);
    assert!(answers.iter().all(|answer| answer.outcome == "ok"));
    let health = client.health().await.unwrap();
    assert_eq!(
        (health.status.as_str(), health.node_key),
        ("ok", world.node_key)
    );
    assert_eq!(health.stored_bytes, 30_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_cut_short_or_changed_is_answered_lost() {
    let world = World::new().await;
    let (gone, short, changed) = (
        world.store(60_000, 1).await,
        world.store(60_000, 2).await,
        world.store(60_000, 3).await,
    );
    fs::remove_dir_all(world.folder(&gone)).unwrap();
    fs::write(world.folder(&short).join("data"), &short.data[..59_999]).unwrap();
    let mut spoiled = changed.data.clone();
    spoiled[..30_000].fill(0xff);
    fs::write(world.folder(&changed).join("data"), &spoiled).unwrap();
    for shard in [&gone, &short] {
        let question = Question::new(&world, shard, world.commit(shard), 8);
        assert_eq!(outcomes(&world, shard, &question).await, [Outcome::Lost; 8]);
    }
    let question = Question::new(&world, &changed, world.commit(&changed), 60);
    let found = outcomes(&world, &changed, &question).await;
    assert!(found.contains(&Outcome::Lost) && found.contains(&Outcome::Ok));
    for ((_, index), outcome) in question.numbers.iter().zip(found) {
        // Leaves that the change does not touch at all still open.
        if *index > 124 * 3 {
            assert_eq!(outcome, Outcome::Ok, "leaf {index}");
        }
        if *index < 30_000 / 124 {
            assert_eq!(outcome, Outcome::Lost, "leaf {index}");
        }
    }
    // The customer can repair it.
    assert_eq!(world.put(&changed).await.status, 201);
    assert_eq!(
        outcomes(&world, &changed, &question).await,
        [Outcome::Ok; 60]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_tree_is_rebuilt_and_not_taken_for_a_loss() {
    let world = World::new().await;
    let shard = world.store(60_000, 1).await;
    let question = Question::new(&world, &shard, world.commit(&shard), 20);
    let tree = world.folder(&shard).join("tree");
    let whole = fs::read(&tree).unwrap();
    let mut flipped = whole.clone();
    flipped[48..].fill(1);
    let spoiled = [
        Vec::new(),
        b"nonsense".to_vec(),
        whole[..100].to_vec(),
        flipped,
    ];
    for content in spoiled {
        fs::write(&tree, content).unwrap();
        assert_eq!(outcomes(&world, &shard, &question).await, [Outcome::Ok; 20]);
        assert_eq!(fs::read(&tree).unwrap(), whole);
    }
    fs::remove_file(&tree).unwrap();
    assert_eq!(outcomes(&world, &shard, &question).await, [Outcome::Ok; 20]);
    // Both spoiled: then it is lost.
    fs::remove_file(&tree).unwrap();
    fs::write(world.folder(&shard).join("data"), vec![1; 60_000]).unwrap();
    assert_eq!(
        outcomes(&world, &shard, &question).await,
        [Outcome::Lost; 20]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_is_signed_only_for_what_the_chain_asks() {
    let world = World::new().await;
    let (shard, gone) = (world.store(60_000, 1).await, world.store(60_000, 2).await);
    fs::remove_file(world.folder(&gone).join("data")).unwrap();
    world.chain().seeds.clear();
    let kept = Question::new(&world, &shard, world.commit(&shard), 4);
    assert_eq!(outcomes(&world, &shard, &kept).await, [Outcome::Ok; 4]);
    let lost = Question::new(&world, &gone, world.commit(&gone), 4);
    lost.ask(&world, &world.verifier)
        .await
        .expect_error(503, "seed_unknown");
    world.chain().seeds.insert(EPOCH, [9; 32]);
    assert_eq!(outcomes(&world, &gone, &lost).await, [Outcome::Lost; 4]);
    let mut other_leaf = Question::new(&world, &gone, lost.commitment, 4);
    other_leaf.numbers[2].1 = (other_leaf.numbers[2].1 + 1) % gone.leaf_count;
    let answer = other_leaf.ask(&world, &world.verifier).await;
    answer.expect_error(400, "challenge_index_wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_must_fit_their_commitment() {
    let world = World::new().await;
    let shard = world.store(60_000, 1).await;
    let commitment = world.commit(&shard);
    let world = &world;
    let question = || Question::new(world, &shard, commitment, 2);
    let ask = |question: Question| async move { question.ask(world, &world.verifier).await };

    let unknown = ask(Question {
        commitment: Pubkey::new_unique(),
        ..question()
    })
    .await;
    unknown.expect_error(404, "commitment_unknown");
    let root = ask(Question {
        root: "ab".repeat(32),
        ..question()
    })
    .await;
    root.expect_error(400, "commitment_mismatch");
    let service = ask(Question {
        service: Pubkey::new_unique(),
        ..question()
    })
    .await;
    service.expect_error(400, "commitment_mismatch");
    let too_early = ask(Question {
        epoch: EPOCH - 1,
        ..question()
    })
    .await;
    too_early.expect_error(400, "commitment_mismatch");
    world
        .chain()
        .commitments
        .get_mut(&commitment)
        .unwrap()
        .ended_epoch = Some(EPOCH - 1);
    ask(question())
        .await
        .expect_error(400, "commitment_mismatch");
    world
        .chain()
        .commitments
        .get_mut(&commitment)
        .unwrap()
        .ended_epoch = Some(EPOCH);
    assert_eq!(ask(question()).await.status, 200);
    world
        .chain()
        .commitments
        .get_mut(&commitment)
        .unwrap()
        .operator = Pubkey::new_unique();
    ask(question())
        .await
        .expect_error(404, "commitment_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_questions_are_refused() {
    let world = World::new().await;
    let shard = world.store(60_000, 1).await;
    let commitment = world.commit(&shard);
    let question = Question::new(&world, &shard, commitment, 2);
    let twice = vec![question.numbers[0]; 2];
    let beyond = vec![(0, shard.leaf_count)];
    let number = vec![(1_024, 0)];
    let many = vec![(0, 0); 1_025];
    for numbers in [vec![], twice, beyond, number, many] {
        let asked = Question {
            numbers,
            ..Question::new(&world, &shard, commitment, 1)
        };
        asked
            .ask(&world, &world.verifier)
            .await
            .expect_error(400, "challenge_malformed");
    }
    let good = question.body().to_string();
    for body in [
        String::new(),
        "[]".to_owned(),
        good.replace("\"7\"", "7"),
        good.replace("epoch", "Epoch"),
        good.replacen('{', "{\"more\":1,", 1),
        good.replace("\"index\":", "\"index\":-"),
        format!("{good} {good}"),
    ] {
        let answer = world
            .call(&world.verifier, "POST", "/v1/challenges", body.as_bytes())
            .await;
        answer.expect_error(400, "body_malformed");
    }
    let headers = world
        .signed(&world.verifier, "POST", "/v1/challenges", &[1; 32])
        .pairs();
    let answer = world.send("POST", "/v1/challenges", &headers, good).await;
    answer.expect_error(400, "digest_mismatch");
    let long = vec![b' '; 200_000];
    let answer = world
        .call(&world.verifier, "POST", "/v1/challenges", &long)
        .await;
    answer.expect_error(413, "body_too_large");
    assert_ne!(world.verifier.pubkey(), world.customer.pubkey());
}
