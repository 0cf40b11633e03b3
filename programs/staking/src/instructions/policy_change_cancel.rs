//! Withdraw the waiting rules of a policy.
//!
//! Specification:
//! - Only the network's authority can cancel a change, due, lapsed or not.
//! - The rules that hold stay as they are.
//! - Without a waiting change there is nothing to cancel.

use {
    crate::{error::StakingError, event::PolicyChangeCancelled, groups},
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct PolicyChangeCancel {
    /// The network's authority.
    #[account(address = change.network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The policy, its service and its network.
    pub change: Nested<groups::PolicyChange>,
}

impl PolicyChangeCancel {
    pub fn policy_change_cancel(&mut self) -> Result<PolicyChangeCancelled> {
        let due_epoch = self.change.policy.cancel()?;
        self.change.policy.invariant()?;
        Ok(PolicyChangeCancelled {
            service: self.change.policy.service,
            policy: *self.change.policy.address(),
            due_epoch,
        })
    }
}
