//! Claim a reward.
//!
//! Pays an operator what its leaf in a final root grants and was not paid yet. The leaf counts all
//! that was ever earned, so claiming twice pays once, and a newer root makes no older proof wrong.
//!
//! Specification:
//! - Anybody can claim for an operator; the pay goes to its payout account.
//! - The leaf's tokens less what was paid before are paid.
//! - The delegators' share of it is set aside, and a new operator's is held back in part.
//! - Claiming again with the same or an older leaf is refused.
//! - The breaker pays in part, and what it holds back can be claimed later.
//! - An operator that owes a slash by the leaf, or by one before, is not paid.
//! - A claim that was not synced since the leaf's epoch ended is refused.
//! - An exhausted breaker is refused.
//! - All payments together stay within the newest final root.
//! - All payments together stay within what was allotted.
//! - A leaf that is not in the root, or a root that is not in the ring, is refused.
//! - A claim works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::RewardClaimed,
        groups::{self, Grant},
        leaf::require_leaf,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::TokenAmount,
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
    pub claim: State<Claim>,
    /// Where the pay goes; the token program checks that it holds the same token.
    #[account(mut, address = claim.payout @ RewardsError::WrongPayout)]
    pub payout: UncheckedAccount,
}

impl RewardClaim {
    fn validate(&self, leaf: &LeafProof) -> Result<TokenAmount> {
        let root = self.from.root(leaf.epoch)?;
        let counters = require_leaf(root, &self.claim.operator, leaf)?;
        self.claim.require_synced(leaf.epoch)?;
        require!(
            !self.claim.owes_slash(counters.slashed),
            RewardsError::SlashOwed
        );
        let due = self.claim.due(counters.tokens);
        require!(due.0 > 0, RewardsError::NothingToClaim);
        Ok(due)
    }

    pub fn reward_claim(&mut self, leaf: &LeafProof) -> Result<RewardClaimed> {
        let due = self.validate(leaf)?;
        let totals = self.from.granted()?;
        let grant = Grant {
            epoch: leaf.epoch,
            totals: &totals,
            now: Clock::get()?.unix_timestamp,
        };
        let payout = self.payout.try_cpi_handle_mut()?;
        let before = self.claim.claimed_tokens;
        let split = self.from.pay(&mut self.claim, payout, due, &grant)?;
        let granted = self.claim.claimed_tokens.saturating_sub(before);
        require!(granted > 0, RewardsError::BreakerExhausted);
        self.from.pool.invariant()?;
        self.claim.invariant()?;
        Ok(RewardClaimed {
            pool: *self.from.pool.address(),
            operator: self.claim.operator,
            payout: self.claim.payout,
            epoch: leaf.epoch,
            paid: split.operator,
            held: split.held,
            delegators: split.delegators,
            left: due.0.saturating_sub(granted),
            claimed_tokens: self.claim.claimed_tokens,
            paid_total: self.from.pool.paid_total,
        })
    }
}
