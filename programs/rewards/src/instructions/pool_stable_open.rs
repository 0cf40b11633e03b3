//! Open the stable vault of a pool.
//!
//! Stablecoin that customers paid for a service waits there for the operators that did the work.
//! Whatever comes into the vault is allotted to the next epoch, and pays out by the same roots as
//! tokens, through a breaker of its own.
//!
//! Specification:
//! - Only the network's authority opens the stable vault of a pool, once.
//! - It holds the network's stablecoin, and only the pool can move it.
//! - A breaker out of bounds is refused.
//! - A paused network refuses.

use {
    crate::{
        error::RewardsError,
        event::PoolStableOpened,
        state::{Pool, StableParams, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::{pause::AREA_REWARDS, seeds::SEED_POOL_STABLE_VAULT},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct PoolStableOpen {
    /// The network's authority: pays the rent.
    #[account(mut, address = network.authority @ RewardsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The pool's network.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool.
    #[account(
        mut,
        constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress,
        constraint = !pool.has_stable() @ RewardsError::StableOpen,
    )]
    pub pool: State<Pool>,
    /// The network's stablecoin.
    #[account(address = network.stable_mint @ RewardsError::WrongMint)]
    pub stable_mint: Account<Mint>,
    /// The pool's stable vault; only the pool can move what is in it.
    #[account(
        init,
        payer = authority,
        seeds = [SEED_POOL_STABLE_VAULT, pool.address().as_ref()],
        bump,
        token::mint = stable_mint,
        token::authority = pool,
    )]
    pub stable_vault: Account<TokenAccount>,
    /// Initialises the vault.
    pub token_program: Program<Token>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl PoolStableOpen {
    fn validate(&self, params: &StableParams) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        params.validate()
    }

    pub fn pool_stable_open(&mut self, params: &StableParams) -> Result<PoolStableOpened> {
        self.validate(params)?;
        let now = Clock::get()?.unix_timestamp;
        let stable_vault = *self.stable_vault.address();
        self.pool.open_stable(stable_vault, params, now);
        self.pool.invariant()?;
        Ok(PoolStableOpened {
            pool: *self.pool.address(),
            stable_vault,
            stable_mint: *self.stable_mint.address(),
            breaker_capacity: params.breaker_capacity,
            breaker_window_seconds: params.breaker_window_seconds,
            _pad: [0; 4],
        })
    }
}
