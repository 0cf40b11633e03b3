//! Give a service its policy.
//!
//! The policy says which clearances operators and customers need for new commitments and leases.
//! A service without one admits everybody.
//!
//! Specification:
//! - Only the network's authority can create the policy of a service, and it pays the rent.
//! - The rules of a service without operators hold at once.
//! - The rules of a service with operators hold after the delay of a change.
//! - Kinds that do not exist, jurisdictions out of order, and rules that bind nobody are refused.
//! - A service has one policy.

use {
    crate::{
        error::StakingError,
        event::PolicyCreated,
        state::{Network, PolicyRules, Service, ServicePolicy, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_POLICY,
};

#[derive(Accounts)]
pub struct PolicyCreate {
    /// The network's authority, who pays the rent.
    #[account(mut, address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The service's network.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = service.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The service: it notes that it has a policy.
    #[account(mut, constraint = service.is_at(service.address()) @ StakingError::WrongAddress)]
    pub service: State<Service>,
    /// The new policy.
    #[account(
        init, payer = authority, seeds = [SEED_POLICY, service.address().as_ref()], bump,
    )]
    pub policy: State<ServicePolicy>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl PolicyCreate {
    fn validate(&self, rules: &PolicyRules) -> Result<()> {
        rules.validate()
    }

    pub fn policy_create(
        &mut self,
        rules: &PolicyRules,
        bumps: &PolicyCreateBumps,
    ) -> Result<PolicyCreated> {
        self.validate(rules)?;
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        self.policy.create(bumps.policy, *self.service.address());
        self.policy
            .propose(rules, epoch, self.service.operator_count == 0)?;
        self.service.mark_policy();
        self.policy.invariant()?;
        self.service.invariant()?;
        Ok(PolicyCreated {
            service: *self.service.address(),
            policy: *self.policy.address(),
            rules: *rules,
            _pad: [0; 4],
            due_epoch: self.policy.due_epoch,
        })
    }
}
