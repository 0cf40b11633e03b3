//! Give a plan back.
//!
//! Specification:
//! - The user gets back all that was paid, and the plan's rent.
//! - Only the user cancels.
//! - A plan with a lease is not cancelled.
//! - The refund goes to an account of the user.

use {
    crate::{error::GatewayError, event::PlanCancelled, groups},
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct PlanCancel {
    /// The user: gets the rent of the plan.
    #[account(mut, address = refund.plan.user @ GatewayError::NotUser)]
    pub user: Signer,
    /// The plan, the till, and where the user is paid.
    pub refund: Nested<groups::Refund>,
}

impl PlanCancel {
    pub fn plan_cancel(&mut self) -> Result<PlanCancelled> {
        let refund = &mut *self.refund;
        refund.plan.require_open()?;
        let owed = refund.pay()?;
        let event = PlanCancelled {
            plan: *refund.plan.address(),
            gateway: refund.plan.gateway,
            user: refund.plan.user,
            refunded: owed.0,
        };
        refund.plan.close(*self.user.account())?;
        Ok(event)
    }
}
