//! Propose other rules for the policy of a service.
//!
//! Rules that refuse somebody whom the present ones admit wait, so that whoever is concerned can
//! obtain a clearance or leave. Rules that refuse nobody new hold at once.
//!
//! Specification:
//! - Only the network's authority can propose.
//! - Rules that admit everybody whom the present ones admit hold at once.
//! - Any other rules wait for the delay of a change, and the present ones hold meanwhile.
//! - A proposal takes the place of one that waits.
//! - The rules that hold already are refused, and so are rules that `policy_create` refuses.

use {
    crate::{error::StakingError, event::PolicyChangeProposed, groups, state::PolicyRules},
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct PolicyChangePropose {
    /// The network's authority.
    #[account(address = change.network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The policy, its service and its network.
    pub change: Nested<groups::PolicyChange>,
}

impl PolicyChangePropose {
    fn validate(&self, rules: &PolicyRules) -> Result<()> {
        rules.validate()
    }

    pub fn policy_change_propose(&mut self, rules: &PolicyRules) -> Result<PolicyChangeProposed> {
        self.validate(rules)?;
        let epoch = self.change.epoch()?;
        let is_unused = self.change.service.operator_count == 0;
        self.change.policy.propose(rules, epoch, is_unused)?;
        self.change.policy.invariant()?;
        Ok(PolicyChangeProposed {
            service: self.change.policy.service,
            policy: *self.change.policy.address(),
            rules: *rules,
            changes: self.change.policy.changes,
            due_epoch: self.change.policy.due_epoch,
        })
    }
}
