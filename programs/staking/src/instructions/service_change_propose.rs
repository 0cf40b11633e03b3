//! Propose other parameters for a service.
//!
//! Nothing changes before the change is due. An operator that dislikes it and gives notice at
//! once serves no epoch under it.
//!
//! Specification:
//! - Only the network's authority can propose, and it pays the rent.
//! - The proposal names every parameter, within the bounds of creation.
//! - The kind of a service cannot change.
//! - It is due after two whole epochs and the notice that operators have to give.
//! - What is in force already is refused: a change changes something.
//! - While one change is pending a second is refused: cancel the first.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::ServiceChangeProposed,
        state::{Network, Service, ServiceChange, ServiceParams, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_CHANGE,
};

#[derive(Accounts)]
pub struct ServiceChangePropose {
    /// The network's authority, who pays the rent.
    #[account(mut, address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The service's network: its clock counts the epochs.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = service.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The service to change.
    #[account(
        constraint = service.is_at(service.address()) @ StakingError::WrongAddress,
    )]
    pub service: State<Service>,
    /// The pending change.
    #[account(
        init, payer = authority, seeds = [SEED_CHANGE, service.address().as_ref()], bump,
    )]
    pub change: State<ServiceChange>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl ServiceChangePropose {
    fn validate(&self, params: &ServiceParams) -> Result<()> {
        params.validate()?;
        require!(params.kind == self.service.kind, StakingError::KindFixed);
        require!(*params != self.service.params(), StakingError::ChangeEmpty);
        Ok(())
    }

    pub fn service_change_propose(
        &mut self,
        params: &ServiceParams,
        bumps: &ServiceChangeProposeBumps,
    ) -> Result<ServiceChangeProposed> {
        self.validate(params)?;
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        let due = self.service.change_due(epoch);
        let (service, payer) = (*self.service.address(), *self.authority.address());
        self.change.propose(bumps.change, service, payer, due);
        self.change.set_params(params);
        self.change.invariant()?;
        Ok(ServiceChangeProposed {
            network: self.service.network,
            service,
            authority: payer,
            due_epoch: due.0,
            stake_per_gib: params.stake_per_gib,
            answer_deadline_ms: params.answer_deadline_ms,
            missing_bps: params.missing_bps,
            detect_bps: params.detect_bps,
            miss_slash_bps: params.miss_slash_bps,
            lost_slash_bps: params.lost_slash_bps,
            notice_epochs: params.notice_epochs,
            _pad: [0; 2],
        })
    }
}
