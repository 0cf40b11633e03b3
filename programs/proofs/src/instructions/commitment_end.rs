//! End a storage commitment.
//!
//! Either party can leave: the customer at once, the operator after the service's notice. Nobody
//! owes notice in a stalled service.
//!
//! Specification:
//! - The customer ends it with the current epoch.
//! - Who ended it is remembered.
//! - The operator's controller ends it after the service's notice.
//! - In a stalled service the operator's controller ends it with the current epoch too.
//! - Anybody else is refused.
//! - An end can be brought forward, by the customer, but not put off.
//! - It works while the network is paused.

use {
    crate::{
        clock::{current_epoch, now},
        error::ProofsError,
        event::CommitmentEnded,
        state::{Commitment, EndedBy, RootRing, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_staking::state::{Network, Operator, Service},
};

#[derive(Accounts)]
pub struct CommitmentEnd {
    /// The customer or the operator's controller.
    pub party: Signer,
    /// The network: its clock counts the epochs.
    #[account(address = service.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service: it fixes the operator's notice.
    #[account(address = commitment.service @ ProofsError::WrongService)]
    pub service: State<Service>,
    /// Who keeps the data.
    #[account(address = commitment.operator @ ProofsError::WrongOperator)]
    pub operator: State<Operator>,
    /// The commitment: its last epoch is fixed.
    #[account(
        mut,
        constraint = commitment.is_at(commitment.address()) @ ProofsError::WrongAddress,
    )]
    pub commitment: State<Commitment>,
    /// The service's final roots: they tell whether it is stalled.
    #[account(
        constraint = ring.service == *service.address() @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
}

impl CommitmentEnd {
    pub fn commitment_end(&mut self) -> Result<CommitmentEnded> {
        let epoch = current_epoch(&self.network, now()?)?;
        let (last_epoch, by) = self.last_epoch(epoch)?;
        self.commitment.end(last_epoch, by)?;
        self.commitment.invariant()?;
        Ok(CommitmentEnded {
            commitment: *self.commitment.address(),
            operator: self.commitment.operator,
            by: *self.party.address(),
            ended_epoch: last_epoch,
        })
    }

    /// The last epoch that the signer may ask for, and which party it is. Somebody who is both
    /// parties is the customer.
    fn last_epoch(&self, epoch: u64) -> Result<(u64, EndedBy)> {
        let party = self.party.address();
        if address_eq(party, &self.commitment.customer) {
            return Ok((epoch, EndedBy::Customer));
        }
        require!(
            address_eq(party, &self.operator.controller),
            ProofsError::NotParty
        );
        if self.ring.is_stalled() {
            return Ok((epoch, EndedBy::Operator));
        }
        let last_epoch = epoch
            .checked_add(u64::from(self.service.notice_epochs))
            .ok_or(ProofsError::MathOverflow)?;
        Ok((last_epoch, EndedBy::Operator))
    }
}
