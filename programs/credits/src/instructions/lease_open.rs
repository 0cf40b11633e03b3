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
//! - A paused network opens no lease.

use {
    crate::{
        clock::network_epoch,
        commitment::Commitment,
        error::CreditsError,
        event::LeaseOpened,
        state::{CustomerAccount, Lease, LeaseParties, LeaseTerms, Market},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::{SEED_CUSTOMER, SEED_LEASE, SEED_MARKET},
    trestle_staking::state::{Network, Operator},
};

#[derive(Accounts)]
pub struct LeaseOpen {
    /// The customer: pays the price, and for the account.
    #[account(mut)]
    pub customer: Signer,
    /// The operator's node: agrees by signing.
    #[account(address = operator.node_key @ CreditsError::NotNodeKey)]
    pub node_key: Signer,
    /// The network of both.
    pub network: Account<Network>,
    /// The network's market: credits in leases grow.
    #[account(
        mut,
        seeds = [SEED_MARKET, market.network.as_ref()],
        bump = market.bump,
        constraint = market.network == *network.address() @ CreditsError::WrongNetwork,
    )]
    pub market: Account<Market>,
    /// The customer's account: pays the price.
    #[account(
        mut,
        seeds = [SEED_CUSTOMER, account.network.as_ref(), account.customer.as_ref()],
        bump = account.bump,
        constraint = account.customer == *customer.address() @ CreditsError::NotCustomer,
        constraint = account.network == *network.address() @ CreditsError::WrongNetwork,
    )]
    pub account: Account<CustomerAccount>,
    /// The operator that serves.
    #[account(
        constraint = operator.network == *network.address() @ CreditsError::WrongNetwork,
    )]
    pub operator: Account<Operator>,
    /// What is served.
    #[account(
        constraint = commitment.customer == *customer.address() @ CreditsError::WrongCommitment,
        constraint = commitment.operator == *operator.address() @ CreditsError::WrongCommitment,
        constraint = commitment.is_active() @ CreditsError::CommitmentEnded,
    )]
    pub commitment: Account<Commitment>,
    /// The lease.
    #[account(init, payer = customer, seeds = [SEED_LEASE, commitment], bump)]
    pub lease: Account<Lease>,
    pub system_program: Program<System>,
}

impl LeaseOpen {
    fn validate(&self, terms: &LeaseTerms) -> Result<()> {
        require!(self.network.paused == 0, CreditsError::NetworkPaused);
        terms.validate()
    }

    pub fn lease_open(
        &mut self,
        terms: &LeaseTerms,
        bumps: &LeaseOpenBumps,
    ) -> Result<LeaseOpened> {
        self.validate(terms)?;
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        let parties = LeaseParties {
            bump: bumps.lease,
            network: *self.network.address(),
            service: self.operator.service,
            operator: *self.operator.address(),
            customer: *self.customer.address(),
            commitment: *self.commitment.address(),
            registered_epoch: self.operator.registered_epoch,
        };
        let price = terms.price()?;
        self.lease.open(&parties, terms, epoch)?;
        self.account.open_lease(price)?;
        self.market.escrow(price)?;
        self.lease.invariant()?;
        self.account.invariant()?;
        self.market.invariant()?;
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
            balance: self.account.balance,
            period_epochs: lease.period_epochs,
            sla_bps: lease.sla_bps,
            credit_bps: lease.credit_bps,
        }
    }
}
