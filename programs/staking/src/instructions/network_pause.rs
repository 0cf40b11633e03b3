//! Pause or resume areas of a network.
//!
//! Each program is an area. A pause of its area stops what brings value in through that program:
//! new stake, operators, verifiers, commitments, allotments, sales and leases. Exits, claims,
//! refunds and slashes go on: a pause must not be a way to hold people's money.
//!
//! Specification:
//! - The guardian or the authority can pause areas, besides those that are paused.
//! - Only the authority can resume areas; the others stay paused.
//! - Each area stops its own program and no other.
//! - An area that does not exist is refused, and so is none.
//! - Pausing what is paused or resuming what runs is refused.

use {
    crate::{
        error::StakingError,
        event::NetworkPaused,
        state::{Network, State},
    },
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
    pub network: State<Network>,
}

impl NetworkPause {
    pub fn network_pause(&mut self, areas: u8, paused: bool) -> Result<NetworkPaused> {
        let by = *self.actor.address();
        let before = self.network.set_paused(&by, areas, paused)?;
        self.network.invariant()?;
        Ok(NetworkPaused {
            network: *self.network.address(),
            by,
            before,
            after: self.network.paused,
        })
    }
}
