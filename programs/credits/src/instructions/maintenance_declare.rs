//! Declare maintenance.
//!
//! An operator says ahead that its hardware will be away. Its leases neither pay for those epochs
//! nor punish bad windows in them. It concerns leases alone: rewards and the service's schedule of
//! penalties go by what verifiers saw.
//!
//! Specification:
//! - Only who acts for the operator declares.
//! - A window begins after at least two whole epochs.
//! - A quarter of ninety epochs has at most nine epochs of maintenance.
//! - Windows are declared in order and never overlap.
//! - A window is remembered for ninety epochs after its end.
//! - A paused network lets it be declared.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MaintenanceDeclared,
        state::{Maintenance, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_MAINTENANCE,
    trestle_staking::state::{Network, Operator},
};

#[derive(Accounts)]
pub struct MaintenanceDeclare {
    /// The operator's controller: pays for the account the first time.
    #[account(mut, address = operator.controller @ CreditsError::NotLeaseParty)]
    pub controller: Signer,
    /// The operator's network: its clock counts the epochs.
    #[account(address = operator.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The operator.
    #[account(constraint = operator.is_at(operator.address()) @ CreditsError::WrongAddress)]
    pub operator: State<Operator>,
    /// The operator's maintenance; the first window opens it.
    #[account(
        init_if_needed, payer = controller, seeds = [SEED_MAINTENANCE, operator], bump,
    )]
    pub maintenance: State<Maintenance>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl MaintenanceDeclare {
    pub fn maintenance_declare(
        &mut self,
        first_epoch: u64,
        epochs: u64,
        bumps: &MaintenanceDeclareBumps,
    ) -> Result<MaintenanceDeclared> {
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        let operator = *self.operator.address();
        self.maintenance.open(bumps.maintenance, operator);
        self.maintenance.declare(first_epoch, epochs, epoch)?;
        self.maintenance.invariant()?;
        Ok(MaintenanceDeclared {
            maintenance: *self.maintenance.address(),
            operator,
            first_epoch,
            epochs,
        })
    }
}
