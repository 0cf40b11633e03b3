//! Push rewards to several operators.
//!
//! Pays many operators in one transaction, with one proof that all their leaves share. Anybody can
//! do it for operators that never claim themselves.
//!
//! The accounts of the operators follow the named ones, two for each leaf, in the order of leaves:
//!
//! | account | | is |
//! |---|---|---|
//! | claim | writable | the operator's claim with this pool |
//! | payout | writable | the payout account that the claim names |
//!
//! Specification:
//! - Each operator gets its leaf's tokens less what it was paid before.
//! - The delegators' share of each is set aside, and new operators' are held back in part.
//! - An operator that nothing is due to, or that the breaker has nothing left for, is passed over.
//! - So is an operator that owes a slash.
//! - A push that pays nobody is refused.
//! - Leaves come in ascending order, each once, and at most 28.
//! - Each leaf has its claim and that claim's payout account.
//! - One claim that was not synced since the leaves' epoch ended refuses the whole push.
//! - One leaf that is not in the root refuses the whole push.
//! - All payments together stay within the newest final root and what was allotted.
//! - A push works while the network is paused.

use {
    crate::{
        constants::{PUSH_ACCOUNTS, PUSH_MAX},
        error::RewardsError,
        event::{Payment, RewardsPushed},
        groups::{self, Grant},
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        leaf::{LeafCounters, PayoutLeaf},
        merkle::{self, ProofError},
        payout::PaySplit,
        units::TokenAmount,
    },
    trestle_staking::leaf::Counters,
};

#[derive(Accounts)]
pub struct RewardPush {
    /// The pool, its vault and the final roots.
    pub from: Nested<groups::PayingPool>,
}

/// Leaves of one final root, and the proof that they share.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct PushArgs {
    /// Epoch of the final root.
    pub epoch: u64,
    /// The leaves, by ascending index: 1 to 28.
    pub leaves: Vec<PushLeaf>,
    /// Sibling hashes that the leaves do not give themselves: level by level from the leaves up,
    /// from left to right within a level.
    pub proof: Vec<[u8; 32]>,
}

/// A leaf; whose it is says the claim at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct PushLeaf {
    /// Position of the leaf.
    pub index: u32,
    /// Counters of the leaf.
    pub counters: Counters,
}

/// The accounts of one operator in a push.
struct Payee<'a> {
    leaf: &'a PushLeaf,
    claim: AccountView,
    payout: AccountView,
}

/// Pairs each leaf with its accounts.
fn payees<'a>(
    leaves: &'a [PushLeaf],
    accounts: &'a [AccountView],
) -> impl Iterator<Item = Payee<'a>> {
    let (pairs, _) = accounts.as_chunks::<PUSH_ACCOUNTS>();
    leaves
        .iter()
        .zip(pairs)
        .map(|(leaf, [claim, payout])| Payee {
            leaf,
            claim: *claim,
            payout: *payout,
        })
}

impl RewardPush {
    fn validate(&self, args: &PushArgs, accounts: &[AccountView]) -> Result<()> {
        let count = args.leaves.len();
        require!((1..=PUSH_MAX).contains(&count), RewardsError::BadLeaves);
        require!(
            Some(accounts.len()) == count.checked_mul(PUSH_ACCOUNTS),
            RewardsError::BadPushAccounts
        );
        let root = self.from.root(args.epoch)?;
        let mut hashes = Vec::with_capacity(count);
        for payee in payees(&args.leaves, accounts) {
            let claim = State::<Claim>::load(payee.claim)?;
            require!(
                claim.is_at(payee.claim.address()),
                RewardsError::WrongAddress
            );
            require!(
                address_eq(&claim.pool, self.from.pool.address()),
                RewardsError::WrongPool
            );
            require!(
                address_eq(&claim.payout, payee.payout.address()),
                RewardsError::WrongPayout
            );
            let counters = LeafCounters::from(payee.leaf.counters);
            let leaf = PayoutLeaf::from_parts(claim.operator.as_array(), &counters);
            hashes.push((payee.leaf.index, leaf.hash()));
        }
        merkle::multiproof_verify_in_place(
            &root.tree_root,
            root.leaf_count,
            &mut hashes,
            &args.proof,
        )
        .map_err(|error| match error {
            ProofError::NotSorted => RewardsError::BadLeaves,
            _ => RewardsError::LeafNotProven,
        })?;
        Ok(())
    }

    pub fn reward_push(
        &mut self,
        args: &PushArgs,
        accounts: &[AccountView],
    ) -> Result<RewardsPushed> {
        self.validate(args, accounts)?;
        let totals = self.from.granted()?;
        let grant = Grant {
            epoch: args.epoch,
            totals: &totals,
            now: Clock::get()?.unix_timestamp,
        };
        let mut payments = Vec::with_capacity(args.leaves.len());
        for payee in payees(&args.leaves, accounts) {
            payments.push(self.pay(payee, &grant)?);
        }
        let (mut paid, mut kept) = (0_u64, 0_u64);
        for payment in &payments {
            paid = paid.saturating_add(payment.paid);
            kept = kept.saturating_add(payment.kept);
        }
        require!(paid > 0 || kept > 0, RewardsError::NothingToPush);
        self.from.pool.invariant()?;
        Ok(RewardsPushed {
            pool: *self.from.pool.address(),
            epoch: args.epoch,
            paid,
            paid_total: self.from.pool.paid_total,
            payments,
        })
    }

    fn pay(&mut self, mut payee: Payee<'_>, grant: &Grant<'_>) -> Result<Payment> {
        // SAFETY: the claims are none of the named accounts, which are of other types, and each
        // is dropped before the next is loaded: no other reference to its data is alive.
        let mut claim = unsafe { State::<Claim>::load_mut(payee.claim)? };
        claim.require_synced(grant.epoch)?;
        let due = claim.due(payee.leaf.counters.tokens);
        let is_owing = claim.owes_slash(payee.leaf.counters.slashed);
        let split = if due == TokenAmount::ZERO || is_owing {
            PaySplit::default()
        } else {
            let payout = CpiHandleMut::writable(&mut payee.payout);
            self.from.pay(&mut claim, payout, due, grant)?
        };
        claim.invariant()?;
        Ok(Payment {
            operator: claim.operator,
            paid: split.operator,
            kept: split.held.saturating_add(split.delegators),
        })
    }
}
