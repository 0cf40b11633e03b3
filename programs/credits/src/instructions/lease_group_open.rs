//! Open a lease group.
//!
//! A customer who needs k operators takes n of them. What k cost over the whole term moves from the
//! customer's account into the group; operators join it before it begins.
//!
//! Specification:
//! - Only the customer opens a group, and pays from the free balance.
//! - The price is that of k operators over the whole term.
//! - A customer has one group of a number at a time.
//! - A group has 1 to 16 members and needs no more than it may have.
//! - A group begins 1 to 32 epochs after the running one.
//! - Terms of a lease out of bounds are refused, and so is a renewal option.
//! - A paused network opens no group.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        error::CreditsError,
        event::LeaseGroupOpened,
        groups,
        state::{GroupParties, GroupTerms, LeaseGroup, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::seeds::SEED_LEASE_GROUP,
    trestle_staking::state::Service,
};

#[derive(Accounts)]
#[instruction(id: u64)]
pub struct LeaseGroupOpen {
    /// The customer: pays the price, and for the account.
    #[account(mut, address = funds.account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The customer's account, which pays the price, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The service that is bought.
    #[account(
        constraint = service.is_at(service.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&service.network, funds.network.address())
            @ CreditsError::WrongNetwork,
    )]
    pub service: State<Service>,
    /// The group.
    #[account(
        init,
        payer = customer,
        seeds = [SEED_LEASE_GROUP, customer.address().as_ref(), &id.to_le_bytes()],
        bump,
    )]
    pub group: State<LeaseGroup>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl LeaseGroupOpen {
    pub fn lease_group_open(
        &mut self,
        id: u64,
        terms: &GroupTerms,
        bumps: &LeaseGroupOpenBumps,
    ) -> Result<LeaseGroupOpened> {
        let parties = GroupParties {
            bump: bumps.group,
            id,
            network: *self.funds.network.address(),
            service: *self.service.address(),
            customer: *self.customer.address(),
        };
        self.funds.open_group(&mut self.group, &parties, terms)?;
        Ok(self.event())
    }

    fn event(&self) -> LeaseGroupOpened {
        let group = &self.group;
        LeaseGroupOpened {
            group: *group.address(),
            network: group.network,
            service: group.service,
            customer: group.customer,
            id: group.id,
            rate_per_epoch: group.rate_per_epoch,
            start_epoch: group.start_epoch,
            end_epoch: group.end_epoch,
            escrow: group.escrow,
            balance: self.funds.account.balance,
            period_epochs: group.period_epochs,
            sla_bps: group.sla_bps,
            credit_bps: group.credit_bps,
            deeper_steps: group.deeper_steps,
            credit_cap_bps: group.credit_cap_bps,
            notice_epochs: group.notice_epochs,
            needed: group.needed,
            members_max: group.members_max,
            _pad: [0; 6],
        }
    }
}
