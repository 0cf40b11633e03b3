//! Cancel a pending change of a service's parameters.
//!
//! Specification:
//! - Only the network's authority can cancel, at any time until it is applied.
//! - One that has lapsed can only be cancelled, and another can be proposed then.
//! - The service stays as it is; the rent goes back to who paid it.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::ServiceChangeCancelled,
        state::{Network, Service, ServiceChange, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct ServiceChangeCancel {
    /// The network's authority.
    #[account(address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The service's network: says who its authority is.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = service.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The service whose change it is.
    #[account(
        constraint = service.is_at(service.address()) @ StakingError::WrongAddress,
    )]
    pub service: State<Service>,
    /// The change: it is closed.
    #[account(
        mut,
        constraint = change.service == *service.address() @ StakingError::WrongChange,
        constraint = change.is_at(change.address()) @ StakingError::WrongAddress,
    )]
    pub change: State<ServiceChange>,
    /// Receives the rent: whoever was the authority when it was proposed.
    // SAFETY: this and the authority may be one wallet: no data of either is read or written.
    #[account(mut, unsafe(dup), address = change.payer @ StakingError::WrongRecipient)]
    pub payer: UncheckedAccount,
}

impl ServiceChangeCancel {
    pub fn service_change_cancel(&mut self) -> Result<ServiceChangeCancelled> {
        self.change.invariant()?;
        let event = ServiceChangeCancelled {
            service: *self.service.address(),
            authority: *self.authority.address(),
            due_epoch: self.change.due_epoch,
        };
        self.change.close(*self.payer.account())?;
        Ok(event)
    }
}
