//! Release a jailed operator.
//!
//! Every slash jails: the operator gets no new work and no new delegations. When the time has
//! passed and its own stake is what its service asks again, its controller has it released.
//!
//! Specification:
//! - Only the operator's controller can release it.
//! - The jail ends; how often it was jailed stays counted.
//! - Before its time has passed, it is refused.
//! - With less stake of its own than its capacity asks, it is refused.
//! - An operator that is not jailed is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::OperatorReleased,
        state::{Operator, Service, State},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct OperatorRelease {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorController)]
    pub controller: Signer,
    /// The operator's service: it knows the stake that is asked.
    #[account(
        constraint = service.is_at(service.address()) @ StakingError::WrongAddress,
        constraint = address_eq(service.address(), &operator.service)
            @ StakingError::WrongService,
    )]
    pub service: State<Service>,
    /// The operator to release.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl OperatorRelease {
    pub fn operator_release(&mut self) -> Result<OperatorReleased> {
        let min_stake = self.service.min_stake(self.operator.capacity_gib)?;
        self.operator
            .release(Clock::get()?.unix_timestamp, min_stake)?;
        self.operator.invariant()?;
        Ok(OperatorReleased {
            operator: *self.operator.address(),
            controller: self.operator.controller,
            stake: self.operator.stake,
            jail_count: self.operator.jail_count,
            _pad: [0; 4],
        })
    }
}
