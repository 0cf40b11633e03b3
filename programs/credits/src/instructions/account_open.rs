//! Open a customer's account.
//!
//! A customer has one account with each network. It holds the credits that leases are paid from.
//!
//! Specification:
//! - The customer pays for its own account and opens it once.
//! - A fresh account holds nothing.

use {
    crate::{
        error::CreditsError,
        event::AccountOpened,
        state::{CustomerAccount, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_CUSTOMER,
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct AccountOpen {
    /// The customer: pays for the account.
    #[account(mut)]
    pub customer: Signer,
    /// The network whose credits the account will hold.
    #[account(constraint = network.is_at(network.address()) @ CreditsError::WrongAddress)]
    pub network: State<Network>,
    /// The account.
    #[account(init, payer = customer, seeds = [SEED_CUSTOMER, network, customer], bump)]
    pub account: State<CustomerAccount>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl AccountOpen {
    pub fn account_open(&mut self, bumps: &AccountOpenBumps) -> Result<AccountOpened> {
        let network = *self.network.address();
        let customer = *self.customer.address();
        self.account.open(bumps.account, network, customer);
        self.account.invariant()?;
        Ok(AccountOpened {
            account: *self.account.address(),
            network,
            customer,
        })
    }
}
