//! Allot an epoch.
//!
//! Fixes how much the work of an epoch can earn: no root may grant more. A funded pool allots what
//! its schedule grants, as far as the vault carries it. A minting pool mints what its emission's
//! rule grants: the schedule, as far as base and revenue reach, and some of what was burned. Either
//! allots all stablecoin that has come into its stable vault meanwhile.
//!
//! Specification:
//! - Anybody can allot an epoch that has begun.
//! - Epochs are allotted one after another, each once.
//! - A funded pool allots what the schedule grants, as far as the vault carries.
//! - A minting pool mints what its emission grants into its vault, and nothing else.
//! - Revenue since the allotment before raises what a minting pool grants, up to the schedule.
//! - Without a usable price the revenue waits for one, and base is granted.
//! - While the market's fee is not above the shares of revenue and burns, they earn nothing.
//! - The fee that counts is the lowest in force or proposed, now and at the last allotment.
//! - Burns alone never earn more than was burned.
//! - The record of an allotment keeps all that it was computed from.
//! - A minting pool without an emission is refused, and so is another market, revenue or price.
//! - Stablecoin in the stable vault that no epoch was allotted yet goes to this one.
//! - An epoch to come is refused.
//! - A paused network refuses; the epochs are allotted when it resumes.

use {
    crate::{
        clock::network_epoch,
        constants::SEED_MINTER,
        error::RewardsError,
        event::{EmissionGranted, EpochAllotted},
        sources::{self, EmissionAccounts},
        state::{Emission, Pool, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::{mint::Mint, token::TokenAccount},
    trestle_core::{
        pause::AREA_REWARDS,
        pool::MODE_MINT,
        units::{StableAmount, TokenAmount},
    },
    trestle_staking::{state::Network, token_calls},
};

#[derive(Accounts)]
pub struct EpochAllot {
    /// The pool's network: its clock counts the epochs.
    #[account(address = pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The pool: gets an allotment.
    #[account(mut, constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
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
    /// The pool's stable vault; not read if the pool pays no stablecoin.
    #[account(
        constraint = !pool.has_stable() || address_eq(stable_vault.address(), &pool.stable_vault)
            @ RewardsError::WrongVault,
    )]
    pub stable_vault: UncheckedAccount,
    /// The pool's emission: gets a record. This and what follows is not read if the pool is funded.
    #[account(mut)]
    pub emission: UncheckedAccount,
    /// What customers paid for the service.
    pub revenue: UncheckedAccount,
    /// The network's market: what was burned.
    pub market: UncheckedAccount,
    /// The one account that the market reads prices from.
    pub price_account: UncheckedAccount,
}

impl EpochAllot {
    fn validate(&self, epoch: u64, now: i64) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_REWARDS),
            RewardsError::NetworkPaused
        );
        let current = network_epoch(&self.network, now)?;
        require!(epoch <= current, RewardsError::EpochNotBegun);
        self.pool.require_next(epoch)
    }

    pub fn epoch_allot(
        &mut self,
        epoch: u64,
        bumps: &EpochAllotBumps,
    ) -> Result<(EpochAllotted, Option<EmissionGranted>)> {
        let now = Clock::get()?.unix_timestamp;
        self.validate(epoch, now)?;
        let stable = self.stable()?;
        let (tokens, granted) = if self.pool.mode == MODE_MINT {
            let granted = self.grant(epoch, now)?;
            (TokenAmount(granted.record.granted), Some(granted))
        } else {
            (self.pool.funded_for(epoch, self.vault.amount())?, None)
        };
        self.pool.allot(epoch, tokens, stable)?;
        if granted.is_some() {
            self.mint(tokens, bumps.minter)?;
        }
        let vault_balance = self.vault.amount();
        self.pool.invariant_with_vault(vault_balance)?;
        let allotted = EpochAllotted {
            pool: *self.pool.address(),
            epoch,
            tokens: tokens.0,
            stable: stable.0,
            allotted_total: self.pool.allotted_total,
            vault_balance,
            paid_total: self.pool.paid_total,
            stable_paid_total: self.pool.stable_paid_total,
        };
        Ok((allotted, granted))
    }

    /// What the stable vault holds and no epoch was allotted.
    fn stable(&self) -> Result<StableAmount> {
        if !self.pool.has_stable() {
            return Ok(StableAmount::ZERO);
        }
        let vault = Account::<TokenAccount>::load(*self.stable_vault.account())?;
        self.pool.stable_for(vault.amount())
    }

    /// What the emission's rule grants. Keeps the record.
    #[inline(never)]
    fn grant(&mut self, epoch: u64, now: i64) -> Result<EmissionGranted> {
        let view = *self.emission.account();
        drop(sources::emission(&view, self.pool.address())?);
        // SAFETY: an emission is of another type than the accounts that are loaded, and the one
        // that was checked is dropped: no other reference to its data is alive.
        let mut emission = unsafe { State::<Emission>::load_mut(view)? };
        let accounts = EmissionAccounts {
            revenue: self.revenue.account(),
            market: self.market.account(),
            price: self.price_account.account(),
        };
        let (network, service) = (self.network.address(), &self.pool.service);
        let facts = sources::facts(&accounts, &emission, network, service, now)?;
        let record = emission.grant(epoch, &facts, self.pool.params_version)?;
        emission.invariant()?;
        Ok(EmissionGranted {
            pool: *self.pool.address(),
            record,
            smoothed_burn: emission.smoothed_burn,
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
