//! Create a service.
//!
//! A service fixes what its operators must stake, how they are tested and what faults cost. Its
//! rules change only with a notice that lets whoever dislikes them leave first.
//!
//! Specification:
//! - Only the network's authority can create a service, and it pays the rent.
//! - Services are numbered from 0 in the order of their creation.
//! - Parameters out of bounds are refused.
//! - A proven loss costs at least three times a miss.
//! - A network lists at most 1,024 services.

use {
    crate::{
        error::StakingError,
        event::ServiceCreated,
        state::{Network, Service, ServiceParams, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_SERVICE,
};

#[derive(Accounts)]
pub struct ServiceCreate {
    /// The network's authority, who pays the rent.
    #[account(mut, address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network: it counts its services.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
    /// The new service, at the network's next index.
    #[account(
        init, payer = authority,
        seeds = [
            SEED_SERVICE, network.address().as_ref(), network.service_count.to_le_bytes()
        ],
        bump,
    )]
    pub service: State<Service>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl ServiceCreate {
    fn validate(&self, params: &ServiceParams) -> Result<()> {
        params.validate()
    }

    pub fn service_create(
        &mut self,
        params: &ServiceParams,
        bumps: &ServiceCreateBumps,
    ) -> Result<ServiceCreated> {
        self.validate(params)?;
        let network = *self.network.address();
        let index = self.network.add_service()?;
        self.service.create(bumps.service, network, index, params);
        self.network.invariant()?;
        self.service.invariant()?;
        Ok(ServiceCreated {
            network,
            service: *self.service.address(),
            stake_per_gib: params.stake_per_gib,
            answer_deadline_ms: params.answer_deadline_ms,
            index,
            missing_bps: params.missing_bps,
            detect_bps: params.detect_bps,
            miss_slash_bps: params.miss_slash_bps,
            lost_slash_bps: params.lost_slash_bps,
            notice_epochs: params.notice_epochs,
            kind: params.kind,
            _pad: [0; 7],
        })
    }
}
