//! Join a lease group.
//!
//! An operator becomes one of the n that serve a group, for a commitment to its customer. Both
//! agree by signing the terms of the group, which hold for all members.
//!
//! Specification:
//! - Customer and the operator's node both sign.
//! - The commitment is between these two and is still served.
//! - What they sign are the terms of the group.
//! - The operator works for the group's service and has not left it.
//! - An operator is a member of a group once.
//! - A group takes no more members than its terms say.
//! - Who joins a running group serves from the next epoch on.
//! - A member whose commitment has ended makes room for another.
//! - A member that has left can come back to its own place.
//! - A member to whom notice is owed has not left.
//! - Epochs of a place that the customer emptied give no service credit.
//! - Nobody joins a group that began with too few members, is ending or in its last epoch.
//! - A service with a policy admits the wallet that registered the operator, and the customer, only
//!   with the clearances that it asks for.
//! - A paused network lets nobody join.

use {
    crate::{
        admission::require_admitted,
        commitment::Commitment,
        error::CreditsError,
        event::LeaseGroupJoined,
        groups,
        state::{GroupMember, GroupTerms, LeaseGroup, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_staking::{
        groups as staking_groups,
        state::{Network, Operator, Service},
    },
};

#[derive(Accounts)]
pub struct LeaseGroupJoin {
    /// The customer: agrees by signing.
    #[account(address = group.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The operator's node: agrees by signing.
    #[account(address = operator.node_key @ CreditsError::NotNodeKey)]
    pub node_key: Signer,
    /// The group's network: its clock counts the epochs.
    #[account(address = group.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The group.
    #[account(mut, constraint = group.is_at(group.address()) @ CreditsError::WrongAddress)]
    pub group: State<LeaseGroup>,
    /// The operator that serves.
    #[account(constraint = operator.is_at(operator.address()) @ CreditsError::WrongAddress)]
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
    /// The service of the group and of the operator: says whether it has a policy.
    #[account(
        address = group.service @ CreditsError::WrongService,
        constraint = address_eq(service.address(), &operator.service)
            @ CreditsError::WrongService,
    )]
    pub service: State<Service>,
    /// What admits operator and customer to the service.
    pub admission: Nested<staking_groups::Admission>,
}

impl LeaseGroupJoin {
    fn validate(&self) -> Result<()> {
        require!(!self.operator.has_exited(), CreditsError::OperatorExited);
        require_admitted(
            &self.admission,
            &self.service,
            &self.operator,
            self.customer.address(),
        )
    }

    pub fn lease_group_join(&mut self, terms: &GroupTerms) -> Result<LeaseGroupJoined> {
        let epoch = groups::running_epoch(&self.network)?;
        self.validate()?;
        let operator = *self.operator.address();
        let commitment = *self.commitment.address();
        let member = GroupMember::new(operator, commitment, self.operator.registered_epoch);
        let place = self.group.join(terms, &member, epoch)?;
        self.group.invariant()?;
        Ok(LeaseGroupJoined {
            group: *self.group.address(),
            customer: self.group.customer,
            operator,
            commitment,
            member_count: self.group.member_count,
            place,
            _pad: [0; 6],
        })
    }
}
