//! What happened: one event for each change of state, enough to rebuild history from logs.
//!
//! Amounts are base units, times are Unix seconds.

use {crate::state::Totals, anchor_lang::prelude::*};

/// The rings of a service were created.
#[event(bytemuck)]
pub struct ServiceOpened {
    pub network: Address,
    pub service: Address,
    pub ring: Address,
    pub seeds: Address,
}

/// An operator and a customer agreed on a storage commitment.
#[event(bytemuck)]
pub struct CommitmentRegistered {
    pub commitment: Address,
    pub service: Address,
    pub operator: Address,
    pub customer: Address,
    pub root: [u8; 32],
    pub size_bytes: u64,
    pub registered_epoch: u64,
    pub leaf_count: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// The last epoch of a commitment was fixed or brought forward.
#[event(bytemuck)]
pub struct CommitmentEnded {
    pub commitment: Address,
    pub operator: Address,
    /// Who ended it: the customer or the operator's authority.
    pub by: Address,
    pub ended_epoch: u64,
}

/// A commitment was closed and its rent returned.
#[event(bytemuck)]
pub struct CommitmentClosed {
    pub commitment: Address,
    pub operator: Address,
    pub customer: Address,
    pub ended_epoch: u64,
}

/// The challenge seed of an epoch was recorded.
#[event(bytemuck)]
pub struct EpochSeedRecorded {
    pub service: Address,
    pub epoch: u64,
    /// Slot whose hash went into it.
    pub slot: u64,
    pub seed: [u8; 32],
}

/// A verifier proposed a root, which is also its own vote.
#[event(bytemuck)]
pub struct EpochProposed {
    pub service: Address,
    pub proposal: Address,
    pub proposer: Address,
    pub epoch: u64,
    pub digest: [u8; 32],
    pub previous_digest: [u8; 32],
    pub tree_root: [u8; 32],
    pub inputs_digest: [u8; 32],
    pub totals: Totals,
    pub weight: u64,
    /// Weight of all verifiers when the round was opened.
    pub weight_total: u64,
    pub proposed_at: i64,
    pub leaf_count: u32,
    pub rules_version: u32,
    /// Bits of the signers.
    pub signers: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A verifier attested a proposed root.
#[event(bytemuck)]
pub struct EpochAttested {
    pub service: Address,
    pub proposal: Address,
    pub verifier: Address,
    pub epoch: u64,
    pub digest: [u8; 32],
    pub weight: u64,
    /// Weight of all verifiers when the round was opened.
    pub weight_total: u64,
    /// When the quorum was reached; zero while it is not.
    pub quorum_at: i64,
    /// Bits of the signers.
    pub signers: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A proposed root was proven wrong.
#[event(bytemuck)]
pub struct EpochChallenged {
    pub service: Address,
    pub proposal: Address,
    pub challenger: Address,
    pub epoch: u64,
    pub digest: [u8; 32],
    /// Bits of the verifiers that had signed it.
    pub signers: u32,
    /// What was wrong: 1 a counter fell, 2 the order, 3 the totals, 4 an opening, 5 an
    /// operator without a leaf, 6 a slash without a fault.
    pub kind: u8,
    /// 1 when bonds were taken; 0 when the signers had none left.
    pub slashed: u8,
    /// Zero.
    pub _pad: [u8; 2],
}

/// A root became final.
#[event(bytemuck)]
pub struct EpochFinalized {
    pub service: Address,
    pub proposal: Address,
    pub epoch: u64,
    pub digest: [u8; 32],
    pub previous_digest: [u8; 32],
    pub tree_root: [u8; 32],
    pub inputs_digest: [u8; 32],
    pub totals: Totals,
    pub finalized_at: i64,
    pub leaf_count: u32,
    pub rules_version: u32,
    /// Bits of the signers.
    pub signers: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// A lost or superseded proposal was closed and its rent returned.
#[event(bytemuck)]
pub struct ProposalClosed {
    pub service: Address,
    pub proposal: Address,
    pub proposer: Address,
    pub epoch: u64,
}

/// A round that no root came out of was closed and its rent returned.
#[event(bytemuck)]
pub struct RoundClosed {
    pub service: Address,
    pub round: Address,
    pub payer: Address,
    pub epoch: u64,
}

/// Somebody staked a bond on a proposed root being wrong.
#[event(bytemuck)]
pub struct DisputeOpened {
    pub service: Address,
    pub proposal: Address,
    pub dispute: Address,
    pub challenger: Address,
    pub epoch: u64,
    pub digest: [u8; 32],
    pub bond: u64,
    /// Weight of all verifiers when the round was opened.
    pub weight_total: u64,
    pub ends_at: i64,
}

/// A verifier voted on a dispute.
#[event(bytemuck)]
pub struct DisputeVoted {
    pub proposal: Address,
    pub dispute: Address,
    pub verifier: Address,
    /// What its vote weighs.
    pub weight: u64,
    pub weight_right: u64,
    pub weight_wrong: u64,
    /// Weight of all verifiers when the round was opened.
    pub weight_total: u64,
    /// 1 when it says that the root is right.
    pub is_right: u8,
    /// Zero.
    pub _pad: [u8; 7],
}

/// A dispute ended.
#[event(bytemuck)]
pub struct DisputeResolved {
    pub service: Address,
    pub proposal: Address,
    pub dispute: Address,
    pub challenger: Address,
    pub epoch: u64,
    pub weight_right: u64,
    pub weight_wrong: u64,
    /// Weight of all verifiers when the round was opened.
    pub weight_total: u64,
    /// What the challenger got back.
    pub returned: u64,
    /// What was burned of a forfeited bond.
    pub burned: u64,
    /// What went to insurance of a forfeited bond.
    pub insured: u64,
    /// Bits of those who say that the root is right.
    pub right: u32,
    /// Bits of those who say that it is wrong.
    pub wrong: u32,
    /// 1 the root is wrong, 2 it is right, 3 undecided, 4 it lost an objective challenge before.
    pub verdict: u8,
    /// 1 when bonds were taken.
    pub slashed: u8,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A service was declared stalled.
#[event(bytemuck)]
pub struct ServiceEscaped {
    pub service: Address,
    pub epoch: u64,
    /// Epoch of the newest final root; 0 if there is none.
    pub latest_epoch: u64,
    /// Epochs without a final root.
    pub epochs: u64,
}
