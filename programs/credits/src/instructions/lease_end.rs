//! End a lease before its term.
//!
//! Both sides keep a notice, in which the operator goes on serving and being paid: the customer the
//! one that both agreed on when they opened the lease, which may be none, and the operator the one
//! that its service asks for.
//!
//! Specification:
//! - Only the customer or who acts for the operator ends a lease.
//! - A customer's lease ends after the notice of the lease.
//! - An operator's lease ends after the service's notice.
//! - An end is only ever moved forward.
//! - A reason is one that a party can give.
//! - A paused network lets leases end.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::LeaseEnded,
        state::{Lease, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::lease::Reason,
    trestle_staking::state::{Network, Operator, Service},
};

#[derive(Accounts)]
pub struct LeaseEnd {
    /// The customer or the operator's controller.
    pub party: Signer,
    /// The lease's network: its clock counts the epochs.
    #[account(address = lease.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The lease's service: says how long the operator's notice is.
    #[account(address = lease.service @ CreditsError::WrongService)]
    pub service: State<Service>,
    /// The lease's operator: says who acts for it.
    #[account(address = lease.operator @ CreditsError::WrongOperator)]
    pub operator: State<Operator>,
    /// The lease.
    #[account(mut, constraint = lease.is_at(lease.address()) @ CreditsError::WrongAddress)]
    pub lease: State<Lease>,
}

impl LeaseEnd {
    pub fn lease_end(&mut self, reason: u8) -> Result<LeaseEnded> {
        let given = Reason::given(reason).ok_or(CreditsError::BadReason)?;
        let last_epoch = self.last_epoch()?;
        let end_epoch_before = self.lease.end_at(last_epoch, given)?;
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
        let notice = if address_eq(party, &self.lease.customer) {
            self.lease.notice_epochs
        } else {
            require!(
                address_eq(party, &self.operator.controller),
                CreditsError::NotLeaseParty
            );
            self.service.notice_epochs
        };
        epoch
            .checked_add(u64::from(notice))
            .ok_or_else(|| CreditsError::MathOverflow.into())
    }
}
