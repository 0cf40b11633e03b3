//! Challenge a root in which a counter of an operator fell.
//!
//! Counters are cumulative since genesis. A root that takes one back would let an operator be
//! slashed or paid twice.
//!
//! Specification:
//! - An operator's leaf in a final root that the proposal builds on, and in the proposal, prove it
//!   when any counter fell.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - Counters that did not fall change nothing.
//! - A leaf that is not in its root is refused.
//! - A final root that the proposal does not build on, or that left the ring, is refused.
//! - A proposal that is lost already is refused.
//! - It works until the proposal is final, with a quorum or without, and while paused.

use {
    crate::{
        error::ProofsError,
        event::EpochChallenged,
        groups::{self, ChallengeBumps, ChallengeKind},
        leaf::IndexedLeaf,
        state::{Proposal, RootRing, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{leaf::PayoutLeaf, merkle},
    trestle_staking::leaf::LeafProof,
};

#[derive(Accounts)]
pub struct EpochChallengeCounters {
    /// The proposal, and what it takes to slash its signers.
    pub challenge: Nested<groups::Challenge>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == challenge.proposal.service @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
}

/// An operator's leaf before and after.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct CountersClaim {
    /// Its leaf in a final root.
    pub old: LeafProof,
    /// Its leaf in the proposal.
    pub new: IndexedLeaf,
    /// Sibling hashes of the new leaf, from the leaf up.
    pub new_proof: Vec<[u8; 32]>,
}

impl CountersClaim {
    /// Checks that both are leaves of one operator, in a final root that the proposal builds on
    /// and in the proposal, and returns them.
    #[inline(never)]
    pub fn verify(&self, proposal: &Proposal, ring: &RootRing) -> Result<(PayoutLeaf, PayoutLeaf)> {
        Ok((self.old_leaf(proposal, ring)?, self.new_leaf(proposal)?))
    }

    fn old_leaf(&self, proposal: &Proposal, ring: &RootRing) -> Result<PayoutLeaf> {
        // A root that became final beside the proposal says nothing about it: the proposal
        // could not know that root.
        let root = ring
            .roots()
            .find(self.old.epoch)
            .filter(|root| proposal.builds_on(root.epoch))
            .ok_or(ProofsError::RootNotFound)?;
        let operator = self.new.operator.as_array();
        let leaf = PayoutLeaf::from_parts(operator, &self.old.counters.into());
        let (index, proof) = (self.old.index, &self.old.proof);
        merkle::verify(&root.tree_root, root.leaf_count, index, &leaf.hash(), proof)
            .map_err(|_| ProofsError::LeafNotProven)?;
        Ok(leaf)
    }

    fn new_leaf(&self, proposal: &Proposal) -> Result<PayoutLeaf> {
        let (index, hash) = self.new.node();
        let (root, count) = (&proposal.tree_root, proposal.leaf_count);
        merkle::verify(root, count, index, &hash, &self.new_proof)
            .map_err(|_| ProofsError::LeafNotProven)?;
        Ok(self.new.payout())
    }
}

impl EpochChallengeCounters {
    pub fn epoch_challenge_counters(
        &mut self,
        claim: &CountersClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.challenge.proposal.check_open()?;
        let (old, new) = claim.verify(&self.challenge.proposal, &self.ring)?;
        require!(new.fell_since(&old), ProofsError::ChallengeNotProven);
        self.challenge
            .0
            .convict(ChallengeKind::Counters, bumps.slasher)
    }
}
