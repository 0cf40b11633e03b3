//! Layout of the rewards program's Pool, which the proofs program reads to bound a proposal.

use crate::{
    breaker::Breaker,
    emission::Schedule,
    math::MathError,
    root::{slot_of, EpochNotNewer},
    units::{StableAmount, TokenAmount, UnixSeconds},
};
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};

/// Allotments that a pool keeps; as many as final roots are kept.
pub const ALLOTMENTS_LEN: usize = crate::root::RING_LEN;
/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:Pool").
pub const POOL_DISCRIMINATOR: [u8; 8] = [0xf1, 0x9a, 0x6d, 0x04, 0x11, 0xb1, 0x6d, 0xbc];
/// Bytes of the whole account: discriminator and pool.
pub const POOL_ACCOUNT_LEN: usize = 8 + size_of::<PoolState>();
/// Layout version that programs of this release write.
pub const POOL_VERSION: u8 = 1;

/// A pool pays from tokens that somebody deposits.
pub const MODE_FUND: u8 = 1;
/// A pool mints what it allots.
pub const MODE_MINT: u8 = 2;

/// What a pool allotted to one epoch, and to all up to it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Allotment {
    /// The epoch.
    pub epoch: u64,
    /// Network tokens for the epoch, base units.
    pub tokens: u64,
    /// Stablecoin for the epoch, micro-dollars.
    pub stable: u64,
    /// Network tokens for all epochs up to this one, base units.
    pub cumulative_tokens: u64,
    /// Stablecoin for all epochs up to this one, micro-dollars.
    pub cumulative_stable: u64,
}

/// Sums that were allotted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allotted {
    /// Network tokens, base units.
    pub tokens: u64,
    /// Stablecoin, micro-dollars.
    pub stable: u64,
}

/// Account of the rewards program: the pool of one service.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct PoolState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// [`MODE_FUND`] or [`MODE_MINT`].
    pub mode: u8,
    /// Keeps the next fields aligned; zero.
    pub _pad: u8,
    /// Seconds in which the breaker drains its whole capacity.
    pub breaker_window_seconds: u32,
    /// Service whose operators are paid.
    pub service: [u8; 32],
    /// Network of the service.
    pub network: [u8; 32],
    /// Mint of the tokens that are paid.
    pub token_mint: [u8; 32],
    /// Token account that pays.
    pub vault: [u8; 32],
    /// Who may change the pool.
    pub authority: [u8; 32],
    /// Schedule: token base units an epoch.
    pub tokens_per_epoch: u64,
    /// Schedule: first epoch that gets any.
    pub first_epoch: u64,
    /// Tokens ever allotted, base units.
    pub allotted_total: u64,
    /// Tokens ever paid, base units.
    pub paid_total: u64,
    /// Tokens ever deposited or minted, base units.
    pub funded_total: u64,
    /// Breaker: what is in the bucket, token base units.
    pub breaker_value: u64,
    /// Breaker: moment up to which draining is accounted for, unix seconds.
    pub breaker_ts: i64,
    /// Breaker: most that the bucket holds, token base units.
    pub breaker_capacity: u64,
    /// Epoch of the newest allotment; 0 while there is none.
    pub last_allotted_epoch: u64,
    /// Allotments ever made.
    pub allot_count: u64,
    /// The allotments; number n stands at n modulo [`ALLOTMENTS_LEN`].
    pub allotments: [Allotment; ALLOTMENTS_LEN],
    /// Token account that pays stablecoin; zero while the pool pays none.
    pub stable_vault: [u8; 32],
    /// Stablecoin ever paid, micro-dollars.
    pub stable_paid_total: u64,
    /// Breaker of the stablecoin: what is in the bucket, micro-dollars.
    pub stable_breaker_value: u64,
    /// Breaker of the stablecoin: moment up to which draining is accounted for, unix seconds.
    pub stable_breaker_ts: i64,
    /// Breaker of the stablecoin: most that the bucket holds, micro-dollars.
    pub stable_breaker_capacity: u64,
    /// Seconds in which the breaker of the stablecoin drains its whole capacity.
    pub stable_breaker_window_seconds: u32,
    /// Epochs that count as a month of an operator's age; 0 holds no rewards back.
    pub epochs_per_month: u32,
    /// Times that the parameters were changed.
    pub params_version: u32,
    /// Keeps the next fields aligned; zero.
    pub _pad_end: u32,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 64],
}

const _: () = {
    assert!(size_of::<Allotment>() == 40);
    assert!(size_of::<PoolState>() == 2_952);
    assert!(offset_of!(PoolState, service) == 8);
    assert!(offset_of!(PoolState, tokens_per_epoch) == 168);
    assert!(offset_of!(PoolState, allotments) == 248);
    assert!(offset_of!(PoolState, stable_vault) == 2_808);
    assert!(offset_of!(PoolState, _reserved) == 2_888);
};

impl PoolState {
    /// The pool in the bytes of an account. `None` if length or discriminator are another
    /// account's, or if the bytes are not aligned to 8. Owner and address are for the caller to
    /// check.
    pub fn from_account_data(data: &[u8]) -> Option<&Self> {
        let body = data.strip_prefix(&POOL_DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body).ok()
    }

    /// A copy of the pool in bytes of any alignment, for clients. `None`
    /// also if its layout is of another version.
    #[cfg(feature = "host")]
    pub fn read_account_data(data: &[u8]) -> Option<Self> {
        let body = data.strip_prefix(&POOL_DISCRIMINATOR)?;
        let pool: Self = bytemuck::try_pod_read_unaligned(body).ok()?;
        (pool.version == POOL_VERSION).then_some(pool)
    }

    /// The schedule of the pool.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            tokens_per_epoch: self.tokens_per_epoch,
            first_epoch: self.first_epoch,
        }
    }

    /// How much of `wanted` the breaker lets out now; counts it as paid out of the bucket.
    pub fn breaker_grant(&mut self, now: UnixSeconds, wanted: TokenAmount) -> TokenAmount {
        let mut breaker = Breaker {
            value: self.breaker_value,
            last_ts: self.breaker_ts,
        };
        let granted = breaker.grant(
            self.breaker_capacity,
            self.breaker_window_seconds,
            now,
            wanted.0,
        );
        self.breaker_value = breaker.value;
        self.breaker_ts = breaker.last_ts;
        TokenAmount(granted)
    }

    /// How much of `wanted` stablecoin the breaker lets out now; counts it as paid out of the
    /// bucket.
    pub fn stable_breaker_grant(&mut self, now: UnixSeconds, wanted: StableAmount) -> StableAmount {
        let mut breaker = Breaker {
            value: self.stable_breaker_value,
            last_ts: self.stable_breaker_ts,
        };
        let granted = breaker.grant(
            self.stable_breaker_capacity,
            self.stable_breaker_window_seconds,
            now,
            wanted.0,
        );
        self.stable_breaker_value = breaker.value;
        self.stable_breaker_ts = breaker.last_ts;
        StableAmount(granted)
    }

    /// Accounts for what has drained from both breakers by `now`. To be called before their
    /// parameters change, so that no second before drains by the new ones.
    pub fn settle_breakers(&mut self, now: UnixSeconds) {
        self.breaker_grant(now, TokenAmount::ZERO);
        self.stable_breaker_grant(now, StableAmount::ZERO);
        self.breaker_ts = self.breaker_ts.max(now.0);
        self.stable_breaker_ts = self.stable_breaker_ts.max(now.0);
    }

    /// Stablecoin ever allotted.
    pub fn stable_allotted_total(&self) -> StableAmount {
        let latest = self.latest_allotment();
        StableAmount(latest.map_or(0, |allotment| allotment.cumulative_stable))
    }

    /// What an epoch is allotted of the stablecoin in the vault: all that no earlier epoch was
    /// allotted and not paid yet. An error if more was paid than allotted, which no sound pool
    /// shows.
    pub fn stable_unallotted(&self, vault_balance: u64) -> Result<StableAmount, MathError> {
        let owed = self
            .stable_allotted_total()
            .checked_sub(StableAmount(self.stable_paid_total))?;
        Ok(StableAmount(vault_balance.saturating_sub(owed.0)))
    }

    /// What tokens can leave the vault at most: what the newest final root grants in all and what
    /// was ever allotted, less what was paid, as far as the vault holds it.
    pub fn payable(&self, granted: TokenAmount, vault_balance: u64) -> TokenAmount {
        let bound = granted.0.min(self.allotted_total);
        TokenAmount(bound.saturating_sub(self.paid_total).min(vault_balance))
    }

    /// The newest allotment.
    pub fn latest_allotment(&self) -> Option<&Allotment> {
        self.allotments
            .get(slot_of(self.allot_count.checked_sub(1)?))
    }

    /// Adds the allotment of a newer epoch over the oldest.
    pub fn push_allotment(
        &mut self,
        epoch: u64,
        tokens: u64,
        stable: u64,
    ) -> Result<Allotment, PushError> {
        if self.allot_count > 0 && epoch <= self.last_allotted_epoch {
            return Err(PushError::EpochNotNewer(EpochNotNewer));
        }
        let before = self.latest_allotment().copied().unwrap_or_default();
        let overflow = PushError::Math(MathError::Overflow);
        let allotment = Allotment {
            epoch,
            tokens,
            stable,
            cumulative_tokens: before
                .cumulative_tokens
                .checked_add(tokens)
                .ok_or(overflow)?,
            cumulative_stable: before
                .cumulative_stable
                .checked_add(stable)
                .ok_or(overflow)?,
        };
        let allotted_total = self.allotted_total.checked_add(tokens).ok_or(overflow)?;
        let count = self.allot_count.checked_add(1).ok_or(overflow)?;
        *self
            .allotments
            .get_mut(slot_of(self.allot_count))
            .ok_or(overflow)? = allotment;
        self.allotted_total = allotted_total;
        self.allot_count = count;
        self.last_allotted_epoch = epoch;
        Ok(allotment)
    }

    /// What was allotted to all epochs up to and including `epoch`. `None` if the pool no longer
    /// keeps allotments that old.
    pub fn allotted_through(&self, epoch: u64) -> Option<Allotted> {
        let kept = self.allot_count.min(ALLOTMENTS_LEN as u64);
        for back in 1..=kept {
            let number = self.allot_count.checked_sub(back)?;
            let allotment = self.allotments.get(slot_of(number))?;
            if allotment.epoch <= epoch {
                return Some(Allotted {
                    tokens: allotment.cumulative_tokens,
                    stable: allotment.cumulative_stable,
                });
            }
        }
        // Whether an older allotment went over board decides between "nothing" and "not known".
        (kept == self.allot_count).then(Allotted::default)
    }

    /// What was allotted to the epochs after `after` up to and including `through`; `after` is
    /// `None` before the first final root. `None` if the pool no longer keeps allotments that old.
    pub fn allotted_between(&self, after: Option<u64>, through: u64) -> Option<Allotted> {
        let upto = self.allotted_through(through)?;
        let before = match after {
            Some(epoch) => self.allotted_through(epoch)?,
            None => Allotted::default(),
        };
        Some(Allotted {
            tokens: upto.tokens.checked_sub(before.tokens)?,
            stable: upto.stable.checked_sub(before.stable)?,
        })
    }
}

/// Why an allotment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// The epoch is not newer than the last one that was allotted.
    EpochNotNewer(EpochNotNewer),
    /// A sum leaves its range.
    Math(MathError),
}

impl core::fmt::Display for PushError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::EpochNotNewer(_) => {
                f.write_str("the epoch is not newer than the last allotted one; allot a later one")
            }
            Self::Math(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for PushError {}
