//! The arguments of instructions: what a program reads it would write in the same way.

use {
    crate::Target,
    anchor_lang::{
        wincode::config::{deserialize, serialize},
        BORSH_CONFIG,
    },
    trestle_credits::state::LeaseTerms,
    trestle_rewards::instructions::reward_push::{PushArgs, PushLeaf},
    trestle_staking::leaf::{Counters, LeafProof},
    trestle_tests::credits::terms,
};

pub fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "leaf_proof",
            read: leaf_proof,
            samples: leaf_proofs,
        },
        Target {
            name: "push_arguments",
            read: push_arguments,
            samples: pushes,
        },
        Target {
            name: "lease_terms",
            read: lease_terms,
            samples: all_terms,
        },
    ]
}

/// What was read, written again, is where it was read from.
fn is_canonical(data: &[u8], again: &[u8]) {
    assert!(data.starts_with(again), "read in another way than written");
}

fn leaf_proof(data: &[u8]) -> bool {
    let Ok(leaf) = deserialize::<LeafProof, _>(data, BORSH_CONFIG) else {
        return false;
    };
    is_canonical(data, &serialize(&leaf, BORSH_CONFIG).expect("bytes"));
    true
}

fn leaf_proofs() -> Vec<Vec<u8>> {
    let leaf = LeafProof {
        epoch: 7,
        index: 3,
        counters: Counters::default(),
        proof: vec![[1; 32], [2; 32]],
    };
    vec![serialize(&leaf, BORSH_CONFIG).expect("bytes")]
}

fn push_arguments(data: &[u8]) -> bool {
    let Ok(args) = deserialize::<PushArgs, _>(data, BORSH_CONFIG) else {
        return false;
    };
    is_canonical(data, &serialize(&args, BORSH_CONFIG).expect("bytes"));
    true
}

fn pushes() -> Vec<Vec<u8>> {
    let leaf = |index| PushLeaf {
        index,
        counters: Counters::default(),
    };
    let args = PushArgs {
        epoch: 7,
        leaves: vec![leaf(1), leaf(5)],
        proof: vec![[1; 32]],
    };
    vec![serialize(&args, BORSH_CONFIG).expect("bytes")]
}

fn lease_terms(data: &[u8]) -> bool {
    let Ok(terms) = deserialize::<LeaseTerms, _>(data, BORSH_CONFIG) else {
        return false;
    };
    is_canonical(data, &serialize(&terms, BORSH_CONFIG).expect("bytes"));
    let _ = terms.price();
    terms.validate().is_ok()
}

fn all_terms() -> Vec<Vec<u8>> {
    vec![serialize(&terms(), BORSH_CONFIG).expect("bytes")]
}
