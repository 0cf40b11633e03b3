//! Take a slash of an operator's own pay.
//!
//! What a final root says is slashed is taken of the operator's pay before its stake, and before
//! what others have delegated to it: first the pay that nobody has claimed yet is held, then the
//! slash takes what is held. What the pay does not cover, `slash_apply` takes of the stake, and
//! only after this: the claim notes for which counter of the leaf its pay was asked.
//!
//! Being asked is what counts, not what was found. A pool whose vault is empty or frozen, whose
//! breaker is exhausted or whose root grants no more gives what it can, and then the stake bears
//! the rest. Only tokens are taken: slashes are in tokens, and stablecoin is what customers paid.
//!
//! Specification:
//! - Anybody can apply it, with the leaf of the operator in a root of the ring.
//! - Pay that nobody has claimed is held first, as far as the breaker lets it out.
//! - The delegators' share of that pay is set aside, not slashed.
//! - The leaf's slashes less what was taken before are taken of what is held.
//! - The burn share is burned; the rest goes to the insurance vault.
//! - What was taken counts as slashed in the staking program, which jails the operator.
//! - A claim that was not synced since the leaf's epoch ended is refused.
//! - What the pay does not cover stays owed, and `slash_apply` can take it from then on.
//! - A pool that can pay nothing is asked all the same.
//! - What is left is released by the operator's age, when it is free and owes nothing.
//! - A leaf whose slashes have all been taken is refused.
//! - Asking again is refused unless there is more to take or to hold.
//! - A leaf that is not in the root, or a root that is not in the ring, is refused.
//! - All payments together stay within the newest final root and what was allotted.
//! - It works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::HeldSlashed,
        groups,
        leaf::require_leaf,
        staking_calls,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::{Mint, TokenAccount},
    trestle_core::{leaf::LeafCounters, payout::PaySplit, slash::SlashSplit, units::TokenAmount},
    trestle_staking::{
        leaf::LeafProof,
        state::{Network, Operator},
        token_calls,
    },
};

#[derive(Accounts)]
pub struct HeldSlash {
    /// The pool, its vault and the final roots.
    pub from: Nested<groups::PayingPool>,
    /// The pool's network: says who gets what is slashed.
    #[account(address = from.pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The claim's operator: the staking program counts what was taken.
    #[account(mut, address = claim.operator @ RewardsError::WrongOperator)]
    pub operator: UncheckedAccount,
    /// The operator's claim: what it holds falls.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&claim.pool, from.pool.address()) @ RewardsError::WrongPool,
    )]
    pub claim: State<Claim>,
    /// The network's token: its supply falls.
    #[account(mut, address = from.pool.token_mint @ RewardsError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// The network's insurance vault, which receives what is not burned.
    #[account(mut, address = network.insurance_vault @ RewardsError::WrongVault)]
    pub insurance_vault: Account<TokenAccount>,
    /// The staking program.
    #[account(address = trestle_staking::ID @ RewardsError::WrongAddress)]
    pub staking_program: UncheckedAccount,
}

impl HeldSlash {
    /// The operator's leaf, and what was taken of its slashes before.
    fn validate(&self, leaf: &LeafProof) -> Result<(LeafCounters, u64)> {
        let root = self.from.root(leaf.epoch)?;
        let counters = require_leaf(root, &self.claim.operator, leaf)?;
        self.claim.require_synced(leaf.epoch)?;
        let applied = State::<Operator>::load(*self.operator.account())?.slashed_applied;
        require!(counters.slashed > applied, RewardsError::NothingToSlash);
        Ok((counters, applied))
    }

    pub fn held_slash(&mut self, leaf: &LeafProof) -> Result<HeldSlashed> {
        let (counters, applied) = self.validate(leaf)?;
        let payable = self.from.payable()?;
        let kept = self.withhold(counters.tokens, payable)?;
        let owed = counters.slashed.saturating_sub(applied);
        let taken = self.claim.slash(owed, payable)?;
        let is_new = self
            .claim
            .ask(counters.slashed, applied.saturating_add(taken.0));
        let is_useful = is_new || taken.0 > 0 || kept != PaySplit::default();
        require!(is_useful, RewardsError::NothingHeld);
        let parts = self.network.slash_shares()?.split_unchallenged(taken.0);
        if taken.0 > 0 {
            self.pay(&parts)?;
            self.record(counters.slashed, taken)?;
        }
        self.from.pool.invariant()?;
        self.claim.invariant()?;
        Ok(HeldSlashed {
            pool: *self.from.pool.address(),
            operator: self.claim.operator,
            epoch: leaf.epoch,
            amount: taken.0,
            burned: parts.burn,
            insured: parts.insurance,
            withheld: kept.held,
            delegators: kept.delegators,
            held: self.claim.held,
            owed: owed.saturating_sub(taken.0),
            claimed_tokens: self.claim.claimed_tokens,
            paid_total: self.from.pool.paid_total,
        })
    }

    /// Holds what the leaf grants and was not claimed. It passes the breaker like pay, since what
    /// the slash leaves of it is released without passing it again.
    fn withhold(&mut self, leaf_tokens: u64, payable: TokenAmount) -> Result<PaySplit> {
        let due = self.claim.due(leaf_tokens).0.min(payable.0);
        let now = Clock::get()?.unix_timestamp;
        let amount = self.from.pool.let_out(TokenAmount(due), now);
        self.claim.withhold(amount)
    }

    fn pay(&mut self, parts: &SlashSplit) -> Result<()> {
        let taken = TokenAmount(parts.burn.saturating_add(parts.insurance));
        let totals = self.from.granted()?;
        self.from.pool.pay(taken, taken.0, &totals)?;
        let signer = self.from.pool.signer();
        let from = &mut self.from.0;
        token_calls::burn(
            from.token_program.address(),
            from.vault.try_cpi_handle_mut()?,
            self.token_mint.try_cpi_handle_mut()?,
            from.pool.cpi_handle(),
            &[&signer.seeds()],
            parts.burn,
        );
        let insurance = self.insurance_vault.try_cpi_handle_mut()?;
        self.from.transfer(insurance, parts.insurance)
    }

    fn record(&mut self, slashed: u64, taken: TokenAmount) -> Result<()> {
        let signer = self.from.pool.signer();
        staking_calls::SlashRecord {
            pool: self.from.pool.cpi_handle(),
            operator: self.operator.try_cpi_handle_mut()?,
        }
        .invoke(
            self.staking_program.address(),
            &[&signer.seeds()],
            slashed,
            taken.0,
        );
        Ok(())
    }
}
