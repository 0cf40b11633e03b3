//! What happened: one event for each change of state, enough to rebuild history from logs.
//!
//! Amounts are base units of the network's token; totals are those after the change.

mod clearance;
mod verifier;

use anchor_lang::prelude::*;
pub use {clearance::*, verifier::*};

/// A network was created.
#[event(bytemuck)]
pub struct NetworkCreated {
    pub network: Address,
    pub authority: Address,
    pub guardian: Address,
    pub token_mint: Address,
    pub stable_mint: Address,
    /// Unix seconds.
    pub genesis: i64,
    pub verifier_bond_min: u64,
    pub epoch_seconds: u32,
    pub challenge_window_seconds: u32,
    pub unbonding_seconds: u32,
    pub bond_slash_bps: u16,
    pub burn_bps: u16,
    pub insurance_bps: u16,
    pub challenger_bps: u16,
    pub displacement_margin_bps: u16,
    /// Zero.
    pub _pad: [u8; 2],
}

/// Areas of a network were paused or resumed.
#[event(bytemuck)]
pub struct NetworkPaused {
    pub network: Address,
    /// Who did it.
    pub by: Address,
    /// Mask of the areas that were paused before.
    pub before: u8,
    /// Mask of those that are paused now.
    pub after: u8,
}

/// Somebody was proposed as authority (or, with the zero address, the proposal was withdrawn).
#[event(bytemuck)]
pub struct AuthorityProposed {
    pub network: Address,
    pub authority: Address,
    pub candidate: Address,
}

/// The proposed authority took over.
#[event(bytemuck)]
pub struct AuthorityAccepted {
    pub network: Address,
    pub former: Address,
    pub authority: Address,
}

/// A service was created.
#[event(bytemuck)]
pub struct ServiceCreated {
    pub network: Address,
    pub service: Address,
    pub stake_per_gib: u64,
    pub answer_deadline_ms: u32,
    pub index: u16,
    pub missing_bps: u16,
    pub detect_bps: u16,
    pub miss_slash_bps: u16,
    pub lost_slash_bps: u16,
    pub notice_epochs: u16,
    pub kind: u8,
    /// Zero.
    pub _pad: [u8; 7],
}

/// An operator registered with a service.
#[event(bytemuck)]
pub struct OperatorRegistered {
    pub service: Address,
    pub operator: Address,
    pub authority: Address,
    pub payout: Address,
    pub node_key: Address,
    pub capacity_gib: u64,
    pub registered_epoch: u64,
    pub zone: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// An operator changed what it says about itself.
#[event(bytemuck)]
pub struct OperatorUpdated {
    pub operator: Address,
    pub payout: Address,
    pub node_key: Address,
    pub capacity_gib: u64,
    pub zone: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// Stake was added to an operator.
#[event(bytemuck)]
pub struct StakeDeposited {
    pub operator: Address,
    pub depositor: Address,
    pub amount: u64,
    pub stake: u64,
    pub total_stake: u64,
}

/// Stake began to unbond.
#[event(bytemuck)]
pub struct StakeUnbonded {
    pub operator: Address,
    pub amount: u64,
    pub stake: u64,
    /// Unix seconds.
    pub unlock_at: i64,
}

/// Matured stake was withdrawn.
#[event(bytemuck)]
pub struct StakeWithdrawn {
    pub operator: Address,
    pub destination: Address,
    pub amount: u64,
    pub stake: u64,
    pub total_stake: u64,
}

/// Stake of an operator was taken, as a final root says.
#[event(bytemuck)]
pub struct SlashApplied {
    pub operator: Address,
    /// Epoch of the final root.
    pub epoch: u64,
    pub amount: u64,
    pub burned: u64,
    pub insured: u64,
    /// Stake without tickets.
    pub stake: u64,
    pub slashed_applied: u64,
    pub total_stake: u64,
    /// Part of the amount that was taken from what others had delegated.
    pub from_delegation: u64,
    /// Unix seconds until which the operator is jailed for it.
    pub jailed_until: i64,
    pub jail_count: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A slash took pay that was held of an operator, as the rewards program says.
#[event(bytemuck)]
pub struct SlashRecorded {
    pub operator: Address,
    pub amount: u64,
    pub slashed_applied: u64,
    /// Unix seconds until which the operator is jailed for it.
    pub jailed_until: i64,
    pub jail_count: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// Bonds of verifiers were taken, because a root that they signed was proven wrong.
#[event(bytemuck)]
pub struct BondSlashed {
    pub network: Address,
    /// Token account of whoever proved it.
    pub challenger: Address,
    pub amount: u64,
    pub burned: u64,
    pub insured: u64,
    /// Paid to the challenger.
    pub rewarded: u64,
    pub total_bond: u64,
    /// Bits of the verifiers that lost bond.
    pub mask: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A network's vaults for the rewards of delegators were opened.
#[event(bytemuck)]
pub struct DelegatorVaultsOpened {
    pub network: Address,
    pub vaults: Address,
    pub token_vault: Address,
    pub stable_vault: Address,
}

/// An operator began to accept delegated stake.
#[event(bytemuck)]
pub struct DelegationPoolOpened {
    pub operator: Address,
    pub pool: Address,
    pub commission_bps: u16,
}

/// An operator changed its commission.
#[event(bytemuck)]
pub struct CommissionChanged {
    pub operator: Address,
    pub pool: Address,
    /// First epoch in which it counts.
    pub from_epoch: u64,
    pub former_bps: u16,
    pub commission_bps: u16,
    /// Zero.
    pub _pad: [u8; 4],
}

/// Somebody delegated stake to an operator.
#[event(bytemuck)]
pub struct DelegationDeposited {
    pub pool: Address,
    pub delegator: Address,
    pub amount: u64,
    /// Shares that the amount got.
    pub shares: u64,
    /// Delegated stake of the pool.
    pub delegated: u64,
    /// Shares of the pool.
    pub pool_shares: u64,
    pub total_stake: u64,
}

/// Delegated stake began to unbond.
#[event(bytemuck)]
pub struct DelegationUnbonded {
    pub pool: Address,
    pub delegator: Address,
    /// Shares that were given up.
    pub shares: u64,
    /// What they were worth.
    pub amount: u64,
    pub delegated: u64,
    pub pool_shares: u64,
    /// Unix seconds.
    pub unlock_at: i64,
}

/// Matured delegated stake was withdrawn.
#[event(bytemuck)]
pub struct DelegationWithdrawn {
    pub pool: Address,
    pub delegator: Address,
    pub destination: Address,
    pub amount: u64,
    pub total_stake: u64,
}

/// A delegator was paid its rewards.
#[event(bytemuck)]
pub struct DelegationClaimed {
    pub pool: Address,
    pub delegator: Address,
    pub tokens: u64,
    /// Micro-dollars.
    pub stable: u64,
    /// What the pool's delegators have not claimed yet.
    pub owed_tokens: u64,
    pub owed_stable: u64,
}

/// The delegators of an operator got their share of its pay.
#[event(bytemuck)]
pub struct DelegationFunded {
    pub pool: Address,
    pub tokens: u64,
    /// Micro-dollars.
    pub stable: u64,
    pub owed_tokens: u64,
    pub owed_stable: u64,
    /// Unix seconds at which all tokens will have reached the delegators.
    pub tokens_end_at: i64,
    /// The same of the stablecoin.
    pub stable_end_at: i64,
}

/// An empty delegation was closed.
#[event(bytemuck)]
pub struct DelegationClosed {
    pub pool: Address,
    pub delegator: Address,
}

/// A jailed operator was released.
#[event(bytemuck)]
pub struct OperatorReleased {
    pub operator: Address,
    pub controller: Address,
    pub stake: u64,
    /// Slashes that the length of its next jail depends on.
    pub jail_count: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// Other parameters were proposed for a network. The event carries all of them.
#[event(bytemuck)]
pub struct NetworkChangeProposed {
    pub network: Address,
    pub authority: Address,
    pub guardian: Address,
    /// First epoch in which it can be applied.
    pub due_epoch: u64,
    pub verifier_bond_min: u64,
    pub challenge_window_seconds: u32,
    pub unbonding_seconds: u32,
    pub bond_slash_bps: u16,
    pub burn_bps: u16,
    pub insurance_bps: u16,
    pub challenger_bps: u16,
    pub displacement_margin_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// The parameters of a network were replaced. The event carries all of them.
#[event(bytemuck)]
pub struct NetworkChangeApplied {
    pub network: Address,
    pub guardian: Address,
    /// Epoch from which on they hold.
    pub epoch: u64,
    pub verifier_bond_min: u64,
    pub challenge_window_seconds: u32,
    pub unbonding_seconds: u32,
    pub bond_slash_bps: u16,
    pub burn_bps: u16,
    pub insurance_bps: u16,
    pub challenger_bps: u16,
    /// Changes applied so far.
    pub params_version: u32,
    pub displacement_margin_bps: u16,
    /// Zero.
    pub _pad: [u8; 2],
}

/// A pending change of a network was cancelled.
#[event(bytemuck)]
pub struct NetworkChangeCancelled {
    pub network: Address,
    pub authority: Address,
    /// When it would have been due.
    pub due_epoch: u64,
}

/// Other parameters were proposed for a service. The event carries all of them.
#[event(bytemuck)]
pub struct ServiceChangeProposed {
    pub network: Address,
    pub service: Address,
    pub authority: Address,
    /// First epoch in which it can be applied.
    pub due_epoch: u64,
    pub stake_per_gib: u64,
    pub answer_deadline_ms: u32,
    pub missing_bps: u16,
    pub detect_bps: u16,
    pub miss_slash_bps: u16,
    pub lost_slash_bps: u16,
    pub notice_epochs: u16,
    /// Zero.
    pub _pad: [u8; 2],
}

/// The parameters of a service were replaced. The event carries all of them.
#[event(bytemuck)]
pub struct ServiceChangeApplied {
    pub service: Address,
    /// Epoch from which on they hold.
    pub epoch: u64,
    pub stake_per_gib: u64,
    pub answer_deadline_ms: u32,
    /// Changes applied so far.
    pub params_version: u32,
    pub missing_bps: u16,
    pub detect_bps: u16,
    pub miss_slash_bps: u16,
    pub lost_slash_bps: u16,
    pub notice_epochs: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A pending change of a service was cancelled.
#[event(bytemuck)]
pub struct ServiceChangeCancelled {
    pub service: Address,
    pub authority: Address,
    /// When it would have been due.
    pub due_epoch: u64,
}

/// Somebody was proposed as controller (or, with the zero address, the proposal was withdrawn).
#[event(bytemuck)]
pub struct OperatorKeyProposed {
    pub operator: Address,
    pub controller: Address,
    pub candidate: Address,
}

/// The proposed controller took over.
#[event(bytemuck)]
pub struct OperatorKeyAccepted {
    pub operator: Address,
    pub former: Address,
    pub controller: Address,
}

/// An operator named its devices.
#[event(bytemuck)]
pub struct OperatorDevicesChanged {
    pub operator: Address,
    pub root: [u8; 32],
    pub count: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// An operator left its service for good.
#[event(bytemuck)]
pub struct OperatorExited {
    pub operator: Address,
    /// All that it had at stake besides its tickets.
    pub amount: u64,
    /// Unix seconds.
    pub unlock_at: i64,
}
