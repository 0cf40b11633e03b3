//! Challenge a root that takes stake for no fault.
//!
//! What is slashed is slashed for a fault, and a fault spoils the window that it happened in: an
//! operator whose bad windows did not become more since the root before cannot have lost stake.
//!
//! That is all the chain knows for certain. How much a fault may cost follows from the stake at the
//! time when verifiers read it. Deposits and withdrawals since then, and slashes that were applied,
//! have changed what the operator's account says, so that a bound by it would convict signers who
//! did nothing wrong. A slash that is too large for its fault is for the verifiers to judge, in a
//! dispute. So is that of an operator whose first leaf this is, which has nothing to compare with.
//!
//! Specification:
//! - An operator's leaf in the root before and in the proposal prove it when more is slashed and no
//!   more windows are bad.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - A slash beside a bad window changes nothing, whatever its size.
//! - Nothing slashed changes nothing.
//! - Only the root that the proposal builds on directly can be compared with.
//! - A leaf that is not in its root is refused.
//! - A proposal that is lost already is refused.
//! - It works until the proposal is final, with a quorum or without, and while paused.

use {
    crate::{
        error::ProofsError,
        event::EpochChallenged,
        groups::{self, ChallengeBumps, ChallengeKind},
        instructions::CountersClaim,
        state::{RootRing, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct EpochChallengeSlash {
    /// The proposal, and what it takes to slash its signers.
    pub challenge: Nested<groups::Challenge>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == challenge.proposal.service @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
}

impl EpochChallengeSlash {
    fn validate(&self, claim: &CountersClaim) -> Result<()> {
        let proposal = &self.challenge.proposal;
        proposal.check_open()?;
        // With an older root the wrong of one that became final in between would fall on those
        // who only carried its counters on.
        require!(
            claim.old.epoch == proposal.previous_epoch,
            ProofsError::RootNotFound
        );
        Ok(())
    }

    pub fn epoch_challenge_slash(
        &mut self,
        claim: &CountersClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.validate(claim)?;
        let (old, new) = claim.verify(&self.challenge.proposal, &self.ring)?;
        require!(
            new.counters().slashed_without_fault(&old.counters()),
            ProofsError::ChallengeNotProven
        );
        self.challenge
            .0
            .convict(ChallengeKind::Slash, bumps.slasher)
    }
}
