//! Commitments, challenges and openings.

use proptest::prelude::*;
use std::io::Cursor;
use trestle_core::{
    hash::Hash,
    merkle::ProofError,
    poseidon::hash2,
    storage::{
        challenge_count, challenge_index, commit, commit_with_cache, depth_for, leaf_count,
        leaf_data, leaf_hash, opening, verify_opening, CacheFile, CommitError, Commitment,
        CommitmentBuilder, OpeningError, StorageError, SubtreeCache, SubtreeNodes, DEPTH_MAX,
        LEAF_BYTES, LEAVES_MAX, SIZE_MAX_BYTES, SUBTREE_BYTES,
    },
    units::Bps,
};

fn file(size: usize) -> Vec<u8> {
    (0..size)
        .map(|index| (index * 31 + index / 124 * 7 + 1) as u8)
        .collect()
}

/// The commitment as the definition has it: pad, then hash pairs.
fn naive(data: &[u8]) -> Commitment {
    let mut chunks: Vec<&[u8]> = data.chunks(LEAF_BYTES).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    let leaves = chunks.len();
    let mut level: Vec<Hash> = chunks
        .iter()
        .map(|chunk| leaf_hash(&leaf_data(chunk).unwrap()).unwrap())
        .collect();
    let mut zero = leaf_hash(&[0; LEAF_BYTES]).unwrap();
    while level.len() > 1 {
        if level.len() % 2 == 1 {
            level.push(zero);
        }
        level = level
            .chunks(2)
            .map(|pair| hash2(&pair[0], &pair[1]).unwrap())
            .collect();
        zero = hash2(&zero, &zero).unwrap();
    }
    Commitment {
        root: level[0],
        leaf_count: leaves as u32,
        size_bytes: data.len() as u64,
    }
}

fn streamed(data: &[u8], pieces: &[usize], cache: bool) -> Commitment {
    let builder = if cache {
        CommitmentBuilder::with_cache()
    } else {
        CommitmentBuilder::new()
    };
    let mut builder = builder.unwrap();
    let mut rest = data;
    for piece in pieces.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (head, tail) = rest.split_at((*piece).min(rest.len()));
        builder.push(head).unwrap();
        rest = tail;
    }
    builder.finish().unwrap()
}

fn cached(data: &[u8]) -> (Commitment, SubtreeCache) {
    commit_with_cache(&mut Cursor::new(data), |_| ()).unwrap()
}

#[test]
fn every_small_size_is_the_naive_tree() {
    for leaves in 0..=200_usize {
        for size in [
            leaves * LEAF_BYTES,
            leaves * LEAF_BYTES + 1,
            leaves * LEAF_BYTES + 93,
        ] {
            let data = file(size);
            assert_eq!(
                streamed(&data, &[size.max(1)], false),
                naive(&data),
                "{size}"
            );
        }
    }
}

#[test]
fn every_leaf_of_small_files_opens() {
    for leaves in [0, 1, 2, 3, 63, 64, 65, 128, 129, 200] {
        let data = file((leaves * LEAF_BYTES).saturating_sub(5));
        let (commitment, mut cache) = cached(&data);
        assert_eq!(commitment, naive(&data));
        for index in 0..commitment.leaf_count {
            let opened = opening(&mut Cursor::new(&data), &mut cache, index).unwrap();
            assert_eq!(
                opened.path.len(),
                usize::from(depth_for(commitment.leaf_count))
            );
            let Commitment {
                root, leaf_count, ..
            } = commitment;
            let result = verify_opening(&root, leaf_count, index, &opened.leaf, &opened.path);
            assert_eq!(result, Ok(()));
            let elsewhere = (index + 1) % leaf_count;
            if elsewhere != index {
                let moved =
                    verify_opening(&root, leaf_count, elsewhere, &opened.leaf, &opened.path);
                assert_eq!(moved, Err(ProofError::Mismatch));
            }
        }
        let outside = opening(&mut Cursor::new(&data), &mut cache, commitment.leaf_count);
        assert!(matches!(outside, Err(OpeningError::IndexOutOfRange)));
    }
}

#[test]
fn several_batches_are_the_naive_tree() {
    // Batches are about 2 MB; the last one is partial and ends within a leaf.
    let data = file(5_000_001);
    let expected = naive(&data);
    let mut seen = Vec::new();
    let commitment = commit(&mut Cursor::new(&data), |bytes| seen.push(bytes)).unwrap();
    assert_eq!(commitment, expected);
    assert_eq!(seen.last(), Some(&5_000_001));
    assert!(seen.is_sorted() && seen.len() == 3);
    assert_eq!(streamed(&data, &[2_031_616, 1, 999_983], true), expected);
    let (_, mut cache) = cached(&data);
    for index in [0, 16_383, 16_384, 40_000, expected.leaf_count - 1] {
        assert!(opening(&mut Cursor::new(&data), &mut cache, index).is_ok());
    }
}

#[test]
fn a_written_cache_opens_like_the_one_in_memory() {
    for size in [0, 100, 7_936, 7_937, 100_000] {
        let data = file(size);
        let (commitment, mut cache) = cached(&data);
        let mut bytes = Vec::new();
        cache.write_to(&mut bytes).unwrap();
        let mut written = CacheFile::open(Cursor::new(&bytes)).unwrap();
        assert_eq!(written.commitment(), commitment);
        for index in (0..commitment.leaf_count).step_by(37) {
            let from_memory = opening(&mut Cursor::new(&data), &mut cache, index).unwrap();
            let from_file = opening(&mut Cursor::new(&data), &mut written, index).unwrap();
            assert_eq!(from_memory, from_file);
        }
    }
}

#[test]
fn a_damaged_cache_is_noticed() {
    let data = file(50_000);
    let (_, cache) = cached(&data);
    let mut bytes = Vec::new();
    cache.write_to(&mut bytes).unwrap();
    let open = |bytes: &[u8]| {
        let mut nodes = CacheFile::open(Cursor::new(bytes))?;
        opening(&mut Cursor::new(&data), &mut nodes, 0)
    };
    assert!(open(&bytes).is_ok());
    assert!(matches!(open(&bytes[..40]), Err(OpeningError::Malformed)));
    assert!(matches!(open(&bytes[..100]), Err(OpeningError::Malformed)));
    assert!(matches!(open(&[]), Err(OpeningError::Malformed)));
    let mut other_format = bytes.clone();
    other_format[7] = b'9';
    assert!(matches!(open(&other_format), Err(OpeningError::Malformed)));
    let mut other_size = bytes.clone();
    other_size[15] = 0xff;
    assert!(matches!(open(&other_size), Err(OpeningError::Malformed)));
    let mut other_node = bytes.clone();
    other_node[48 + 32 + 31] ^= 1;
    assert!(matches!(open(&other_node), Err(OpeningError::Damaged)));
    other_node[48 + 32] = 0xff;
    assert!(matches!(open(&other_node), Err(OpeningError::Damaged)));
}

#[test]
fn damaged_and_shortened_data_is_noticed() {
    let data = file(20_000);
    let (commitment, mut cache) = cached(&data);
    let last = commitment.leaf_count - 1;
    let short = &data[..19_999];
    assert!(matches!(
        opening(&mut Cursor::new(short), &mut cache, last),
        Err(OpeningError::Damaged)
    ));
    assert!(opening(&mut Cursor::new(short), &mut cache, 0).is_ok());
    let mut flipped = data.clone();
    flipped[123] ^= 1;
    for index in 0..64 {
        let result = opening(&mut Cursor::new(&flipped), &mut cache, index);
        assert!(matches!(result, Err(OpeningError::Damaged)), "{index}");
    }
    assert!(opening(&mut Cursor::new(&flipped), &mut cache, 64).is_ok());
}

#[test]
fn only_builders_that_kept_nodes_give_a_cache() {
    let builder = CommitmentBuilder::new().unwrap();
    assert!(matches!(
        builder.finish_with_cache(),
        Err(CommitError::NoCache)
    ));
}

#[test]
fn sizes_have_bounds() {
    assert_eq!(leaf_count(0), Ok(1));
    assert_eq!(leaf_count(124), Ok(1));
    assert_eq!(leaf_count(125), Ok(2));
    assert_eq!(leaf_count(SIZE_MAX_BYTES), Ok(LEAVES_MAX));
    assert_eq!(leaf_count(SIZE_MAX_BYTES + 1), Err(StorageError::TooLarge));
    assert_eq!(DEPTH_MAX, 30);
    assert_eq!(leaf_data(&[1; 125]), Err(StorageError::LeafTooLong));
    assert_eq!(leaf_data(&[1; 124]), Ok([1; 124]));
    let path = [[0; 32]; 30];
    let too_many = verify_opening(&[0; 32], LEAVES_MAX + 1, 0, &[0; 124], &path);
    assert_eq!(too_many, Err(ProofError::TooMany));
}

#[test]
fn leaf_bytes_reach_the_tree_in_full() {
    let zero = leaf_hash(&[0; LEAF_BYTES]).unwrap();
    for byte in 0..LEAF_BYTES {
        let mut data = [0; LEAF_BYTES];
        data[byte] = 0xff;
        assert_ne!(leaf_hash(&data).unwrap(), zero);
    }
}

#[test]
fn challenge_counts_are_the_published_ones() {
    let table = [
        (10, [2_995, 4_603]),
        (50, [598, 919]),
        (100, [299, 459]),
        (500, [59, 90]),
        (1_000, [29, 44]),
        (2_000, [14, 21]),
    ];
    for (missing, counts) in table {
        for (detect, count) in [9_500, 9_900].into_iter().zip(counts) {
            let found = challenge_count(Bps::new(missing).unwrap(), Bps::new(detect).unwrap());
            let expected = if count > 1_024 {
                Err(StorageError::Undetectable)
            } else {
                Ok(count)
            };
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn challenge_counts_at_the_edges() {
    let count =
        |missing, detect| challenge_count(Bps::new(missing).unwrap(), Bps::new(detect).unwrap());
    assert_eq!(count(0, 1), Err(StorageError::Undetectable));
    assert_eq!(count(10_000, 10_000), Ok(1));
    assert_eq!(count(9_999, 10_000), Err(StorageError::Undetectable));
    assert_eq!(count(100, 0), Ok(1));
    // Exactly met bounds are met: 0.9^2 = 0.81, 0.5^2 = 0.25, 0.5^4 = 0.0625.
    assert_eq!(count(1_000, 1_900), Ok(2));
    assert_eq!(count(5_000, 7_500), Ok(2));
    assert_eq!(count(5_000, 9_375), Ok(4));
    assert_eq!(count(5_000, 9_376), Ok(5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_pieces_give_the_naive_tree(
        size in 0_usize..60_000,
        pieces in prop::collection::vec(1_usize..9_000, 1..20),
        cache: bool,
    ) {
        let data = file(size);
        prop_assert_eq!(streamed(&data, &pieces, cache), naive(&data));
    }

    #[test]
    fn openings_verify_and_tampered_ones_do_not(
        size in 1_usize..100_000,
        at: u32,
        place: prop::sample::Index,
        flip in 1_u8..,
    ) {
        let data = file(size);
        let (commitment, mut cache) = cached(&data);
        let Commitment { root, leaf_count, .. } = commitment;
        let index = at % leaf_count;
        let opened = opening(&mut Cursor::new(&data), &mut cache, index).unwrap();
        let check = |leaf, path: &[Hash]| verify_opening(&root, leaf_count, index, leaf, path);
        prop_assert_eq!(check(&opened.leaf, &opened.path), Ok(()));
        let start = index as usize * LEAF_BYTES;
        let expected = &data[start..(start + LEAF_BYTES).min(size)];
        prop_assert_eq!(&opened.leaf[..expected.len()], expected);

        let mut leaf = opened.leaf;
        leaf[place.index(LEAF_BYTES)] ^= flip;
        prop_assert_eq!(check(&leaf, &opened.path), Err(ProofError::Mismatch));
        if !opened.path.is_empty() {
            let mut path = opened.path.clone();
            path[place.index(opened.path.len())][31] ^= flip;
            prop_assert!(check(&opened.leaf, &path).is_err());
            path[place.index(opened.path.len())] = [0xff; 32];
            prop_assert_eq!(check(&opened.leaf, &path), Err(ProofError::NotCanonical));
            let shorter = check(&opened.leaf, &opened.path[1..]);
            prop_assert_eq!(shorter, Err(ProofError::WrongLength));
        }
        let mut longer = opened.path.clone();
        longer.push([0; 32]);
        prop_assert_eq!(check(&opened.leaf, &longer), Err(ProofError::WrongLength));
        let outside = verify_opening(&root, leaf_count, leaf_count, &opened.leaf, &opened.path);
        prop_assert_eq!(outside, Err(ProofError::IndexOutOfRange));
    }
}

proptest! {
    #[test]
    fn challenged_indices_exist(
        seed: [u8; 32], commitment: [u8; 32], number: u32, leaves in 1_u32..,
    ) {
        prop_assert!(challenge_index(&seed, &commitment, number, leaves) < leaves);
        prop_assert_eq!(challenge_index(&seed, &commitment, number, 0), 0);
    }

    #[test]
    fn challenge_counts_are_enough_and_not_one_more(
        missing in 1_u16..=10_000,
        detect in 0_u16..=10_000,
    ) {
        let found = challenge_count(Bps::new(missing).unwrap(), Bps::new(detect).unwrap());
        let kept = 1.0 - f64::from(missing) / 1e4;
        let bound = 1.0 - f64::from(detect) / 1e4;
        let margin = 1e-9;
        match found {
            Ok(count) => {
                prop_assert!(kept.powi(count as i32) <= bound + margin);
                prop_assert!(count == 1 || kept.powi(count as i32 - 1) > bound - margin);
            }
            Err(_) => prop_assert!(kept.powi(1_024) > bound - margin),
        }
    }
}

#[test]
fn a_subtree_is_what_the_cache_skips() {
    // 64 leaves: one subtree needs no kept node, one byte more needs two levels of them.
    let (_, cache) = cached(&file(SUBTREE_BYTES));
    let mut bytes = Vec::new();
    cache.write_to(&mut bytes).unwrap();
    assert_eq!(bytes.len(), 48);
    let (_, cache) = cached(&file(SUBTREE_BYTES + 1));
    let mut bytes = Vec::new();
    cache.write_to(&mut bytes).unwrap();
    assert_eq!(bytes.len(), 48 + 3 * 32);
}
