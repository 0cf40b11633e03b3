//! Keys that may spend for a customer.

use anchor_lang::prelude::*;

/// A key may spend a customer's credits, within limits.
#[event(bytemuck)]
pub struct DelegateSet {
    pub account: Address,
    pub customer: Address,
    pub key: Address,
    pub epoch_limit: u64,
    pub total_limit: u64,
    pub last_epoch: u64,
    /// Services that it is limited to; all zero if it may spend on all.
    pub services: [Address; 4],
}

/// A key may spend no more.
#[event(bytemuck)]
pub struct DelegateRemoved {
    pub account: Address,
    pub key: Address,
    pub total_spent: u64,
}
