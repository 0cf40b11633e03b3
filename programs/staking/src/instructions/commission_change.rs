//! Change the commission of a delegation pool.
//!
//! Delegators must be able to leave before they pay more: a higher commission waits as long as any
//! change of parameters, and rises in steps. It works while the network is paused, as leaving does.
//!
//! Specification:
//! - Only the operator's controller can change it.
//! - A lower commission counts at once, and cancels a pending one.
//! - A higher commission counts after two whole epochs, and replaces a pending one.
//! - One change raises it by at most 500 basis points.
//! - A commission above the whole, or the same as before, is refused.

use {
    crate::{
        error::StakingError,
        event::CommissionChanged,
        state::{DelegationPool, Network, Operator, State},
    },
    anchor_lang::prelude::*,
    trestle_core::units::Bps,
};

#[derive(Accounts)]
pub struct CommissionChange {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorController)]
    pub controller: Signer,
    /// The operator's network: it knows the epoch.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator of the pool.
    #[account(
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
        address = pool.operator @ StakingError::WrongOperator,
    )]
    pub operator: State<Operator>,
    /// The pool: its commission changes.
    #[account(mut, constraint = pool.is_at(pool.address()) @ StakingError::WrongAddress)]
    pub pool: State<DelegationPool>,
}

impl CommissionChange {
    fn validate(&self, commission_bps: u16) -> Result<Bps> {
        Bps::new(commission_bps).ok_or_else(|| StakingError::BadCommission.into())
    }

    pub fn commission_change(&mut self, commission_bps: u16) -> Result<CommissionChanged> {
        let commission = self.validate(commission_bps)?;
        let now = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        let former = self.pool.commission_at(now);
        let from_epoch = self.pool.change_commission(commission, now)?;
        self.pool.invariant()?;
        Ok(CommissionChanged {
            operator: *self.operator.address(),
            pool: *self.pool.address(),
            from_epoch,
            former_bps: former.get(),
            commission_bps,
            _pad: [0; 4],
        })
    }
}
