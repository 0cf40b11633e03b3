//! Create a network.
//!
//! Opens the one network of a token: its parameters, its empty verifier set and its three vaults.
//! Its parameters can be changed later with notice, its mints and the length of its epochs never.
//!
//! Specification:
//! - Only the mint's authority can create the network of a token; of a mint without one, anybody.
//! - The signer becomes authority and pays the rent.
//! - Epoch 0 begins now.
//! - Parameters out of bounds are refused.
//! - The stablecoin is another mint, with 6 decimals.
//! - A second network of the same token is refused.

use {
    crate::{
        error::StakingError,
        event::NetworkCreated,
        state::{is_stable_mint, Network, NetworkAccounts, NetworkParams, State, VerifierSet},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::seeds::{
        SEED_BOND_VAULT, SEED_INSURANCE_VAULT, SEED_NETWORK, SEED_STAKE_VAULT, SEED_VERIFIERS,
    },
};

#[derive(Accounts)]
pub struct NetworkCreate {
    /// The token's mint authority: becomes the network's, and pays the rent.
    #[account(mut)]
    pub authority: Signer,
    /// The network's token.
    #[account(
        constraint = token_mint.mint_authority().is_none_or(|key| key == authority.address())
            @ StakingError::NotMintAuthority,
    )]
    pub token_mint: Account<Mint>,
    /// The stablecoin that credits are sold for.
    #[account(
        constraint = is_stable_mint(
            stable_mint.address(), stable_mint.decimals(), token_mint.address()
        ) @ StakingError::BadStableMint,
    )]
    pub stable_mint: Account<Mint>,
    /// The new network.
    #[account(
        init, payer = authority, seeds = [SEED_NETWORK, token_mint.address().as_ref()], bump,
    )]
    pub network: State<Network>,
    /// Its verifier set, empty.
    #[account(
        init, payer = authority, seeds = [SEED_VERIFIERS, network.address().as_ref()], bump,
    )]
    pub verifiers: State<VerifierSet>,
    /// Its vault of stake.
    #[account(
        init, payer = authority, seeds = [SEED_STAKE_VAULT, network.address().as_ref()], bump,
        token::mint = token_mint, token::authority = network,
    )]
    pub stake_vault: Account<TokenAccount>,
    /// Its vault of bonds.
    #[account(
        init, payer = authority, seeds = [SEED_BOND_VAULT, network.address().as_ref()], bump,
        token::mint = token_mint, token::authority = network,
    )]
    pub bond_vault: Account<TokenAccount>,
    /// Its vault for the insurance share of slashes.
    #[account(
        init, payer = authority, seeds = [SEED_INSURANCE_VAULT, network.address().as_ref()], bump,
        token::mint = token_mint, token::authority = network,
    )]
    pub insurance_vault: Account<TokenAccount>,
    /// Initialises the vaults.
    pub token_program: Program<Token>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl NetworkCreate {
    fn validate(&self, params: &NetworkParams) -> Result<()> {
        params.validate()
    }

    pub fn network_create(
        &mut self,
        params: &NetworkParams,
        bumps: &NetworkCreateBumps,
    ) -> Result<NetworkCreated> {
        self.validate(params)?;
        let accounts = NetworkAccounts {
            bump: bumps.network,
            authority: *self.authority.address(),
            token_mint: *self.token_mint.address(),
            token_decimals: self.token_mint.decimals(),
            stable_mint: *self.stable_mint.address(),
            stake_vault: *self.stake_vault.address(),
            bond_vault: *self.bond_vault.address(),
            insurance_vault: *self.insurance_vault.address(),
        };
        self.network
            .create(&accounts, params, Clock::get()?.unix_timestamp);
        self.verifiers
            .create(bumps.verifiers, *self.network.address());
        self.network.invariant()?;
        self.verifiers.invariant(self.network.total_bond)?;
        Ok(self.event())
    }

    fn event(&self) -> NetworkCreated {
        NetworkCreated {
            network: *self.network.address(),
            authority: self.network.authority,
            guardian: self.network.guardian,
            token_mint: self.network.token_mint,
            stable_mint: self.network.stable_mint,
            genesis: self.network.genesis,
            verifier_bond_min: self.network.verifier_bond_min,
            epoch_seconds: self.network.epoch_seconds,
            challenge_window_seconds: self.network.challenge_window_seconds,
            unbonding_seconds: self.network.unbonding_seconds,
            bond_slash_bps: self.network.bond_slash_bps,
            burn_bps: self.network.burn_bps,
            insurance_bps: self.network.insurance_bps,
            challenger_bps: self.network.challenger_bps,
            displacement_margin_bps: self.network.displacement_margin_bps,
            _pad: [0; 2],
        }
    }
}
