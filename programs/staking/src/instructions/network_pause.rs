//! Pause or resume a network.
//!
//! A pause stops what brings in new stake, operators, verifiers and commitments. Exits, claims,
//! refunds and slashes go on: a pause must not be a way to hold people's money.
//!
//! Specification:
//! - The guardian or the authority can pause.
//! - Only the authority can resume.
//! - Pausing a paused network or resuming a running one is refused.

use {
    crate::{error::StakingError, event::NetworkPaused, state::Network},
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct NetworkPause {
    /// The guardian or the authority: which of them is needed depends on the direction, so the
    /// network's own verb checks it.
    pub actor: Signer,
    /// The network to pause or resume.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: Account<Network>,
}

impl NetworkPause {
    pub fn network_pause(&mut self, paused: bool) -> Result<NetworkPaused> {
        let by = *self.actor.address();
        self.network.set_paused(&by, paused)?;
        self.network.invariant()?;
        Ok(NetworkPaused {
            network: *self.network.address(),
            by,
            paused: self.network.paused,
        })
    }
}
