//! Claim a reward.
//!
//! Pays an operator what its leaf in a final root grants and was not paid yet. The leaf counts all
//! that was ever earned, so claiming twice pays once, and a newer root makes no older proof wrong.
//!
//! Specification:
//! - Anybody can claim for an operator; the pay goes to its payout account.
//! - The leaf's tokens less what was paid before are paid.
//! - Claiming again with the same or an older leaf is refused.
//! - The breaker pays in part, and what it holds back can be claimed later.
//! - An exhausted breaker is refused.
//! - All payments together stay within the newest final root.
//! - All payments together stay within what was allotted.
//! - A leaf that is not in the root, or a root that is not in the ring, is refused.
//! - A claim works while the network is paused.

use {
    crate::{error::RewardsError, event::RewardClaimed, groups, state::Claim},
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        leaf::{LeafCounters, PayoutLeaf},
        merkle,
        units::TokenAmount,
    },
    trestle_staking::leaf::LeafProof,
};

#[derive(Accounts)]
pub struct RewardClaim {
    /// The pool, its vault and the final roots.
    pub from: Nested<groups::PayingPool>,
    /// The operator's claim: what it was paid grows.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&claim.pool, from.pool.address()) @ RewardsError::WrongPool,
    )]
    pub claim: Account<Claim>,
    /// Where the pay goes; the token program checks that it holds the same token.
    #[account(mut, address = claim.payout @ RewardsError::WrongPayout)]
    pub payout: UncheckedAccount,
}

impl RewardClaim {
    fn validate(&self, leaf: &LeafProof) -> Result<TokenAmount> {
        let root = self.from.root(leaf.epoch)?;
        let counters = LeafCounters::from(leaf.counters);
        let hash = PayoutLeaf::from_parts(self.claim.operator.as_array(), &counters).hash();
        merkle::verify(
            &root.tree_root,
            root.leaf_count,
            leaf.index,
            &hash,
            &leaf.proof,
        )
        .map_err(|_| RewardsError::LeafNotProven)?;
        let due = self.claim.due(counters.tokens);
        require!(due.0 > 0, RewardsError::NothingToClaim);
        Ok(due)
    }

    pub fn reward_claim(&mut self, leaf: &LeafProof) -> Result<RewardClaimed> {
        let due = self.validate(leaf)?;
        let granted = self.from.granted()?;
        let now = Clock::get()?.unix_timestamp;
        let payout = self.payout.try_cpi_handle_mut()?;
        let paid = self.from.pay(&mut self.claim, payout, due, &granted, now)?;
        require!(paid.0 > 0, RewardsError::BreakerExhausted);
        self.from.pool.invariant()?;
        self.claim.invariant()?;
        Ok(RewardClaimed {
            pool: *self.from.pool.address(),
            operator: self.claim.operator,
            payout: self.claim.payout,
            epoch: leaf.epoch,
            paid: paid.0,
            left: due.0.saturating_sub(paid.0),
            claimed_tokens: self.claim.claimed_tokens,
            paid_total: self.from.pool.paid_total,
        })
    }
}
