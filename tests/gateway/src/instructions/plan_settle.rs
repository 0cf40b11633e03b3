//! Settle a plan's lease.
//!
//! Passes a final root on to the lease and notes what the user gets back: all that the plan has not
//! used up, service credits included. Anybody may do it.
//!
//! Specification:
//! - The lease is settled, and what it gave back is owed to the user.
//! - What somebody settled without this program counts too.
//! - Another lease than the plan's is refused.

use {
    crate::{error::GatewayError, event::PlanSettled, groups, programs::Credits, state::Plan},
    anchor_lang::prelude::*,
    trestle_credits::groups::cpi::LeaseRefund,
    trestle_staking::leaf::LeafProof,
};

#[derive(Accounts)]
pub struct PlanSettle {
    /// The plan. Without its gateway, for which a transaction with a proof of depth 20 has no room.
    #[account(mut, constraint = plan.is_at(plan.address()) @ GatewayError::WrongAddress)]
    pub plan: Account<Plan>,
    /// The customer's account, with its market.
    pub books: Nested<groups::Books>,
    /// The lease of the plan: it is the customer's, which the credits program checks.
    #[account(mut, address = plan.lease @ GatewayError::WrongLease)]
    pub lease: UncheckedAccount,
    /// The final roots of the lease's service. The credits program checks which they are.
    pub ring: UncheckedAccount,
    /// What is leased.
    #[account(address = plan.commitment @ GatewayError::WrongCommitment)]
    pub commitment: UncheckedAccount,
    /// What customers paid for the service. The credits program checks which service it is.
    #[account(mut)]
    pub revenue: UncheckedAccount,
    /// The maintenance of the operator. The credits program checks whose it is.
    pub maintenance: UncheckedAccount,
    /// Settles the lease.
    pub credits_program: Program<Credits>,
}

impl PlanSettle {
    pub fn plan_settle(&mut self, leaf: LeafProof) -> Result<PlanSettled> {
        self.settle(leaf)?;
        self.plan.settle(&self.books.account)?;
        self.plan.invariant()?;
        Ok(PlanSettled {
            plan: *self.plan.address(),
            lease: self.plan.lease,
            consumed: self.plan.consumed,
            owed: self.plan.owed()?.0,
        })
    }

    #[inline(never)]
    fn settle(&mut self, leaf: LeafProof) -> Result<()> {
        let accounts = trestle_credits::cpi::accounts::LeaseSettle {
            refund: LeaseRefund {
                funds: self.books.0.cpi()?,
                lease: self.lease.try_cpi_handle_mut()?,
            },
            ring: self.ring.cpi_handle(),
            commitment: self.commitment.cpi_handle(),
            revenue: self.revenue.try_cpi_handle_mut()?,
            maintenance: self.maintenance.cpi_handle(),
        };
        let context = CpiContext::new(self.credits_program.address(), accounts);
        trestle_credits::cpi::lease_settle(context, leaf)
    }
}
