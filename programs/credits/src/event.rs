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
    pub biller_cap: u64,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
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
    pub customer: Address,
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
    /// Free credits of the customer.
    pub balance: u64,
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
    /// Free credits of the customer.
    pub balance: u64,
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

/// A market's rules will change.
#[event(bytemuck)]
pub struct MarketChangeProposed {
    pub market: Address,
    /// First epoch in which the change can be applied.
    pub due_epoch: u64,
    pub biller_cap: u64,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A market's rules changed.
#[event(bytemuck)]
pub struct MarketChanged {
    pub market: Address,
    pub biller_cap: u64,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A market's rules will not change as proposed.
#[event(bytemuck)]
pub struct MarketChangeCancelled {
    pub market: Address,
    pub due_epoch: u64,
}

/// A market has accounts for its fees from now on.
#[event(bytemuck)]
pub struct TreasuryOpened {
    pub market: Address,
    pub treasury: Address,
    pub insurance_vault: Address,
}

/// The network's authority took stablecoin out of the treasury.
#[event(bytemuck)]
pub struct TreasuryWithdrawn {
    pub market: Address,
    pub destination: Address,
    pub amount: u64,
    /// What the treasury has left.
    pub balance: u64,
}

/// Stablecoin behind credits that a service used up left the vault.
#[event(bytemuck)]
pub struct RevenueReleased {
    pub market: Address,
    pub service: Address,
    /// Credits whose stablecoin was released.
    pub credits: u64,
    /// All that was released, in millionths of a dollar: the sum of the three parts.
    pub stable: u64,
    pub protocol: u64,
    pub insurance: u64,
    pub operators: u64,
    /// Credits that the market ever released.
    pub released_total: u64,
    /// Millionths of a dollar that the market ever released.
    pub released_stable_total: u64,
}

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

/// A meter pays for usage from now on.
#[event(bytemuck)]
pub struct MeterOpened {
    pub meter: Address,
    pub account: Address,
    pub customer: Address,
    pub operator: Address,
    pub service: Address,
    /// Who signs receipts.
    pub signer: Address,
    pub price: u64,
    pub epoch_cap: u64,
    pub deposit: u64,
    pub balance: u64,
    pub notice_epochs: u32,
    pub number: u32,
}

/// Credits moved from a customer's account into a meter.
#[event(bytemuck)]
pub struct MeterDeposited {
    pub meter: Address,
    pub customer: Address,
    pub credits: u64,
    pub escrow: u64,
    pub balance: u64,
}

/// A receipt was paid.
#[event(bytemuck)]
pub struct MeterSettled {
    pub meter: Address,
    pub customer: Address,
    pub epoch: u64,
    /// Units that were paid.
    pub units: u64,
    pub units_total: u64,
    pub consumed: u64,
    pub escrow: u64,
    /// Free credits of the customer, which did not change.
    pub balance: u64,
}

/// A meter will end.
#[event(bytemuck)]
pub struct MeterEnded {
    pub meter: Address,
    pub ended_by: Address,
    /// From this epoch on it can be closed.
    pub end_epoch: u64,
}

/// A meter is gone; what was left in it is back in the customer's account.
#[event(bytemuck)]
pub struct MeterClosed {
    pub meter: Address,
    pub customer: Address,
    pub refunded: u64,
    pub consumed_total: u64,
    pub balance: u64,
}

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
