//! What happened: one event for each change of state, enough to rebuild history from logs.
//!
//! Amounts are base units of the network's token; totals are those after the change.

use anchor_lang::prelude::*;

/// A service has a pool from now on.
#[event(bytemuck)]
pub struct PoolOpened {
    pub pool: Address,
    pub network: Address,
    pub service: Address,
    pub vault: Address,
    pub tokens_per_epoch: u64,
    pub first_epoch: u64,
    pub breaker_capacity: u64,
    pub breaker_window_seconds: u32,
    /// 1 pays what is funded, 2 mints what is allotted.
    pub mode: u8,
    /// Zero.
    pub _pad: [u8; 3],
}

/// Tokens were put into a pool.
#[event(bytemuck)]
pub struct PoolFunded {
    pub pool: Address,
    pub funder: Address,
    pub amount: u64,
    pub funded_total: u64,
}

/// An epoch was allotted what its work can earn at most.
#[event(bytemuck)]
pub struct EpochAllotted {
    pub pool: Address,
    pub epoch: u64,
    pub tokens: u64,
    pub allotted_total: u64,
    /// Tokens in the vault after the allotment.
    pub vault_balance: u64,
    /// Tokens ever paid.
    pub paid_total: u64,
}

/// An operator can be paid from a pool from now on.
#[event(bytemuck)]
pub struct ClaimOpened {
    pub claim: Address,
    pub pool: Address,
    pub operator: Address,
    pub payout: Address,
}

/// A claim pays to another account from now on.
#[event(bytemuck)]
pub struct ClaimSynced {
    pub claim: Address,
    pub payout_before: Address,
    pub payout: Address,
}

/// An operator was paid.
#[event(bytemuck)]
pub struct RewardClaimed {
    pub pool: Address,
    pub operator: Address,
    pub payout: Address,
    /// Epoch of the final root.
    pub epoch: u64,
    pub paid: u64,
    /// What the leaf grants and the breaker held back.
    pub left: u64,
    pub claimed_tokens: u64,
    pub paid_total: u64,
}

/// Several operators were paid.
#[event]
pub struct RewardsPushed {
    pub pool: Address,
    /// Epoch of the final root.
    pub epoch: u64,
    /// Tokens paid to all of them.
    pub paid: u64,
    pub paid_total: u64,
    /// One for each leaf, in its order.
    pub payments: Vec<Payment>,
}

/// What one operator got in a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct Payment {
    pub operator: Address,
    pub paid: u64,
}
