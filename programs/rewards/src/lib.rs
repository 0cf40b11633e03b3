//! Runs on chain (and its types off chain): reward pools, what their epochs are allotted, and
//! claims by inclusion proof, one by one or many at once.
//!
//! No key can move a pool's tokens: they leave the vault to operators' payout accounts, as a final
//! root grants them, and never more in all than was allotted.

pub mod address;
pub mod clock;
pub mod constants;
pub mod error;
pub mod event;
pub mod groups;
pub mod instructions;
pub mod leaf;
pub mod sources;
pub mod staking_calls;
pub mod state;

use anchor_lang::prelude::*;
use {
    instructions::*,
    state::{EmissionParams, PoolParams, StableParams},
    trestle_core::units::TokenAmount,
    trestle_staking::leaf::LeafProof,
};

declare_id!("GZ1SDc7QsHUHyvZ6YP3bBWSMK2tQxeRyZLgBoRpMC4Pa");

// Whom to tell about a weakness, where explorers look for it: in the program's own bytes.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Trestle rewards",
    project_url: "https://github.com/trestle-network/trestle",
    contacts: "link:https://github.com/trestle-network/trestle/security/advisories/new",
    policy: "https://github.com/trestle-network/trestle/blob/main/SECURITY.md",
    preferred_languages: "en",
    source_code: "https://github.com/trestle-network/trestle",
    auditors: "None"
}

// On chain, a program that uses this crate for its types or its calls gets the interface alone, not
// the dispatcher: the framework exports that by name, so the linker would keep all instructions in
// the other program, and two dispatchers would collide.
#[cfg_attr(not(all(target_os = "solana", feature = "no-entrypoint")), program)]
#[cfg_attr(
    all(target_os = "solana", feature = "no-entrypoint"),
    program(interface)
)]
pub mod trestle_rewards {
    use super::*;

    /// Opens the reward pool of a service.
    pub fn pool_open(ctx: &mut Context<PoolOpen>, params: PoolParams) -> Result<()> {
        emit!(ctx.accounts.pool_open(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Funds a pool.
    pub fn pool_fund(ctx: &mut Context<PoolFund>, amount: u64) -> Result<()> {
        emit!(ctx.accounts.pool_fund(TokenAmount(amount))?);
        Ok(())
    }

    /// Allots an epoch what its work can earn at most.
    pub fn epoch_allot(ctx: &mut Context<EpochAllot>, epoch: u64) -> Result<()> {
        let (allotted, granted) = ctx.accounts.epoch_allot(epoch, &ctx.bumps)?;
        emit!(allotted);
        if let Some(granted) = granted {
            emit!(granted);
        }
        Ok(())
    }

    /// Opens the claim of an operator with a pool.
    pub fn claim_open(ctx: &mut Context<ClaimOpen>) -> Result<()> {
        emit!(ctx.accounts.claim_open(&ctx.bumps)?);
        Ok(())
    }

    /// Brings a claim of layout 1 to the present layout.
    pub fn claim_migrate(ctx: &mut Context<ClaimMigrate>) -> Result<()> {
        emit!(ctx.accounts.claim_migrate()?);
        Ok(())
    }

    /// Copies an operator's payout account and its delegators' share into its claim.
    pub fn claim_sync(ctx: &mut Context<ClaimSync>) -> Result<()> {
        emit!(ctx.accounts.claim_sync()?);
        Ok(())
    }

    /// Pays an operator what its leaf grants.
    pub fn reward_claim(ctx: &mut Context<RewardClaim>, leaf: LeafProof) -> Result<()> {
        emit!(ctx.accounts.reward_claim(&leaf)?);
        Ok(())
    }

    /// Pays several operators what their leaves grant.
    pub fn reward_push(ctx: &mut Context<RewardPush>, args: PushArgs) -> Result<()> {
        let accounts = ctx.remaining_accounts()?;
        emit!(ctx.accounts.reward_push(&args, &accounts)?);
        Ok(())
    }

    /// Opens the emission of a pool that mints.
    pub fn emission_open(ctx: &mut Context<EmissionOpen>, params: EmissionParams) -> Result<()> {
        emit!(ctx.accounts.emission_open(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Opens the stable vault of a pool.
    pub fn pool_stable_open(ctx: &mut Context<PoolStableOpen>, params: StableParams) -> Result<()> {
        emit!(ctx.accounts.pool_stable_open(&params)?);
        Ok(())
    }

    /// Sets where a claim pays stablecoin.
    pub fn claim_stable_payout_set(ctx: &mut Context<ClaimStablePayoutSet>) -> Result<()> {
        emit!(ctx.accounts.claim_stable_payout_set()?);
        Ok(())
    }

    /// Pays an operator the stablecoin that its leaf grants.
    pub fn reward_claim_stable(
        ctx: &mut Context<RewardClaimStable>,
        leaf: LeafProof,
    ) -> Result<()> {
        emit!(ctx.accounts.reward_claim_stable(&leaf)?);
        Ok(())
    }

    /// Pays an operator what was held back and its age has released.
    pub fn held_release(ctx: &mut Context<HeldRelease>) -> Result<()> {
        emit!(ctx.accounts.held_release()?);
        Ok(())
    }

    /// Takes a slash that a final root contains of an operator's own pay.
    pub fn held_slash(ctx: &mut Context<HeldSlash>, leaf: LeafProof) -> Result<()> {
        emit!(ctx.accounts.held_slash(&leaf)?);
        Ok(())
    }

    /// Pays delegators what was set aside for them.
    pub fn delegation_pay(ctx: &mut Context<DelegationPay>) -> Result<()> {
        emit!(ctx.accounts.delegation_pay()?);
        Ok(())
    }

    /// Proposes a change of a pool's parameters.
    pub fn pool_change_propose(
        ctx: &mut Context<PoolChangePropose>,
        args: ChangeArgs,
    ) -> Result<()> {
        emit!(ctx.accounts.pool_change_propose(&args, &ctx.bumps)?);
        Ok(())
    }

    /// Applies a change that is due.
    pub fn pool_change_apply(ctx: &mut Context<PoolChangeApply>) -> Result<()> {
        emit!(ctx.accounts.pool_change_apply()?);
        Ok(())
    }

    /// Cancels a proposed change.
    pub fn pool_change_cancel(ctx: &mut Context<PoolChangeCancel>) -> Result<()> {
        emit!(ctx.accounts.pool_change_cancel()?);
        Ok(())
    }
}
