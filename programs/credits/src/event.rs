//! What happened: one event for each change of state, enough to rebuild history from logs.
//!
//! Totals and balances are those after the change.

use {
    crate::state::{SlaStep, DEEPER_STEPS},
    anchor_lang::prelude::*,
};

/// A network's credits can be bought from now on.
#[event(bytemuck)]
pub struct MarketCreated {
    pub market: Address,
    pub network: Address,
    pub credit_mint: Address,
    pub price_account: Address,
    pub feed_id: [u8; 32],
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    /// Zero.
    pub _pad: [u8; 2],
}

/// Credits were bought by burning the network's token.
#[event(bytemuck)]
pub struct CreditsBoughtByBurn {
    pub market: Address,
    pub buyer: Address,
    pub credits: u64,
    /// Base units of the network's token.
    pub tokens_burned: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
    /// Dollars for one whole token: `price_mantissa * 10^price_exponent`, after the discount for
    /// the price's confidence.
    pub price_mantissa: u64,
    pub price_exponent: i32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// Credits were bought with the network's stablecoin.
#[event(bytemuck)]
pub struct CreditsBoughtByStable {
    pub market: Address,
    pub buyer: Address,
    pub credits: u64,
    /// Millionths of a dollar.
    pub stable_paid: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
}

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

/// A lease pays for a commitment from now on.
#[event(bytemuck)]
pub struct LeaseOpened {
    pub lease: Address,
    pub network: Address,
    pub service: Address,
    pub operator: Address,
    pub customer: Address,
    pub commitment: Address,
    pub rate_per_epoch: u64,
    pub start_epoch: u64,
    pub end_epoch: u64,
    pub escrow: u64,
    /// Free credits that the customer's account has left.
    pub balance: u64,
    pub period_epochs: u32,
    pub sla_bps: u16,
    pub credit_bps: u16,
    pub deeper_steps: [SlaStep; DEEPER_STEPS],
    pub credit_cap_bps: u16,
    pub notice_epochs: u16,
    pub renewal_epochs: u64,
    pub renewal_rate: u64,
}

/// Epochs of a lease were settled with a final root. Zero `epochs` and amounts: the root only gave
/// the counters that the lease starts from.
#[event(bytemuck)]
pub struct LeaseSettled {
    pub lease: Address,
    /// The epoch of the root.
    pub epoch: u64,
    /// Epochs that were settled.
    pub epochs: u64,
    pub consumed: u64,
    pub refunded: u64,
    /// The part of `refunded` that is a service credit.
    pub credit: u64,
    /// The part of `consumed` that pays for a notice that the customer cut short.
    pub notice_paid: u64,
    /// Credits that are still in the lease.
    pub escrow: u64,
    pub end_epoch: u64,
    /// Good windows among the settled ones.
    pub windows_ok: u32,
    pub windows_total: u32,
    pub status: u8,
    /// Why it ends before its term: `trestle_core::lease::Reason`.
    pub reason: u8,
    /// Why it came out so: `trestle_core::lease::Verdict`.
    pub verdict: u8,
    /// Zero.
    pub _pad: [u8; 5],
}

/// A lease got an earlier end.
#[event(bytemuck)]
pub struct LeaseEnded {
    pub lease: Address,
    pub ended_by: Address,
    pub end_epoch_before: u64,
    pub end_epoch: u64,
    /// `trestle_core::lease::Reason`.
    pub reason: u8,
    /// Zero.
    pub _pad: [u8; 7],
}

/// A lease is gone; what was left in it is back in the customer's account.
#[event(bytemuck)]
pub struct LeaseClosed {
    pub lease: Address,
    pub customer: Address,
    /// Credits that were left.
    pub refunded: u64,
    /// Credits that the lease used up over its life.
    pub consumed_total: u64,
    /// Credits that the lease gave back over its life, `refunded` included.
    pub refunded_total: u64,
    /// Why it ended before its term: `trestle_core::lease::Reason`.
    pub reason: u8,
    /// 1 if nobody settled it in time.
    pub timed_out: u8,
    /// Zero.
    pub _pad: [u8; 6],
}

/// What customers pay for a service is counted from now on.
#[event(bytemuck)]
pub struct RevenueOpened {
    pub revenue: Address,
    pub network: Address,
    pub service: Address,
}

/// A lease got a later end.
#[event(bytemuck)]
pub struct LeaseRenewed {
    pub lease: Address,
    pub customer: Address,
    /// Epochs that were added.
    pub epochs: u64,
    /// Credits that each of them costs.
    pub rate_per_epoch: u64,
    pub end_epoch: u64,
    pub escrow: u64,
    /// Free credits that the customer's account has left.
    pub balance: u64,
    /// Epochs that the customer may still add without asking the operator.
    pub renewal_epochs: u64,
    /// 1 if the operator's node signed, 0 if the option of the lease was used.
    pub by_node: u8,
    /// Zero.
    pub _pad: [u8; 7],
}

/// A lease moved to another operator: the old one ends with its notice, and what its epochs do not
/// need went back into the account that pays for the new one.
#[event(bytemuck)]
pub struct LeaseTransferred {
    pub lease: Address,
    pub customer: Address,
    pub to_lease: Address,
    /// Credits that left the old lease.
    pub moved: u64,
    /// Credits that the old lease keeps for its last epochs.
    pub escrow: u64,
    pub end_epoch_before: u64,
    pub end_epoch: u64,
}

/// An operator will be away.
#[event(bytemuck)]
pub struct MaintenanceDeclared {
    pub maintenance: Address,
    pub operator: Address,
    pub first_epoch: u64,
    pub epochs: u64,
}
