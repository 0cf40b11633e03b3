//! Register a storage commitment.
//!
//! Customer and node agree, by signing one transaction, that the operator keeps the data under a
//! Poseidon root. From the next epoch on verifiers challenge it.
//!
//! Specification:
//! - The customer and the operator's node both sign; the customer pays the rent.
//! - A key that is not the node's is refused.
//! - The number of leaves follows from the size.
//! - A size of zero, or above the operator's capacity, is refused.
//! - An operator that has left its service is refused.
//! - What the operator has committed to in all stays within its capacity.
//! - An operator whose stake does not cover all its commitments is refused.
//! - An operator that is jailed, or has unbonded its whole stake, is refused.
//! - A stalled service takes no commitments.
//! - A root that the operator has committed to already is refused.
//! - A service with a policy admits the wallet that registered the operator, and the customer, only
//!   with the clearances that it asks for.
//! - A paused network refuses.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        admission::refusal,
        clock::{current_epoch, now},
        error::ProofsError,
        event::CommitmentRegistered,
        state::{Commitment, CommitmentParties, OperatorLoad, RootRing, State},
    },
    anchor_lang::prelude::*,
    trestle_core::{
        pause::AREA_PROOFS,
        seeds::{SEED_COMMITMENT, SEED_LOAD},
    },
    trestle_staking::{
        admission::AdmissionParties,
        groups,
        state::{Network, Operator, Service},
    },
};

#[derive(Accounts)]
#[instruction(root: [u8; 32])]
pub struct CommitmentRegister {
    /// The customer: pays the rent.
    #[account(mut)]
    pub customer: Signer,
    /// The operator's node, which vouches that it has the data.
    #[account(address = operator.node_key @ ProofsError::WrongNodeKey)]
    pub node: Signer,
    /// The network: its clock counts the epochs.
    #[account(address = service.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service that the operator works for.
    #[account(address = operator.service @ ProofsError::WrongService)]
    pub service: State<Service>,
    /// Who keeps the data.
    #[account(constraint = operator.is_at(operator.address()) @ ProofsError::WrongAddress)]
    pub operator: State<Operator>,
    /// The new commitment.
    #[account(
        init, payer = customer,
        seeds = [SEED_COMMITMENT, operator.address().as_ref(), root.as_ref()],
        bump,
    )]
    pub commitment: State<Commitment>,
    /// What the operator has committed to in all; its first commitment creates it.
    #[account(
        init_if_needed, payer = customer,
        seeds = [SEED_LOAD, operator.address().as_ref()],
        bump,
    )]
    pub load: State<OperatorLoad>,
    /// The service's final roots: they tell whether it is stalled.
    #[account(
        constraint = ring.service == *service.address() @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// Creates the accounts.
    pub system_program: Program<System>,
    /// What admits operator and customer to the service.
    pub admission: Nested<groups::Admission>,
}

impl CommitmentRegister {
    fn validate(&self, now: i64) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_PROOFS),
            ProofsError::NetworkPaused
        );
        require!(!self.operator.has_exited(), ProofsError::OperatorExited);
        let parties = AdmissionParties {
            service: self.service.address(),
            operator: &self.operator.authority,
            customer: self.customer.address(),
        };
        self.admission
            .require(&self.service, &parties, now)
            .map_err(refusal)?;
        require!(!self.ring.is_stalled(), ProofsError::ServiceStalled);
        require!(
            self.operator.jailed_until <= now,
            ProofsError::OperatorJailed
        );
        let unbonds = self.operator.tickets.iter().any(|one| one.amount > 0);
        require!(
            self.operator.stake > 0 || !unbonds,
            ProofsError::OperatorExiting
        );
        Ok(())
    }

    pub fn commitment_register(
        &mut self,
        root: [u8; 32],
        size_bytes: u64,
        bumps: &CommitmentRegisterBumps,
    ) -> Result<CommitmentRegistered> {
        let now = now()?;
        self.validate(now)?;
        let parties = CommitmentParties {
            bump: bumps.commitment,
            service: *self.service.address(),
            operator: *self.operator.address(),
            customer: *self.customer.address(),
            registered_epoch: current_epoch(&self.network, now)?,
        };
        let capacity_gib = self.operator.capacity_gib;
        self.commitment
            .register(&parties, root, size_bytes, capacity_gib)?;
        if self.load.is_blank() {
            self.load.create(bumps.load, parties.operator);
        }
        self.load.add(size_bytes, &self.operator, &self.service)?;
        self.commitment.invariant()?;
        self.load.invariant()?;
        Ok(CommitmentRegistered {
            commitment: *self.commitment.address(),
            service: parties.service,
            operator: parties.operator,
            customer: parties.customer,
            root,
            size_bytes,
            registered_epoch: parties.registered_epoch,
            leaf_count: self.commitment.leaf_count,
            _pad: [0; 4],
        })
    }
}
