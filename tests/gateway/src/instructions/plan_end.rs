//! End a plan's lease before its term.
//!
//! Ends the commitment for the customer, with which its lease ends too. A notice that the lease's
//! terms ask for is paid all the same.
//!
//! Specification:
//! - The commitment ends with the running epoch, by the customer.
//! - Only the user ends it.
//! - A plan without a lease is refused.

use {
    crate::{
        error::GatewayError,
        event::PlanEnded,
        programs::Proofs,
        state::{Gateway, Plan},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct PlanEnd {
    /// The user.
    #[account(address = plan.user @ GatewayError::NotUser)]
    pub user: Signer,
    /// The gateway.
    #[account(constraint = gateway.is_at(gateway.address()) @ GatewayError::WrongAddress)]
    pub gateway: Account<Gateway>,
    /// The plan.
    #[account(
        constraint = gateway.is_plan(gateway.address(), plan.address())
            @ GatewayError::WrongGateway,
    )]
    pub plan: Account<Plan>,
    /// Trestle's customer, for whom this program signs.
    #[account(address = gateway.customer @ GatewayError::WrongCustomer)]
    pub customer: UncheckedAccount,
    /// The network.
    #[account(address = gateway.network @ GatewayError::WrongNetwork)]
    pub network: UncheckedAccount,
    /// The service. The proofs program checks that it is the commitment's.
    pub service: UncheckedAccount,
    /// Who keeps the data. The proofs program checks that it is the commitment's.
    pub operator: UncheckedAccount,
    /// The plan's commitment.
    #[account(mut, address = plan.commitment @ GatewayError::WrongCommitment)]
    pub commitment: UncheckedAccount,
    /// The service's final roots. The proofs program checks which they are.
    pub ring: UncheckedAccount,
    /// Ends the commitment.
    pub proofs_program: Program<Proofs>,
}

impl PlanEnd {
    pub fn plan_end(&mut self) -> Result<PlanEnded> {
        self.plan.require_leased()?;
        let signer = self.gateway.signer(self.gateway.address());
        let accounts = trestle_proofs::cpi::accounts::CommitmentEnd {
            party: self.customer.cpi_handle(),
            network: self.network.cpi_handle(),
            service: self.service.cpi_handle(),
            operator: self.operator.cpi_handle(),
            commitment: self.commitment.try_cpi_handle_mut()?,
            ring: self.ring.cpi_handle(),
        };
        let seeds: &[&[&[u8]]] = &[&signer.seeds()];
        let program = self.proofs_program.address();
        let context = CpiContext::new_with_signer(program, accounts, seeds);
        trestle_proofs::cpi::commitment_end(context)?;
        Ok(PlanEnded {
            plan: *self.plan.address(),
            commitment: self.plan.commitment,
        })
    }
}
