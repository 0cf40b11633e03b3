//! What one delegator has with one operator.

use {
    super::delegation_pool::{halves, DelegationPool, RewardStream},
    crate::{
        constants::{TICKETS_MAX, VERSION},
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        delegation::halved,
        seeds::SEED_DELEGATION,
        units::{StableAmount, TokenAmount},
    },
};

/// PDA `["delegation", pool, delegator]`.
#[account]
pub struct Delegation {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The delegation pool that it has a part of.
    pub pool: Address,
    /// Whose it is: unbonds, withdraws and claims.
    pub delegator: Address,
    /// Shares of the pool's delegated stake.
    pub shares: u64,
    /// Rewards in the network's token.
    pub tokens: Earnings,
    /// Rewards in stablecoin.
    pub stable: Earnings,
    /// Shares of the pool's unbonding stake.
    pub tickets: [ShareTicket; TICKETS_MAX],
    /// Zero; room for what is to come.
    pub _reserved: [u8; 32],
}

impl Layout for Delegation {
    const VERSION: u8 = VERSION;
}

/// What a delegation has earned of one asset.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct Earnings {
    /// `per_share` of the pool's stream up to which `unpaid` is counted.
    pub per_share: [u64; 2],
    /// Earned and not claimed, base units.
    pub unpaid: u64,
}

/// Stake on its way out, as a share of the pool's unbonding bucket, so that a slash takes of all
/// tickets alike. Free when it has no shares.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct ShareTicket {
    /// Shares, as they were when the pool's had been halved `halvings` times.
    pub shares: u64,
    /// Unix seconds from which it can be withdrawn.
    pub unlock_at: i64,
    /// The pool's `unbonding_halvings` when the ticket was written.
    pub halvings: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

const _: () = assert!(size_of::<Earnings>() == 24);
const _: () = assert!(size_of::<ShareTicket>() == 24);
const _: () = assert!(size_of::<Delegation>() == 256);
const _: () = assert!(offset_of!(Delegation, pool) == 8);
const _: () = assert!(offset_of!(Delegation, delegator) == 40);
const _: () = assert!(offset_of!(Delegation, shares) == 72);
const _: () = assert!(offset_of!(Delegation, tickets) == 128);

/// Rewards of both assets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewards {
    pub tokens: TokenAmount,
    pub stable: StableAmount,
}

impl Earnings {
    fn accrue(&mut self, stream: &RewardStream, shares: u64) -> Result<()> {
        if self.per_share == stream.per_share {
            return Ok(());
        }
        let [low, high] = self.per_share;
        let before = (u128::from(high) << u64::BITS) | u128::from(low);
        let stream = stream.stream();
        let earned = stream
            .earned_since(before, shares)
            .map_err(|_| StakingError::MathOverflow)?;
        self.unpaid = self
            .unpaid
            .checked_add(earned)
            .ok_or(StakingError::MathOverflow)?;
        self.per_share = halves(stream.per_share);
        Ok(())
    }
}

impl ShareTicket {
    /// Its shares as the pool counts them now.
    pub fn shares_now(&self, pool: &DelegationPool) -> u64 {
        let since = pool.unbonding_halvings.saturating_sub(self.halvings);
        halved(self.shares, since)
    }
}

impl Delegation {
    /// Writes an empty delegation.
    pub fn open(&mut self, bump: u8, pool: Address, delegator: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.pool = pool;
        self.delegator = delegator;
    }

    /// Whether `address` is the one that pool and delegator give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_DELEGATION, self.pool.as_ref(), self.delegator.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Counts what its shares have earned since it was last counted. To be called before the
    /// shares change, with the pool advanced to now.
    pub fn accrue(&mut self, pool: &DelegationPool) -> Result<()> {
        self.tokens.accrue(&pool.tokens, self.shares)?;
        self.stable.accrue(&pool.stable, self.shares)
    }

    /// Adds shares.
    pub fn deposit(&mut self, shares: u64) -> Result<()> {
        self.shares = self
            .shares
            .checked_add(shares)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    /// Gives up shares.
    pub fn give_up(&mut self, shares: u64) -> Result<()> {
        self.shares = self
            .shares
            .checked_sub(shares)
            .ok_or(StakingError::InsufficientShares)?;
        Ok(())
    }

    /// Writes unbonding shares into a free ticket.
    pub fn unbond(&mut self, pool: &DelegationPool, shares: u64, unlock_at: i64) -> Result<()> {
        let ticket = self
            .tickets
            .iter_mut()
            .find(|ticket| ticket.shares == 0)
            .ok_or(StakingError::NoFreeTicket)?;
        *ticket = ShareTicket {
            shares,
            unlock_at,
            halvings: pool.unbonding_halvings,
            _pad: [0; 4],
        };
        Ok(())
    }

    /// Empties the tickets that have matured at `now` and returns their unbonding shares, as the
    /// pool counts them now.
    pub fn withdraw(&mut self, pool: &DelegationPool, now: i64) -> Result<u64> {
        let (mut sum, mut is_any): (u64, bool) = (0, false);
        for ticket in &mut self.tickets {
            if ticket.shares == 0 || ticket.unlock_at > now {
                continue;
            }
            is_any = true;
            sum = sum
                .checked_add(ticket.shares_now(pool))
                .ok_or(StakingError::MathOverflow)?;
            *ticket = ShareTicket::default();
        }
        require!(is_any, StakingError::NothingMatured);
        Ok(sum)
    }

    /// Takes all that has been earned and not paid.
    pub fn claim(&mut self) -> Result<Rewards> {
        let rewards = Rewards {
            tokens: TokenAmount(self.tokens.unpaid),
            stable: StableAmount(self.stable.unpaid),
        };
        require!(rewards != Rewards::default(), StakingError::NothingEarned);
        self.tokens.unpaid = 0;
        self.stable.unpaid = 0;
        Ok(rewards)
    }

    /// Whether nothing is in it any more.
    pub fn is_empty(&self) -> bool {
        self.shares == 0
            && self.tokens.unpaid == 0
            && self.stable.unpaid == 0
            && self.tickets.iter().all(|ticket| ticket.shares == 0)
    }

    /// What holds after every instruction that changes a delegation.
    ///
    /// - It has this layout.
    /// - Its shares are part of its pool's.
    /// - A free ticket is zero throughout.
    #[inline(never)]
    pub fn invariant(&self, pool: &DelegationPool) -> Result<()> {
        let holds = self.version == VERSION
            && self.shares <= pool.shares
            && self
                .tickets
                .iter()
                .all(|ticket| ticket.shares > 0 || *ticket == ShareTicket::default());
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}
