//! Challenge a root whose totals are less than the sum of its leaves.
//!
//! The totals bound what is paid and were checked against the allotment, so leaves that come to
//! more would take what belongs to others.
//!
//! Specification:
//! - Up to 28 leaves prove it when a sum of theirs exceeds the total.
//! - The proposal is lost, its signers lose bond, and the challenger gets its share.
//! - A sum that leaves 64 bits exceeds every total.
//! - Leaves within the totals change nothing.
//! - No leaf, a leaf twice, more than 28, or one that is not in the proposal, is refused.
//! - A proposal that is lost already is refused.
//! - It works until the proposal is final, with a quorum or without, and while paused.

use {
    crate::{
        constants::TOTALS_LEAVES_MAX,
        error::ProofsError,
        event::EpochChallenged,
        groups::{self, ChallengeBumps, ChallengeKind},
        leaf::IndexedLeaf,
    },
    anchor_lang::prelude::*,
    trestle_core::{
        hash::Hash,
        leaf::{LeafCounters, Totals},
        merkle,
    },
};

#[derive(Accounts)]
pub struct EpochChallengeTotals {
    /// The proposal, and what it takes to slash its signers.
    pub challenge: Nested<groups::Challenge>,
}

/// Leaves that come to more than the totals.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct TotalsClaim {
    /// The leaves, strictly ascending by index.
    pub leaves: Vec<IndexedLeaf>,
    /// Multiproof of them all.
    pub proof: Vec<[u8; 32]>,
}

impl EpochChallengeTotals {
    pub fn epoch_challenge_totals(
        &mut self,
        claim: &TotalsClaim,
        bumps: &ChallengeBumps,
    ) -> Result<EpochChallenged> {
        self.challenge.proposal.check_open()?;
        self.verify(claim)?;
        let totals = Totals::from(self.challenge.proposal.totals);
        require!(
            is_exceeded(&totals, &claim.leaves),
            ProofsError::ChallengeNotProven
        );
        self.challenge
            .0
            .convict(ChallengeKind::Totals, bumps.slasher)
    }

    fn verify(&self, claim: &TotalsClaim) -> Result<()> {
        let proposal = &self.challenge.proposal;
        require!(
            (1..=TOTALS_LEAVES_MAX).contains(&claim.leaves.len()),
            ProofsError::BadLeaves
        );
        let mut nodes: Vec<(u32, Hash)> = claim.leaves.iter().map(IndexedLeaf::node).collect();
        let (root, count) = (&proposal.tree_root, proposal.leaf_count);
        merkle::multiproof_verify_in_place(root, count, &mut nodes, &claim.proof)
            .map_err(|_| ProofsError::LeafNotProven.into())
    }
}

fn is_exceeded(totals: &Totals, leaves: &[IndexedLeaf]) -> bool {
    leaves
        .iter()
        .try_fold(Totals::default(), |sum, leaf| {
            sum.checked_add(&LeafCounters::from(leaf.counters))
        })
        .is_none_or(|sum| sum.exceeds(totals))
}
