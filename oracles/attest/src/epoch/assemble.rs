//! Complete evidence out of own findings, own attempts and what other verifiers found.

use crate::challenge::chunk_of;
use crate::store::ChunkAttempts;
use std::collections::BTreeMap;
use trestle_verify::storage::{check_finding, ChallengeEvidence, EpochInputs, Finding};

/// What this verifier saw itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnEvidence {
    findings: BTreeMap<([u8; 32], u32), Finding>,
    attempts: BTreeMap<([u8; 32], u32), u32>,
}

/// Evidence as far as it goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assembled {
    /// One record for each challenge that is decided, in canonical order.
    pub records: Vec<ChallengeEvidence>,
    /// Challenges that this verifier never asked and nobody answered to it.
    pub unasked: u64,
    /// Challenges that were asked and missed.
    pub missed: u64,
}

impl OwnEvidence {
    /// From the rows of the store.
    pub fn new(findings: Vec<ChallengeEvidence>, attempts: &[ChunkAttempts]) -> Self {
        Self {
            findings: findings
                .into_iter()
                .map(|one| ((one.commitment, one.number), one.finding))
                .collect(),
            attempts: attempts
                .iter()
                .map(|one| ((one.commitment, one.chunk), one.attempts))
                .collect(),
        }
    }

    /// The finding of a challenge.
    pub fn finding(&self, commitment: &[u8; 32], number: u32) -> Option<&Finding> {
        self.findings.get(&(*commitment, number))
    }

    /// Whether this verifier asked and can vouch that no answer came.
    pub fn asked(&self, commitment: &[u8; 32], number: u32) -> bool {
        self.attempts
            .get(&(*commitment, chunk_of(number)))
            .is_some_and(|count| *count > 0)
    }

    /// Takes over what others found where this verifier found nothing. Only findings that prove
    /// themselves are taken: nobody's word is.
    pub fn merge(&mut self, inputs: &EpochInputs, others: Vec<ChallengeEvidence>) -> u64 {
        let mut taken = 0_u64;
        for record in others {
            let key = (record.commitment, record.number);
            let new = !self.findings.contains_key(&key);
            if new && record.finding != Finding::Missed && proves(inputs, &record) {
                self.findings.insert(key, record.finding);
                taken = taken.saturating_add(1);
            }
        }
        taken
    }
}

/// Whether a finding holds for these inputs. A loss signed by a key that the operator did not have
/// at the epoch's start does not.
fn proves(inputs: &EpochInputs, record: &ChallengeEvidence) -> bool {
    let commitment = inputs
        .commitments
        .binary_search_by(|one| one.address.cmp(&record.commitment))
        .ok()
        .and_then(|slot| inputs.commitments.get(slot));
    let Some(commitment) = commitment else {
        return false;
    };
    let operator = inputs
        .operators
        .binary_search_by(|one| one.address.cmp(&commitment.operator))
        .ok()
        .and_then(|slot| inputs.operators.get(slot));
    let Some(operator) = operator else {
        return false;
    };
    let count = inputs.challenges_per_commitment().unwrap_or(0);
    record.number < count
        && check_finding(&inputs.scope(), commitment, &operator.node_key, record).is_ok()
}

/// Puts together the evidence for `inputs`.
pub fn assemble(inputs: &EpochInputs, own: &OwnEvidence) -> Assembled {
    let count = inputs.challenges_per_commitment().unwrap_or(0);
    let mut assembled = Assembled::default();
    for commitment in &inputs.commitments {
        for number in 0..count {
            let record = |finding: Finding| ChallengeEvidence {
                commitment: commitment.address,
                number,
                finding,
            };
            let found = own
                .finding(&commitment.address, number)
                .cloned()
                .map(record);
            let found = found.filter(|found| is_sound(inputs, found));
            if let Some(found) = found {
                assembled.records.push(found);
            } else if own.asked(&commitment.address, number) {
                assembled.records.push(record(Finding::Missed));
                assembled.missed = assembled.missed.saturating_add(1);
            } else {
                assembled.unasked = assembled.unasked.saturating_add(1);
            }
        }
    }
    assembled
}

/// Openings were checked when they came; a loss depends on the key, which the inputs decide.
fn is_sound(inputs: &EpochInputs, record: &ChallengeEvidence) -> bool {
    matches!(record.finding, Finding::Ok(_)) || proves(inputs, record)
}
