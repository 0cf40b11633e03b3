//! Apply a change of a service's parameters.
//!
//! The change was public for its whole delay; to apply it when it is due needs nobody's consent.
//!
//! Specification:
//! - Anybody can apply it from its due epoch on.
//! - One that waits or has lapsed is refused.
//! - All parameters are replaced, and the version of the parameters counts one more.
//! - Commitments that were ended keep their last epoch.
//! - The change closes, and its rent goes back to who paid it.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::ServiceChangeApplied,
        state::{require_due, Network, Service, ServiceChange, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct ServiceChangeApply {
    /// The service's network: its clock counts the epochs.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = service.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The service to change.
    #[account(
        mut,
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
    /// Receives the rent.
    #[account(mut, address = change.payer @ StakingError::WrongRecipient)]
    pub payer: UncheckedAccount,
}

impl ServiceChangeApply {
    pub fn service_change_apply(&mut self) -> Result<ServiceChangeApplied> {
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        require_due(self.change.due_epoch, epoch)?;
        self.change.invariant()?;
        let params = self.change.params(&self.service);
        params.validate()?;
        self.service.change(&params)?;
        self.service.invariant()?;
        self.change.close(*self.payer.account())?;
        Ok(ServiceChangeApplied {
            service: *self.service.address(),
            epoch: epoch.0,
            stake_per_gib: params.stake_per_gib,
            answer_deadline_ms: params.answer_deadline_ms,
            missing_bps: params.missing_bps,
            detect_bps: params.detect_bps,
            miss_slash_bps: params.miss_slash_bps,
            lost_slash_bps: params.lost_slash_bps,
            notice_epochs: params.notice_epochs,
            params_version: self.service.params_version,
            _pad: [0; 6],
        })
    }
}
