//! Open the revenue of a service.
//!
//! Counts what customers paid for the service, from which emission and the release of stablecoin
//! follow. Leases settle once it is open. Anybody may open it.
//!
//! Specification:
//! - Anybody opens it, once for each service.
//! - A fresh revenue counts nothing.
//! - A paused network lets it open, because leases settle while it is paused.

use {
    crate::{
        error::CreditsError,
        event::RevenueOpened,
        state::{ServiceRevenue, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_REVENUE,
    trestle_staking::state::Service,
};

#[derive(Accounts)]
pub struct RevenueOpen {
    /// Whoever opens it: pays for the account.
    #[account(mut)]
    pub payer: Signer,
    /// The service that is paid for.
    #[account(constraint = service.is_at(service.address()) @ CreditsError::WrongAddress)]
    pub service: State<Service>,
    /// The revenue.
    #[account(init, payer = payer, seeds = [SEED_REVENUE, service], bump)]
    pub revenue: State<ServiceRevenue>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl RevenueOpen {
    pub fn revenue_open(&mut self, bumps: &RevenueOpenBumps) -> Result<RevenueOpened> {
        let service = *self.service.address();
        let network = self.service.network;
        self.revenue.open(bumps.revenue, network, service);
        self.revenue.invariant()?;
        Ok(RevenueOpened {
            revenue: *self.revenue.address(),
            network,
            service,
        })
    }
}
