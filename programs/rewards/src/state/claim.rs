//! What a pool has paid to one operator.
//!
//! The layout is in part that of `trestle_core::claim::ClaimState`, which the staking program
//! reads.

use {
    crate::{error::RewardsError, state::State, ID},
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        claim::{ClaimState, CLAIM_VERSION},
        emission::held_bps,
        payout::{releasable, split_pay, PaySplit},
        seeds::SEED_CLAIM,
        slash::take_held,
        units::{Bps, Epoch, StableAmount, TokenAmount},
    },
    trestle_staking::{
        state::Operator,
        versioned::{Earlier, Layout},
    },
};

/// PDA `["claim", pool, operator]`.
#[account]
pub struct Claim {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The pool that pays.
    pub pool: Address,
    /// The operator (staking account) that is paid.
    pub operator: Address,
    /// Token account that the pay goes to: a copy of the operator's.
    pub payout: Address,
    /// Tokens ever paid, set aside and held, in base units; never more than the operator's leaf
    /// says.
    pub claimed_tokens: u64,
    /// Stablecoin ever paid and set aside, in 1e-6 USD.
    pub claimed_stable: u64,
    /// Tokens of the operator that are held back, in base units.
    pub held: u64,
    /// The pay that anything was ever held from, in base units; zero when nothing is held.
    pub held_base: u64,
    /// Tokens set aside for the operator's delegators, in base units.
    pub delegators_due_tokens: u64,
    /// Stablecoin set aside for the operator's delegators, in 1e-6 USD.
    pub delegators_due_stable: u64,
    /// Token account that stablecoin goes to; zero until the operator's controller sets it.
    pub stable_payout: Address,
    /// Epoch in which the operator registered: a copy of the operator's.
    pub registered_epoch: u64,
    /// The delegators' share of each payment: a copy of what their stake and the operator's
    /// commission give.
    pub delegators_bps: u16,
    /// Zero.
    pub _pad_end: [u8; 6],
    /// What had been taken of the operator's `slashed` counter when the claim last looked, in base
    /// units: leaves that count more are not paid.
    pub slashed_applied: u64,
    /// The `slashed` counter of the newest leaf by which pay of the operator was taken, as far as
    /// there was any, in base units.
    pub slash_asked: u64,
    /// Epoch of the last sync; zero before the first one, which is before every epoch's end.
    pub synced_epoch: u64,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 40],
}

const _: () = assert!(size_of::<Claim>() == 264);
const _: () = assert!(offset_of!(Claim, pool) == 8);
const _: () = assert!(offset_of!(Claim, payout) == 72);
const _: () = assert!(offset_of!(Claim, claimed_tokens) == 104);
const _: () = assert!(offset_of!(Claim, stable_payout) == 152);
const _: () = {
    assert!(size_of::<Claim>() == size_of::<ClaimState>());
    assert!(offset_of!(Claim, bump) == offset_of!(ClaimState, bump));
    assert!(offset_of!(Claim, pool) == offset_of!(ClaimState, pool));
    assert!(offset_of!(Claim, operator) == offset_of!(ClaimState, operator));
    assert!(offset_of!(Claim, slashed_applied) == offset_of!(ClaimState, slashed_applied));
    assert!(offset_of!(Claim, slash_asked) == offset_of!(ClaimState, slash_asked));
};

impl Layout for Claim {
    const VERSION: u8 = CLAIM_VERSION;
}

/// A claim of the layout before, which did not say when it was last synced.
pub type ClaimV1 = Earlier<Claim, 1>;

impl Claim {
    /// Brings one of layout 1 to this layout: it was never synced.
    pub fn migrate(&mut self) {
        self.version = CLAIM_VERSION;
        self.synced_epoch = 0;
    }

    /// Writes a fresh claim that was paid nothing.
    pub fn open(&mut self, bump: u8, pool: Address, operator: &State<Operator>) {
        self.version = CLAIM_VERSION;
        self.bump = bump;
        self.pool = pool;
        self.operator = *operator.address();
        self.payout = operator.payout;
        self.registered_epoch = operator.registered_epoch;
        self.slashed_applied = operator.slashed_applied;
    }

    /// Whether `address` is the one that the pool and the operator give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CLAIM, self.pool.as_ref(), self.operator.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Takes over the operator's payout account, what was taken of its slashes, and its delegators'
    /// share, in the running epoch. Returns the account before.
    pub fn sync(&mut self, operator: &Operator, delegators_bps: Bps, epoch: Epoch) -> Address {
        self.delegators_bps = delegators_bps.get();
        self.slashed_applied = operator.slashed_applied;
        self.synced_epoch = epoch.0;
        core::mem::replace(&mut self.payout, operator.payout)
    }

    /// Refuses to share out the pay of an epoch by copies that are older than its end: whoever
    /// delegated in it would go without.
    #[inline(always)]
    pub fn require_synced(&self, leaf_epoch: u64) -> Result<()> {
        require!(self.synced_epoch > leaf_epoch, RewardsError::NotSynced);
        Ok(())
    }

    /// Whether a slash is not taken yet, by this `slashed` counter of a leaf or by one before.
    #[inline(always)]
    pub fn owes_slash(&self, leaf_slashed: u64) -> bool {
        leaf_slashed.max(self.slash_asked) > self.slashed_applied
    }

    /// Takes over where stablecoin goes. Returns the account before.
    pub fn set_stable_payout(&mut self, payout: Address) -> Address {
        core::mem::replace(&mut self.stable_payout, payout)
    }

    /// What a leaf with these tokens still grants. An older leaf than the last one paid grants
    /// nothing: its counter is not above what was paid.
    #[inline(always)]
    pub fn due(&self, leaf_tokens: u64) -> TokenAmount {
        TokenAmount(leaf_tokens.saturating_sub(self.claimed_tokens))
    }

    /// What a leaf with this stablecoin still grants.
    #[inline(always)]
    pub fn stable_due(&self, leaf_stable: u64) -> StableAmount {
        StableAmount(leaf_stable.saturating_sub(self.claimed_stable))
    }

    /// Counts tokens of an epoch's leaf as paid: what goes to the operator at once, and what stays
    /// in the vault for its delegators or is held back by the operator's age.
    #[inline(always)]
    pub fn pay(
        &mut self,
        amount: TokenAmount,
        epoch: u64,
        epochs_per_month: u32,
    ) -> Result<PaySplit> {
        self.grant(amount, self.held_rate(epoch, epochs_per_month))
    }

    /// Counts tokens of a leaf as granted without paying the operator: all that is its own is held.
    pub fn withhold(&mut self, amount: TokenAmount) -> Result<PaySplit> {
        self.grant(amount, Bps::ONE)
    }

    #[inline(always)]
    fn grant(&mut self, amount: TokenAmount, held: Bps) -> Result<PaySplit> {
        let split = self.split(amount.0, held)?;
        self.claimed_tokens = sum(self.claimed_tokens, amount.0)?;
        self.delegators_due_tokens = sum(self.delegators_due_tokens, split.delegators)?;
        if split.held > 0 {
            self.held = sum(self.held, split.held)?;
            self.held_base = sum(self.held_base, split.own())?;
        }
        Ok(split)
    }

    /// Counts stablecoin as paid. None of it is held back: it is what customers paid for work that
    /// was done.
    #[inline(always)]
    pub fn pay_stable(&mut self, amount: StableAmount) -> Result<PaySplit> {
        let split = self.split(amount.0, Bps::ZERO)?;
        self.claimed_stable = sum(self.claimed_stable, amount.0)?;
        self.delegators_due_stable = sum(self.delegators_due_stable, split.delegators)?;
        Ok(split)
    }

    #[inline(always)]
    fn split(&self, amount: u64, held: Bps) -> Result<PaySplit> {
        let delegators = Bps::new(self.delegators_bps).ok_or(RewardsError::InvariantViolated)?;
        Ok(split_pay(amount, delegators, held).map_err(|_| RewardsError::MathOverflow)?)
    }

    /// Share of its pay that is held back of the operator in an epoch.
    #[inline(always)]
    pub fn held_rate(&self, epoch: u64, epochs_per_month: u32) -> Bps {
        let age = epoch.saturating_sub(self.registered_epoch);
        held_bps(age, u64::from(epochs_per_month))
    }

    /// Takes out what is held beyond the rate of an epoch, and returns it.
    pub fn release(&mut self, epoch: u64, epochs_per_month: u32) -> Result<TokenAmount> {
        let rate = self.held_rate(epoch, epochs_per_month);
        let amount = releasable(TokenAmount(self.held), TokenAmount(self.held_base), rate);
        require!(amount.0 > 0, RewardsError::NothingToRelease);
        self.take_held(amount.0)?;
        Ok(amount)
    }

    /// Takes out what of the held pay a slash costs, and returns it: no more than the pool can pay.
    /// What is left is released as ever, so that a slash takes first what would come free first.
    pub fn slash(&mut self, owed: u64, payable: TokenAmount) -> Result<TokenAmount> {
        let amount = take_held(owed, self.held, payable.0);
        self.take_held(amount)?;
        Ok(TokenAmount(amount))
    }

    fn take_held(&mut self, amount: u64) -> Result<()> {
        self.held = self
            .held
            .checked_sub(amount)
            .ok_or(RewardsError::InvariantViolated)?;
        if self.held == 0 {
            self.held_base = 0;
        }
        Ok(())
    }

    /// Notes that pay was taken by a leaf with this `slashed` counter, and what has been taken of
    /// it by now. Returns whether that was asked for the first time.
    pub fn ask(&mut self, leaf_slashed: u64, applied: u64) -> bool {
        let is_new = leaf_slashed > self.slash_asked;
        self.slash_asked = self.slash_asked.max(leaf_slashed);
        self.slashed_applied = applied;
        is_new
    }

    /// Takes out all that was set aside for delegators.
    pub fn take_delegators_due(&mut self) -> Result<(TokenAmount, StableAmount)> {
        let tokens = core::mem::take(&mut self.delegators_due_tokens);
        let stable = core::mem::take(&mut self.delegators_due_stable);
        require!(tokens > 0 || stable > 0, RewardsError::NothingForDelegators);
        Ok((TokenAmount(tokens), StableAmount(stable)))
    }

    /// What holds after every instruction that changes a claim.
    ///
    /// - It has this layout.
    /// - It pays for somebody, to somewhere.
    /// - What is set aside and held was earned.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == CLAIM_VERSION
            && self.operator != Address::default()
            && self.payout != Address::default()
            && self.held <= self.held_base
            && self.held_base <= self.claimed_tokens
            && self.delegators_due_tokens <= self.claimed_tokens
            && self.delegators_due_stable <= self.claimed_stable;
        require!(holds, RewardsError::InvariantViolated);
        Ok(())
    }
}

fn sum(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b)
        .ok_or_else(|| RewardsError::MathOverflow.into())
}
