//! Fund a pool.
//!
//! Puts tokens into the vault, from which epochs to come are allotted. Nobody gets them back but
//! the operators that earn them.
//!
//! Specification:
//! - Anybody can fund a pool.
//! - The amount moves from the source account into the vault.
//! - An amount of zero is refused.
//! - A pool that mints takes no funding.
//! - A paused network refuses.

use {
    crate::{
        error::RewardsError,
        event::PoolFunded,
        state::{Pool, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::{pause::AREA_REWARDS, pool::MODE_FUND, units::TokenAmount},
    trestle_staking::{state::Network, token_calls},
};

#[derive(Accounts)]
pub struct PoolFund {
    /// Whoever funds: owner or delegate of the source account, which the token program checks.
    pub funder: Signer,
    /// Where the tokens come from.
    #[account(
        mut,
        constraint = address_eq(source.mint(), &pool.token_mint) @ RewardsError::WrongMint,
    )]
    pub source: Account<TokenAccount>,
    /// The pool's network: says whether it is paused.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool: what it was funded with grows.
    #[account(mut, constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The pool's vault: receives the tokens.
    #[account(mut, address = pool.vault @ RewardsError::WrongVault)]
    pub vault: Account<TokenAccount>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl PoolFund {
    fn validate(&self, amount: TokenAmount) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        require!(amount.0 > 0, RewardsError::ZeroAmount);
        require!(self.pool.mode == MODE_FUND, RewardsError::NotFunded);
        Ok(())
    }

    pub fn pool_fund(&mut self, amount: TokenAmount) -> Result<PoolFunded> {
        self.validate(amount)?;
        self.pool.fund(amount)?;
        token_calls::transfer(
            self.token_program.address(),
            self.source.try_cpi_handle_mut()?,
            self.vault.try_cpi_handle_mut()?,
            self.funder.cpi_handle(),
            &[],
            amount.0,
        );
        self.pool.invariant_with_vault(self.vault.amount())?;
        Ok(PoolFunded {
            pool: *self.pool.address(),
            funder: *self.funder.address(),
            amount: amount.0,
            funded_total: self.pool.funded_total,
        })
    }
}
