//! Which challenges are still to be asked. Pure.

use crate::status::ChallengeProgress;
use crate::store::{ChunkAttempts, OpenedEpoch, CHUNK_CHALLENGES};
use std::collections::BTreeMap;
use trestle_verify::storage::CommitmentInput;

/// One request to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The commitment.
    pub commitment: CommitmentInput,
    /// Which chunk of its challenges.
    pub chunk: u32,
    /// Challenge numbers of the chunk that have no finding yet.
    pub numbers: Vec<u32>,
}

/// How far each chunk of an epoch is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    chunks: BTreeMap<([u8; 32], u32), Chunk>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Chunk {
    /// One bit for each challenge of the chunk that has a finding.
    found: u32,
    attempts: u32,
}

const _: () = assert!(CHUNK_CHALLENGES <= u32::BITS);

/// The chunk that a challenge belongs to.
pub fn chunk_of(number: u32) -> u32 {
    number / CHUNK_CHALLENGES
}

fn bit_of(number: u32) -> u32 {
    1 << (number % CHUNK_CHALLENGES)
}

impl Asked {
    /// From the rows of the store.
    pub fn new(found: &[([u8; 32], u32)], attempts: &[ChunkAttempts]) -> Self {
        let mut asked = Self::default();
        for (commitment, number) in found {
            asked.chunk_mut(commitment, chunk_of(*number)).found |= bit_of(*number);
        }
        for one in attempts {
            asked.chunk_mut(&one.commitment, one.chunk).attempts = one.attempts;
        }
        asked
    }

    /// Notes a completed attempt and the challenges that it found.
    pub fn note(&mut self, commitment: &[u8; 32], chunk: u32, found: &[u32]) {
        let state = self.chunk_mut(commitment, chunk);
        state.attempts = state.attempts.saturating_add(1);
        state.found |= found.iter().fold(0, |bits, number| bits | bit_of(*number));
    }

    fn chunk(&self, commitment: &[u8; 32], chunk: u32) -> Chunk {
        self.chunks
            .get(&(*commitment, chunk))
            .copied()
            .unwrap_or_default()
    }

    fn chunk_mut(&mut self, commitment: &[u8; 32], chunk: u32) -> &mut Chunk {
        self.chunks.entry((*commitment, chunk)).or_default()
    }
}

/// Requests that are left, in order of commitment and chunk. `askable` says whether a commitment
/// may still be asked about: a node may delete what it no longer serves.
pub fn open_asks(
    opened: &OpenedEpoch,
    asked: &Asked,
    attempts_max: u32,
    askable: impl Fn(&[u8; 32]) -> bool,
) -> Vec<Ask> {
    let mut asks = Vec::new();
    for commitment in opened
        .commitments
        .iter()
        .filter(|one| askable(&one.address))
    {
        for (chunk, numbers) in chunks(opened.challenges) {
            let state = asked.chunk(&commitment.address, chunk);
            let left = |number: &u32| state.found & bit_of(*number) == 0;
            let numbers: Vec<u32> = numbers.filter(left).collect();
            if state.attempts < attempts_max && !numbers.is_empty() {
                asks.push(Ask {
                    commitment: *commitment,
                    chunk,
                    numbers,
                });
            }
        }
    }
    asks
}

/// Counts for people. `open` are the challenges of [`open_asks`].
pub fn progress(
    opened: &OpenedEpoch,
    asked: &Asked,
    attempts_max: u32,
    open: u64,
) -> ChallengeProgress {
    let (mut found, mut missed) = (0_u64, 0_u64);
    for commitment in &opened.commitments {
        for (chunk, numbers) in chunks(opened.challenges) {
            let state = asked.chunk(&commitment.address, chunk);
            let here = u64::from(state.found.count_ones());
            found = found.saturating_add(here);
            if state.attempts >= attempts_max {
                missed = missed.saturating_add((numbers.count() as u64).saturating_sub(here));
            }
        }
    }
    let commitments = opened.commitments.len() as u64;
    ChallengeProgress {
        commitments,
        total: commitments.saturating_mul(opened.challenges.into()),
        found,
        missed,
        settled: open == 0,
    }
}

/// Each chunk with its challenge numbers.
fn chunks(challenges: u32) -> impl Iterator<Item = (u32, std::ops::Range<u32>)> {
    (0..challenges.div_ceil(CHUNK_CHALLENGES)).map(move |chunk| {
        let start = chunk.saturating_mul(CHUNK_CHALLENGES);
        (
            chunk,
            start..start.saturating_add(CHUNK_CHALLENGES).min(challenges),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> OpenedEpoch {
        let commitment = |byte: u8| CommitmentInput {
            address: [byte; 32],
            operator: [9; 32],
            customer: [8; 32],
            root: [7; 32],
            size_bytes: 124,
            leaf_count: 1,
            registered_epoch: 0,
        };
        let commitments = vec![commitment(1), commitment(2)];
        OpenedEpoch {
            epoch: 5,
            seed: [1; 32],
            challenges: 40,
            commitments,
        }
    }

    #[test]
    fn all_is_asked_in_chunks_until_found_or_used_up() {
        let opened = opened();
        let all = open_asks(&opened, &Asked::default(), 2, |_| true);
        let sizes: Vec<usize> = all.iter().map(|ask| ask.numbers.len()).collect();
        assert_eq!(sizes, [32, 8, 32, 8]);
        assert_eq!(all[1].numbers, (32..40).collect::<Vec<_>>());

        let found: Vec<_> = (0..31).map(|number| ([1; 32], number)).collect();
        let attempts = [
            ChunkAttempts {
                commitment: [2; 32],
                chunk: 0,
                attempts: 1,
            },
            ChunkAttempts {
                commitment: [2; 32],
                chunk: 1,
                attempts: 2,
            },
        ];
        let mut asked = Asked::new(&found, &attempts);
        let left = open_asks(&opened, &asked, 2, |_| true);
        let left: Vec<_> = left
            .iter()
            .map(|ask| (ask.commitment.address[0], ask.numbers.len()))
            .collect();
        assert_eq!(left, [(1, 1), (1, 8), (2, 32)]);
        assert!(open_asks(&opened, &asked, 2, |_| false).is_empty());
        let counts = progress(&opened, &asked, 2, 41);
        assert_eq!((counts.total, counts.found, counts.missed), (80, 31, 8));
        assert!(!counts.settled);

        asked.note(&[1; 32], 0, &[31]);
        asked.note(&[1; 32], 1, &(32..40).collect::<Vec<_>>());
        asked.note(&[2; 32], 0, &[]);
        assert!(open_asks(&opened, &asked, 2, |_| true).is_empty());
        let counts = progress(&opened, &asked, 2, 0);
        assert_eq!(
            (counts.found, counts.missed, counts.settled),
            (40, 40, true)
        );
    }
}
