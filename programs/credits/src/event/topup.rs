//! Accounts that fill themselves.

use anchor_lang::prelude::*;

/// A customer's account fills itself from now on.
#[event(bytemuck)]
pub struct TopupSet {
    pub account: Address,
    pub customer: Address,
    pub source: Address,
    pub floor: u64,
    pub amount: u64,
    pub period_epochs: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A customer's account no longer fills itself.
#[event(bytemuck)]
pub struct TopupRemoved {
    pub account: Address,
    /// Credits that it ever bought.
    pub bought: u64,
}

/// A customer's account filled itself.
#[event(bytemuck)]
pub struct ToppedUp {
    pub account: Address,
    pub customer: Address,
    pub credits: u64,
    /// Millionths of a dollar.
    pub stable_paid: u64,
    pub balance: u64,
    /// First epoch in which it may buy again.
    pub next_epoch: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
}
