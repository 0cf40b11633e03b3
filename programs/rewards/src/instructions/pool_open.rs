//! Open the reward pool of a service.
//!
//! A pool is either funded by deposits or mints what it allots. A minting pool needs the mint
//! authority of the network's token for its network's minter: an address that signs for epoch
//! allotments and nothing else, so that the schedules of the network's pools bound what is minted.
//!
//! Specification:
//! - Only the network's authority opens a pool, one for each service.
//! - Parameters out of bounds are refused.
//! - A pool cannot begin with an epoch that is over.
//! - A pool that mints needs the mint authority.
//! - A paused network refuses.

use {
    crate::{
        address::minter_address,
        clock::network_epoch,
        error::RewardsError,
        event::PoolOpened,
        state::{Pool, PoolAccounts, PoolParams, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::{
        pause::AREA_REWARDS,
        pool::MODE_MINT,
        seeds::{SEED_POOL, SEED_POOL_VAULT},
    },
    trestle_staking::state::{Network, Service},
};

#[derive(Accounts)]
pub struct PoolOpen {
    /// The network's authority: pays the rent.
    #[account(mut, address = network.authority @ RewardsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network of the service.
    #[account(constraint = network.is_at(network.address()) @ RewardsError::WrongAddress)]
    pub network: State<Network>,
    /// The service whose operators will be paid.
    #[account(
        constraint = service.is_at(service.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&service.network, network.address())
            @ RewardsError::WrongNetwork,
    )]
    pub service: State<Service>,
    /// The network's token.
    #[account(address = network.token_mint @ RewardsError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// The pool.
    #[account(init, payer = authority, seeds = [SEED_POOL, service.address().as_ref()], bump)]
    pub pool: State<Pool>,
    /// The pool's vault; only the pool can move what is in it.
    #[account(
        init,
        payer = authority,
        seeds = [SEED_POOL_VAULT, pool.address().as_ref()],
        bump,
        token::mint = token_mint,
        token::authority = pool,
    )]
    pub vault: Account<TokenAccount>,
    /// Initialises the vault.
    pub token_program: Program<Token>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl PoolOpen {
    fn validate(&self, params: &PoolParams, now: i64) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        params.validate(network_epoch(&self.network, now)?)?;
        if params.mode == MODE_MINT {
            let (minter, _) = minter_address(self.network.address());
            require!(
                self.token_mint.mint_authority() == Some(&minter),
                RewardsError::NotMintAuthority
            );
        }
        Ok(())
    }

    pub fn pool_open(&mut self, params: &PoolParams, bumps: &PoolOpenBumps) -> Result<PoolOpened> {
        let now = Clock::get()?.unix_timestamp;
        self.validate(params, now)?;
        let accounts = PoolAccounts {
            bump: bumps.pool,
            service: *self.service.address(),
            network: *self.network.address(),
            token_mint: *self.token_mint.address(),
            vault: *self.vault.address(),
            authority: *self.authority.address(),
        };
        self.pool.open(&accounts, params, now);
        self.pool.invariant()?;
        Ok(PoolOpened {
            pool: *self.pool.address(),
            network: accounts.network,
            service: accounts.service,
            vault: accounts.vault,
            tokens_per_epoch: params.tokens_per_epoch,
            first_epoch: params.first_epoch,
            breaker_capacity: params.breaker_capacity,
            breaker_window_seconds: params.breaker_window_seconds,
            mode: params.mode,
            _pad: [0; 3],
        })
    }
}
