//! The reward pool of a service: what its epochs were allotted, and what was paid.
//!
//! The layout is that of `trestle_core::pool::PoolState`, which the proofs program reads. It is
//! spelled out here so that it describes itself in the interface.

use {
    crate::{
        constants::{
            ALLOTMENTS_MAX, BREAKER_WINDOW_SECONDS_MAX, BREAKER_WINDOW_SECONDS_MIN,
            FIRST_EPOCH_DELAY_MAX, TOKENS_PER_EPOCH_MAX,
        },
        error::RewardsError,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{must_cast_mut, must_cast_ref, Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::seeds::SEED_POOL,
    trestle_core::{
        emission::{epoch_allotment, Funding},
        leaf::Totals,
        pool::{self, PoolState, PushError, MODE_FUND, MODE_MINT, POOL_VERSION},
        units::{TokenAmount, UnixSeconds},
    },
};

/// PDA `["pool", service]`.
#[account]
pub struct Pool {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 pays what is funded, 2 mints what is allotted.
    pub mode: u8,
    /// Zero.
    pub _pad: u8,
    /// Seconds in which the breaker drains its whole capacity.
    pub breaker_window_seconds: u32,
    /// The service whose operators are paid.
    pub service: Address,
    /// The network of the service.
    pub network: Address,
    /// Mint of the tokens that are paid.
    pub token_mint: Address,
    /// Token account that pays; its authority is this account.
    pub vault: Address,
    /// Who opened the pool. Nobody can change one.
    pub authority: Address,
    /// Most that an epoch is allotted, in base units.
    pub tokens_per_epoch: u64,
    /// First epoch that is allotted anything.
    pub first_epoch: u64,
    /// Tokens ever allotted, in base units.
    pub allotted_total: u64,
    /// Tokens ever paid, in base units.
    pub paid_total: u64,
    /// Tokens ever deposited or minted, in base units.
    pub funded_total: u64,
    /// What was paid and has not drained from the breaker yet, in base units.
    pub breaker_value: u64,
    /// Unix seconds up to which draining is accounted for.
    pub breaker_ts: i64,
    /// Most that the breaker lets out at once, in base units.
    pub breaker_capacity: u64,
    /// Newest epoch that was allotted; 0 while there is none.
    pub last_allotted_epoch: u64,
    /// Allotments ever made.
    pub allot_count: u64,
    /// The allotments; number n stands at n modulo 64.
    pub allotments: [Allotment; ALLOTMENTS_MAX],
}

/// What a pool allotted to one epoch, and to all up to it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct Allotment {
    /// The epoch.
    pub epoch: u64,
    /// Tokens for the epoch, in base units.
    pub tokens: u64,
    /// Stablecoin for the epoch, in 1e-6 USD.
    pub stable: u64,
    /// Tokens for all epochs up to this one, in base units.
    pub cumulative_tokens: u64,
    /// Stablecoin for all epochs up to this one, in 1e-6 USD.
    pub cumulative_stable: u64,
}

const _: () = {
    assert!(size_of::<Allotment>() == size_of::<pool::Allotment>());
    assert!(offset_of!(Allotment, tokens) == offset_of!(pool::Allotment, tokens));
    assert!(
        offset_of!(Allotment, cumulative_tokens) == offset_of!(pool::Allotment, cumulative_tokens)
    );
    assert!(
        offset_of!(Allotment, cumulative_stable) == offset_of!(pool::Allotment, cumulative_stable)
    );
    assert!(size_of::<Pool>() == size_of::<PoolState>());
    assert!(offset_of!(Pool, mode) == offset_of!(PoolState, mode));
    assert!(offset_of!(Pool, service) == offset_of!(PoolState, service));
    assert!(offset_of!(Pool, vault) == offset_of!(PoolState, vault));
    assert!(offset_of!(Pool, authority) == offset_of!(PoolState, authority));
    assert!(offset_of!(Pool, tokens_per_epoch) == offset_of!(PoolState, tokens_per_epoch));
    assert!(offset_of!(Pool, paid_total) == offset_of!(PoolState, paid_total));
    assert!(offset_of!(Pool, breaker_value) == offset_of!(PoolState, breaker_value));
    assert!(offset_of!(Pool, breaker_capacity) == offset_of!(PoolState, breaker_capacity));
    assert!(offset_of!(Pool, allot_count) == offset_of!(PoolState, allot_count));
    assert!(offset_of!(Pool, allotments) == offset_of!(PoolState, allotments));
};

/// What a pool is opened with; nobody can change it afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct PoolParams {
    /// 1 pays what is funded, 2 mints what is allotted.
    pub mode: u8,
    /// Most that an epoch is allotted, in base units: 1 to 2^44.
    pub tokens_per_epoch: u64,
    /// First epoch that is allotted anything: the running one or at most 366 later.
    pub first_epoch: u64,
    /// Most that can be paid at once, in base units.
    pub breaker_capacity: u64,
    /// Seconds in which as much can be paid again: 60 to 2,592,000.
    pub breaker_window_seconds: u32,
}

impl PoolParams {
    pub fn validate(&self, current_epoch: u64) -> Result<()> {
        require!(
            matches!(self.mode, MODE_FUND | MODE_MINT),
            RewardsError::BadMode
        );
        require!(
            (1..=TOKENS_PER_EPOCH_MAX).contains(&self.tokens_per_epoch),
            RewardsError::BadSchedule
        );
        let delay = self.first_epoch.checked_sub(current_epoch);
        require!(
            delay.is_some_and(|delay| delay <= FIRST_EPOCH_DELAY_MAX),
            RewardsError::BadFirstEpoch
        );
        let windows = BREAKER_WINDOW_SECONDS_MIN..=BREAKER_WINDOW_SECONDS_MAX;
        require!(
            self.breaker_capacity > 0 && windows.contains(&self.breaker_window_seconds),
            RewardsError::BadBreaker
        );
        Ok(())
    }
}

/// Addresses and the bump that are found while a pool's accounts are created.
pub struct PoolAccounts {
    pub bump: u8,
    pub service: Address,
    pub network: Address,
    pub token_mint: Address,
    pub vault: Address,
    pub authority: Address,
}

/// The seeds with which a pool signs for its vault.
pub struct PoolSigner {
    service: Address,
    bump: [u8; 1],
}

impl PoolSigner {
    #[inline(always)]
    pub fn seeds(&self) -> [&[u8]; 3] {
        [SEED_POOL, self.service.as_ref(), &self.bump]
    }
}

impl Pool {
    /// Writes a fresh pool that has allotted and paid nothing.
    pub fn open(&mut self, accounts: &PoolAccounts, params: &PoolParams, now: i64) {
        self.version = POOL_VERSION;
        self.bump = accounts.bump;
        self.mode = params.mode;
        self.service = accounts.service;
        self.network = accounts.network;
        self.token_mint = accounts.token_mint;
        self.vault = accounts.vault;
        self.authority = accounts.authority;
        self.tokens_per_epoch = params.tokens_per_epoch;
        self.first_epoch = params.first_epoch;
        self.breaker_capacity = params.breaker_capacity;
        self.breaker_window_seconds = params.breaker_window_seconds;
        self.breaker_ts = now;
    }

    /// The pool as the proofs program and clients read it.
    #[inline(always)]
    pub fn state(&self) -> &PoolState {
        must_cast_ref(self)
    }

    #[inline(always)]
    fn state_mut(&mut self) -> &mut PoolState {
        must_cast_mut(self)
    }

    /// Whether `address` is the one that the service gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_POOL, self.service.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    #[inline(always)]
    pub fn signer(&self) -> PoolSigner {
        PoolSigner {
            service: self.service,
            bump: [self.bump],
        }
    }

    /// Counts tokens that were put into the vault.
    pub fn fund(&mut self, amount: TokenAmount) -> Result<()> {
        self.funded_total = self
            .funded_total
            .checked_add(amount.0)
            .ok_or(RewardsError::MathOverflow)?;
        Ok(())
    }

    /// The epoch that is allotted next. Epochs are allotted one after another, so that nobody can
    /// skip one and take its pay from those who worked in it.
    pub fn next_epoch(&self) -> Result<u64> {
        if self.allot_count == 0 {
            return Ok(self.first_epoch);
        }
        self.last_allotted_epoch
            .checked_add(1)
            .ok_or_else(|| RewardsError::MathOverflow.into())
    }

    /// Allots the next epoch what the schedule grants and the vault carries.
    pub fn allot(&mut self, epoch: u64, vault_balance: u64) -> Result<TokenAmount> {
        require!(epoch == self.next_epoch()?, RewardsError::WrongEpoch);
        let funding = if self.mode == MODE_MINT {
            Funding::Mint
        } else {
            Funding::Fund {
                vault_balance,
                paid_total: self.paid_total,
                allotted_total: self.allotted_total,
            }
        };
        let tokens = epoch_allotment(&self.state().schedule(), epoch, &funding)
            .map_err(|_| RewardsError::InvariantViolated)?;
        self.state_mut()
            .push_allotment(epoch, tokens, 0)
            .map_err(|error| match error {
                PushError::EpochNotNewer(_) => RewardsError::WrongEpoch,
                PushError::Math(_) => RewardsError::MathOverflow,
            })?;
        Ok(TokenAmount(tokens))
    }

    /// How much of what is due can be paid now; counts it as paid. Less than is due if the breaker
    /// is exhausted. An error if a root grants more than it may: no root can pass what was
    /// allotted, and no leaf what its newest root grants in all.
    pub fn pay(&mut self, due: TokenAmount, granted: &Totals, now: i64) -> Result<TokenAmount> {
        let amount = self.state_mut().breaker_grant(UnixSeconds(now), due);
        let paid = self
            .paid_total
            .checked_add(amount.0)
            .ok_or(RewardsError::MathOverflow)?;
        require!(paid <= granted.tokens, RewardsError::PaidBeyondRoot);
        require!(
            paid <= self.allotted_total,
            RewardsError::PaidBeyondAllotment
        );
        self.paid_total = paid;
        Ok(amount)
    }

    /// What holds after every instruction that changes a pool.
    ///
    /// - It has this layout and a known mode.
    /// - It paid no more than it allotted.
    /// - What is in the breaker fits into it.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == POOL_VERSION
            && matches!(self.mode, MODE_FUND | MODE_MINT)
            && self.paid_total <= self.allotted_total
            && self.breaker_value <= self.breaker_capacity;
        require!(holds, RewardsError::InvariantViolated);
        Ok(())
    }

    /// What holds besides, after every instruction that moves the pool's tokens: the vault carries
    /// all that is allotted and not paid yet.
    #[inline(always)]
    pub fn invariant_with_vault(&self, balance: u64) -> Result<()> {
        self.invariant()?;
        let owed = self
            .allotted_total
            .checked_sub(self.paid_total)
            .ok_or(RewardsError::InvariantViolated)?;
        require!(balance >= owed, RewardsError::VaultShortfall);
        Ok(())
    }
}
