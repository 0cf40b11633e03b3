//! Remove a delegate.
//!
//! The key can spend nothing more. What it opened before runs on: the customer can end it.
//!
//! Specification:
//! - Only the customer removes a delegate of the customer's own account.
//! - The rent goes back to the customer.

use {
    crate::{
        error::CreditsError,
        event::DelegateRemoved,
        state::{CustomerAccount, Delegate, State},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct DelegateRemove {
    /// The customer: gets the rent back.
    #[account(mut, address = account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The customer's account.
    #[account(constraint = account.is_at(account.address()) @ CreditsError::WrongAddress)]
    pub account: State<CustomerAccount>,
    /// The delegate; it is closed.
    #[account(
        mut,
        constraint = delegate.is_at(delegate.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&delegate.account, account.address())
            @ CreditsError::WrongDelegate,
    )]
    pub delegate: State<Delegate>,
}

impl DelegateRemove {
    pub fn delegate_remove(&mut self) -> Result<DelegateRemoved> {
        let event = DelegateRemoved {
            account: *self.account.address(),
            key: self.delegate.key,
            total_spent: self.delegate.total_spent,
        };
        self.delegate.close(*self.customer.account())?;
        Ok(event)
    }
}
