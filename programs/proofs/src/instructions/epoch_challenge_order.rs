//! Challenge a root whose operators are out of order, or that has one twice.
//!
//! Leaves ascend strictly by operator, so that each has one leaf and its absence can be shown.
//!
//! Specification:
//! - Two neighbouring leaves prove it when the first operator is not below the second.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - Leaves in order change nothing.
//! - Leaves that are not neighbours, or not in the proposal, are refused.
//! - A proposal that is lost already is refused.
//! - It works until the proposal is final, with a quorum or without, and while paused.

use {
    crate::{
        error::ProofsError,
        event::EpochChallenged,
        groups::{self, ChallengeBumps, ChallengeKind},
        leaf::IndexedLeaf,
    },
    anchor_lang::prelude::*,
    trestle_core::merkle,
};

#[derive(Accounts)]
pub struct EpochChallengeOrder {
    /// The proposal, and what it takes to slash its signers.
    pub challenge: Nested<groups::Challenge>,
}

/// Two neighbouring leaves.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct OrderClaim {
    /// The leaf with the lower index.
    pub first: IndexedLeaf,
    /// The leaf after it.
    pub second: IndexedLeaf,
    /// Multiproof of both.
    pub proof: Vec<[u8; 32]>,
}

impl EpochChallengeOrder {
    pub fn epoch_challenge_order(
        &mut self,
        claim: &OrderClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.challenge.proposal.check_open()?;
        self.verify(claim)?;
        require!(
            claim.first.operator.as_array() >= claim.second.operator.as_array(),
            ProofsError::ChallengeNotProven
        );
        self.challenge
            .0
            .convict(ChallengeKind::Order, bumps.slasher)
    }

    fn verify(&self, claim: &OrderClaim) -> Result<()> {
        let proposal = &self.challenge.proposal;
        let is_next = claim.first.index.checked_add(1) == Some(claim.second.index);
        require!(is_next, ProofsError::LeafNotProven);
        let mut nodes = [claim.first.node(), claim.second.node()];
        let (root, count) = (&proposal.tree_root, proposal.leaf_count);
        merkle::multiproof_verify_in_place(root, count, &mut nodes, &claim.proof)
            .map_err(|_| ProofsError::LeafNotProven.into())
    }
}
