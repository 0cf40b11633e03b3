//! End a lease before its term.
//!
//! The customer can leave at once: the running epoch is the last that is paid for. The operator
//! keeps serving, and being paid, for the notice that its service asks for.
//!
//! Specification:
//! - Only the customer or the operator's controller ends a lease.
//! - A customer's lease ends with the running epoch.
//! - An operator's lease ends after the service's notice.
//! - An end is only ever moved forward.
//! - A reason is one of the known ones.
//! - A paused network lets leases end.

use {
    crate::{
        clock::network_epoch,
        constants::{REASON_NONE, REASON_OTHER},
        error::CreditsError,
        event::LeaseEnded,
        state::Lease,
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_staking::state::{Network, Operator, Service},
};

#[derive(Accounts)]
pub struct LeaseEnd {
    /// The customer, or the operator's controller.
    pub party: Signer,
    /// The lease's network: its clock counts the epochs.
    #[account(address = lease.network @ CreditsError::WrongNetwork)]
    pub network: Account<Network>,
    /// The lease's service: says how long the operator's notice is.
    #[account(address = lease.service @ CreditsError::WrongService)]
    pub service: Account<Service>,
    /// The lease's operator: says who its controller is.
    #[account(address = lease.operator @ CreditsError::WrongOperator)]
    pub operator: Account<Operator>,
    /// The lease.
    #[account(mut, constraint = lease.is_at(lease.address()) @ CreditsError::WrongAddress)]
    pub lease: Account<Lease>,
}

impl LeaseEnd {
    fn validate(&self, reason: u8) -> Result<()> {
        require!(
            reason > REASON_NONE && reason <= REASON_OTHER,
            CreditsError::BadReason
        );
        Ok(())
    }

    pub fn lease_end(&mut self, reason: u8) -> Result<LeaseEnded> {
        self.validate(reason)?;
        let last_epoch = self.last_epoch()?;
        let end_epoch_before = self.lease.end_at(last_epoch, reason)?;
        self.lease.invariant()?;
        Ok(LeaseEnded {
            lease: *self.lease.address(),
            ended_by: *self.party.address(),
            end_epoch_before,
            end_epoch: self.lease.end_epoch,
            reason,
            _pad: [0; 7],
        })
    }

    /// Last epoch that whoever ends the lease may choose.
    fn last_epoch(&self) -> Result<u64> {
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        let party = self.party.address();
        if address_eq(party, &self.lease.customer) {
            return Ok(epoch);
        }
        require!(
            address_eq(party, &self.operator.controller),
            CreditsError::NotLeaseParty
        );
        epoch
            .checked_add(u64::from(self.service.notice_epochs))
            .ok_or_else(|| CreditsError::MathOverflow.into())
    }
}
