//! Propose a new authority.
//!
//! First step of a hand-over: nothing changes until the candidate accepts with its own key, so a
//! mistyped address cannot orphan a network.
//!
//! Specification:
//! - Only the authority can propose.
//! - A second proposal replaces the first.
//! - Proposing the zero address withdraws the proposal.

use {
    crate::{
        error::StakingError,
        event::AuthorityProposed,
        state::{Network, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct AuthorityPropose {
    /// The network's authority: hands over.
    #[account(address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network to hand over.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
}

impl AuthorityPropose {
    pub fn authority_propose(&mut self, candidate: Address) -> Result<AuthorityProposed> {
        self.network.propose_authority(candidate);
        self.network.invariant()?;
        Ok(AuthorityProposed {
            network: *self.network.address(),
            authority: self.network.authority,
            candidate,
        })
    }
}
