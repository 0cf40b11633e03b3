//! Dispute a root that has a quorum.
//!
//! What no objective challenge can show, the verifiers decide. Whoever disputes stakes as much as
//! the smallest verifier bonds: an accusation weighs what a vote does. See the state for who votes
//! and how a dispute ends.
//!
//! Specification:
//! - Anybody can dispute a root with a quorum until its window ends, and pays bond and rent.
//! - The bond is the network's smallest bond of a verifier, and lies in a vault of the dispute.
//! - A root without a quorum, or whose window has ended, is refused.
//! - A lost or superseded proposal is refused.
//! - A proposal has one dispute: while it is open and once it is upheld a second one is refused.
//! - Verifiers vote for the length of a challenge window, but for an epoch at most.
//! - The weights are those of the proposal's round.
//! - It works while the network is paused.

use {
    crate::{
        clock::now,
        error::ProofsError,
        event::DisputeOpened,
        state::{Dispute, DisputeOrigin, Proposal, RootRing, Round, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::seeds::{SEED_DISPUTE, SEED_DISPUTE_VAULT},
    trestle_staking::{state::Network, token_calls},
};

#[derive(Accounts)]
pub struct DisputeOpen {
    /// Whoever disputes: pays bond and rent.
    #[account(mut)]
    pub challenger: Signer,
    /// Where the bond comes from: an account of the challenger, or one delegated to it.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// The proposal's network: it fixes bond and window.
    #[account(address = proposal.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == proposal.service @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The votes of the proposal's epoch: their weights are copied.
    #[account(
        constraint = round.service == proposal.service @ ProofsError::WrongService,
        constraint = round.epoch == proposal.epoch @ ProofsError::WrongEpoch,
        constraint = round.is_at(round.address()) @ ProofsError::WrongAddress,
    )]
    pub round: State<Round>,
    /// The proposal: it cannot become final meanwhile.
    #[account(
        mut,
        constraint = proposal.is_at(proposal.address()) @ ProofsError::WrongAddress,
    )]
    pub proposal: State<Proposal>,
    /// The new dispute.
    #[account(
        init, payer = challenger, seeds = [SEED_DISPUTE, proposal.address().as_ref()], bump,
    )]
    pub dispute: State<Dispute>,
    /// The network's token.
    #[account(address = network.token_mint @ ProofsError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// Holds the bond.
    #[account(
        init, payer = challenger, seeds = [SEED_DISPUTE_VAULT, dispute.address().as_ref()], bump,
        token::mint = token_mint, token::authority = dispute,
    )]
    pub vault: Account<TokenAccount>,
    /// Moves the bond.
    pub token_program: Program<Token>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl DisputeOpen {
    fn validate(&self) -> Result<()> {
        self.proposal.check_live(&self.ring)
    }

    pub fn dispute_open(&mut self, bumps: &DisputeOpenBumps) -> Result<DisputeOpened> {
        self.validate()?;
        let now = now()?;
        let window_seconds = self.network.challenge_window_seconds;
        self.proposal.start_dispute(window_seconds, now)?;
        let origin = DisputeOrigin {
            bump: bumps.dispute,
            vault_bump: bumps.vault,
            network: *self.network.address(),
            proposal: *self.proposal.address(),
            challenger: *self.challenger.address(),
            bond: self.network.verifier_bond_min,
            now,
            vote_seconds: window_seconds.min(self.network.epoch_seconds),
        };
        self.dispute.open(&origin, &self.round)?;
        token_calls::transfer(
            self.token_program.address(),
            self.source.try_cpi_handle_mut()?,
            self.vault.try_cpi_handle_mut()?,
            self.challenger.cpi_handle(),
            &[],
            origin.bond,
        );
        self.dispute.invariant()?;
        self.proposal.invariant()?;
        Ok(DisputeOpened {
            service: self.proposal.service,
            proposal: origin.proposal,
            dispute: *self.dispute.address(),
            challenger: origin.challenger,
            epoch: self.proposal.epoch,
            digest: self.proposal.digest,
            bond: origin.bond,
            weight_total: self.dispute.weight_total,
            ends_at: self.dispute.ends_at,
        })
    }
}
