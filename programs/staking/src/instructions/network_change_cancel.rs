//! Cancel a pending change of a network's parameters.
//!
//! Specification:
//! - Only the network's authority can cancel, at any time until it is applied.
//! - One that has lapsed can only be cancelled, and another can be proposed then.
//! - The network stays as it is; the rent goes back to who paid it.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::NetworkChangeCancelled,
        state::{Network, NetworkChange, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct NetworkChangeCancel {
    /// The network's authority.
    #[account(address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network whose change it is.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
    /// The change: it is closed.
    #[account(
        mut,
        constraint = change.network == *network.address() @ StakingError::WrongChange,
        constraint = change.is_at(change.address()) @ StakingError::WrongAddress,
    )]
    pub change: State<NetworkChange>,
    /// Receives the rent: whoever was the authority when it was proposed.
    // SAFETY: this and the authority may be one wallet: no data of either is read or written.
    #[account(mut, unsafe(dup), address = change.payer @ StakingError::WrongRecipient)]
    pub payer: UncheckedAccount,
}

impl NetworkChangeCancel {
    pub fn network_change_cancel(&mut self) -> Result<NetworkChangeCancelled> {
        self.change.invariant()?;
        let event = NetworkChangeCancelled {
            network: *self.network.address(),
            authority: *self.authority.address(),
            due_epoch: self.change.due_epoch,
        };
        self.change.close(*self.payer.account())?;
        Ok(event)
    }
}
