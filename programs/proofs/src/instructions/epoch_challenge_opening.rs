//! Challenge a root whose evidence records an opening as good that opens nothing.
//!
//! The inputs of a proposal bind what became of every challenge. A verifier that passes an answer
//! which does not open the commitment pays for work that was not done.
//!
//! Specification:
//! - A record of a good opening under the proposal's inputs, and the opening that it digests,
//!   prove it when the opening does not lead to the commitment's root at the challenged index.
//! - The index follows from the seed of the proposal's epoch.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - An opening that opens the commitment changes nothing.
//! - A record that is not under the inputs is refused, so is an opening that it does not digest.
//! - A commitment that the epoch did not challenge, or of another service, is refused.
//! - An epoch without a seed is refused.
//! - A proposal that is lost already is refused.
//! - It works until the proposal is final, with a quorum or without, and while paused.

use {
    crate::{
        error::ProofsError,
        event::EpochChallenged,
        groups::{self, ChallengeBumps, ChallengeKind},
        state::{Commitment, SeedRing, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{
        evidence::{EvidenceRecord, Outcome},
        merkle,
        root::inputs_digest,
        storage::{challenge_index, opening_digest, verify_opening, LEAF_BYTES},
    },
};

#[derive(Accounts)]
pub struct EpochChallengeOpening {
    /// The proposal, and what it takes to slash its signers.
    pub challenge: Nested<groups::Challenge>,
    /// The service's seeds.
    #[account(
        constraint = seeds.service == challenge.proposal.service @ ProofsError::WrongService,
        constraint = seeds.is_at(seeds.address()) @ ProofsError::WrongAddress,
    )]
    pub seeds: State<SeedRing>,
    /// The commitment that the record is about.
    #[account(
        constraint = commitment.is_at(commitment.address()) @ ProofsError::WrongAddress,
        constraint = commitment.service == challenge.proposal.service @ ProofsError::WrongService,
    )]
    pub commitment: State<Commitment>,
}

/// A record of a good opening, where it stands in the proposal's inputs, and the opening.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct OpeningClaim {
    /// Root of the evidence tree.
    pub evidence_root: [u8; 32],
    /// Records in the evidence tree.
    pub evidence_count: u32,
    /// Digest of everything else that went into the inputs.
    pub context_digest: [u8; 32],
    /// Position of the record in the evidence tree.
    pub record_index: u32,
    /// Sibling hashes of the record, from the leaf up.
    pub record_proof: Vec<[u8; 32]>,
    /// Number of the challenge in the epoch.
    pub challenge_number: u32,
    /// The leaf that the node answered with.
    pub leaf: [u8; LEAF_BYTES],
    /// The path that the node answered with.
    pub path: Vec<[u8; 32]>,
}

impl EpochChallengeOpening {
    fn validate(&self) -> Result<()> {
        let proposal = &self.challenge.proposal;
        proposal.check_open()?;
        // A commitment that was closed and registered anew may have another size, by which a
        // record of the old one would seem false: the new one serves later epochs only.
        require!(
            self.commitment.serves(proposal.epoch),
            ProofsError::CommitmentNotInEpoch
        );
        Ok(())
    }

    pub fn epoch_challenge_opening(
        &mut self,
        claim: &OpeningClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.validate()?;
        self.verify_record(claim)?;
        require!(!self.is_opened(claim)?, ProofsError::ChallengeNotProven);
        self.challenge
            .0
            .convict(ChallengeKind::Opening, bumps.slasher)
    }

    /// Checks that the proposal's inputs record this very opening as good.
    fn verify_record(&self, claim: &OpeningClaim) -> Result<()> {
        let (root, count) = (&claim.evidence_root, claim.evidence_count);
        let inputs = inputs_digest(root, count, &claim.context_digest);
        require!(
            inputs == self.challenge.proposal.inputs_digest,
            ProofsError::EvidenceNotProven
        );
        let record = EvidenceRecord {
            commitment: self.commitment.address().to_bytes(),
            challenge_number: claim.challenge_number,
            outcome: Outcome::Ok.byte(),
            opening_digest: opening_digest(&claim.leaf, &claim.path),
        };
        let (index, proof) = (claim.record_index, &claim.record_proof);
        merkle::verify(root, count, index, &record.hash(), proof)
            .map_err(|_| ProofsError::EvidenceNotProven.into())
    }

    fn is_opened(&self, claim: &OpeningClaim) -> Result<bool> {
        let epoch = self.challenge.proposal.epoch;
        let seed = self.seeds.find(epoch).ok_or(ProofsError::SeedNotFound)?;
        let commitment = self.commitment.address().as_array();
        let count = self.commitment.leaf_count;
        let index = challenge_index(seed, commitment, claim.challenge_number, count);
        let opened = verify_opening(
            &self.commitment.root,
            count,
            index,
            &claim.leaf,
            &claim.path,
        );
        Ok(opened.is_ok())
    }
}
