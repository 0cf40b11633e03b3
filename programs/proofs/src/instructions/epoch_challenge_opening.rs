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
        record::RecordClaim,
        state::{Commitment, SeedRing, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{
        evidence::Outcome,
        storage::{opening_digest, verify_opening, LEAF_BYTES},
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

/// A record of a good opening, and the opening.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct OpeningClaim {
    /// The record.
    pub record: RecordClaim,
    /// The leaf that the node answered with.
    pub leaf: [u8; LEAF_BYTES],
    /// The path that the node answered with.
    pub path: Vec<[u8; 32]>,
}

impl EpochChallengeOpening {
    fn validate(&self) -> Result<()> {
        self.challenge.proposal.check_open()
    }

    pub fn epoch_challenge_opening(
        &mut self,
        claim: &OpeningClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.validate()?;
        let index = self.leaf_index(&claim.record)?;
        claim.record.verify(
            &self.challenge.proposal,
            self.commitment.address(),
            Outcome::Ok,
            opening_digest(&claim.leaf, &claim.path),
        )?;
        let (root, count) = (&self.commitment.root, self.commitment.leaf_count);
        let opened = verify_opening(root, count, index, &claim.leaf, &claim.path);
        require!(opened.is_err(), ProofsError::ChallengeNotProven);
        self.challenge
            .0
            .convict(ChallengeKind::Opening, bumps.slasher)
    }

    fn leaf_index(&self, record: &RecordClaim) -> Result<u32> {
        let epoch = self.challenge.proposal.epoch;
        let address = self.commitment.address();
        record.leaf_index(&self.seeds, epoch, address, &self.commitment)
    }
}
