//! Stop filling a customer's account.
//!
//! Specification:
//! - Only the customer removes the top-up of the customer's own account.
//! - The rent goes back to the customer.

use {
    crate::{
        error::CreditsError,
        event::TopupRemoved,
        state::{CustomerAccount, State, Topup},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct TopupRemove {
    /// The customer: gets the rent back.
    #[account(mut, address = account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The customer's account.
    #[account(constraint = account.is_at(account.address()) @ CreditsError::WrongAddress)]
    pub account: State<CustomerAccount>,
    /// The top-up; it is closed.
    #[account(
        mut,
        constraint = topup.is_at(topup.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&topup.account, account.address()) @ CreditsError::NotCustomer,
    )]
    pub topup: State<Topup>,
}

impl TopupRemove {
    pub fn topup_remove(&mut self) -> Result<TopupRemoved> {
        let event = TopupRemoved {
            account: *self.account.address(),
            bought: self.topup.bought,
        };
        self.topup.close(*self.customer.account())?;
        Ok(event)
    }
}
