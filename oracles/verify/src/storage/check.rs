//! Whether evidence is complete and proves what it says.

use crate::error::VerifyError;
use crate::storage::evidence::{
    challenge_message, declared_loss_message, ChallengeEvidence, ChallengeScope, Finding, Opening,
    SignatureBytes,
};
use crate::storage::inputs::{CommitmentInput, EpochInputs};
use ed25519_dalek::{Signature, VerifyingKey};
use rayon::prelude::*;
use std::collections::BTreeMap;
use trestle_core::hash::Hash;
use trestle_core::storage::verify_opening;

/// Evidence that went through [`check_evidence`]; only such evidence can be scored.
#[derive(Debug, Clone, Copy)]
pub struct CheckedEvidence<'a> {
    inputs: &'a EpochInputs,
    records: &'a [ChallengeEvidence],
}

impl<'a> CheckedEvidence<'a> {
    /// The inputs that the evidence was checked against.
    pub fn inputs(&self) -> &'a EpochInputs {
        self.inputs
    }

    /// Every challenge of every commitment, in canonical order.
    pub fn records(&self) -> &'a [ChallengeEvidence] {
        self.records
    }
}

/// Checks that `records` holds every challenge of every commitment exactly once, in order of
/// commitment and number, that each `ok` opens its commitment and that each loss is signed.
/// A miss proves nothing and is accepted: whether to believe it is for each verifier to decide.
pub fn check_evidence<'a>(
    inputs: &'a EpochInputs,
    records: &'a [ChallengeEvidence],
) -> Result<CheckedEvidence<'a>, VerifyError> {
    inputs.validate()?;
    let count = inputs.challenges_per_commitment()? as usize;
    let expected = count.saturating_mul(inputs.commitments.len());
    if records.len() != expected {
        return Err(VerifyError::EvidenceCount {
            found: records.len(),
            expected,
        });
    }
    let node_keys: BTreeMap<&[u8; 32], &[u8; 32]> = inputs
        .operators
        .iter()
        .map(|one| (&one.address, &one.node_key))
        .collect();
    for (slot, commitment) in inputs.commitments.iter().enumerate() {
        let window = window_of(records, slot, count);
        check_order(commitment, window, slot.saturating_mul(count))?;
    }
    let scope = inputs.scope();
    records
        .par_chunks(count.max(1))
        .zip(&inputs.commitments)
        .try_for_each(|(window, commitment)| {
            let node_key = node_keys
                .get(&commitment.operator)
                .ok_or(VerifyError::UnknownOperator(commitment.operator))?;
            window
                .iter()
                .try_for_each(|record| check_finding(&scope, commitment, node_key, record))
        })?;
    Ok(CheckedEvidence { inputs, records })
}

/// The challenges of the commitment at `slot`.
pub(crate) fn window_of(
    records: &[ChallengeEvidence],
    slot: usize,
    count: usize,
) -> &[ChallengeEvidence] {
    let start = slot.saturating_mul(count);
    records
        .get(start..start.saturating_add(count))
        .unwrap_or(&[])
}

fn check_order(
    commitment: &CommitmentInput,
    window: &[ChallengeEvidence],
    start: usize,
) -> Result<(), VerifyError> {
    for (offset, record) in window.iter().enumerate() {
        let number = u32::try_from(offset).unwrap_or(u32::MAX);
        if record.commitment != commitment.address || record.number != number {
            return Err(VerifyError::EvidenceOrder {
                position: start.saturating_add(offset),
                commitment: commitment.address,
                number,
            });
        }
    }
    Ok(())
}

/// Checks one finding on its own. Verifiers also use it on each answer as it comes in.
pub fn check_finding(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    node_key: &[u8; 32],
    record: &ChallengeEvidence,
) -> Result<(), VerifyError> {
    let number = record.number;
    let unsigned = VerifyError::LossUnsigned {
        commitment: commitment.address,
        number,
    };
    match &record.finding {
        Finding::Missed => Ok(()),
        Finding::Ok(opening) if opens(scope, commitment, number, opening) => Ok(()),
        Finding::Ok(_) => Err(VerifyError::OpeningInvalid {
            commitment: commitment.address,
            number,
        }),
        Finding::LossDeclared(signature) => {
            let message = declared_loss_message(scope, commitment, number);
            signed(node_key, &message, signature)
                .then_some(())
                .ok_or(unsigned)
        }
        Finding::LossShown(opening, signature) => {
            if opens(scope, commitment, number, opening) {
                return Err(VerifyError::LossDisproved {
                    commitment: commitment.address,
                    number,
                });
            }
            let message = challenge_message(scope, commitment, number, opening);
            signed(node_key, &message, signature)
                .then_some(())
                .ok_or(unsigned)
        }
    }
}

fn opens(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    number: u32,
    opening: &Opening,
) -> bool {
    let index = scope.index(commitment, number);
    verify_opening(
        &commitment.root,
        commitment.leaf_count,
        index,
        &opening.leaf,
        &opening.path,
    )
    .is_ok()
}

/// Strict ed25519: a key of small order would sign every message, and so blame nobody.
fn signed(node_key: &[u8; 32], message: &Hash, signature: &SignatureBytes) -> bool {
    VerifyingKey::from_bytes(node_key).is_ok_and(|verifying_key| {
        verifying_key
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    })
}
