//! Runs off chain: prints what hashing, committing, opening and proving take on this machine.

use rayon::prelude::*;
use std::{
    hint::black_box,
    io::{self, Cursor, Read},
    time::Instant,
};
use trestle_core::{
    leaf::PayoutLeaf,
    math::split_largest_remainder,
    merkle::{verify, Tree},
    poseidon::Hasher,
    storage::{commit, commit_with_cache, opening, verify_opening, CommitError},
};

const DATA_BYTES: u64 = 64 << 20;
const LEAVES: u32 = 1_000_000;

fn main() -> Result<(), CommitError> {
    poseidon()?;
    storage()?;
    tree();
    split();
    Ok(())
}

fn poseidon() -> Result<(), CommitError> {
    let hasher = Hasher::new()?;
    let mut element = Hasher::data_element(&[7; 31]);
    let start = Instant::now();
    for _ in 0..20_000 {
        element = hasher.hash2(element, element);
    }
    let two = start.elapsed() / 20_000;
    let start = Instant::now();
    for _ in 0..20_000 {
        element = hasher.hash4([element; 4]);
    }
    println!(
        "poseidon, one core: {two:?} for 2 values, {:?} for 4",
        start.elapsed() / 20_000
    );
    black_box(element);
    Ok(())
}

fn storage() -> Result<(), CommitError> {
    let start = Instant::now();
    let streamed = commit(&mut io::repeat(0x5a).take(DATA_BYTES), |_| ())?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "commitment: {:.1} MB/s with all cores",
        DATA_BYTES as f64 / 1e6 / seconds
    );

    let data: Vec<u8> = (0..8_u64 << 20).map(|index| (index % 251) as u8).collect();
    let (commitment, mut cache) = commit_with_cache(&mut Cursor::new(&data), |_| ())?;
    let start = Instant::now();
    let opened = (0..200).filter_map(|number| {
        let index = number * 331 % commitment.leaf_count;
        opening(&mut Cursor::new(&data), &mut cache, index).ok()
    });
    let opened: Vec<_> = opened.collect();
    println!("opening (8 MB file): {:?}", start.elapsed() / 200);
    let start = Instant::now();
    let good = opened.iter().filter(|opening| {
        let (root, leaves) = (&commitment.root, commitment.leaf_count);
        verify_opening(root, leaves, opening.index, &opening.leaf, &opening.path).is_ok()
    });
    assert_eq!(good.count(), 200);
    println!("checking one: {:?}", start.elapsed() / 200);
    black_box(streamed);
    Ok(())
}

fn tree() {
    let leaf = |index: u32| PayoutLeaf {
        units: index.into(),
        ..PayoutLeaf::default()
    };
    let start = Instant::now();
    let leaves: Vec<_> = (0..LEAVES)
        .into_par_iter()
        .map(|index| leaf(index).hash())
        .collect();
    let hashed = start.elapsed();
    let Ok(tree) = Tree::build(leaves) else {
        return;
    };
    let built = start.elapsed();
    let good = (0..LEAVES).into_par_iter().filter(|index| {
        let proof = tree.proof(*index).unwrap_or_default();
        black_box(&proof).len() == usize::from(tree.depth())
    });
    assert_eq!(good.count(), LEAVES as usize);
    let proven = start.elapsed();
    println!("{LEAVES} leaves: hashed {hashed:?}, tree {built:?}, every proof {proven:?} in all");
    let checked = (0..LEAVES).into_par_iter().step_by(100).filter(|index| {
        let proof = tree.proof(*index).unwrap_or_default();
        verify(&tree.root(), LEAVES, *index, &leaf(*index).hash(), &proof).is_ok()
    });
    assert_eq!(checked.count(), LEAVES as usize / 100);
}

fn split() {
    let weights: Vec<u64> = (0..u64::from(LEAVES)).map(|index| index % 977).collect();
    let mut shares = vec![0; weights.len()];
    let start = Instant::now();
    let result = split_largest_remainder(1_000_000_007, &weights, &mut shares);
    println!(
        "split over {LEAVES} weights: {:?}, {result:?}",
        start.elapsed()
    );
}
