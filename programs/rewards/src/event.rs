//! What happened: one event for each change of state, enough to rebuild history from logs.
//!
//! Amounts are base units of the network's token; totals are those after the change.

use {
    crate::{
        constants::EMISSION_STEPS_MAX,
        state::{EmissionRecord, EmissionStep, PoolTerms},
    },
    anchor_lang::prelude::*,
};

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
    /// Stablecoin, in 1e-6 USD.
    pub stable: u64,
    pub allotted_total: u64,
    /// Tokens in the vault after the allotment.
    pub vault_balance: u64,
    /// Tokens ever paid.
    pub paid_total: u64,
    /// Stablecoin ever paid, in 1e-6 USD.
    pub stable_paid_total: u64,
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
    /// Share of the pay that delegators got, in basis points.
    pub delegators_bps_before: u16,
    /// Share of the pay that delegators get from now on, in basis points.
    pub delegators_bps: u16,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A claim has another layout from now on.
#[event(bytemuck)]
pub struct ClaimMigrated {
    pub claim: Address,
    pub operator: Address,
    /// Version of the layout before.
    pub from: u8,
    /// Version of the layout from now on.
    pub to: u8,
    /// Zero.
    pub _pad: [u8; 6],
}

/// An operator was paid.
#[event(bytemuck)]
pub struct RewardClaimed {
    pub pool: Address,
    pub operator: Address,
    pub payout: Address,
    /// Epoch of the final root.
    pub epoch: u64,
    /// What went to the payout account.
    pub paid: u64,
    /// What the operator gets when it is older.
    pub held: u64,
    /// What was set aside for its delegators.
    pub delegators: u64,
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
    /// What went to its payout account.
    pub paid: u64,
    /// What was held back or set aside for its delegators.
    pub kept: u64,
}

/// A pool has an emission from now on.
#[event(bytemuck)]
pub struct EmissionOpened {
    pub emission: Address,
    pub pool: Address,
    pub market: Address,
    pub revenue: Address,
    /// Credits of revenue that earn nothing any more.
    pub revenue_before: u64,
    /// Burnt tokens that earn nothing any more.
    pub burned_before: u64,
    pub base: u64,
    pub reemit_cap: u64,
    pub steps: [EmissionStep; EMISSION_STEPS_MAX],
    pub rho_bps: u16,
    pub reemit_bps: u16,
    pub step_count: u8,
    /// Zero.
    pub _pad: [u8; 3],
}

/// A minting pool's rule granted an epoch what was minted for it.
#[event(bytemuck)]
pub struct EmissionGranted {
    pub pool: Address,
    /// What it was computed from, and what came out.
    pub record: EmissionRecord,
    /// Smoothed burns after it.
    pub smoothed_burn: u64,
}

/// A pool pays stablecoin from now on.
#[event(bytemuck)]
pub struct PoolStableOpened {
    pub pool: Address,
    pub stable_vault: Address,
    pub stable_mint: Address,
    /// Most stablecoin that is paid at once, in 1e-6 USD.
    pub breaker_capacity: u64,
    pub breaker_window_seconds: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A claim pays stablecoin to another account from now on.
#[event(bytemuck)]
pub struct ClaimStablePayoutChanged {
    pub claim: Address,
    pub payout_before: Address,
    pub payout: Address,
}

/// An operator was paid stablecoin. Amounts are in 1e-6 USD.
#[event(bytemuck)]
pub struct RewardStableClaimed {
    pub pool: Address,
    pub operator: Address,
    pub payout: Address,
    /// Epoch of the final root.
    pub epoch: u64,
    /// What went to the payout account.
    pub paid: u64,
    /// What was set aside for its delegators.
    pub delegators: u64,
    /// What the leaf grants and the breaker held back.
    pub left: u64,
    pub claimed_stable: u64,
    pub stable_paid_total: u64,
}

/// Held rewards were paid to an operator that has grown older.
#[event(bytemuck)]
pub struct HeldReleased {
    pub pool: Address,
    pub operator: Address,
    pub payout: Address,
    pub paid: u64,
    /// What is still held.
    pub held: u64,
    pub paid_total: u64,
}

/// A slash took pay of an operator before its stake, as a final root says.
#[event(bytemuck)]
pub struct HeldSlashed {
    pub pool: Address,
    pub operator: Address,
    /// Epoch of the final root.
    pub epoch: u64,
    /// What was taken of what is held.
    pub amount: u64,
    pub burned: u64,
    pub insured: u64,
    /// What was held of pay that nobody had claimed.
    pub withheld: u64,
    /// What of that pay was set aside for delegators.
    pub delegators: u64,
    /// What is still held.
    pub held: u64,
    /// What the leaf says is slashed and is not taken yet.
    pub owed: u64,
    pub claimed_tokens: u64,
    pub paid_total: u64,
}

/// A change of a pool's parameters waits for its delay.
#[event(bytemuck)]
pub struct PoolChangeProposed {
    pub change: Address,
    pub pool: Address,
    pub proposer: Address,
    /// First epoch in which it can be applied.
    pub due_epoch: u64,
    pub terms: PoolTerms,
    pub base: u64,
    pub reemit_cap: u64,
    pub steps: [EmissionStep; EMISSION_STEPS_MAX],
    pub rho_bps: u16,
    pub reemit_bps: u16,
    /// Steps of the schedule; 0 for a funded pool.
    pub step_count: u8,
    /// Zero.
    pub _pad: [u8; 3],
}

/// A proposed change has been made.
#[event(bytemuck)]
pub struct PoolChangeApplied {
    pub change: Address,
    pub pool: Address,
    /// Epoch from which on allotments follow it.
    pub epoch: u64,
    pub params_version: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A proposed change will not be made.
#[event(bytemuck)]
pub struct PoolChangeCancelled {
    pub change: Address,
    pub pool: Address,
    pub by: Address,
}

/// What was set aside for an operator's delegators went to their vaults.
#[event(bytemuck)]
pub struct DelegatorsPaid {
    pub pool: Address,
    pub operator: Address,
    pub delegation_pool: Address,
    pub tokens: u64,
    /// Stablecoin, in 1e-6 USD.
    pub stable: u64,
    pub paid_total: u64,
    /// Stablecoin ever paid, in 1e-6 USD.
    pub stable_paid_total: u64,
}
