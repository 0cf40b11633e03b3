//! The reward pool of a service: what its epochs were allotted, and what was paid.
//!
//! The layout is that of `trestle_core::pool::PoolState`, which the proofs program reads. It is
//! spelled out here so that it describes itself in the interface.

use {
    crate::{
        constants::ALLOTMENTS_MAX,
        error::RewardsError,
        state::{PoolParams, PoolTerms, StableParams},
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
        units::{StableAmount, TokenAmount, UnixSeconds},
    },
    trestle_staking::versioned::Layout,
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
    /// Who opened the pool.
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
    /// Token account that pays stablecoin, its authority being this account; zero while the pool
    /// pays none.
    pub stable_vault: Address,
    /// Stablecoin ever paid, in 1e-6 USD.
    pub stable_paid_total: u64,
    /// Stablecoin that was paid and has not drained from its breaker yet, in 1e-6 USD.
    pub stable_breaker_value: u64,
    /// Unix seconds up to which draining of the stablecoin's breaker is accounted for.
    pub stable_breaker_ts: i64,
    /// Most stablecoin that its breaker lets out at once, in 1e-6 USD.
    pub stable_breaker_capacity: u64,
    /// Seconds in which the stablecoin's breaker drains its whole capacity.
    pub stable_breaker_window_seconds: u32,
    /// Epochs that count as a month of an operator's age; 0 holds no rewards back.
    pub epochs_per_month: u32,
    /// Times that the parameters were changed.
    pub params_version: u32,
    /// Zero.
    pub _pad_end: u32,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 64],
}

impl Layout for Pool {
    const VERSION: u8 = POOL_VERSION;
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
    assert!(offset_of!(Pool, stable_vault) == offset_of!(PoolState, stable_vault));
    assert!(offset_of!(Pool, stable_paid_total) == offset_of!(PoolState, stable_paid_total));
    assert!(offset_of!(Pool, epochs_per_month) == offset_of!(PoolState, epochs_per_month));
    assert!(offset_of!(Pool, params_version) == offset_of!(PoolState, params_version));
};

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
        self.epochs_per_month = params.epochs_per_month;
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

    /// What a funded pool can allot to an epoch: what the schedule grants and the vault carries.
    pub fn funded_for(&self, epoch: u64, vault_balance: u64) -> Result<TokenAmount> {
        let funding = Funding::Fund {
            vault_balance,
            paid_total: self.paid_total,
            allotted_total: self.allotted_total,
        };
        let tokens = epoch_allotment(&self.state().schedule(), epoch, &funding)
            .map_err(|_| RewardsError::InvariantViolated)?;
        Ok(TokenAmount(tokens))
    }

    /// What an epoch can be allotted of the stablecoin in the vault.
    pub fn stable_for(&self, vault_balance: u64) -> Result<StableAmount> {
        let stable = self.state().stable_unallotted(vault_balance);
        Ok(stable.map_err(|_| RewardsError::InvariantViolated)?)
    }

    /// Refuses every epoch but the next.
    pub fn require_next(&self, epoch: u64) -> Result<()> {
        require!(epoch == self.next_epoch()?, RewardsError::WrongEpoch);
        Ok(())
    }

    /// Allots the next epoch these amounts. No epoch gets more tokens than the pool's ceiling.
    pub fn allot(&mut self, epoch: u64, tokens: TokenAmount, stable: StableAmount) -> Result<()> {
        self.require_next(epoch)?;
        require!(
            tokens.0 <= self.tokens_per_epoch,
            RewardsError::InvariantViolated
        );
        self.state_mut()
            .push_allotment(epoch, tokens.0, stable.0)
            .map_err(|error| match error {
                PushError::EpochNotNewer(_) => RewardsError::WrongEpoch,
                PushError::Math(_) => RewardsError::MathOverflow,
            })?;
        Ok(())
    }

    /// What tokens can leave the vault at most: no payment within that is refused.
    pub fn payable(&self, granted: &Totals, vault_balance: u64) -> TokenAmount {
        let granted = TokenAmount(granted.tokens);
        self.state().payable(granted, vault_balance)
    }

    /// How much of what is due the breaker lets out now; counts it as let out.
    #[inline(always)]
    pub fn let_out(&mut self, due: TokenAmount, now: i64) -> TokenAmount {
        self.state_mut().breaker_grant(UnixSeconds(now), due)
    }

    /// Counts tokens that leave the vault. An error if a root grants more than it may: no root can
    /// pass what was allotted, and no leaf what its newest root grants in all. `amount` is all that
    /// is granted now, of which `leaving` goes out and the rest stays owed.
    #[inline(always)]
    pub fn pay(&mut self, amount: TokenAmount, leaving: u64, granted: &Totals) -> Result<()> {
        let paid = |more: u64| {
            self.paid_total
                .checked_add(more)
                .ok_or(RewardsError::MathOverflow)
        };
        let most = paid(amount.0)?;
        require!(most <= granted.tokens, RewardsError::PaidBeyondRoot);
        require!(
            most <= self.allotted_total,
            RewardsError::PaidBeyondAllotment
        );
        self.paid_total = paid(leaving)?;
        Ok(())
    }

    /// Writes what a pool needs to pay stablecoin.
    pub fn open_stable(&mut self, vault: Address, params: &StableParams, now: i64) {
        self.stable_vault = vault;
        self.stable_breaker_capacity = params.breaker_capacity;
        self.stable_breaker_window_seconds = params.breaker_window_seconds;
        self.stable_breaker_ts = now;
    }

    /// Whether the pool pays stablecoin.
    #[inline(always)]
    pub fn has_stable(&self) -> bool {
        self.stable_vault != Address::default()
    }

    /// How much of the stablecoin that is due its breaker lets out now; counts it as let out.
    pub fn let_out_stable(&mut self, due: StableAmount, now: i64) -> StableAmount {
        self.state_mut().stable_breaker_grant(UnixSeconds(now), due)
    }

    /// Counts stablecoin that leaves the vault, within the same bounds as [`Self::pay`].
    pub fn pay_stable(
        &mut self,
        amount: StableAmount,
        leaving: u64,
        granted: &Totals,
    ) -> Result<()> {
        let paid = |more: u64| {
            self.stable_paid_total
                .checked_add(more)
                .ok_or(RewardsError::MathOverflow)
        };
        let most = paid(amount.0)?;
        require!(most <= granted.stable, RewardsError::PaidBeyondRoot);
        require!(
            most <= self.state().stable_allotted_total().0,
            RewardsError::PaidBeyondAllotment
        );
        self.stable_paid_total = paid(leaving)?;
        Ok(())
    }

    /// Takes over parameters that were validated. The breakers drain by the former ones up to
    /// `now`.
    pub fn set(&mut self, params: &PoolTerms, now: i64) -> Result<()> {
        self.state_mut().settle_breakers(UnixSeconds(now));
        self.tokens_per_epoch = params.tokens_per_epoch;
        self.breaker_capacity = params.breaker_capacity;
        self.breaker_window_seconds = params.breaker_window_seconds;
        self.breaker_value = self.breaker_value.min(params.breaker_capacity);
        self.epochs_per_month = params.epochs_per_month;
        if self.has_stable() {
            self.stable_breaker_capacity = params.stable_breaker_capacity;
            self.stable_breaker_window_seconds = params.stable_breaker_window_seconds;
            self.stable_breaker_value = self
                .stable_breaker_value
                .min(params.stable_breaker_capacity);
        }
        self.params_version = self
            .params_version
            .checked_add(1)
            .ok_or(RewardsError::MathOverflow)?;
        Ok(())
    }

    /// What holds after every instruction that changes a pool.
    ///
    /// - It has this layout and a known mode.
    /// - It paid no more than it allotted.
    /// - What is in the breakers fits into them.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == POOL_VERSION
            && matches!(self.mode, MODE_FUND | MODE_MINT)
            && self.paid_total <= self.allotted_total
            && self.breaker_value <= self.breaker_capacity
            && self.stable_breaker_value <= self.stable_breaker_capacity;
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
