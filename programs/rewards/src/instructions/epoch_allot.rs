//! Allot an epoch.
//!
//! Fixes how much the work of an epoch can earn: no root may grant more. A funded pool allots what
//! its schedule grants, as far as the vault carries it; a minting pool mints it.
//!
//! Specification:
//! - Anybody can allot an epoch that has begun.
//! - Epochs are allotted one after another, each once.
//! - A funded pool allots what the schedule grants, as far as the vault carries.
//! - A minting pool mints what the schedule grants into its vault.
//! - An epoch to come is refused.
//! - A paused network refuses; the epochs are allotted when it resumes.

use {
    crate::{
        clock::network_epoch, constants::SEED_MINTER, error::RewardsError, event::EpochAllotted,
        state::Pool,
    },
    anchor_lang::prelude::*,
    anchor_spl::{mint::Mint, token::TokenAccount},
    trestle_core::pause::AREA_REWARDS,
    trestle_core::{pool::MODE_MINT, units::TokenAmount},
    trestle_staking::{state::Network, token_calls},
};

#[derive(Accounts)]
pub struct EpochAllot {
    /// The pool's network: its clock counts the epochs.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: Account<Network>,
    /// The pool: gets an allotment.
    #[account(mut, constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: Account<Pool>,
    /// The pool's vault: bounds what is allotted, or receives what is minted.
    #[account(mut, address = pool.vault @ RewardsError::WrongVault)]
    pub vault: Account<TokenAccount>,
    /// The network's token: its supply grows if the pool mints.
    #[account(mut, address = pool.token_mint @ RewardsError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// The network's minter: signs if the pool mints.
    #[account(seeds = [SEED_MINTER, network.address().as_ref()], bump)]
    pub minter: UncheckedAccount,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl EpochAllot {
    fn validate(&self, epoch: u64) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        let now = Clock::get()?.unix_timestamp;
        let current = network_epoch(&self.network, now)?;
        require!(epoch <= current, RewardsError::EpochNotBegun);
        Ok(())
    }

    pub fn epoch_allot(&mut self, epoch: u64, bumps: &EpochAllotBumps) -> Result<EpochAllotted> {
        self.validate(epoch)?;
        let tokens = self.pool.allot(epoch, self.vault.amount())?;
        if self.pool.mode == MODE_MINT {
            self.mint(tokens, bumps.minter)?;
        }
        let vault_balance = self.vault.amount();
        self.pool.invariant_with_vault(vault_balance)?;
        Ok(EpochAllotted {
            pool: *self.pool.address(),
            epoch,
            tokens: tokens.0,
            allotted_total: self.pool.allotted_total,
            vault_balance,
            paid_total: self.pool.paid_total,
        })
    }

    fn mint(&mut self, tokens: TokenAmount, bump: u8) -> Result<()> {
        self.pool.fund(tokens)?;
        token_calls::mint_to(
            self.token_program.address(),
            self.token_mint.try_cpi_handle_mut()?,
            self.vault.try_cpi_handle_mut()?,
            self.minter.cpi_handle(),
            &[&[SEED_MINTER, self.network.address().as_ref(), &[bump]]],
            tokens.0,
        );
        Ok(())
    }
}
