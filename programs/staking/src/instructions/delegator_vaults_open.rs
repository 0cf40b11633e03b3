//! Open the vaults for the rewards of a network's delegators.
//!
//! Rewards lie there from the moment that an operator is paid until its delegators claim. What the
//! vaults owe is counted apart from what they hold, so that nobody gains by sending tokens there.
//!
//! Specification:
//! - Anybody can open them, once for a network, and pays the rent.
//! - Both vaults belong to the record, which owes nothing yet.
//! - A mint that the network does not name is refused.
//! - A paused network refuses.

use {
    crate::{
        error::StakingError,
        event::DelegatorVaultsOpened,
        state::{DelegatorVaults, Network, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::seeds::{
        SEED_DELEGATOR_STABLE_VAULT, SEED_DELEGATOR_VAULT, SEED_DELEGATOR_VAULTS,
    },
};

#[derive(Accounts)]
pub struct DelegatorVaultsOpen {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer,
    /// The network whose delegators will be paid.
    #[account(constraint = network.is_at(network.address()) @ StakingError::WrongAddress)]
    pub network: State<Network>,
    /// The network's token.
    #[account(address = network.token_mint @ StakingError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// The network's stablecoin.
    #[account(address = network.stable_mint @ StakingError::WrongMint)]
    pub stable_mint: Account<Mint>,
    /// The record of what the vaults owe.
    #[account(
        init, payer = payer, seeds = [SEED_DELEGATOR_VAULTS, network.address().as_ref()], bump,
    )]
    pub vaults: State<DelegatorVaults>,
    /// The vault of rewards in the network's token.
    #[account(
        init, payer = payer, seeds = [SEED_DELEGATOR_VAULT, network.address().as_ref()], bump,
        token::mint = token_mint, token::authority = vaults,
    )]
    pub token_vault: Account<TokenAccount>,
    /// The vault of rewards in stablecoin.
    #[account(
        init, payer = payer, seeds = [SEED_DELEGATOR_STABLE_VAULT, network.address().as_ref()],
        bump, token::mint = stable_mint, token::authority = vaults,
    )]
    pub stable_vault: Account<TokenAccount>,
    /// Initialises the vaults.
    pub token_program: Program<Token>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl DelegatorVaultsOpen {
    fn validate(&self) -> Result<()> {
        self.network.require_running()
    }

    pub fn delegator_vaults_open(
        &mut self,
        bumps: &DelegatorVaultsOpenBumps,
    ) -> Result<DelegatorVaultsOpened> {
        self.validate()?;
        self.vaults.open(
            bumps.vaults,
            *self.network.address(),
            *self.token_vault.address(),
            *self.stable_vault.address(),
        );
        self.vaults
            .invariant(self.token_vault.amount(), self.stable_vault.amount())?;
        Ok(DelegatorVaultsOpened {
            network: *self.network.address(),
            vaults: *self.vaults.address(),
            token_vault: *self.token_vault.address(),
            stable_vault: *self.stable_vault.address(),
        })
    }
}
