//! Runs on chain (and its types off chain): a prepaid gateway, as somebody who builds on Trestle
//! would write it.
//!
//! Users pay a gateway in stablecoin and never see a credit. The gateway buys the credits, has an
//! operator keep the data, opens the lease and settles it, all by calls of Trestle's programs, and
//! gives every user back what the lease did not use up: service credits included.
//!
//! Credits cannot be sold, so what comes back of them can only serve the next user. The gateway
//! therefore keeps a float of stablecoin beside each user's money and pays refunds from that; its
//! owner earns what leases use up. A gateway serves one plan at a time, and its owner opens as many
//! gateways as there are plans to serve.
//!
//! The customer that Trestle sees is an address of this program without data: it can pay rent by a
//! transfer like any wallet, hold credits, and sign.

pub mod address;
pub mod constants;
pub mod error;
pub mod event;
pub mod groups;
pub mod instructions;
pub mod money;
pub mod programs;
pub mod state;

use {
    anchor_lang::prelude::*,
    instructions::*,
    trestle_core::units::{Credits, StableAmount},
    trestle_credits::state::LeaseTerms,
    trestle_staking::leaf::LeafProof,
};

declare_id!("2hejjAVXF9sQXXXKFsNC6sMNPD28cP3L9JdyqtEPJpFQ");

#[cfg_attr(not(all(target_os = "solana", feature = "no-entrypoint")), program)]
#[cfg_attr(
    all(target_os = "solana", feature = "no-entrypoint"),
    program(interface)
)]
pub mod prepaid_gateway {
    use super::*;

    /// Opens a gateway and its customer's account.
    pub fn gateway_open(ctx: &mut Context<GatewayOpen>, number: u32) -> Result<()> {
        emit!(ctx.accounts.gateway_open(number, &ctx.bumps)?);
        Ok(())
    }

    /// Withdraws stablecoin that no user is owed.
    pub fn gateway_withdraw(ctx: &mut Context<GatewayWithdraw>, amount: u64) -> Result<()> {
        emit!(ctx.accounts.gateway_withdraw(StableAmount(amount))?);
        Ok(())
    }

    /// Pays for a plan.
    pub fn plan_open(ctx: &mut Context<PlanOpen>, credits: u64) -> Result<()> {
        emit!(ctx.accounts.plan_open(Credits(credits), &ctx.bumps)?);
        Ok(())
    }

    /// Gives a plan back that no lease was opened for.
    pub fn plan_cancel(ctx: &mut Context<PlanCancel>) -> Result<()> {
        emit!(ctx.accounts.plan_cancel()?);
        Ok(())
    }

    /// Registers the plan's data and opens the lease on it.
    pub fn plan_lease(
        ctx: &mut Context<PlanLease>,
        root: [u8; 32],
        size_bytes: u64,
        terms: LeaseTerms,
    ) -> Result<()> {
        emit!(ctx.accounts.plan_lease(root, size_bytes, terms)?);
        Ok(())
    }

    /// Settles the plan's lease with a final root.
    pub fn plan_settle(ctx: &mut Context<PlanSettle>, leaf: LeafProof) -> Result<()> {
        emit!(ctx.accounts.plan_settle(leaf)?);
        Ok(())
    }

    /// Ends the plan's lease with the running epoch.
    pub fn plan_end(ctx: &mut Context<PlanEnd>) -> Result<()> {
        emit!(ctx.accounts.plan_end()?);
        Ok(())
    }

    /// Closes a plan whose lease is over and pays back what is left.
    pub fn plan_close(ctx: &mut Context<PlanClose>) -> Result<()> {
        emit!(ctx.accounts.plan_close()?);
        Ok(())
    }
}
