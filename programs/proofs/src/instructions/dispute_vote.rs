//! Vote on a dispute.
//!
//! A verifier says whether the disputed root is right, by its own recomputation.
//!
//! Specification:
//! - Each verifier of the round votes once, the signers of the root too.
//! - A verifier admitted after the round was opened has no vote, also with the number of another.
//! - An exiting verifier has a vote as long as its bond stays within reach until the end.
//! - A verifier below the network's smallest bond, whose bond is not whole, has no vote.
//! - The vote weighs the bond of the opening, or what is left of it.
//! - Voting ends when the time of the dispute is over.
//! - It works while the network is paused.

use {
    crate::{
        clock::now,
        error::ProofsError,
        event::DisputeVoted,
        state::{Dispute, State},
    },
    anchor_lang::prelude::*,
    trestle_staking::state::{Network, VerifierSet},
};

#[derive(Accounts)]
pub struct DisputeVote {
    /// The verifier.
    pub verifier: Signer,
    /// The proposal's network.
    #[account(address = dispute.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The network's verifiers.
    #[account(
        constraint = verifiers.network == *network.address() @ ProofsError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ ProofsError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
    /// The dispute.
    #[account(
        mut,
        constraint = dispute.is_at(dispute.address()) @ ProofsError::WrongAddress,
    )]
    pub dispute: State<Dispute>,
}

impl DisputeVote {
    pub fn dispute_vote(&mut self, is_right: bool) -> Result<DisputeVoted> {
        let verifier = *self.verifier.address();
        let bond_min = self.network.verifier_bond_min;
        let vote = self
            .dispute
            .vote(&self.verifiers, bond_min, &verifier, is_right, now()?)?;
        self.dispute.invariant()?;
        Ok(DisputeVoted {
            proposal: self.dispute.proposal,
            dispute: *self.dispute.address(),
            verifier,
            weight: vote.weight,
            weight_right: self.dispute.weight_right,
            weight_wrong: self.dispute.weight_wrong,
            weight_total: self.dispute.weight_total,
            is_right: u8::from(is_right),
            _pad: [0; 7],
        })
    }
}
