//! Attest a proposed root.
//!
//! A verifier that has recomputed the root vouches for it with its bond.
//!
//! Specification:
//! - Only a verifier of the set with at least the smallest bond can attest.
//! - It must have had weight when the round opened; a later one that took over a number has none.
//! - One that left or was removed since keeps its vote while its bond is in reach of a challenge.
//! - A smallest bond that was raised since takes no vote from a bond that is whole.
//! - The digest that it attests must be the proposal's.
//! - A verifier has one vote in an epoch, whichever proposal it goes to, lost ones too.
//! - The vote weighs the bond of the opening, or what is left of it.
//! - Two thirds of the weight and two verifiers are a quorum, which opens the challenge window.
//! - A lost or superseded proposal is refused.
//! - Attesting ends an epoch's length after the proposal, so that no signer's bond is gone when
//!   the window ends.
//! - It works while the network is paused.

use {
    crate::{
        clock::now,
        error::ProofsError,
        event::EpochAttested,
        state::{Proposal, RootRing, Round, State, VoteRules},
    },
    anchor_lang::prelude::*,
    trestle_staking::state::{Network, VerifierSet},
};

#[derive(Accounts)]
pub struct EpochAttest {
    /// The verifier.
    pub verifier: Signer,
    /// The proposal's network.
    #[account(address = proposal.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The network's verifiers.
    #[account(
        constraint = verifiers.network == *network.address() @ ProofsError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ ProofsError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == proposal.service @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The votes of the proposal's epoch.
    #[account(
        mut,
        constraint = round.service == proposal.service @ ProofsError::WrongService,
        constraint = round.epoch == proposal.epoch @ ProofsError::WrongEpoch,
        constraint = round.is_at(round.address()) @ ProofsError::WrongAddress,
    )]
    pub round: State<Round>,
    /// The proposal.
    #[account(
        mut,
        constraint = proposal.is_at(proposal.address()) @ ProofsError::WrongAddress,
    )]
    pub proposal: State<Proposal>,
}

impl EpochAttest {
    fn validate(&self, digest: &[u8; 32], now: i64) -> Result<()> {
        require!(*digest == self.proposal.digest, ProofsError::WrongDigest);
        self.proposal.check_live(&self.ring)?;
        // Unbonding takes longer than an epoch and a window: whoever signs in time and exits at
        // once can still be slashed when the window ends.
        let age = now.saturating_sub(self.proposal.proposed_at);
        require!(
            age <= i64::from(self.network.epoch_seconds),
            ProofsError::AttestationLate
        );
        Ok(())
    }

    pub fn epoch_attest(&mut self, digest: &[u8; 32]) -> Result<EpochAttested> {
        let now = now()?;
        self.validate(digest, now)?;
        let verifier = *self.verifier.address();
        let rules = VoteRules::new(&self.network, self.proposal.proposed_at);
        let vote = self.round.vote(&self.verifiers, &rules, &verifier)?;
        self.proposal.sign(&vote, &self.round, now)?;
        self.round.invariant()?;
        self.proposal.invariant()?;
        Ok(EpochAttested {
            service: self.proposal.service,
            proposal: *self.proposal.address(),
            verifier,
            epoch: self.proposal.epoch,
            digest: self.proposal.digest,
            weight: self.proposal.weight,
            weight_total: self.round.weight_total,
            quorum_at: self.proposal.quorum_at,
            signers: self.proposal.signers,
            _pad: [0; 4],
        })
    }
}
