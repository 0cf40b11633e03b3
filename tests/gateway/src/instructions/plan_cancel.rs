//! Give a plan back.
//!
//! Specification:
//! - The user gets back all that was paid, and the plan's rent.
//! - Only the user cancels.
//! - A plan with a lease is not cancelled.
//! - The refund goes to an account of the user.

use {
    crate::{error::GatewayError, event::PlanCancelled, groups, state::Plan},
    anchor_lang::{address_eq, prelude::*, AccountClose},
    anchor_spl::token::TokenAccount,
};

#[derive(Accounts)]
pub struct PlanCancel {
    /// The user: gets the rent of the plan.
    #[account(mut, address = plan.user @ GatewayError::NotUser)]
    pub user: Signer,
    /// Where the refund goes.
    #[account(
        mut,
        constraint = address_eq(user_stable.owner(), user.address())
            @ GatewayError::NotUsersAccount,
    )]
    pub user_stable: Account<TokenAccount>,
    /// The gateway and its till.
    pub from: Nested<groups::Till>,
    /// The plan.
    #[account(
        mut,
        constraint = from.gateway.is_plan(from.gateway.address(), plan.address())
            @ GatewayError::WrongGateway,
    )]
    pub plan: Account<Plan>,
}

impl PlanCancel {
    pub fn plan_cancel(&mut self) -> Result<PlanCancelled> {
        self.plan.require_open()?;
        let owed = self.plan.owed()?;
        let to = self.user_stable.try_cpi_handle_mut()?;
        self.from.pay_out(to, owed)?;
        let event = PlanCancelled {
            plan: *self.plan.address(),
            gateway: self.plan.gateway,
            user: self.plan.user,
            refunded: owed.0,
        };
        self.plan.close(*self.user.account())?;
        Ok(event)
    }
}
