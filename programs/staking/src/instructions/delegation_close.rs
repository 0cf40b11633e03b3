//! Close an empty delegation.
//!
//! Specification:
//! - Only the delegator can close it, and gets the rent back.
//! - A delegation with shares, tickets or unpaid rewards is refused.
//! - It can be opened again by a later deposit.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::DelegationClosed,
        state::{Delegation, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct DelegationClose {
    /// The delegator; receives the rent.
    #[account(mut, address = delegation.delegator @ StakingError::NotDelegator)]
    pub delegator: Signer,
    /// The delegation.
    #[account(
        mut,
        constraint = delegation.is_at(delegation.address()) @ StakingError::WrongAddress,
    )]
    pub delegation: State<Delegation>,
}

impl DelegationClose {
    fn validate(&self) -> Result<()> {
        require!(self.delegation.is_empty(), StakingError::DelegationInUse);
        Ok(())
    }

    pub fn delegation_close(&mut self) -> Result<DelegationClosed> {
        self.validate()?;
        let event = DelegationClosed {
            pool: self.delegation.pool,
            delegator: self.delegation.delegator,
        };
        self.delegation.close(*self.delegator.account())?;
        Ok(event)
    }
}
