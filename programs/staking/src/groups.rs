//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::StakingError,
        state::{Network, Operator, VerifierSet},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::TokenAccount,
    trestle_core::seeds::{SEED_NETWORK, SEED_OPERATOR},
};

/// An operator whose stake changes, with the vault that holds it.
#[derive(Accounts)]
pub struct StakeVault {
    /// The operator's network: its account of what the vault owes changes.
    #[account(
        mut,
        seeds = [SEED_NETWORK, network.token_mint.as_ref()],
        bump = network.bump,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: Account<Network>,
    /// The operator whose stake changes.
    #[account(
        mut,
        seeds = [SEED_OPERATOR, operator.service.as_ref(), operator.authority.as_ref()],
        bump = operator.bump,
    )]
    pub operator: Account<Operator>,
    /// The network's vault of stake: its balance changes.
    #[account(mut, address = network.stake_vault @ StakingError::WrongVault)]
    pub stake_vault: Account<TokenAccount>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl StakeVault {
    /// Checks that the vault can pay what it owes, after tokens moved.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        self.network.invariant()?;
        self.operator.invariant()?;
        require!(
            self.stake_vault.amount() >= self.network.total_stake,
            StakingError::VaultShortfall
        );
        Ok(())
    }
}

/// The verifier set of a network when bonds change, with the vault that holds them.
#[derive(Accounts)]
pub struct BondVault {
    /// The network: its account of what the vault owes changes.
    #[account(
        mut,
        seeds = [SEED_NETWORK, network.token_mint.as_ref()],
        bump = network.bump,
    )]
    pub network: Account<Network>,
    /// The network's verifiers: entries change.
    #[account(
        mut,
        constraint = verifiers.network == *network.address() @ StakingError::WrongVerifierSet,
    )]
    pub verifiers: Account<VerifierSet>,
    /// The network's vault of bonds: its balance changes.
    #[account(mut, address = network.bond_vault @ StakingError::WrongVault)]
    pub bond_vault: Account<TokenAccount>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl BondVault {
    /// Checks that the vault can pay what it owes, after tokens moved.
    pub fn invariant(&self) -> Result<()> {
        self.network.invariant()?;
        self.verifiers.invariant(self.network.total_bond)?;
        require!(
            self.bond_vault.amount() >= self.network.total_bond,
            StakingError::VaultShortfall
        );
        Ok(())
    }
}
