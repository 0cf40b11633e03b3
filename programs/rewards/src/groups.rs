//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::RewardsError,
        state::{Claim, Pool},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::TokenAccount,
    trestle_core::{leaf::Totals, root::FinalRoot, units::TokenAmount},
    trestle_staking::{ring::FinalRoots, token_calls},
};

/// A pool that pays operators by the final roots of its service.
#[derive(Accounts)]
pub struct PayingPool {
    /// The pool: what it paid grows.
    #[account(mut, constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: Account<Pool>,
    /// The pool's vault: pays.
    #[account(mut, address = pool.vault @ RewardsError::WrongVault)]
    pub vault: Account<TokenAccount>,
    /// The final roots of the pool's service.
    #[account(
        constraint = ring.is_of(&pool.service, ring.address()) @ RewardsError::WrongService,
    )]
    pub ring: Account<FinalRoots>,
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

    /// Pays what is due to a claim, as far as the breaker lets it, and returns what was paid.
    #[inline(always)]
    pub fn pay(
        &mut self,
        claim: &mut Claim,
        payout: CpiHandleMut<'_>,
        due: TokenAmount,
        granted: &Totals,
        now: i64,
    ) -> Result<TokenAmount> {
        let amount = self.pool.pay(due, granted, now)?;
        if amount == TokenAmount::ZERO {
            return Ok(amount);
        }
        require!(
            self.vault.amount() >= amount.0,
            RewardsError::VaultShortfall
        );
        claim.pay(amount)?;
        let signer = self.pool.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.vault.try_cpi_handle_mut()?,
            payout,
            self.pool.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        Ok(amount)
    }
}

/// The groups as clients fill them in: addresses only.
pub mod client {
    pub use super::__client_accounts_payingpool::PayingPool;
}
