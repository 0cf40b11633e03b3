//! What of the evidence behind a proposed root can be proven wrong on chain.

use std::collections::BTreeMap;

use solana_pubkey::Pubkey;
use thiserror::Error;
use trestle_core::{
    answer::{is_key_certain, loss_message},
    ed25519::is_refuted,
    evidence::{evidence_tree, EvidenceRecord, Shown, ShownOpening, ShownRecord},
    hash::{Hash, ZERO_HASH},
    merkle::{ProofError, Tree},
    root::inputs_digest,
    storage::{challenge_index, verify_opening},
};

use super::Fault;
use crate::{
    fetch::{Commitment, Operator},
    instruction::proofs::{LossClaim, OpeningClaim, RecordClaim, SignatureClaim},
};

/// Published evidence with all that the chain compares it with.
#[derive(Clone, Copy)]
pub struct SuspectEvidence<'a> {
    /// Epoch and inputs of the proposal.
    pub epoch: u64,
    pub inputs_digest: Hash,
    /// Digest of the inputs without the evidence, as published.
    pub context_digest: Hash,
    /// Seed of the epoch, as the chain has it.
    pub seed: Hash,
    /// In the order of the tree.
    pub records: &'a [ShownRecord<'a>],
    /// The accounts of the service. What is published about them does not count.
    pub commitments: &'a [(Pubkey, Commitment)],
    pub operators: &'a [(Pubkey, Operator)],
}

/// Why evidence proves nothing about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EvidenceError {
    #[error("the records are no evidence tree: {0}")]
    Tree(ProofError),
    #[error("the proposal was made of other evidence")]
    OtherInputs,
}

fn opens(opening: &ShownOpening<'_>, commitment: &Commitment, index: u32) -> bool {
    let (root, count) = (&commitment.root, commitment.leaf_count);
    verify_opening(root, count, index, opening.leaf, opening.path).is_ok()
}

/// The first record that the chain would see as false.
pub fn find_false_record(suspect: &SuspectEvidence<'_>) -> Result<Option<Fault>, EvidenceError> {
    let records: Vec<EvidenceRecord> = suspect.records.iter().map(ShownRecord::record).collect();
    let (tree, count) = evidence_tree(&records).map_err(EvidenceError::Tree)?;
    let digest = inputs_digest(&tree.root(), count, &suspect.context_digest);
    if digest != suspect.inputs_digest {
        return Err(EvidenceError::OtherInputs);
    }
    let commitments = suspect.commitments.iter().map(|(at, one)| (*at, one));
    let operators = suspect.operators.iter().map(|(at, one)| (*at, one));
    let judge = Judge {
        suspect,
        tree: &tree,
        count,
        commitments: commitments.collect(),
        operators: operators.collect(),
    };
    for (position, shown) in suspect.records.iter().enumerate() {
        let position = u32::try_from(position);
        let position = position.map_err(|_| EvidenceError::Tree(ProofError::TooMany))?;
        let fault = judge.fault(position, shown).map_err(EvidenceError::Tree)?;
        if fault.is_some() {
            return Ok(fault);
        }
    }
    Ok(None)
}

struct Judge<'a> {
    suspect: &'a SuspectEvidence<'a>,
    tree: &'a Tree,
    count: u32,
    commitments: BTreeMap<Pubkey, &'a Commitment>,
    operators: BTreeMap<Pubkey, &'a Operator>,
}

impl Judge<'_> {
    fn fault(&self, position: u32, shown: &ShownRecord<'_>) -> Result<Option<Fault>, ProofError> {
        let (epoch, number) = (self.suspect.epoch, shown.challenge_number);
        let address = Pubkey::new_from_array(*shown.commitment);
        let commitment = self.commitments.get(&address);
        let Some(commitment) = commitment.filter(|one| one.serves(epoch)) else {
            return Ok(None);
        };
        let count = commitment.leaf_count;
        let index = challenge_index(&self.suspect.seed, shown.commitment, number, count);
        let claim = || self.claim(position, number);
        match shown.shown {
            Shown::Ok(opening) if !opens(&opening, commitment, index) => {
                let claim = OpeningClaim {
                    record: claim()?,
                    leaf: *opening.leaf,
                    path: opening.path.to_vec(),
                };
                Ok(Some(Fault::Opening(address, claim)))
            }
            Shown::Lost(opening, signature) => {
                let digest = opening.map_or(ZERO_HASH, |opening| opening.digest());
                let message = loss_message(shown.commitment, epoch, number, index, &digest);
                // Before what the opening shows: this proof is the smaller one.
                if self.is_unsigned(commitment, &message, signature) {
                    let claim = SignatureClaim {
                        record: claim()?,
                        opening_digest: digest,
                        signature: *signature,
                    };
                    return Ok(Some(Fault::Signature(address, commitment.operator, claim)));
                }
                let opening = opening.filter(|opening| opens(opening, commitment, index));
                let Some(opening) = opening else {
                    return Ok(None);
                };
                let claim = LossClaim {
                    record: claim()?,
                    signature: *signature,
                    leaf: *opening.leaf,
                    path: opening.path.to_vec(),
                };
                Ok(Some(Fault::Loss(address, claim)))
            }
            Shown::Ok(_) | Shown::Missed => Ok(None),
        }
    }

    fn is_unsigned(&self, commitment: &Commitment, message: &Hash, signature: &[u8; 64]) -> bool {
        let operator = self.operators.get(&commitment.operator);
        operator.is_some_and(|operator| {
            is_key_certain(operator.node_key_epoch, self.suspect.epoch)
                && is_refuted(operator.node_key.as_array(), message, signature)
        })
    }

    fn claim(&self, index: u32, challenge_number: u32) -> Result<RecordClaim, ProofError> {
        Ok(RecordClaim {
            evidence_root: self.tree.root(),
            evidence_count: self.count,
            context_digest: self.suspect.context_digest,
            index,
            proof: self.tree.proof(index)?,
            challenge_number,
        })
    }
}
