//! Challenge a root whose evidence records a loss that the node did not sign.
//!
//! A loss costs stake, so it is recorded on the word of the node alone: its signature under a
//! declared loss, or under an opening that opens nothing. Verifiers that record one without it take
//! stake for nothing.
//!
//! Only a signature that certainly does not verify proves it (`trestle_core::ed25519`). Under a key
//! that the operator changed lately it proves nothing: verifiers may have gone by the former key.
//!
//! Specification:
//! - A record of a loss under the proposal's inputs, and the signature that it digests, prove it
//!   when the signature is certainly not the node's over the loss.
//! - Without an opening the node signs that it lost the leaf, with one that it answers with it.
//! - The index follows from the seed of the proposal's epoch.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - A signature of the node changes nothing.
//! - A node key that is newer than three epochs is refused.
//! - A record that is not under the inputs is refused, so is a signature that it does not digest.
//! - A commitment of another operator or service, or that the epoch did not challenge, is refused.
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
        answer::{is_key_certain, loss_message},
        ed25519::is_refuted,
        evidence::{loss_digest, Outcome},
        precompile::SIGNATURE_BYTES,
    },
    trestle_staking::state::Operator,
};

#[derive(Accounts)]
pub struct EpochChallengeSignature {
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
    /// The operator of the commitment: its node should have signed the loss.
    #[account(
        constraint = operator.is_at(operator.address()) @ ProofsError::WrongAddress,
        address = commitment.operator @ ProofsError::WrongOperator,
    )]
    pub operator: State<Operator>,
}

/// A record of a loss, and the signature that should prove it.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct SignatureClaim {
    /// The record.
    pub record: RecordClaim,
    /// Digest of the opening that the signature is over; zero for a declared loss.
    pub opening_digest: [u8; 32],
    /// The signature.
    pub signature: [u8; SIGNATURE_BYTES],
}

impl EpochChallengeSignature {
    fn validate(&self) -> Result<()> {
        let proposal = &self.challenge.proposal;
        proposal.check_open()?;
        require!(
            is_key_certain(self.operator.node_key_epoch, proposal.epoch),
            ProofsError::NodeKeyTooNew
        );
        Ok(())
    }

    pub fn epoch_challenge_signature(
        &mut self,
        claim: &SignatureClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.validate()?;
        let message = self.message(claim)?;
        claim.record.verify(
            &self.challenge.proposal,
            self.commitment.address(),
            Outcome::Lost,
            loss_digest(&claim.opening_digest, &claim.signature),
        )?;
        let key = self.operator.node_key.as_array();
        require!(
            is_refuted(key, &message, &claim.signature),
            ProofsError::ChallengeNotProven
        );
        self.challenge
            .0
            .convict(ChallengeKind::Signature, bumps.slasher)
    }

    /// What the node should have signed.
    fn message(&self, claim: &SignatureClaim) -> Result<[u8; 32]> {
        let epoch = self.challenge.proposal.epoch;
        let address = self.commitment.address();
        let record = &claim.record;
        let index = record.leaf_index(&self.seeds, epoch, address, &self.commitment)?;
        Ok(loss_message(
            address.as_array(),
            epoch,
            record.challenge_number,
            index,
            &claim.opening_digest,
        ))
    }
}
