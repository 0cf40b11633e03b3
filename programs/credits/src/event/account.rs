//! A customer's account of credits.

use anchor_lang::prelude::*;

/// A customer has an account from now on.
#[event(bytemuck)]
pub struct AccountOpened {
    pub account: Address,
    pub network: Address,
    pub customer: Address,
}

/// Credits moved from a wallet into a customer's account.
#[event(bytemuck)]
pub struct AccountDeposited {
    pub account: Address,
    pub credits: u64,
    pub balance: u64,
}

/// Credits moved from a customer's account into the wallet.
#[event(bytemuck)]
pub struct AccountWithdrawn {
    pub account: Address,
    pub credits: u64,
    pub balance: u64,
}
