//! The sha256 tree: proofs verify and nothing else does.

use proptest::prelude::*;
use trestle_core::{
    evidence::{evidence_tree, EvidenceRecord, Outcome},
    hash::{sha256, Hash},
    merkle::{
        depth_for, multiproof_verify, multiproof_verify_in_place, node, verify, ProofError, Tree,
        EMPTY_LEAF, MAX_LEAVES, MULTIPROOF_LEAVES_MAX,
    },
};

fn leaves(count: u32) -> Vec<Hash> {
    (0..count)
        .map(|index| sha256(&[b"leaf", &index.to_le_bytes()]))
        .collect()
}

/// The root as the definition has it: pad, then hash pairs.
fn naive_root(mut level: Vec<Hash>) -> Hash {
    level.resize(level.len().next_power_of_two(), EMPTY_LEAF);
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| node(&pair[0], &pair[1]))
            .collect();
    }
    level[0]
}

fn picked(leaves: &[Hash], indices: &[u32]) -> Vec<(u32, Hash)> {
    indices
        .iter()
        .map(|index| (*index, leaves[*index as usize]))
        .collect()
}

/// A tree size with some of its indices, ascending.
fn tree_and_indices() -> impl Strategy<Value = (u32, Vec<u32>)> {
    (1_u32..300).prop_flat_map(|count| {
        let most = (count as usize).min(MULTIPROOF_LEAVES_MAX);
        (Just(count), prop::collection::btree_set(0..count, 1..=most))
            .prop_map(|(count, indices)| (count, indices.into_iter().collect()))
    })
}

#[test]
fn every_leaf_of_every_small_tree_verifies_at_its_place_only() {
    for count in 1..=40 {
        let leaves = leaves(count);
        let tree = Tree::build(leaves.clone()).unwrap();
        assert_eq!(tree.root(), naive_root(leaves.clone()));
        for index in 0..count {
            let proof = tree.proof(index).unwrap();
            for other in 0..count {
                let leaf = &leaves[index as usize];
                let result = verify(&tree.root(), count, other, leaf, &proof);
                let expected = if other == index {
                    Ok(())
                } else {
                    Err(ProofError::Mismatch)
                };
                assert_eq!(result, expected, "{index} of {count} at {other}");
            }
        }
        assert_eq!(tree.proof(count), Err(ProofError::IndexOutOfRange));
    }
}

#[test]
fn padding_cannot_be_proven() {
    let tree = Tree::build(leaves(5)).unwrap();
    let mut proof = tree.proof(4).unwrap();
    proof[0] = leaves(5)[4];
    // The empty leaf does stand at position 5, but 5 is not below the leaf count.
    let result = verify(&tree.root(), 5, 5, &EMPTY_LEAF, &proof);
    assert_eq!(result, Err(ProofError::IndexOutOfRange));
}

#[test]
fn a_node_is_not_a_leaf() {
    let leaves = leaves(4);
    let tree = Tree::build(leaves.clone()).unwrap();
    let inner = node(&leaves[0], &leaves[1]);
    let proof = tree.proof(0).unwrap();
    assert_eq!(
        verify(&tree.root(), 4, 0, &inner, &proof[1..]),
        Err(ProofError::WrongLength)
    );
    assert_eq!(verify(&tree.root(), 2, 0, &inner, &proof[1..]), Ok(()));
    // The shorter tree above is why the root record binds the leaf count, and a leaf has a tag
    // that no node's hash can come from.
}

#[test]
fn odd_leaves_are_padded_and_not_repeated() {
    let mut repeated = leaves(3);
    repeated.push(repeated[2]);
    let three = Tree::build(leaves(3)).unwrap();
    assert_ne!(three.root(), Tree::build(repeated).unwrap().root());
}

#[test]
fn trees_have_bounds() {
    assert!(matches!(Tree::build(Vec::new()), Err(ProofError::Empty)));
    let proof = vec![[0; 32]; 25];
    let root = [0; 32];
    assert_eq!(
        verify(&root, MAX_LEAVES + 1, 0, &root, &proof),
        Err(ProofError::TooMany)
    );
    assert_eq!(
        verify(&root, u32::MAX, 0, &root, &proof),
        Err(ProofError::TooMany)
    );
    assert_eq!(
        verify(&root, 0, 0, &root, &[]),
        Err(ProofError::IndexOutOfRange)
    );
    assert_eq!(verify(&root, 1, 0, &root, &[]), Ok(()));
    assert_eq!(
        verify(&root, MAX_LEAVES, 0, &root, &proof),
        Err(ProofError::WrongLength)
    );
    assert_eq!(
        verify(&root, MAX_LEAVES, 0, &root, &proof[1..]),
        Err(ProofError::Mismatch)
    );
}

#[test]
fn depths_are_those_of_the_padded_tree() {
    let depths = [
        (0, 0),
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 2),
        (5, 3),
        (MAX_LEAVES, 24),
    ];
    for (count, depth) in depths {
        assert_eq!(depth_for(count), depth);
    }
    assert_eq!(depth_for(u32::MAX), 32);
}

#[test]
fn multiproofs_have_bounds() {
    let leaves = leaves(100);
    let tree = Tree::build(leaves.clone()).unwrap();
    let root = tree.root();
    let check = |indices: &[u32], proof: &[Hash]| {
        multiproof_verify(&root, 100, &picked(&leaves, indices), proof)
    };
    assert_eq!(check(&[], &[]), Err(ProofError::Empty));
    assert_eq!(check(&[1, 1], &[]), Err(ProofError::NotSorted));
    assert_eq!(check(&[2, 1], &[]), Err(ProofError::NotSorted));
    let most: Vec<u32> = (0..64).collect();
    assert_eq!(check(&most, &tree.multiproof(&most).unwrap()), Ok(()));
    let more: Vec<u32> = (0..65).collect();
    assert_eq!(check(&more, &[]), Err(ProofError::TooMany));
    assert_eq!(tree.multiproof(&more), Err(ProofError::TooMany));
    assert_eq!(tree.multiproof(&[]), Err(ProofError::Empty));
    assert_eq!(tree.multiproof(&[3, 2]), Err(ProofError::NotSorted));
    assert_eq!(tree.multiproof(&[100]), Err(ProofError::IndexOutOfRange));
    let outside = multiproof_verify(&root, 100, &[(100, EMPTY_LEAF)], &tree.proof(99).unwrap());
    assert_eq!(outside, Err(ProofError::IndexOutOfRange));
}

#[test]
fn a_whole_tree_needs_no_sibling_but_padding() {
    let leaves = leaves(64);
    let tree = Tree::build(leaves.clone()).unwrap();
    let all: Vec<u32> = (0..64).collect();
    assert!(tree.multiproof(&all).unwrap().is_empty());
    assert_eq!(
        multiproof_verify(&tree.root(), 64, &picked(&leaves, &all), &[]),
        Ok(())
    );
}

#[test]
fn a_large_tree_matches_the_definition() {
    let leaves = leaves(70_001);
    let tree = Tree::build(leaves.clone()).unwrap();
    assert_eq!(tree.root(), naive_root(leaves.clone()));
    for index in [0, 1, 4_095, 4_096, 65_535, 65_536, 70_000] {
        let proof = tree.proof(index).unwrap();
        assert_eq!(
            verify(&tree.root(), 70_001, index, &leaves[index as usize], &proof),
            Ok(())
        );
    }
}

#[test]
fn evidence_without_records_proves_nothing() {
    let (tree, count) = evidence_tree(&[]).unwrap();
    assert_eq!((tree.root(), count), (EMPTY_LEAF, 0));
    let result = verify(&tree.root(), count, 0, &EMPTY_LEAF, &[]);
    assert_eq!(result, Err(ProofError::IndexOutOfRange));
}

#[test]
fn evidence_keeps_its_canonical_order() {
    let record = |commitment: u8, challenge_number| EvidenceRecord {
        commitment: [commitment; 32],
        challenge_number,
        outcome: Outcome::Ok.byte(),
        proof_digest: [4; 32],
    };
    // By number, not by its little-endian bytes: 256 comes after 255.
    let sorted = [record(1, 255), record(1, 256), record(2, 0)];
    let (tree, count) = evidence_tree(&sorted).unwrap();
    for (index, record) in (0..).zip(&sorted) {
        let proof = tree.proof(index).unwrap();
        assert_eq!(
            verify(&tree.root(), count, index, &record.hash(), &proof),
            Ok(())
        );
    }
    let swapped = [record(1, 256), record(1, 255)];
    assert!(matches!(
        evidence_tree(&swapped),
        Err(ProofError::NotSorted)
    ));
    let twice = [record(1, 1), record(1, 1)];
    assert!(matches!(evidence_tree(&twice), Err(ProofError::NotSorted)));
}

proptest! {
    #[test]
    fn proofs_verify_and_tampered_ones_do_not(
        count in 1_u32..2_000,
        at: u32,
        level: prop::sample::Index,
        byte in 0_usize..32,
        flip in 1_u8..,
    ) {
        let leaves = leaves(count);
        let index = at % count;
        let leaf = leaves[index as usize];
        let tree = Tree::build(leaves).unwrap();
        let root = tree.root();
        let proof = tree.proof(index).unwrap();
        prop_assert_eq!(verify(&root, count, index, &leaf, &proof), Ok(()));

        let mut other_leaf = leaf;
        other_leaf[byte] ^= flip;
        let result = verify(&root, count, index, &other_leaf, &proof);
        prop_assert_eq!(result, Err(ProofError::Mismatch));
        let mut other_root = root;
        other_root[byte] ^= flip;
        let result = verify(&other_root, count, index, &leaf, &proof);
        prop_assert_eq!(result, Err(ProofError::Mismatch));
        if !proof.is_empty() {
            let mut tampered = proof.clone();
            tampered[level.index(proof.len())][byte] ^= flip;
            let result = verify(&root, count, index, &leaf, &tampered);
            prop_assert_eq!(result, Err(ProofError::Mismatch));
            let shorter = verify(&root, count, index, &leaf, &proof[1..]);
            prop_assert_eq!(shorter, Err(ProofError::WrongLength));
        }
        let mut longer = proof.clone();
        longer.push([0; 32]);
        prop_assert_eq!(verify(&root, count, index, &leaf, &longer), Err(ProofError::WrongLength));
        // Index bits above the depth are not ignored.
        let aliased = index.checked_add(count.next_power_of_two());
        if let Some(aliased) = aliased {
            let result = verify(&root, count, aliased, &leaf, &proof);
            prop_assert_eq!(result, Err(ProofError::IndexOutOfRange));
        }
    }

    #[test]
    fn a_multiproof_says_what_single_proofs_say((count, indices) in tree_and_indices()) {
        let leaves = leaves(count);
        let tree = Tree::build(leaves.clone()).unwrap();
        let root = tree.root();
        let proof = tree.multiproof(&indices).unwrap();
        let mut several = picked(&leaves, &indices);
        prop_assert_eq!(multiproof_verify(&root, count, &several, &proof), Ok(()));
        let in_place = multiproof_verify_in_place(&root, count, &mut several, &proof);
        prop_assert_eq!(in_place, Ok(()));
        let mut single = 0;
        for index in &indices {
            let nodes = tree.proof(*index).unwrap();
            single += nodes.len();
            let leaf = &leaves[*index as usize];
            prop_assert_eq!(verify(&root, count, *index, leaf, &nodes), Ok(()));
            prop_assert_eq!(tree.multiproof(&[*index]).unwrap(), nodes);
        }
        prop_assert!(proof.len() <= single);
    }

    #[test]
    fn a_tampered_multiproof_fails(
        (count, indices) in tree_and_indices(),
        at: prop::sample::Index,
        byte in 0_usize..32,
        flip in 1_u8..,
    ) {
        let leaves = leaves(count);
        let tree = Tree::build(leaves.clone()).unwrap();
        let root = tree.root();
        let proof = tree.multiproof(&indices).unwrap();
        let good = picked(&leaves, &indices);

        let mut bad = good.clone();
        bad[at.index(good.len())].1[byte] ^= flip;
        let result = multiproof_verify(&root, count, &bad, &proof);
        prop_assert_eq!(result, Err(ProofError::Mismatch));
        if !proof.is_empty() {
            let mut tampered = proof.clone();
            tampered[at.index(proof.len())][byte] ^= flip;
            let result = multiproof_verify(&root, count, &good, &tampered);
            prop_assert_eq!(result, Err(ProofError::Mismatch));
            let shorter = multiproof_verify(&root, count, &good, &proof[..proof.len() - 1]);
            prop_assert_eq!(shorter, Err(ProofError::WrongLength));
        }
        let mut longer = proof.clone();
        longer.push([0; 32]);
        let result = multiproof_verify(&root, count, &good, &longer);
        prop_assert_eq!(result, Err(ProofError::WrongLength));
        if good.len() > 1 {
            let mut swapped = good.clone();
            swapped.swap(0, 1);
            let result = multiproof_verify(&root, count, &swapped, &proof);
            prop_assert_eq!(result, Err(ProofError::NotSorted));
            // A leaf left out moves everything else out of place.
            let result = multiproof_verify(&root, count, &good[1..], &proof);
            prop_assert!(result.is_err());
        }
    }

    #[test]
    fn records_come_back_from_their_bytes(
        commitment: [u8; 32], challenge_number: u32, outcome in 1_u8..=3, proof_digest: [u8; 32],
        other in prop_oneof![Just(0_u8), 4_u8..],
    ) {
        let record = EvidenceRecord { commitment, challenge_number, outcome, proof_digest };
        let mut bytes = record.encode();
        prop_assert_eq!(EvidenceRecord::decode(&bytes), Some(record));
        prop_assert_eq!(record.hash(), sha256(&[&[5], &bytes]));
        bytes[36] = other;
        prop_assert_eq!(EvidenceRecord::decode(&bytes), None);
    }
}
