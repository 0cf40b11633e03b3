//! Close a plan.
//!
//! Closes the lease if nobody has, and pays the user in stablecoin for every credit that the plan
//! did not use up. The credits themselves stay with the gateway, for its next plan.
//!
//! Specification:
//! - The user gets back all that was not used up, to the unit, and the rents.
//! - A plan whose lease is not over is not closed.
//! - A lease that somebody closed without this program is no obstacle.
//! - Anybody closes a plan whose commitment is gone, and only the user one whose commitment stays.
//! - The refund goes to an account of the user.

use {
    crate::{error::GatewayError, event::PlanClosed, groups, money::pay, programs::Credits},
    anchor_lang::{prelude::*, AccountClose},
    trestle_credits::groups::cpi::LeaseRefund,
};

#[derive(Accounts)]
pub struct PlanClose {
    /// The user: gets the rents, and need not sign once the commitment is gone.
    #[account(mut, address = refund.plan.user @ GatewayError::NotUser)]
    pub user: UncheckedAccount,
    /// The plan, the till, and where the user is paid.
    pub refund: Nested<groups::Refund>,
    /// The customer's account, with its market.
    pub books: Nested<groups::Books>,
    /// The plan's lease, which may be gone.
    #[account(mut, address = refund.plan.lease @ GatewayError::WrongLease)]
    pub lease: UncheckedAccount,
    /// The plan's commitment, which may be gone.
    #[account(address = refund.plan.commitment @ GatewayError::WrongCommitment)]
    pub commitment: UncheckedAccount,
    /// Moves the rents.
    pub system_program: Program<System>,
    /// Closes the lease.
    pub credits_program: Program<Credits>,
}

impl PlanClose {
    fn validate(&self) -> Result<()> {
        self.refund.plan.require_leased()?;
        require!(
            self.refund.from.gateway.account == *self.books.account.address(),
            GatewayError::WrongAccount
        );
        require!(
            self.is_commitment_gone() || self.user.account().is_signer(),
            GatewayError::CommitmentStays
        );
        Ok(())
    }

    pub fn plan_close(&mut self) -> Result<PlanClosed> {
        self.validate()?;
        if self.lease.account().owned_by(&trestle_credits::ID) {
            self.close_lease()?;
        }
        let account = &self.books.account;
        require!(account.lease_count == 0, GatewayError::PlanNotOver);
        self.refund.plan.settle(account)?;
        self.refund.plan.invariant()?;
        let owed = self.refund.pay()?;
        let rent = self.return_rents()?;
        let plan = &self.refund.plan;
        let event = PlanClosed {
            plan: *plan.address(),
            gateway: plan.gateway,
            user: plan.user,
            consumed: plan.consumed,
            refunded: owed.0,
            rent,
        };
        self.refund.plan.close(*self.user.account())?;
        Ok(event)
    }

    /// Whether the commitment's rent is back with the customer.
    fn is_commitment_gone(&self) -> bool {
        !self.commitment.account().owned_by(&trestle_proofs::ID)
    }

    /// The credits program refuses while the lease is not over.
    #[inline(never)]
    fn close_lease(&mut self) -> Result<()> {
        let accounts = trestle_credits::cpi::accounts::LeaseClose {
            refund: LeaseRefund {
                funds: self.books.0.cpi()?,
                lease: self.lease.try_cpi_handle_mut()?,
            },
            customer: self.refund.0.from.0.customer.try_cpi_handle_mut()?,
        };
        let context = CpiContext::new(self.credits_program.address(), accounts);
        trestle_credits::cpi::lease_close(context)
    }

    /// Gives the user the rents that came back to the customer.
    #[inline(never)]
    fn return_rents(&mut self) -> Result<u64> {
        let commitment_rent = if self.is_commitment_gone() {
            self.refund.plan.commitment_rent
        } else {
            0
        };
        let lease_rent = self.refund.plan.lease_rent;
        let rent = lease_rent
            .checked_add(commitment_rent)
            .ok_or(GatewayError::MathOverflow)?;
        let from = &mut self.refund.0.from.0;
        let signer = from.gateway.signer(from.gateway.address());
        pay(
            &self.system_program,
            from.customer.try_cpi_handle_mut()?,
            self.user.try_cpi_handle_mut()?,
            &[&signer.seeds()],
            rent,
        )?;
        Ok(rent)
    }
}
