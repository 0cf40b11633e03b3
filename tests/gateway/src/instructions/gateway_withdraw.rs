//! Withdraw from the till.
//!
//! The owner takes out the float and what plans have used up. What the user of the running plan
//! would get back stays.
//!
//! Specification:
//! - Only the owner withdraws.
//! - What the user is owed stays in the till.
//! - What a plan has used up can be withdrawn.

use {
    crate::{
        error::GatewayError,
        event::GatewayWithdrawn,
        groups,
        money::price_of,
        state::{Plan, State},
    },
    anchor_lang::prelude::*,
    trestle_core::units::{Credits, StableAmount},
    trestle_credits::state::CustomerAccount,
};

#[derive(Accounts)]
pub struct GatewayWithdraw {
    /// The owner.
    #[account(address = from.gateway.owner @ GatewayError::NotOwner)]
    pub owner: Signer,
    /// The gateway and its till.
    pub from: Nested<groups::Till>,
    /// The gateway's plan, which may not exist.
    #[account(
        constraint = from.gateway.is_plan(from.gateway.address(), plan.address())
            @ GatewayError::WrongGateway,
    )]
    pub plan: UncheckedAccount,
    /// The customer's account: says what the plan has used up.
    #[account(address = from.gateway.account @ GatewayError::WrongAccount)]
    pub account: State<CustomerAccount>,
    /// Where the stablecoin goes: any account of its mint.
    #[account(mut)]
    pub destination: UncheckedAccount,
}

impl GatewayWithdraw {
    pub fn gateway_withdraw(&mut self, amount: StableAmount) -> Result<GatewayWithdrawn> {
        let owed = self.owed()?;
        let from = &mut *self.from;
        from.pay_out(self.destination.try_cpi_handle_mut()?, amount)?;
        from.invariant(owed)?;
        Ok(GatewayWithdrawn {
            gateway: *from.gateway.address(),
            destination: *self.destination.address(),
            amount: amount.0,
            owed: owed.0,
            till: from.till.amount(),
        })
    }

    /// What the user of the plan would get back; nothing without a plan.
    fn owed(&self) -> Result<StableAmount> {
        let Ok(plan) = Account::<Plan>::load(*self.plan.account()) else {
            return price_of(Credits::ZERO);
        };
        let mut plan = *plan;
        plan.settle(&self.account)?;
        plan.owed()
    }
}
