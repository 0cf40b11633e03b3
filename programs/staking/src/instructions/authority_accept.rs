//! Accept the authority over a network.
//!
//! Second step of a hand-over: the candidate proves that it can sign.
//!
//! Specification:
//! - Only the proposed authority can accept.
//! - The former authority loses its power at once.
//! - A proposal can be accepted once.

use {
    crate::{
        error::StakingError,
        event::AuthorityAccepted,
        state::{Network, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct AuthorityAccept {
    /// The proposed authority.
    #[account(address = network.pending_authority @ StakingError::NotPendingAuthority)]
    pub candidate: Signer,
    /// The network to take over.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
}

impl AuthorityAccept {
    pub fn authority_accept(&mut self) -> Result<AuthorityAccepted> {
        let former = self.network.accept_authority();
        self.network.invariant()?;
        Ok(AuthorityAccepted {
            network: *self.network.address(),
            former,
            authority: self.network.authority,
        })
    }
}
