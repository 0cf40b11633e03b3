//! Golden vectors, computed by an implementation of their own.

use serde_json::Value;
use std::{fs, io::Cursor, path::Path};
use trestle_core::{
    answer::{answer_message, loss_message},
    evidence::{loss_digest, EvidenceRecord},
    hash::{epoch_seed, sha256, Hash},
    leaf::{PayoutLeaf, Totals},
    merkle::{multiproof_verify, verify, Tree, EMPTY_LEAF},
    poseidon::{hash2, hash4, reference, PoseidonError},
    root::{inputs_digest, root_digest, RootFields},
    storage::{
        challenge_index, commit_with_cache, opening, opening_digest, verify_opening, Commitment,
    },
};

fn load(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(value.as_str().unwrap())
        .unwrap()
        .try_into()
        .unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    list(value).iter().map(bytes).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn short(value: &Value) -> u32 {
    number(value).try_into().unwrap()
}

#[test]
fn poseidon_vectors() {
    let vectors = load("poseidon.json");
    for vector in list(&vectors["hash2"]) {
        let inputs = hashes(&vector["inputs"]);
        let expected: Hash = bytes(&vector["hash"]);
        assert_eq!(hash2(&inputs[0], &inputs[1]), Ok(expected));
        assert_eq!(reference(&[&inputs[0], &inputs[1]]), Ok(expected));
    }
    for vector in list(&vectors["hash4"]) {
        let inputs: [Hash; 4] = hashes(&vector["inputs"]).try_into().unwrap();
        assert_eq!(hash4(&inputs), Ok(bytes(&vector["hash"])));
    }
    for value in hashes(&vectors["not_canonical"]) {
        assert_eq!(hash2(&value, &[0; 32]), Err(PoseidonError::NotCanonical));
    }
}

#[test]
fn merkle_vectors() {
    let vectors = load("merkle.json");
    assert_eq!(EMPTY_LEAF, bytes(&vectors["empty_leaf"]));
    for vector in list(&vectors["trees"]) {
        let count = short(&vector["leaf_count"]);
        let root: Hash = bytes(&vector["root"]);
        let leaves = (0..count)
            .map(|index| sha256(&[b"leaf", &index.to_le_bytes()]))
            .collect();
        let tree = Tree::build(leaves).unwrap();
        assert_eq!(tree.root(), root);
        for proof in list(&vector["proofs"]) {
            let index = short(&proof["index"]);
            let nodes = hashes(&proof["nodes"]);
            assert_eq!(tree.proof(index).unwrap(), nodes);
            assert_eq!(
                verify(&root, count, index, &bytes(&proof["leaf"]), &nodes),
                Ok(())
            );
        }
        let several = &vector["multiproof"];
        let leaves: Vec<(u32, Hash)> = list(&several["leaves"])
            .iter()
            .map(|leaf| (short(&leaf["index"]), bytes(&leaf["leaf"])))
            .collect();
        let indices: Vec<u32> = leaves.iter().map(|(index, _)| *index).collect();
        let nodes = hashes(&several["nodes"]);
        assert_eq!(tree.multiproof(&indices).unwrap(), nodes);
        assert_eq!(multiproof_verify(&root, count, &leaves, &nodes), Ok(()));
    }
}

#[test]
fn challenge_vectors() {
    for vector in list(&load("challenge.json")) {
        let index = challenge_index(
            &bytes(&vector["seed"]),
            &bytes(&vector["commitment"]),
            short(&vector["challenge_number"]),
            short(&vector["leaf_count"]),
        );
        assert_eq!(index, short(&vector["index"]));
    }
}

#[test]
fn storage_vectors() {
    for vector in list(&load("storage.json")["files"]) {
        let size_bytes = number(&vector["size_bytes"]);
        let data: Vec<u8> = (0..size_bytes)
            .map(|index| ((7 * index + 3) % 251) as u8)
            .collect();
        let leaf_count = short(&vector["leaf_count"]);
        let root: Hash = bytes(&vector["root"]);
        let (commitment, mut cache) = commit_with_cache(&mut Cursor::new(&data), |_| ()).unwrap();
        assert_eq!(
            commitment,
            Commitment {
                root,
                leaf_count,
                size_bytes
            }
        );
        for expected in list(&vector["openings"]) {
            let index = short(&expected["index"]);
            let (leaf, path) = (bytes(&expected["leaf"]), hashes(&expected["path"]));
            assert_eq!(
                verify_opening(&root, leaf_count, index, &leaf, &path),
                Ok(())
            );
            assert_eq!(opening_digest(&leaf, &path), bytes(&expected["digest"]));
            let opened = opening(&mut Cursor::new(&data), &mut cache, index).unwrap();
            assert_eq!((opened.leaf, opened.path), (leaf, path));
        }
    }
}

#[test]
fn record_vectors() {
    let vectors = load("records.json");

    let v = &vectors["payout_leaf"];
    let leaf = PayoutLeaf {
        operator: bytes(&v["operator"]),
        tokens: number(&v["tokens"]),
        stable: number(&v["stable"]),
        slashed: number(&v["slashed"]),
        units: number(&v["units"]),
        windows_ok: short(&v["windows_ok"]),
        windows_total: short(&v["windows_total"]),
    };
    assert_eq!(leaf.hash(), bytes(&v["hash"]));

    let v = &vectors["root_digest"];
    let totals = Totals {
        tokens: number(&v["totals"]["tokens"]),
        stable: number(&v["totals"]["stable"]),
        slashed: number(&v["totals"]["slashed"]),
        units: number(&v["totals"]["units"]),
    };
    let digest = root_digest(&RootFields {
        network: &bytes(&v["network"]),
        service: &bytes(&v["service"]),
        epoch: number(&v["epoch"]),
        tree_root: &bytes(&v["tree_root"]),
        leaf_count: short(&v["leaf_count"]),
        totals: &totals,
        previous_digest: &bytes(&v["previous_digest"]),
        inputs_digest: &bytes(&v["inputs_digest"]),
        rules_version: short(&v["rules_version"]),
    });
    assert_eq!(digest, bytes(&v["digest"]));

    let v = &vectors["inputs_digest"];
    let digest = inputs_digest(
        &bytes(&v["evidence_root"]),
        short(&v["evidence_count"]),
        &bytes(&v["context_digest"]),
    );
    assert_eq!(digest, bytes(&v["digest"]));
}

#[test]
fn challenge_record_vectors() {
    let vectors = load("records.json");

    let v = &vectors["evidence"];
    let record = EvidenceRecord {
        commitment: bytes(&v["commitment"]),
        challenge_number: short(&v["challenge_number"]),
        outcome: short(&v["outcome"]) as u8,
        proof_digest: bytes(&v["proof_digest"]),
    };
    assert_eq!(record.encode(), bytes(&v["encoded"]));
    assert_eq!(record.hash(), bytes(&v["hash"]));

    let v = &vectors["epoch_seed"];
    let seed = epoch_seed(
        &bytes(&v["slot_hash"]),
        number(&v["slot"]),
        &bytes(&v["latest_digest"]),
        &bytes(&v["service"]),
        number(&v["epoch"]),
    );
    assert_eq!(seed, bytes(&v["seed"]));

    let v = &vectors["answer"];
    let message = answer_message(
        &bytes(&v["commitment"]),
        number(&v["epoch"]),
        short(&v["challenge_number"]),
        short(&v["index"]),
        short(&v["outcome"]) as u8,
        &bytes(&v["opening_digest"]),
    );
    assert_eq!(message, bytes(&v["message"]));
}

#[test]
fn loss_vectors() {
    let vectors = load("records.json");
    let answer = &vectors["answer"];
    for v in [&vectors["loss_declared"], &vectors["loss_shown"]] {
        let opening = bytes(&v["opening_digest"]);
        let signature = hex::decode(v["signature"].as_str().unwrap()).unwrap();
        let digest = loss_digest(&opening, &signature.try_into().unwrap());
        assert_eq!(digest, bytes(&v["digest"]));
        let message = loss_message(
            &bytes(&answer["commitment"]),
            number(&answer["epoch"]),
            short(&answer["challenge_number"]),
            short(&answer["index"]),
            &opening,
        );
        assert_eq!(message, bytes(&v["message"]));
    }
}
