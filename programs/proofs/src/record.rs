//! Evidence records, as challenges prove them.

use {
    crate::{
        error::ProofsError,
        state::{Commitment, Proposal, SeedRing},
    },
    anchor_lang::prelude::*,
    trestle_core::{
        evidence::{EvidenceRecord, Outcome},
        hash::Hash,
        merkle,
        root::inputs_digest,
        storage::challenge_index,
    },
};

/// Where a record stands in a proposal's inputs, and which challenge it is about.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct RecordClaim {
    /// Root of the evidence tree.
    pub evidence_root: [u8; 32],
    /// Records in the evidence tree.
    pub evidence_count: u32,
    /// Digest of everything else that went into the inputs.
    pub context_digest: [u8; 32],
    /// Position of the record in the evidence tree.
    pub index: u32,
    /// Sibling hashes of the record, from the leaf up.
    pub proof: Vec<[u8; 32]>,
    /// Number of the challenge in the epoch.
    pub challenge_number: u32,
}

impl RecordClaim {
    /// Checks that the proposal's inputs record this outcome of the challenge, proven by what has
    /// this digest.
    #[inline(never)]
    pub fn verify(
        &self,
        proposal: &Proposal,
        commitment: &Address,
        outcome: Outcome,
        proof_digest: Hash,
    ) -> Result<()> {
        let (root, count) = (&self.evidence_root, self.evidence_count);
        let inputs = inputs_digest(root, count, &self.context_digest);
        require!(
            inputs == proposal.inputs_digest,
            ProofsError::EvidenceNotProven
        );
        let record = EvidenceRecord {
            commitment: commitment.to_bytes(),
            challenge_number: self.challenge_number,
            outcome: outcome.byte(),
            proof_digest,
        };
        merkle::verify(root, count, self.index, &record.hash(), &self.proof)
            .map_err(|_| ProofsError::EvidenceNotProven.into())
    }

    /// The leaf that the challenge asked for. A commitment that the epoch did not challenge is
    /// refused: one that was closed and registered anew may have another size, by which a record of
    /// the old one would seem false, and it serves later epochs only.
    pub fn leaf_index(
        &self,
        seeds: &SeedRing,
        epoch: u64,
        address: &Address,
        commitment: &Commitment,
    ) -> Result<u32> {
        require!(commitment.serves(epoch), ProofsError::CommitmentNotInEpoch);
        let seed = seeds.find(epoch).ok_or(ProofsError::SeedNotFound)?;
        Ok(challenge_index(
            seed,
            address.as_array(),
            self.challenge_number,
            commitment.leaf_count,
        ))
    }
}
