//! Challenge a root whose evidence records a good opening as a loss.
//!
//! A node that shows what it was asked for has lost nothing, whatever it signed. Verifiers that
//! record its answer as a loss take stake for nothing.
//!
//! Specification:
//! - A record of a loss under the proposal's inputs, and the opening that it digests, prove it when
//!   the opening leads to the commitment's root at the challenged index.
//! - The index follows from the seed of the proposal's epoch.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - An opening that does not open the commitment changes nothing.
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
        evidence::{loss_digest, Outcome},
        precompile::SIGNATURE_BYTES,
        storage::{opening_digest, verify_opening, LEAF_BYTES},
    },
};

#[derive(Accounts)]
pub struct EpochChallengeLoss {
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

/// A record of a loss, and the opening that it is over.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct LossClaim {
    /// The record.
    pub record: RecordClaim,
    /// The signature beside the opening. Whose it is does not matter here.
    pub signature: [u8; SIGNATURE_BYTES],
    /// The leaf that the node answered with.
    pub leaf: [u8; LEAF_BYTES],
    /// The path that the node answered with.
    pub path: Vec<[u8; 32]>,
}

impl EpochChallengeLoss {
    fn validate(&self) -> Result<()> {
        self.challenge.proposal.check_open()
    }

    pub fn epoch_challenge_loss(
        &mut self,
        claim: &LossClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.validate()?;
        let index = self.leaf_index(&claim.record)?;
        let opening_digest = opening_digest(&claim.leaf, &claim.path);
        claim.record.verify(
            &self.challenge.proposal,
            self.commitment.address(),
            Outcome::Lost,
            loss_digest(&opening_digest, &claim.signature),
        )?;
        let (root, count) = (&self.commitment.root, self.commitment.leaf_count);
        let opened = verify_opening(root, count, index, &claim.leaf, &claim.path);
        require!(opened.is_ok(), ProofsError::ChallengeNotProven);
        self.challenge.0.convict(ChallengeKind::Loss, bumps.slasher)
    }

    fn leaf_index(&self, record: &RecordClaim) -> Result<u32> {
        let epoch = self.challenge.proposal.epoch;
        let address = self.commitment.address();
        record.leaf_index(&self.seeds, epoch, address, &self.commitment)
    }
}
