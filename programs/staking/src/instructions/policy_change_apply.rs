//! Put the waiting rules of a policy into force.
//!
//! Specification:
//! - Anybody can apply a change when its epoch has begun.
//! - A change that is not due yet is refused.
//! - A change that nobody applied in time has lapsed and is refused.
//! - Without a waiting change there is nothing to apply.

use {
    crate::{event::PolicyChangeApplied, groups},
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct PolicyChangeApply {
    /// The policy, its service and its network.
    pub change: Nested<groups::PolicyChange>,
}

impl PolicyChangeApply {
    pub fn policy_change_apply(&mut self) -> Result<PolicyChangeApplied> {
        let epoch = self.change.epoch()?;
        self.change.policy.apply(epoch)?;
        self.change.policy.invariant()?;
        Ok(PolicyChangeApplied {
            service: self.change.policy.service,
            policy: *self.change.policy.address(),
            rules: self.change.policy.rules,
            changes: self.change.policy.changes,
        })
    }
}
