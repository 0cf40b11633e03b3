//! Declare a service stalled.
//!
//! Its verifiers have stopped: no root has become final for longer than any dispute can delay one.
//! Until they come back nobody is bound by what only their roots could settle: operators end their
//! commitments without notice, as customers always can, and nobody makes new ones. Stake unbonds
//! and leases time out as ever: a customer who ends a lease has the rest back eight epochs later.
//!
//! The next final root takes the declaration back by itself. What was ended meanwhile stays ended;
//! proposals, disputes and leases that were open go on, and that root settles and pays for the time
//! in between, because counters are cumulative.
//!
//! Specification:
//! - Anybody can declare it when 16 epochs have passed without a final root.
//! - A service that had no root yet counts from its oldest seed, and cannot stall without one.
//! - A service that had a root lately is refused, so is one that is declared stalled already.
//! - The next final root ends the stall.
//! - It works while the network is paused.

use {
    crate::{
        clock::{current_epoch, now},
        error::ProofsError,
        event::ServiceEscaped,
        state::{RootRing, SeedRing, State},
    },
    anchor_lang::prelude::*,
    trestle_staking::state::{Network, Service},
};

#[derive(Accounts)]
pub struct ServiceEscape {
    /// The network: its clock counts the epochs.
    #[account(address = service.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service.
    #[account(constraint = service.is_at(service.address()) @ ProofsError::WrongAddress)]
    pub service: State<Service>,
    /// The service's final roots: they bear the declaration.
    #[account(
        mut,
        constraint = ring.service == *service.address() @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The service's seeds: the oldest one starts the clock of a service without roots.
    #[account(
        constraint = seeds.service == *service.address() @ ProofsError::WrongService,
        constraint = seeds.is_at(seeds.address()) @ ProofsError::WrongAddress,
    )]
    pub seeds: State<SeedRing>,
}

impl ServiceEscape {
    pub fn service_escape(&mut self) -> Result<ServiceEscaped> {
        let epoch = current_epoch(&self.network, now()?)?;
        let oldest_seed = self.seeds.oldest().map(|seed| seed.epoch);
        let epochs = self.ring.stall(epoch, oldest_seed)?;
        self.ring.invariant()?;
        Ok(ServiceEscaped {
            service: *self.service.address(),
            epoch,
            latest_epoch: self.ring.latest_epoch,
            epochs,
        })
    }
}
