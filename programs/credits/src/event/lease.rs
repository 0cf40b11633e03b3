//! Leases, and the maintenance that they make room for.

use {
    crate::state::{SlaStep, DEEPER_STEPS},
    anchor_lang::prelude::*,
};

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

/// An operator will be away.
#[event(bytemuck)]
pub struct MaintenanceDeclared {
    pub maintenance: Address,
    pub operator: Address,
    pub first_epoch: u64,
    pub epochs: u64,
}
