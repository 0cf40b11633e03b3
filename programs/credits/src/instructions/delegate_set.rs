//! Set the limits of a delegate.
//!
//! A customer lets another key, such as that of its own software, open meters and leases from its
//! account, within limits. Setting them again changes them at once.
//!
//! Specification:
//! - Only the customer sets limits for the customer's own account.
//! - The customer's own key is no delegate.
//! - A delegate is limited to at most four services.
//! - New limits count at once, and what was spent before counts on.

use {
    crate::{
        error::CreditsError,
        event::DelegateSet,
        state::{CustomerAccount, Delegate, DelegateParams, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::seeds::SEED_DELEGATE,
};

#[derive(Accounts)]
pub struct DelegateSetLimits {
    /// The customer: pays for the account of the delegate.
    // SAFETY: no data of it is read or written; that it is no delegate of its own is checked below.
    #[account(mut, unsafe(dup), address = account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The customer's account.
    #[account(constraint = account.is_at(account.address()) @ CreditsError::WrongAddress)]
    pub account: State<CustomerAccount>,
    /// The key that may spend. It need not sign.
    #[account(
        constraint = !address_eq(key.address(), customer.address()) @ CreditsError::OwnDelegate,
    )]
    pub key: UncheckedAccount,
    /// The delegate.
    #[account(
        init_if_needed,
        payer = customer,
        seeds = [SEED_DELEGATE, account, key],
        bump,
    )]
    pub delegate: State<Delegate>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl DelegateSetLimits {
    pub fn delegate_set(
        &mut self,
        params: &DelegateParams,
        bumps: &DelegateSetLimitsBumps,
    ) -> Result<DelegateSet> {
        let (account, key) = (*self.account.address(), *self.key.address());
        self.delegate.set(bumps.delegate, account, key, params)?;
        self.delegate.invariant()?;
        Ok(DelegateSet {
            account,
            customer: self.account.customer,
            key,
            epoch_limit: params.epoch_limit,
            total_limit: params.total_limit,
            last_epoch: params.last_epoch,
            services: self.delegate.services,
        })
    }
}
