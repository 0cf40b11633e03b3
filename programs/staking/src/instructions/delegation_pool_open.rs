//! Accept delegated stake.
//!
//! Opens the pool that others delegate to an operator through. What the operator earns is from
//! then on shared with them, less its commission.
//!
//! Specification:
//! - Only the operator's controller can open its pool, and pays the rent.
//! - The commission holds from the start.
//! - A commission above the whole is refused.
//! - The operator remembers its pool, so that no slash can pass it over.
//! - A second pool is refused.
//! - A paused network refuses.

use {
    crate::{
        error::StakingError,
        event::DelegationPoolOpened,
        state::{DelegationPool, Network, Operator, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{seeds::SEED_DELEGATION_POOL, units::Bps},
};

#[derive(Accounts)]
pub struct DelegationPoolOpen {
    /// The operator's controller: pays the rent.
    #[account(mut, address = operator.controller @ StakingError::NotOperatorController)]
    pub controller: Signer,
    /// The operator's network.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator that will be delegated to: it remembers the pool.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
    /// The new pool.
    #[account(
        init, payer = controller, seeds = [SEED_DELEGATION_POOL, operator.address().as_ref()], bump,
    )]
    pub pool: State<DelegationPool>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl DelegationPoolOpen {
    fn validate(&self, commission_bps: u16) -> Result<Bps> {
        self.network.require_running()?;
        Bps::new(commission_bps).ok_or_else(|| StakingError::BadCommission.into())
    }

    pub fn delegation_pool_open(
        &mut self,
        commission_bps: u16,
        bumps: &DelegationPoolOpenBumps,
    ) -> Result<DelegationPoolOpened> {
        let commission = self.validate(commission_bps)?;
        self.pool.open(
            bumps.pool,
            *self.operator.address(),
            self.operator.network,
            Clock::get()?.unix_timestamp,
        );
        self.pool.set_commission(commission);
        self.operator.delegation_bump = bumps.pool;
        self.pool.invariant()?;
        self.operator.invariant()?;
        Ok(DelegationPoolOpened {
            operator: *self.operator.address(),
            pool: *self.pool.address(),
            commission_bps,
        })
    }
}
