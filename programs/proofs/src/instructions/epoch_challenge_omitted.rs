//! Challenge a root in which an operator has no leaf.
//!
//! An operator has a leaf in every root from the epoch on in which it registered. One that is left
//! out loses its counters: it could neither claim nor be slashed by that root. Operators never
//! leave their service, so their account alone says that they must be there, and one that was in
//! an earlier root needs no proof of that.
//!
//! Specification:
//! - Two neighbouring leaves with the operator between them prove it.
//! - The first leaf proves it for an operator below it, the last leaf for one above it.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - Leaves that leave no room for the operator change nothing.
//! - An operator that registered after the proposal's epoch, or of another service, is refused.
//! - Leaves that are not neighbours, or not in the proposal, are refused.
//! - A proposal that is lost already is refused.
//! - It works until the proposal is final, with a quorum or without, and while paused.

use {
    crate::{
        error::ProofsError,
        event::EpochChallenged,
        groups::{self, ChallengeBumps, ChallengeKind},
        leaf::IndexedLeaf,
        state::{Proposal, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{hash::Hash, merkle},
    trestle_staking::state::Operator,
};

#[derive(Accounts)]
pub struct EpochChallengeOmitted {
    /// The proposal, and what it takes to slash its signers.
    pub challenge: Nested<groups::Challenge>,
    /// The operator that is left out.
    #[account(
        constraint = operator.is_at(operator.address()) @ ProofsError::WrongAddress,
        constraint = operator.service == challenge.proposal.service @ ProofsError::WrongService,
    )]
    pub operator: State<Operator>,
}

/// The leaves between which an operator is missing.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct OmittedClaim {
    /// The last leaf below the operator; none if it would be the first.
    pub before: Option<IndexedLeaf>,
    /// The first leaf above the operator; none if it would be the last.
    pub after: Option<IndexedLeaf>,
    /// Multiproof of both, or the proof of the one.
    pub proof: Vec<[u8; 32]>,
}

impl OmittedClaim {
    /// Checks that nothing stands between the leaves, and that both are in the proposal.
    fn verify(&self, proposal: &Proposal) -> Result<()> {
        let last = proposal.leaf_count.checked_sub(1);
        let is_adjacent = match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.index.checked_add(1) == Some(after.index),
            (Some(before), None) => Some(before.index) == last,
            (None, Some(after)) => after.index == 0,
            (None, None) => false,
        };
        require!(is_adjacent, ProofsError::LeafNotProven);
        let leaves = self.before.iter().chain(&self.after);
        let mut nodes: Vec<(u32, Hash)> = leaves.map(IndexedLeaf::node).collect();
        let (root, count) = (&proposal.tree_root, proposal.leaf_count);
        merkle::multiproof_verify_in_place(root, count, &mut nodes, &self.proof)
            .map_err(|_| ProofsError::LeafNotProven.into())
    }

    /// Whether the operator would stand between them.
    fn has_room_for(&self, operator: &Address) -> bool {
        let operator = operator.as_array();
        let is_above = |leaf: &IndexedLeaf| leaf.operator.as_array() < operator;
        let is_below = |leaf: &IndexedLeaf| operator < leaf.operator.as_array();
        self.before.as_ref().is_none_or(is_above) && self.after.as_ref().is_none_or(is_below)
    }
}

impl EpochChallengeOmitted {
    fn validate(&self) -> Result<()> {
        self.challenge.proposal.check_open()?;
        require!(
            self.operator.registered_epoch <= self.challenge.proposal.epoch,
            ProofsError::OperatorTooYoung
        );
        Ok(())
    }

    pub fn epoch_challenge_omitted(
        &mut self,
        claim: &OmittedClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.validate()?;
        claim.verify(&self.challenge.proposal)?;
        require!(
            claim.has_room_for(self.operator.address()),
            ProofsError::ChallengeNotProven
        );
        self.challenge
            .0
            .convict(ChallengeKind::Omitted, bumps.slasher)
    }
}
