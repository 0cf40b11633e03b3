//! Claim a reward in stablecoin.
//!
//! Pays an operator the stablecoin that its leaf in a final root grants and was not paid yet: its
//! part of what customers paid. Like tokens in every respect, with a vault, a payout account and a
//! breaker of its own; a fault in the sale of credits must not empty the vault at once either.
//!
//! Specification:
//! - Anybody can claim for an operator; the pay goes to the stable payout account of its claim.
//! - The leaf's stablecoin less what was paid before is paid.
//! - The delegators' share of it is set aside; nothing is held back.
//! - Claiming again with the same or an older leaf is refused.
//! - The breaker pays in part, and what it holds back can be claimed later.
//! - All payments together stay within the newest final root.
//! - All payments together stay within what was allotted.
//! - A claim that was not synced since the leaf's epoch ended is refused.
//! - A claim that names no stable payout account is refused.
//! - A leaf that is not in the root, or a root that is not in the ring, is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::RewardStableClaimed,
        groups,
        leaf::require_leaf,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::StableAmount,
    trestle_staking::leaf::LeafProof,
};

#[derive(Accounts)]
pub struct RewardClaimStable {
    /// The pool, its stable vault and the final roots.
    pub from: Nested<groups::StablePool>,
    /// The operator's claim: what it was paid grows.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&claim.pool, from.pool.address()) @ RewardsError::WrongPool,
        constraint = claim.stable_payout != Address::default() @ RewardsError::NoStablePayout,
    )]
    pub claim: State<Claim>,
    /// Where the pay goes; the token program checks that it holds the same token.
    #[account(mut, address = claim.stable_payout @ RewardsError::WrongPayout)]
    pub stable_payout: UncheckedAccount,
}

impl RewardClaimStable {
    fn validate(&self, leaf: &LeafProof) -> Result<StableAmount> {
        let root = self.from.root(leaf.epoch)?;
        let counters = require_leaf(root, &self.claim.operator, leaf)?;
        self.claim.require_synced(leaf.epoch)?;
        let due = self.claim.stable_due(counters.stable);
        require!(due.0 > 0, RewardsError::NothingToClaim);
        Ok(due)
    }

    pub fn reward_claim_stable(&mut self, leaf: &LeafProof) -> Result<RewardStableClaimed> {
        let due = self.validate(leaf)?;
        let now = Clock::get()?.unix_timestamp;
        let payout = self.stable_payout.try_cpi_handle_mut()?;
        let before = self.claim.claimed_stable;
        let split = self.from.pay(&mut self.claim, payout, due, now)?;
        let granted = self.claim.claimed_stable.saturating_sub(before);
        self.from.pool.invariant()?;
        self.claim.invariant()?;
        Ok(RewardStableClaimed {
            pool: *self.from.pool.address(),
            operator: self.claim.operator,
            payout: self.claim.stable_payout,
            epoch: leaf.epoch,
            paid: split.operator,
            delegators: split.delegators,
            left: due.0.saturating_sub(granted),
            claimed_stable: self.claim.claimed_stable,
            stable_paid_total: self.from.pool.stable_paid_total,
        })
    }
}
