//! What delegators own of a pool, what they earn, and what a slash takes from them.
//!
//! A pool keeps two buckets, active and unbonding. Each is divided into shares, and a share is
//! never worth more than one base unit: the first share costs one, rounding favours the bucket, and
//! slashes only make it cheaper. What a bucket holds is counted, not read from a balance, so a
//! donation changes nothing. Hence a deposit of one base unit always gets a share, and whoever
//! deposits loses less than one base unit to rounding.
//!
//! Rewards are streamed: what is funded reaches the shares evenly over a period, so that nobody
//! gains by entering just before it arrives and leaving just after.

use crate::{
    change::due_epoch,
    math::{divide_ceil, divide_floor, mul_div_floor, MathError},
    units::{Bps, Epoch, UnixSeconds, BPS_ONE},
};

/// Most by which one change raises a commission, basis points: delegators who do not read notices
/// every day must not wake up to a pool that pays them nothing.
pub const COMMISSION_STEP_BPS_MAX: u16 = 500;
/// Fractional bits of what a share has earned.
pub const PER_SHARE_BITS: u32 = u64::BITS;

/// Tokens that many own together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// What it holds, token base units.
    pub amount: u64,
    /// Into how many shares that is divided; never fewer than `amount`.
    pub shares: u64,
}

/// What a slash takes from the two buckets of a pool, token base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolTaken {
    /// From the active bucket.
    pub from_active: u64,
    /// From the unbonding bucket, the dust of rounding included.
    pub from_unbonding: u64,
}

/// Rewards of one asset on their way to the shares of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// What one share has earned since the pool was opened, in base units with
    /// [`PER_SHARE_BITS`] fractional bits. It may wrap: only differences count.
    pub per_share: u128,
    /// What has not reached the shares yet, base units.
    pub left: u64,
    /// Moment at which all of it will have.
    pub ends_at: UnixSeconds,
}

impl Bucket {
    /// Shares that a deposit of `amount` gets, rounded down. [`MathError::DivisionByZero`] if the
    /// bucket's shares have lost all their worth.
    pub fn shares_for(&self, amount: u64) -> Result<u64, MathError> {
        if self.shares == self.amount {
            return Ok(amount);
        }
        mul_div_floor(amount, self.shares, self.amount)
    }

    /// What `shares` are worth, rounded down.
    pub fn amount_for(&self, shares: u64) -> Result<u64, MathError> {
        if self.shares == self.amount {
            return Ok(shares);
        }
        mul_div_floor(shares, self.amount, self.shares)
    }

    /// Adds `amount` and returns the shares that it gets.
    pub fn deposit(&mut self, amount: u64) -> Result<u64, MathError> {
        let shares = self.shares_for(amount)?;
        let sum = |a: u64, b: u64| a.checked_add(b).ok_or(MathError::Overflow);
        *self = Self {
            amount: sum(self.amount, amount)?,
            shares: sum(self.shares, shares)?,
        };
        Ok(shares)
    }

    /// Cancels `shares` and returns what they were worth. The last share takes all that is left.
    pub fn redeem(&mut self, shares: u64) -> Result<u64, MathError> {
        let amount = self.amount_for(shares)?;
        let rest = |a: u64, b: u64| a.checked_sub(b).ok_or(MathError::Overflow);
        *self = Self {
            amount: rest(self.amount, amount)?,
            shares: rest(self.shares, shares)?,
        };
        Ok(amount)
    }

    /// Takes `amount` from all shares alike.
    pub fn take(&mut self, amount: u64) -> Result<(), MathError> {
        self.amount = self.amount.checked_sub(amount).ok_or(MathError::Overflow)?;
        Ok(())
    }

    /// Halves the shares as often as they stay at least as many as base units, and returns how
    /// often; [`u64::BITS`] if they have lost all their worth. Holders halve theirs as often with
    /// [`halved`]. However often a bucket is slashed, deposits into it thus never run out of
    /// shares; it costs each holder less than one base unit.
    pub fn halve(&mut self) -> u32 {
        if self.shares == 0 {
            return 0;
        }
        let halvings = self
            .shares
            .checked_div(self.amount)
            .and_then(u64::checked_ilog2)
            .unwrap_or(u64::BITS);
        self.shares = halved(self.shares, halvings);
        halvings
    }
}

/// Shares of a holder after so many halvings, rounded down.
pub fn halved(shares: u64, halvings: u32) -> u64 {
    shares.checked_shr(halvings).unwrap_or(0)
}

/// What a slash of `wanted` takes from what delegators have in both buckets: from each in
/// proportion to what it holds, as far as it goes. The dust of rounding falls on the unbonding
/// bucket.
pub fn take_pro_rata(active: u64, unbonding: u64, wanted: u64) -> Result<PoolTaken, MathError> {
    let held = active.checked_add(unbonding).ok_or(MathError::Overflow)?;
    if wanted >= held {
        return Ok(PoolTaken {
            from_active: active,
            from_unbonding: unbonding,
        });
    }
    let from_active = mul_div_floor(wanted, active, held)?;
    Ok(PoolTaken {
        from_active,
        from_unbonding: wanted.saturating_sub(from_active),
    })
}

impl Stream {
    /// Passes on to `shares` what is due between `since` and `now`. While nobody has a share, time
    /// stands still.
    pub fn advance(
        &mut self,
        shares: u64,
        since: UnixSeconds,
        now: UnixSeconds,
    ) -> Result<(), MathError> {
        let passed = now.since(since);
        if self.left == 0 || passed == 0 {
            return Ok(());
        }
        if shares == 0 {
            self.ends_at = self.ends_at.checked_add(passed)?;
            return Ok(());
        }
        let length = self.ends_at.since(since);
        let due = if passed >= length {
            self.left
        } else {
            mul_div_floor(self.left, passed, length)?
        };
        self.left = self.left.saturating_sub(due);
        let earned = (u128::from(due) << PER_SHARE_BITS)
            .checked_div(u128::from(shares))
            .ok_or(MathError::DivisionByZero)?;
        self.per_share = self.per_share.wrapping_add(earned);
        Ok(())
    }

    /// Adds `amount` to a stream that has been advanced to `now`. It flows for `period_seconds`,
    /// what was left for as long as it would have: together for the mean of both by amount, so that
    /// a small sum does not hold up a large one.
    pub fn fund(
        &mut self,
        amount: u64,
        now: UnixSeconds,
        period_seconds: u32,
    ) -> Result<(), MathError> {
        let total = self.left.checked_add(amount).ok_or(MathError::Overflow)?;
        if total == 0 {
            return Ok(());
        }
        let weighted = |sum: u64, seconds: u64| u128::from(sum).checked_mul(u128::from(seconds));
        let seconds = weighted(self.left, self.ends_at.since(now))
            .zip(weighted(amount, u64::from(period_seconds)))
            .and_then(|(left, new)| left.checked_add(new))
            .ok_or(MathError::Overflow)?;
        let length = divide_ceil(seconds, u128::from(total))?;
        self.ends_at = now.checked_add(length)?;
        self.left = total;
        Ok(())
    }

    /// What `shares` have earned since one share had earned `before`, rounded down.
    pub fn earned_since(&self, before: u128, shares: u64) -> Result<u64, MathError> {
        let earned = self
            .per_share
            .wrapping_sub(before)
            .checked_mul(u128::from(shares))
            .ok_or(MathError::Overflow)?;
        u64::try_from(earned >> PER_SHARE_BITS).map_err(|_| MathError::Overflow)
    }
}

/// Share of an operator's pay that belongs to its delegators: what their stake is of all its stake,
/// less the commission; rounded down.
pub fn delegators_bps(own_stake: u64, delegated: u64, commission: Bps) -> Bps {
    let whole = u128::from(own_stake).saturating_add(u128::from(delegated));
    let part = u128::from(delegated).saturating_mul(u128::from(commission.complement().get()));
    // No stake at all leaves nobody to pay.
    let bps = divide_floor(part, whole).unwrap_or(0);
    u16::try_from(bps)
        .ok()
        .and_then(Bps::new)
        .unwrap_or(Bps::ZERO)
}

/// First epoch in which a commission proposed in `now` counts: at once where it falls, after the
/// delay of every change where it rises. `None` if it rises by more than one change may.
pub fn commission_epoch(current: Bps, proposed: Bps, now: Epoch) -> Option<Epoch> {
    if proposed <= current {
        return Some(now);
    }
    let step = proposed.get().saturating_sub(current.get());
    (step <= COMMISSION_STEP_BPS_MAX).then(|| due_epoch(now))
}

const _: () = assert!(COMMISSION_STEP_BPS_MAX > 0 && COMMISSION_STEP_BPS_MAX <= BPS_ONE);
