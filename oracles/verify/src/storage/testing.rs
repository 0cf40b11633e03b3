//! A small real world for tests: operators with keys, data with Poseidon commitments, answers that
//! are opened from the data.

use crate::storage::{
    check_evidence, score, Allotted, ChallengeEvidence, CommitmentInput, EpochInputs, EpochOutcome,
    Finding, Opening, OperatorInput, OperatorState, PreviousRoot, ServiceParams,
};
use ed25519_dalek::{Signer, SigningKey};
use std::io::Cursor;
use trestle_core::storage::{commit_with_cache, opening, SubtreeCache};

pub(crate) const MISS_BPS: u16 = 100;
pub(crate) const LOST_BPS: u16 = 300;
pub(crate) const TOKENS: u64 = 1_000_003;
pub(crate) const STABLE: u64 = 77;
pub(crate) const STAKE: u64 = 5_000_000;

/// What a node does with one challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Answers,
    Misses,
    DeclaresLoss,
    ShowsRubbish,
}

pub(crate) struct World {
    pub(crate) inputs: EpochInputs,
    keys: Vec<SigningKey>,
    data: Vec<(Vec<u8>, SubtreeCache)>,
}

fn address(kind: u8, number: usize) -> [u8; 32] {
    // Spread over the whole range, so that order of creation is not order of address.
    let mut address = [kind; 32];
    address[0] = (number as u8).wrapping_mul(151).wrapping_add(kind);
    address[1] = number as u8;
    address
}

impl World {
    /// `sizes[i]` are the sizes of the commitments of operator `i`.
    pub(crate) fn new(zones: &[u32], sizes: &[Vec<usize>]) -> Self {
        let keys: Vec<SigningKey> = (0..zones.len())
            .map(|number| SigningKey::from_bytes(&[number as u8 + 1; 32]))
            .collect();
        let mut operators: Vec<OperatorInput> = zones
            .iter()
            .enumerate()
            .map(|(number, zone)| OperatorInput {
                address: address(1, number),
                node_key: keys[number].verifying_key().to_bytes(),
                zone: *zone,
                stake: STAKE,
                active_stake: STAKE,
                min_stake: STAKE,
                registered_epoch: 3,
                maintenance: None,
            })
            .collect();
        let mut held: Vec<(CommitmentInput, (Vec<u8>, SubtreeCache))> = Vec::new();
        for (number, sizes) in sizes.iter().enumerate() {
            for size in sizes {
                held.push(commitment(address(1, number), held.len(), *size));
            }
        }
        operators.sort_by_key(|operator| operator.address);
        held.sort_by_key(|(commitment, _)| commitment.address);
        let (commitments, data) = held.into_iter().unzip();
        let inputs = EpochInputs {
            network: [0xa1; 32],
            service: [0xa2; 32],
            epoch: 9,
            seed: [0xa3; 32],
            // Four challenges each.
            params: ServiceParams {
                missing_bps: 5_000,
                detect_bps: 9_000,
                miss_slash_bps: MISS_BPS,
                lost_slash_bps: LOST_BPS,
            },
            allotted: Allotted {
                tokens: TOKENS,
                stable: STABLE,
            },
            previous: None,
            operators,
            commitments,
        };
        Self { inputs, keys, data }
    }

    /// Operators of one commitment each.
    pub(crate) fn with_operators(count: usize) -> Self {
        let sizes: Vec<Vec<usize>> = (0..count)
            .map(|number| vec![2_000 + number * 900])
            .collect();
        Self::new(&vec![0; count], &sizes)
    }

    /// Address of the operator with the key of that number.
    pub(crate) fn operator(&self, number: usize) -> [u8; 32] {
        let key = self.keys[number].verifying_key().to_bytes();
        self.inputs
            .operators
            .iter()
            .find(|one| one.node_key == key)
            .unwrap()
            .address
    }

    pub(crate) fn set_streak(&mut self, streak: u32) {
        let states = self.inputs.operators.iter().map(|one| OperatorState {
            miss_streak: streak,
            tokens: 10,
            ..OperatorState::new(one.address)
        });
        self.inputs.previous = Some(PreviousRoot {
            epoch: 8,
            digest: [8; 32],
            states: states.collect(),
        });
    }

    /// Evidence in which `act` decides by operator and challenge number.
    pub(crate) fn evidence(&self, act: impl Fn(&[u8; 32], u32) -> Act) -> Vec<ChallengeEvidence> {
        let count = self.inputs.challenges_per_commitment().unwrap();
        let mut evidence = Vec::new();
        for (slot, commitment) in self.inputs.commitments.iter().enumerate() {
            for number in 0..count {
                let finding = self.answer(slot, number, act(&commitment.operator, number));
                evidence.push(ChallengeEvidence {
                    commitment: commitment.address,
                    number,
                    finding,
                });
            }
        }
        evidence
    }

    pub(crate) fn all_answer(&self) -> Vec<ChallengeEvidence> {
        self.evidence(|_, _| Act::Answers)
    }

    fn answer(&self, slot: usize, number: u32, act: Act) -> Finding {
        let commitment = &self.inputs.commitments[slot];
        let (data, cache) = &self.data[slot];
        let index = self.inputs.scope().index(commitment, number);
        let opened = opening(&mut Cursor::new(data), &mut cache.clone(), index).unwrap();
        let mut opening = Opening {
            leaf: opened.leaf,
            path: opened.path,
        };
        match act {
            Act::Answers => Finding::Ok(opening),
            Act::Misses => Finding::Missed,
            Act::DeclaresLoss => {
                let message =
                    super::declared_loss_message(&self.inputs.scope(), commitment, number);
                Finding::LossDeclared(self.sign(&commitment.operator, &message))
            }
            Act::ShowsRubbish => {
                opening.leaf[0] ^= 1;
                let scope = self.inputs.scope();
                let message = super::challenge_message(&scope, commitment, number, &opening);
                let signature = self.sign(&commitment.operator, &message);
                Finding::LossShown(opening, signature)
            }
        }
    }

    pub(crate) fn sign(&self, operator: &[u8; 32], message: &[u8; 32]) -> [u8; 64] {
        let number = (0..self.keys.len()).find(|number| self.operator(*number) == *operator);
        self.keys[number.unwrap()].sign(message).to_bytes()
    }

    pub(crate) fn score(&self, evidence: &[ChallengeEvidence]) -> EpochOutcome {
        score(&check_evidence(&self.inputs, evidence).unwrap()).unwrap()
    }
}

fn commitment(
    operator: [u8; 32],
    number: usize,
    size: usize,
) -> (CommitmentInput, (Vec<u8>, SubtreeCache)) {
    let data: Vec<u8> = (0..size)
        .map(|position| (position * 7 + number * 13) as u8)
        .collect();
    let (committed, cache) = commit_with_cache(&mut Cursor::new(&data), |_| {}).unwrap();
    let input = CommitmentInput {
        address: address(2, number),
        operator,
        customer: [0xc0; 32],
        root: committed.root,
        size_bytes: committed.size_bytes,
        leaf_count: committed.leaf_count,
        registered_epoch: 4,
    };
    (input, (data, cache))
}

/// Evidence in which only the first challenge of each commitment of one operator goes wrong.
pub(crate) fn only(world: &World, operator: usize, act: Act) -> Vec<ChallengeEvidence> {
    let guilty = world.operator(operator);
    world.evidence(|one, number| {
        if *one == guilty && number == 0 {
            act
        } else {
            Act::Answers
        }
    })
}
