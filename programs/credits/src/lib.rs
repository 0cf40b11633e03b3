//! Runs on chain (and its types off chain): credits bought by burning or with stablecoin,
//! customers' accounts, and leases that are paid as far as final roots show the work.
//!
//! No key can move a customer's credits: they leave the account to the customer's own wallet, or
//! into a lease that the customer signed. A lease gives back what was not earned, and all of it
//! when nobody settles it in time.

pub mod address;
pub mod admission;
pub mod clock;
pub mod commitment;
pub mod constants;
pub mod credit_mint;
pub mod error;
pub mod event;
pub mod groups;
pub mod instructions;
pub mod price;
pub mod roots;
pub mod state;

use anchor_lang::prelude::*;
#[cfg(not(all(target_os = "solana", feature = "no-entrypoint")))]
use {
    instructions::*,
    state::{LeaseTerms, MarketParams},
    trestle_core::units::{Credits, StableAmount, TokenAmount},
    trestle_staking::leaf::LeafProof,
};

declare_id!("3CfqLuCMuCDT4rStMmfrkroCpFdag2TEpDGUSR6tpMZ8");

// On chain, a program that uses this crate for its types must not get its dispatcher as well: the
// framework exports it by name, so the linker would keep all instructions in that program.
#[cfg(not(all(target_os = "solana", feature = "no-entrypoint")))]
#[program]
pub mod trestle_credits {
    use super::*;

    /// Creates the credit market of a network.
    pub fn market_create(ctx: &mut Context<MarketCreate>, params: MarketParams) -> Result<()> {
        emit!(ctx.accounts.market_create(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Buys credits by burning the network's token.
    pub fn credits_buy_burn(
        ctx: &mut Context<CreditsBuyBurn>,
        credits: u64,
        max_tokens: u64,
    ) -> Result<()> {
        emit!(ctx
            .accounts
            .credits_buy_burn(Credits(credits), TokenAmount(max_tokens))?);
        Ok(())
    }

    /// Buys credits with the network's stablecoin.
    pub fn credits_buy_stable(
        ctx: &mut Context<CreditsBuyStable>,
        credits: u64,
        max_stable: u64,
    ) -> Result<()> {
        emit!(ctx
            .accounts
            .credits_buy_stable(Credits(credits), StableAmount(max_stable))?);
        Ok(())
    }

    /// Opens a customer's account.
    pub fn account_open(ctx: &mut Context<AccountOpen>) -> Result<()> {
        emit!(ctx.accounts.account_open(&ctx.bumps)?);
        Ok(())
    }

    /// Deposits credits from the wallet into the account.
    pub fn account_deposit(ctx: &mut Context<AccountDeposit>, credits: u64) -> Result<()> {
        emit!(ctx.accounts.account_deposit(Credits(credits))?);
        Ok(())
    }

    /// Withdraws free credits from the account into the wallet.
    pub fn account_withdraw(ctx: &mut Context<AccountWithdraw>, credits: u64) -> Result<()> {
        emit!(ctx.accounts.account_withdraw(Credits(credits))?);
        Ok(())
    }

    /// Opens a lease on a commitment.
    pub fn lease_open(ctx: &mut Context<LeaseOpen>, terms: LeaseTerms) -> Result<()> {
        emit!(ctx.accounts.lease_open(&terms, &ctx.bumps)?);
        Ok(())
    }

    /// Settles the next period of a lease with a final root.
    pub fn lease_settle(ctx: &mut Context<LeaseSettle>, leaf: LeafProof) -> Result<()> {
        emit!(ctx.accounts.lease_settle(&leaf)?);
        Ok(())
    }

    /// Ends a lease before its term.
    pub fn lease_end(ctx: &mut Context<LeaseEnd>, reason: u8) -> Result<()> {
        emit!(ctx.accounts.lease_end(reason)?);
        Ok(())
    }

    /// Closes a lease that is settled, or that nobody could settle in time.
    pub fn lease_close(ctx: &mut Context<LeaseClose>) -> Result<()> {
        emit!(ctx.accounts.lease_close()?);
        Ok(())
    }

    /// Opens the revenue of a service.
    pub fn revenue_open(ctx: &mut Context<RevenueOpen>) -> Result<()> {
        emit!(ctx.accounts.revenue_open(&ctx.bumps)?);
        Ok(())
    }

    /// Extends a lease.
    pub fn lease_renew(
        ctx: &mut Context<LeaseRenew>,
        epochs: u64,
        rate_per_epoch: u64,
    ) -> Result<()> {
        emit!(ctx.accounts.lease_renew(epochs, rate_per_epoch)?);
        Ok(())
    }

    /// Moves a lease to another operator.
    pub fn lease_transfer(ctx: &mut Context<LeaseTransfer>, terms: LeaseTerms) -> Result<()> {
        let (left, opened) = ctx.accounts.lease_transfer(&terms, &ctx.bumps.open)?;
        emit!(left);
        emit!(opened);
        Ok(())
    }

    /// Declares maintenance of an operator.
    pub fn maintenance_declare(
        ctx: &mut Context<MaintenanceDeclare>,
        first_epoch: u64,
        epochs: u64,
    ) -> Result<()> {
        emit!(ctx
            .accounts
            .maintenance_declare(first_epoch, epochs, &ctx.bumps)?);
        Ok(())
    }
}
