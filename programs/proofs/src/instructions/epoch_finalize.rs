//! Make a root final.
//!
//! A proposal whose challenge window has ended enters the ring, from which rewards are paid,
//! stake is slashed and leases settle. Nothing of the proposal stays behind.
//!
//! Specification:
//! - Anybody can finalize once the window after the quorum has ended.
//! - A proposal without a quorum is refused.
//! - A lost or superseded proposal is refused.
//! - A proposal under dispute is refused until that is resolved.
//! - The root enters the ring, and the digest of the next one binds it.
//! - Proposal and round close, and each rent goes back to who paid it.
//! - It works while the network is paused.

use {
    crate::{
        clock::now,
        error::ProofsError,
        event::EpochFinalized,
        state::{Proposal, RootRing, Round, State},
    },
    anchor_lang::{prelude::*, AccountClose},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct EpochFinalize {
    /// The proposal's network: it fixes the window.
    #[account(address = proposal.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service's final roots: one is added.
    #[account(
        mut,
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
    /// Receives the proposal's rent.
    // SAFETY: this and the next account may be one wallet: no data of either is read or written,
    // and lamports are added to one after the other.
    #[account(unsafe(dup), address = proposal.proposer @ ProofsError::WrongRecipient)]
    pub proposer: UncheckedAccount,
    /// Receives the round's rent; often the proposer too.
    // SAFETY: see above.
    #[account(unsafe(dup), address = round.payer @ ProofsError::WrongRecipient)]
    pub round_payer: UncheckedAccount,
}

impl EpochFinalize {
    pub fn epoch_finalize(&mut self) -> Result<EpochFinalized> {
        self.proposal.check_live(&self.ring)?;
        let window_seconds = self.network.challenge_window_seconds;
        let root = self.proposal.to_final(window_seconds, now()?)?;
        self.ring.push(&root)?;
        self.ring.invariant()?;
        let event = EpochFinalized {
            service: self.proposal.service,
            proposal: *self.proposal.address(),
            epoch: root.epoch,
            digest: root.digest,
            previous_digest: self.proposal.previous_digest,
            tree_root: root.tree_root,
            inputs_digest: root.inputs_digest,
            totals: self.proposal.totals,
            finalized_at: root.finalized_at,
            leaf_count: root.leaf_count,
            rules_version: root.rules_version,
            signers: self.proposal.signers,
            _pad: [0; 4],
        };
        self.round.close(*self.round_payer.account())?;
        self.proposal.close(*self.proposer.account())?;
        Ok(event)
    }
}
