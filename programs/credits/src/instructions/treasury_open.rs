//! Open the treasury of a market.
//!
//! Creates the token accounts that the fees on released revenue go to: the treasury, and the vault
//! of the insurance.
//!
//! Specification:
//! - Anybody opens the treasury, once, and pays for it.
//! - Only the market can move what is in either account.

use {
    crate::{
        error::CreditsError,
        event::TreasuryOpened,
        state::{Market, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::seeds::{SEED_INSURANCE_STABLE_VAULT, SEED_TREASURY},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct TreasuryOpen {
    /// Pays for the accounts.
    #[account(mut)]
    pub payer: Signer,
    /// The market's network: names the stablecoin.
    #[account(address = market.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The market.
    #[account(constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
    /// The stablecoin.
    #[account(address = network.stable_mint @ CreditsError::WrongMint)]
    pub stable_mint: Account<Mint>,
    /// Collects the protocol's share.
    #[account(
        init,
        payer = payer,
        seeds = [SEED_TREASURY, market],
        bump,
        token::mint = stable_mint,
        token::authority = market,
    )]
    pub treasury: Account<TokenAccount>,
    /// Collects the insurance's share.
    #[account(
        init,
        payer = payer,
        seeds = [SEED_INSURANCE_STABLE_VAULT, market],
        bump,
        token::mint = stable_mint,
        token::authority = market,
    )]
    pub insurance_vault: Account<TokenAccount>,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl TreasuryOpen {
    pub fn treasury_open(&mut self) -> Result<TreasuryOpened> {
        Ok(TreasuryOpened {
            market: *self.market.address(),
            treasury: *self.treasury.address(),
            insurance_vault: *self.insurance_vault.address(),
        })
    }
}
