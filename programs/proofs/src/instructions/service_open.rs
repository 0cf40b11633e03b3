//! Open a service for proofs.
//!
//! Creates the two rings of a service: its final roots and its challenge seeds. What they begin
//! with leaves no choice, so anybody may pay for them.
//!
//! Specification:
//! - Anybody can open a service of the staking program, and pays the rent.
//! - Both rings begin empty.
//! - A service can be opened once.
//! - An account that is no service is refused.

use {
    crate::{
        error::ProofsError,
        event::ServiceOpened,
        state::{RootRing, SeedRing, State},
    },
    anchor_lang::prelude::*,
    trestle_staking::state::Service,
};

#[derive(Accounts)]
pub struct ServiceOpen {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer,
    /// The service.
    #[account(constraint = service.is_at(service.address()) @ ProofsError::WrongAddress)]
    pub service: State<Service>,
    /// Its final roots.
    #[account(init, payer = payer, seeds = [b"ring", service], bump)]
    pub ring: State<RootRing>,
    /// Its challenge seeds.
    #[account(init, payer = payer, seeds = [b"seeds", service], bump)]
    pub seeds: State<SeedRing>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl ServiceOpen {
    pub fn service_open(&mut self, bumps: &ServiceOpenBumps) -> Result<ServiceOpened> {
        let service = *self.service.address();
        self.ring.create(bumps.ring, service);
        self.seeds.create(bumps.seeds, service);
        self.ring.invariant()?;
        self.seeds.invariant()?;
        Ok(ServiceOpened {
            network: self.service.network,
            service,
            ring: *self.ring.address(),
            seeds: *self.seeds.address(),
        })
    }
}
