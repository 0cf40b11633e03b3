//! Transfer a lease to another operator.
//!
//! The customer leaves one operator and opens a lease with another in one step. The old lease ends
//! with its notice and keeps what the epochs until then cost: final roots settle them as always.
//! The rest of its escrow pays for the new lease.
//!
//! Specification:
//! - Customer and the new operator's node both sign.
//! - The old lease ends after its notice and keeps the price of its unsettled epochs.
//! - What leaves the old lease pays for the new one, and the free balance has the difference.
//! - No credit is lost or made.
//! - The new lease is with another operator of the same service.
//! - A lease that is settled is not transferred.
//! - A paused network transfers no lease.

use {
    super::lease_open::{self, LeaseOpenBumps},
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::{LeaseOpened, LeaseTransferred},
        state::{Lease, LeaseTerms, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{lease::Reason, units::Credits},
};

#[derive(Accounts)]
pub struct LeaseTransfer {
    /// The new lease and all that opening it takes.
    pub open: Nested<lease_open::LeaseOpen>,
    /// The old lease: ends, and gives up what its epochs do not need.
    #[account(
        mut,
        constraint = lease.is_at(lease.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&lease.network, open.funds.network.address())
            @ CreditsError::WrongNetwork,
        constraint = address_eq(&lease.customer, open.customer.address())
            @ CreditsError::NotCustomer,
        constraint = address_eq(&lease.service, &open.operator.service)
            @ CreditsError::WrongService,
        constraint = !address_eq(&lease.operator, open.operator.address())
            @ CreditsError::SameOperator,
    )]
    pub lease: State<Lease>,
}

impl LeaseTransfer {
    pub fn lease_transfer(
        &mut self,
        terms: &LeaseTerms,
        bumps: &LeaseOpenBumps,
    ) -> Result<(LeaseTransferred, LeaseOpened)> {
        let event = self.leave()?;
        let opened = self.open.lease_open(terms, bumps)?;
        Ok((event, opened))
    }

    /// Ends the old lease and frees what it does not need.
    fn leave(&mut self) -> Result<LeaseTransferred> {
        let funds = &mut *self.open.funds;
        let epoch = network_epoch(&funds.network, Clock::get()?.unix_timestamp)?;
        let end_epoch_before = self.lease.end_epoch;
        let moved = self.lease.leave(epoch, Reason::Transferred)?;
        funds.book(Credits::ZERO, moved)?;
        self.lease.invariant()?;
        funds.invariant()?;
        Ok(LeaseTransferred {
            lease: *self.lease.address(),
            customer: self.lease.customer,
            to_lease: *self.open.lease.address(),
            moved: moved.0,
            escrow: self.lease.escrow,
            end_epoch_before,
            end_epoch: self.lease.end_epoch,
        })
    }
}
