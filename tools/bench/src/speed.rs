//! Speeds of the host code: commitments, trees and the verification of answers.
//!
//! Wall-clock numbers of one machine. They are printed, and never compared or committed.

use std::{
    fs,
    io::{self, Read},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use trestle_core::{
    hash::Hash,
    leaf::PayoutLeaf,
    merkle::Tree,
    storage::{
        commit, commit_with_cache, opening, verify_opening, Opening, SubtreeCache, LEAF_BYTES,
    },
};

/// Bytes that the commitment benchmark reads.
const COMMIT_BYTES: usize = 64 << 20;
/// Runs of each measurement; the median counts.
const RUNS: usize = 3;
/// Operators of the tree benchmark.
const OPERATORS: [u32; 3] = [10_000, 100_000, 1_000_000];
/// Answers that the verification benchmark checks.
const ANSWERS: u32 = 2_000;
/// Bytes of the shard whose answers are checked.
const SHARD_BYTES: usize = 1 << 20;

/// Deterministic bytes that do not compress into a pattern a cache would like.
struct Noise {
    state: u64,
    left: usize,
}

impl Noise {
    fn new(bytes: usize) -> Self {
        Self {
            state: 0x9e37_79b9_7f4a_7c15,
            left: bytes,
        }
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.left);
        for byte in buffer.iter_mut().take(count) {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            *byte = self.state as u8;
        }
        self.left -= count;
        Ok(count)
    }
}

fn median(mut run: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let started = Instant::now();
        run()?;
        times.push(started.elapsed());
    }
    times.sort();
    times.get(RUNS / 2).copied().context("no runs")
}

/// Prints every speed.
pub fn print() -> Result<()> {
    commitment()?;
    trees()?;
    verification()
}

fn commitment() -> Result<()> {
    let mut data = Vec::with_capacity(COMMIT_BYTES);
    Noise::new(COMMIT_BYTES).read_to_end(&mut data)?;
    let before = peak_kib()?;
    let time = median(|| {
        commit(&mut data.as_slice(), |_| ()).context("the commitment failed")?;
        Ok(())
    })?;
    let megabytes = COMMIT_BYTES as f64 / 1e6;
    println!(
        "commitment: {:.1} MB/s on {} cores, {} KiB of memory above the data",
        megabytes / time.as_secs_f64(),
        std::thread::available_parallelism()?,
        peak_kib()?.saturating_sub(before)
    );
    Ok(())
}

fn trees() -> Result<()> {
    for count in OPERATORS {
        let leaves: Vec<Hash> = (0..count).map(|number| leaf(number).hash()).collect();
        let built = median(|| Tree::build(leaves.clone()).map(drop).context("no tree"))?;
        let tree = Tree::build(leaves).context("no tree")?;
        let mut proof = Vec::new();
        let proven = median(|| {
            for index in 0..count {
                tree.proof_into(index, &mut proof).context("no proof")?;
            }
            Ok(())
        })?;
        println!(
            "payout tree of {count} operators: built in {built:.1?}, \
             every proof made in {proven:.1?}"
        );
    }
    Ok(())
}

fn leaf(number: u32) -> PayoutLeaf {
    let mut operator = [0; 32];
    let (head, _) = operator.split_at_mut(4);
    head.copy_from_slice(&number.to_be_bytes());
    PayoutLeaf {
        operator,
        tokens: u64::from(number),
        ..Default::default()
    }
}

fn verification() -> Result<()> {
    let mut data = Vec::with_capacity(SHARD_BYTES);
    Noise::new(SHARD_BYTES).read_to_end(&mut data)?;
    let (commitment, mut cache) =
        commit_with_cache(&mut data.as_slice(), |_| ()).context("the commitment failed")?;
    let answers = answers(&data, &mut cache, commitment.leaf_count)?;
    let time = median(|| {
        for one in &answers {
            verify_opening(
                &commitment.root,
                commitment.leaf_count,
                one.index,
                &one.leaf,
                &one.path,
            )
            .context("an honest answer does not verify")?;
        }
        Ok(())
    })?;
    println!(
        "storage answers verified: {:.0} a second on one core ({} leaves of {LEAF_BYTES} bytes)",
        f64::from(ANSWERS) / time.as_secs_f64(),
        commitment.leaf_count
    );
    Ok(())
}

fn answers(data: &[u8], cache: &mut SubtreeCache, leaf_count: u32) -> Result<Vec<Opening>> {
    (0..ANSWERS)
        .map(|number| {
            let index = number.wrapping_mul(2_654_435_761) % leaf_count;
            opening(&mut io::Cursor::new(data), cache, index).context("no opening")
        })
        .collect()
}

/// The process's largest memory so far.
fn peak_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .context("no VmHWM")?;
    let number = line.split_whitespace().nth(1).context("no number")?;
    Ok(number.parse()?)
}
