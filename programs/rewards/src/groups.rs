//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::RewardsError,
        state::{Claim, Pool, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::TokenAccount,
    trestle_core::{
        leaf::Totals,
        payout::PaySplit,
        root::FinalRoot,
        units::{StableAmount, TokenAmount},
    },
    trestle_staking::{ring::FinalRoots, token_calls},
};

/// A pool that pays operators by the final roots of its service.
#[derive(Accounts)]
pub struct PayingPool {
    /// The pool: what it paid grows.
    #[account(mut, constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The pool's vault: pays.
    #[account(mut, address = pool.vault @ RewardsError::WrongVault)]
    pub vault: Account<TokenAccount>,
    /// The final roots of the pool's service.
    #[account(
        constraint = ring.is_of(&pool.service, ring.address()) @ RewardsError::WrongService,
    )]
    pub ring: State<FinalRoots>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl PayingPool {
    /// The final root of an epoch.
    #[inline(always)]
    pub fn root(&self, epoch: u64) -> Result<&FinalRoot> {
        self.ring
            .find(epoch)
            .ok_or_else(|| RewardsError::RootNotFound.into())
    }

    /// Sums over the leaves of the newest final root: the bound of all that is ever paid.
    #[inline(always)]
    pub fn granted(&self) -> Result<Totals> {
        Ok(self.ring.latest().ok_or(RewardsError::RootNotFound)?.totals)
    }

    /// What can leave the vault now at most, whatever is due; nothing of a frozen vault.
    pub fn payable(&self) -> Result<TokenAmount> {
        let balance = if self.vault.is_frozen() {
            0
        } else {
            self.vault.amount()
        };
        Ok(self.pool.payable(&self.granted()?, balance))
    }

    /// Pays what is due to a claim by the root of an epoch, as far as the breaker lets it.
    #[inline(always)]
    pub fn pay(
        &mut self,
        claim: &mut Claim,
        payout: CpiHandleMut<'_>,
        due: TokenAmount,
        grant: &Grant<'_>,
    ) -> Result<PaySplit> {
        let amount = self.pool.let_out(due, grant.now);
        if amount == TokenAmount::ZERO {
            return Ok(PaySplit::default());
        }
        let split = claim.pay(amount, grant.epoch, self.pool.epochs_per_month)?;
        self.pool.pay(amount, split.operator, grant.totals)?;
        self.transfer(payout, split.operator)?;
        Ok(split)
    }

    /// Moves tokens out of the vault, which the pool has counted.
    #[inline(always)]
    pub fn transfer(&mut self, to: CpiHandleMut<'_>, amount: u64) -> Result<()> {
        require!(self.vault.amount() >= amount, RewardsError::VaultShortfall);
        let signer = self.pool.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.vault.try_cpi_handle_mut()?,
            to,
            self.pool.cpi_handle(),
            &[&signer.seeds()],
            amount,
        );
        Ok(())
    }
}

/// By what a payment is granted.
pub struct Grant<'a> {
    /// Epoch of the final root.
    pub epoch: u64,
    /// Sums over the leaves of the newest final root.
    pub totals: &'a Totals,
    /// Unix seconds.
    pub now: i64,
}

/// A pool that pays stablecoin by the final roots of its service.
#[derive(Accounts)]
pub struct StablePool {
    /// The pool: what it paid grows.
    #[account(
        mut,
        constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress,
        constraint = pool.has_stable() @ RewardsError::NoStable,
    )]
    pub pool: State<Pool>,
    /// The pool's stable vault: pays.
    #[account(mut, address = pool.stable_vault @ RewardsError::WrongVault)]
    pub stable_vault: Account<TokenAccount>,
    /// The final roots of the pool's service.
    #[account(
        constraint = ring.is_of(&pool.service, ring.address()) @ RewardsError::WrongService,
    )]
    pub ring: State<FinalRoots>,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl StablePool {
    /// The final root of an epoch.
    pub fn root(&self, epoch: u64) -> Result<&FinalRoot> {
        self.ring
            .find(epoch)
            .ok_or_else(|| RewardsError::RootNotFound.into())
    }

    /// Pays the stablecoin that is due to a claim, as far as its breaker lets it.
    pub fn pay(
        &mut self,
        claim: &mut Claim,
        payout: CpiHandleMut<'_>,
        due: StableAmount,
        now: i64,
    ) -> Result<PaySplit> {
        let totals = self.ring.latest().ok_or(RewardsError::RootNotFound)?.totals;
        let amount = self.pool.let_out_stable(due, now);
        require!(amount.0 > 0, RewardsError::BreakerExhausted);
        let split = claim.pay_stable(amount)?;
        self.pool.pay_stable(amount, split.operator, &totals)?;
        require!(
            self.stable_vault.amount() >= split.operator,
            RewardsError::VaultShortfall
        );
        let signer = self.pool.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.stable_vault.try_cpi_handle_mut()?,
            payout,
            self.pool.cpi_handle(),
            &[&signer.seeds()],
            split.operator,
        );
        Ok(split)
    }
}

/// The groups as clients fill them in: addresses only.
pub mod client {
    pub use super::{
        __client_accounts_payingpool::PayingPool, __client_accounts_stablepool::StablePool,
    };
}

/// The groups as other programs fill them in when they call this one.
pub mod cpi {
    pub use super::{__cpi_accounts_payingpool::PayingPool, __cpi_accounts_stablepool::StablePool};
}
