//! Sales by card, and their reversal.

use anchor_lang::prelude::*;

/// Another key sells a market's credits by card, or with other limits.
#[event(bytemuck)]
pub struct BillerSet {
    pub market: Address,
    pub key: Address,
    pub daily_cap: u64,
    pub chargeback_seconds: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A card payment bought credits into a customer's account.
#[event(bytemuck)]
pub struct CardSold {
    pub sale: Address,
    pub market: Address,
    pub account: Address,
    pub customer: Address,
    pub payment_id: [u8; 32],
    pub credits: u64,
    /// What the biller paid, in millionths of a dollar.
    pub stable_paid: u64,
    /// Unix seconds from which the sale cannot be reversed.
    pub final_at: i64,
    pub balance: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
}

/// A chargeback froze what was unspent of a card sale.
#[event(bytemuck)]
pub struct CardChargebackOpened {
    pub sale: Address,
    pub account: Address,
    pub customer: Address,
    /// Credits of the sale.
    pub credits: u64,
    /// Credits that were frozen; the others are spent.
    pub frozen: u64,
    pub balance: u64,
}

/// A chargeback was decided.
#[event(bytemuck)]
pub struct CardChargebackDecided {
    pub sale: Address,
    pub account: Address,
    pub customer: Address,
    /// Credits that were frozen: burned if it was lost, free again if not.
    pub frozen: u64,
    /// What the biller got back, in millionths of a dollar.
    pub stable_paid_back: u64,
    pub balance: u64,
    /// 1 if the customer got the money back.
    pub lost: u8,
    /// Zero.
    pub _pad: [u8; 7],
}

/// A card sale was undone.
#[event(bytemuck)]
pub struct CardRefunded {
    pub sale: Address,
    pub account: Address,
    pub customer: Address,
    /// Credits that were burned.
    pub credits: u64,
    /// What the biller got back, in millionths of a dollar.
    pub stable_paid_back: u64,
    pub balance: u64,
}

/// The record of a card sale is gone.
#[event(bytemuck)]
pub struct CardSaleClosed {
    pub sale: Address,
    pub market: Address,
    pub account: Address,
    /// Credits that can be reversed no longer from now on.
    pub credits: u64,
    /// Credits of all card sales that still can be.
    pub pending_total: u64,
}
