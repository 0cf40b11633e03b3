//! What others have delegated to an operator, and what of its pay is on the way to them.

use {
    crate::{constants::VERSION, error::StakingError, versioned::Layout, ID},
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        delegation::{commission_epoch, delegators_bps, take_pro_rata, Bucket, Stream},
        seeds::SEED_DELEGATION_POOL,
        units::{Bps, Epoch, StableAmount, TokenAmount, UnixSeconds, BPS_ONE},
    },
};

/// PDA `["delegation_pool", operator]`. What it holds lies in the network's stake vault.
#[account]
pub struct DelegationPool {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// What the operator keeps of the pay for delegated stake, basis points.
    pub commission_bps: u16,
    /// The commission from `pending_epoch` on, basis points.
    pub pending_commission_bps: u16,
    /// The operator that is delegated to.
    pub operator: Address,
    /// The network of that operator.
    pub network: Address,
    /// First epoch of the pending commission; zero while none is pending.
    pub pending_epoch: u64,
    /// Delegated stake, in base units of the token.
    pub amount: u64,
    /// Shares that it is divided into.
    pub shares: u64,
    /// Delegated stake on its way out, in base units; it can still be slashed.
    pub unbonding_amount: u64,
    /// Shares that it is divided into.
    pub unbonding_shares: u64,
    /// Unix seconds up to which the streams of rewards have been passed on.
    pub advanced_at: i64,
    /// How often the unbonding shares have been halved, because a slash left them little worth.
    pub unbonding_halvings: u32,
    /// Zero.
    pub _pad2: [u8; 4],
    /// Rewards in the network's token.
    pub tokens: RewardStream,
    /// Rewards in stablecoin.
    pub stable: RewardStream,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 64],
}

impl Layout for DelegationPool {
    const VERSION: u8 = VERSION;
}

/// Rewards of one asset.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct RewardStream {
    /// What one share has earned so far, in base units with 64 fractional bits: the low half,
    /// then the high half.
    pub per_share: [u64; 2],
    /// What has not reached the shares yet, base units.
    pub left: u64,
    /// Unix seconds at which all of it will have.
    pub ends_at: i64,
    /// What delegators have not claimed yet, base units; what is left is part of it.
    pub owed: u64,
}

const _: () = assert!(size_of::<RewardStream>() == 40);
const _: () = assert!(size_of::<DelegationPool>() == 272);
const _: () = assert!(offset_of!(DelegationPool, operator) == 8);
const _: () = assert!(offset_of!(DelegationPool, pending_epoch) == 72);
const _: () = assert!(offset_of!(DelegationPool, advanced_at) == 112);
const _: () = assert!(offset_of!(DelegationPool, tokens) == 128);

/// What an unbonding moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbonding {
    /// Stake that began to unbond.
    pub amount: TokenAmount,
    /// Shares of the unbonding bucket that it got.
    pub shares: u64,
}

impl RewardStream {
    /// The stream as the kernel takes it.
    pub fn stream(&self) -> Stream {
        let [low, high] = self.per_share;
        Stream {
            per_share: (u128::from(high) << u64::BITS) | u128::from(low),
            left: self.left,
            ends_at: UnixSeconds(self.ends_at),
        }
    }

    fn set(&mut self, stream: &Stream) {
        self.per_share = halves(stream.per_share);
        self.left = stream.left;
        self.ends_at = stream.ends_at.0;
    }

    fn advance(&mut self, shares: u64, since: i64, now: i64) -> Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        let mut stream = self.stream();
        stream
            .advance(shares, UnixSeconds(since), UnixSeconds(now))
            .map_err(|_| StakingError::MathOverflow)?;
        self.set(&stream);
        Ok(())
    }

    fn fund(&mut self, amount: u64, now: i64, period_seconds: u32) -> Result<()> {
        let mut stream = self.stream();
        stream
            .fund(amount, UnixSeconds(now), period_seconds)
            .map_err(|_| StakingError::MathOverflow)?;
        self.set(&stream);
        self.owed = self
            .owed
            .checked_add(amount)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    fn pay(&mut self, amount: u64) -> Result<()> {
        self.owed = self
            .owed
            .checked_sub(amount)
            .ok_or(StakingError::InvariantViolated)?;
        Ok(())
    }
}

/// The low and the high half of a number.
#[allow(clippy::cast_possible_truncation)] // That is what a half is.
pub fn halves(number: u128) -> [u64; 2] {
    [number as u64, (number >> u64::BITS) as u64]
}

impl DelegationPool {
    /// Writes an empty pool.
    pub fn open(&mut self, bump: u8, operator: Address, network: Address, now: i64) {
        self.version = VERSION;
        self.bump = bump;
        self.operator = operator;
        self.network = network;
        self.advanced_at = now;
    }

    /// Whether `address` is the one that the operator gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        is_pool_address(address, &self.operator, self.bump)
    }

    /// The commission in an epoch.
    pub fn commission_at(&self, epoch: Epoch) -> Bps {
        let is_due = self.pending_epoch != 0 && self.pending_epoch <= epoch.0;
        let bps = if is_due {
            self.pending_commission_bps
        } else {
            self.commission_bps
        };
        Bps::new(bps).unwrap_or(Bps::ONE)
    }

    /// Share of the operator's pay in an epoch that belongs to its delegators.
    pub fn delegators_bps(&self, own_stake: u64, epoch: Epoch) -> Bps {
        delegators_bps(own_stake, self.amount, self.commission_at(epoch))
    }

    /// Takes a commission that counts from an epoch on and returns that epoch. A pending one that
    /// has not begun is replaced.
    pub fn change_commission(&mut self, proposed: Bps, now: Epoch) -> Result<u64> {
        let current = self.commission_at(now);
        let is_pending = self.pending_epoch > now.0;
        require!(
            proposed != current || is_pending,
            StakingError::CommissionUnchanged
        );
        let from = commission_epoch(current, proposed, now).ok_or(StakingError::CommissionStep)?;
        if from == now {
            self.set_commission(proposed);
        } else {
            self.set_commission(current);
            self.pending_commission_bps = proposed.get();
            self.pending_epoch = from.0;
        }
        Ok(from.0)
    }

    /// Sets the commission at once; nothing is pending any more.
    pub fn set_commission(&mut self, commission: Bps) {
        self.commission_bps = commission.get();
        self.pending_commission_bps = 0;
        self.pending_epoch = 0;
    }

    /// Passes rewards on to the shares up to `now`. To be called before shares change.
    pub fn advance(&mut self, now: i64) -> Result<()> {
        let (shares, since) = (self.shares, self.advanced_at);
        self.tokens.advance(shares, since, now)?;
        self.stable.advance(shares, since, now)?;
        self.advanced_at = since.max(now);
        Ok(())
    }

    /// Adds rewards, which reach the shares over `period_seconds`.
    pub fn fund(
        &mut self,
        tokens: TokenAmount,
        stable: StableAmount,
        now: i64,
        period_seconds: u32,
    ) -> Result<()> {
        self.tokens.fund(tokens.0, now, period_seconds)?;
        self.stable.fund(stable.0, now, period_seconds)
    }

    /// Counts rewards as paid.
    pub fn pay(&mut self, tokens: TokenAmount, stable: StableAmount) -> Result<()> {
        self.tokens.pay(tokens.0)?;
        self.stable.pay(stable.0)
    }

    /// Adds delegated stake and returns its shares.
    pub fn deposit(&mut self, amount: TokenAmount) -> Result<u64> {
        require!(amount.0 > 0, StakingError::ZeroAmount);
        let mut bucket = self.active();
        let shares = bucket
            .deposit(amount.0)
            .map_err(|_| StakingError::PoolSlashedOut)?;
        self.set_active(bucket);
        Ok(shares)
    }

    /// Moves what `shares` are worth into the unbonding bucket.
    pub fn unbond(&mut self, shares: u64) -> Result<Unbonding> {
        require!(shares > 0, StakingError::ZeroAmount);
        let mut active = self.active();
        let amount = active
            .redeem(shares)
            .map_err(|_| StakingError::InvariantViolated)?;
        let mut unbonding = self.unbonding();
        let shares = unbonding
            .deposit(amount)
            .map_err(|_| StakingError::MathOverflow)?;
        self.set_active(active);
        self.set_unbonding(unbonding);
        Ok(Unbonding {
            amount: TokenAmount(amount),
            shares,
        })
    }

    /// Cancels shares of the unbonding bucket and returns what they were worth.
    pub fn withdraw(&mut self, unbonding_shares: u64) -> Result<TokenAmount> {
        let mut bucket = self.unbonding();
        let amount = match unbonding_shares {
            0 => 0,
            shares => bucket
                .redeem(shares)
                .map_err(|_| StakingError::InvariantViolated)?,
        };
        self.set_unbonding(bucket);
        Ok(TokenAmount(amount))
    }

    /// Takes `wanted` from both buckets in proportion, as far as they reach, and returns what was
    /// taken.
    pub fn slash(&mut self, wanted: u64) -> Result<TokenAmount> {
        let violated = |_| StakingError::InvariantViolated;
        let taken = take_pro_rata(self.amount, self.unbonding_amount, wanted).map_err(violated)?;
        let (mut active, mut unbonding) = (self.active(), self.unbonding());
        active.take(taken.from_active).map_err(violated)?;
        unbonding.take(taken.from_unbonding).map_err(violated)?;
        let halvings = unbonding.halve();
        self.unbonding_halvings = self
            .unbonding_halvings
            .checked_add(halvings)
            .ok_or(StakingError::MathOverflow)?;
        self.set_active(active);
        self.set_unbonding(unbonding);
        taken
            .from_active
            .checked_add(taken.from_unbonding)
            .map(TokenAmount)
            .ok_or_else(|| StakingError::MathOverflow.into())
    }

    /// Both buckets together: all that a fault of the operator can cost its delegators.
    pub fn slashable(&self) -> Result<u64> {
        self.amount
            .checked_add(self.unbonding_amount)
            .ok_or_else(|| StakingError::MathOverflow.into())
    }

    /// The bucket of delegated stake.
    pub fn active(&self) -> Bucket {
        Bucket {
            amount: self.amount,
            shares: self.shares,
        }
    }

    /// The bucket of stake on its way out.
    pub fn unbonding(&self) -> Bucket {
        Bucket {
            amount: self.unbonding_amount,
            shares: self.unbonding_shares,
        }
    }

    fn set_active(&mut self, bucket: Bucket) {
        self.amount = bucket.amount;
        self.shares = bucket.shares;
    }

    fn set_unbonding(&mut self, bucket: Bucket) {
        self.unbonding_amount = bucket.amount;
        self.unbonding_shares = bucket.shares;
    }

    /// What holds after every instruction that changes a pool.
    ///
    /// - It has this layout, and commissions of at most the whole.
    /// - A share is worth a base unit at most.
    /// - What is on its way to the shares is part of what is owed.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.commission_bps <= BPS_ONE
            && self.pending_commission_bps <= BPS_ONE
            && self.amount <= self.shares
            && self.unbonding_amount <= self.unbonding_shares
            && self.tokens.left <= self.tokens.owed
            && self.stable.left <= self.stable.owed;
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}

/// Whether `address` is that of the pool of `operator`.
#[inline(never)]
pub fn is_pool_address(address: &Address, operator: &Address, bump: u8) -> bool {
    let seeds = [SEED_DELEGATION_POOL, operator.as_ref()];
    address_eq(address, &Address::derive_address(&seeds, Some(bump), &ID))
}
