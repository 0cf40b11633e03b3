//! Close an ended storage commitment.
//!
//! Its rent returns to the customer, and the operator has its capacity back. It must stay as long
//! as a proposed root can be challenged with it, and while leases on it settle.
//!
//! Specification:
//! - Anybody can close it; the rent goes to the customer.
//! - An active commitment is refused.
//! - It stays until two epochs have passed after the one in which its last got a final root.
//! - A root that comes late gives leases as much time to settle.
//! - Without a final root it can be closed 64 epochs after its last one.
//! - What the operator has committed to falls by its size.
//! - A recipient that is not the customer is refused.
//! - It works while the network is paused.

use {
    crate::{
        clock::{current_epoch, now},
        error::ProofsError,
        event::CommitmentClosed,
        state::{Commitment, OperatorLoad, RootRing, State},
    },
    anchor_lang::{prelude::*, AccountClose},
    trestle_staking::state::{Network, Service},
};

#[derive(Accounts)]
pub struct CommitmentClose {
    /// Receives the rent.
    #[account(mut, address = commitment.customer @ ProofsError::WrongRecipient)]
    pub customer: UncheckedAccount,
    /// The network: its clock counts the epochs.
    #[account(address = service.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service that the operator works for.
    #[account(address = commitment.service @ ProofsError::WrongService)]
    pub service: State<Service>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == *service.address() @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The commitment.
    #[account(
        mut,
        constraint = commitment.is_at(commitment.address()) @ ProofsError::WrongAddress,
    )]
    pub commitment: State<Commitment>,
    /// What the operator has committed to in all.
    #[account(
        mut,
        constraint = load.operator == commitment.operator @ ProofsError::WrongOperator,
        constraint = load.is_at(load.address()) @ ProofsError::WrongAddress,
    )]
    pub load: State<OperatorLoad>,
}

impl CommitmentClose {
    pub fn commitment_close(&mut self) -> Result<CommitmentClosed> {
        let epoch = current_epoch(&self.network, now()?)?;
        let ended_epoch = self.commitment.ended_epoch;
        let passed_at = self.ring.passed_at(ended_epoch);
        let passed = passed_at.map(|at| current_epoch(&self.network, at));
        self.commitment.check_closable(epoch, passed.transpose()?)?;
        self.load.release(self.commitment.size_bytes)?;
        self.load.invariant()?;
        let event = CommitmentClosed {
            commitment: *self.commitment.address(),
            operator: self.commitment.operator,
            customer: self.commitment.customer,
            ended_epoch,
        };
        self.commitment.close(*self.customer.account())?;
        Ok(event)
    }
}
