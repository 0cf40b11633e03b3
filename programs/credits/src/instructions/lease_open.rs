//! Open a lease.
//!
//! Customer and operator agree on a price for keeping one commitment. The price of the whole term
//! moves from the customer's account into the lease.
//!
//! Specification:
//! - Customer and the operator's node both sign.
//! - The commitment is between these two and is still served.
//! - The lease begins with the next epoch, when its commitment is first challenged.
//! - The price of the whole term leaves the free balance.
//! - A commitment has one lease at a time.
//! - Terms out of bounds are refused.
//! - A schedule of service credits rises step by step.
//! - An operator that has left its service is refused.
//! - A service with a policy admits the wallet that registered the operator, and the customer, only
//!   with the clearances that it asks for.
//! - A paused network opens no lease.

use {
    crate::{
        address::maintenance_address,
        admission::require_admitted,
        commitment::Commitment,
        error::CreditsError,
        event::LeaseOpened,
        groups,
        state::{Lease, LeaseParties, LeaseTerms, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::seeds::SEED_LEASE,
    trestle_staking::{
        groups as staking_groups,
        state::{Operator, Service},
    },
};

#[derive(Accounts)]
pub struct LeaseOpen {
    /// The customer: pays the price, and for the account.
    #[account(mut, address = funds.account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The operator's node: agrees by signing.
    #[account(address = operator.node_key @ CreditsError::NotNodeKey)]
    pub node_key: Signer,
    /// The customer's account, which pays the price, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The operator that serves.
    #[account(
        constraint = operator.is_at(operator.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&operator.network, funds.network.address())
            @ CreditsError::WrongNetwork,
    )]
    pub operator: State<Operator>,
    /// What is served.
    #[account(
        constraint = commitment.is_at(commitment.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&commitment.customer, customer.address())
            @ CreditsError::WrongCommitment,
        constraint = address_eq(&commitment.operator, operator.address())
            @ CreditsError::WrongCommitment,
        constraint = commitment.is_active() @ CreditsError::CommitmentEnded,
    )]
    pub commitment: State<Commitment>,
    /// The lease.
    #[account(init, payer = customer, seeds = [SEED_LEASE, commitment], bump)]
    pub lease: State<Lease>,
    /// Creates the account.
    pub system_program: Program<System>,
    /// The service that the operator works for: says whether it has a policy.
    #[account(address = operator.service @ CreditsError::WrongService)]
    pub service: State<Service>,
    /// What admits operator and customer to the service.
    pub admission: Nested<staking_groups::Admission>,
}

impl LeaseOpen {
    fn validate(&self) -> Result<()> {
        require!(!self.operator.has_exited(), CreditsError::OperatorExited);
        require_admitted(
            &self.admission,
            &self.service,
            &self.operator,
            self.customer.address(),
        )
    }

    pub fn lease_open(
        &mut self,
        terms: &LeaseTerms,
        bumps: &LeaseOpenBumps,
    ) -> Result<LeaseOpened> {
        self.validate()?;
        let operator = *self.operator.address();
        let parties = LeaseParties {
            bump: bumps.lease,
            network: *self.funds.network.address(),
            service: self.operator.service,
            operator,
            customer: *self.customer.address(),
            commitment: *self.commitment.address(),
            registered_epoch: self.operator.registered_epoch,
            maintenance_bump: maintenance_address(&operator).1,
        };
        self.funds.open_lease(&mut self.lease, &parties, terms)?;
        Ok(self.event())
    }

    fn event(&self) -> LeaseOpened {
        let lease = &self.lease;
        LeaseOpened {
            lease: *lease.address(),
            network: lease.network,
            service: lease.service,
            operator: lease.operator,
            customer: lease.customer,
            commitment: lease.commitment,
            rate_per_epoch: lease.rate_per_epoch,
            start_epoch: lease.start_epoch,
            end_epoch: lease.end_epoch,
            escrow: lease.escrow,
            balance: self.funds.account.balance,
            period_epochs: lease.period_epochs,
            sla_bps: lease.sla_bps,
            credit_bps: lease.credit_bps,
            deeper_steps: lease.deeper_steps,
            credit_cap_bps: lease.credit_cap_bps,
            notice_epochs: lease.notice_epochs,
            renewal_epochs: lease.renewal_epochs,
            renewal_rate: lease.renewal_rate,
        }
    }
}
