//! Metered usage.

use anchor_lang::prelude::*;

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
