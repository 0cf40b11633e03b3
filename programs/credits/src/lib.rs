//! Runs on chain (and its types off chain): credits bought by burning or with stablecoin,
//! customers' accounts, leases that are paid as far as final roots show the work, meters that are
//! paid as far as the customer signed for usage, and the release of revenue.
//!
//! No key can move a customer's credits: they leave the account to the customer's own wallet, or
//! into a lease or a meter that the customer, or a delegate within limits, signed. Both give back
//! what was not earned, and all of it when nobody settles in time. The one exception is what the
//! biller sold for a card: as far as it is unspent, it can be taken back until the sale is final.

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
pub mod receipt;
pub mod roots;
pub mod state;

use anchor_lang::prelude::*;
use {
    instructions::*,
    state::{
        BillerParams, DelegateParams, GroupTerms, LeaseTerms, MarketParams, MarketTerms,
        MeterTerms, TopupParams,
    },
    trestle_core::units::{Credits, StableAmount, TokenAmount},
    trestle_staking::leaf::LeafProof,
};

declare_id!("3CfqLuCMuCDT4rStMmfrkroCpFdag2TEpDGUSR6tpMZ8");

// Whom to tell about a weakness, where explorers look for it: in the program's own bytes.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Trestle credits",
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

    /// Opens a group of k of n operators.
    pub fn lease_group_open(
        ctx: &mut Context<LeaseGroupOpen>,
        id: u64,
        terms: GroupTerms,
    ) -> Result<()> {
        emit!(ctx.accounts.lease_group_open(id, &terms, &ctx.bumps)?);
        Ok(())
    }

    /// Makes an operator a member of a group.
    pub fn lease_group_join(ctx: &mut Context<LeaseGroupJoin>, terms: GroupTerms) -> Result<()> {
        emit!(ctx.accounts.lease_group_join(&terms)?);
        Ok(())
    }

    /// Records what a member of a group delivered in the running period.
    pub fn lease_group_record(ctx: &mut Context<LeaseGroupRecord>, leaf: LeafProof) -> Result<()> {
        emit!(ctx.accounts.lease_group_record(&leaf)?);
        Ok(())
    }

    /// Settles the running period of a group.
    pub fn lease_group_settle(ctx: &mut Context<LeaseGroupSettle>) -> Result<()> {
        emit!(ctx.accounts.lease_group_settle()?);
        Ok(())
    }

    /// Ends a group before its term.
    pub fn lease_group_end(ctx: &mut Context<LeaseGroupEnd>, reason: u8) -> Result<()> {
        emit!(ctx.accounts.lease_group_end(reason)?);
        Ok(())
    }

    /// Closes a group that is settled, never began, or that nobody could settle in time.
    pub fn lease_group_close(ctx: &mut Context<LeaseGroupClose>) -> Result<()> {
        emit!(ctx.accounts.lease_group_close()?);
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

    /// Proposes other rules for a market.
    pub fn market_change_propose(
        ctx: &mut Context<MarketChangePropose>,
        terms: MarketTerms,
    ) -> Result<()> {
        emit!(ctx.accounts.market_change_propose(&terms, &ctx.bumps)?);
        Ok(())
    }

    /// Applies the proposed rules of a market.
    pub fn market_change_apply(ctx: &mut Context<MarketChangeApply>) -> Result<()> {
        emit!(ctx.accounts.market_change_apply()?);
        Ok(())
    }

    /// Cancels the proposed rules of a market.
    pub fn market_change_cancel(ctx: &mut Context<MarketChangeCancel>) -> Result<()> {
        emit!(ctx.accounts.market_change_cancel()?);
        Ok(())
    }

    /// Opens the accounts that fees on revenue go to.
    pub fn treasury_open(ctx: &mut Context<TreasuryOpen>) -> Result<()> {
        emit!(ctx.accounts.treasury_open()?);
        Ok(())
    }

    /// Withdraws stablecoin from the treasury.
    pub fn treasury_withdraw(ctx: &mut Context<TreasuryWithdraw>, amount: u64) -> Result<()> {
        emit!(ctx.accounts.treasury_withdraw(StableAmount(amount))?);
        Ok(())
    }

    /// Pays a customer in credits out of the insurance.
    pub fn insurance_pay(
        ctx: &mut Context<InsurancePay>,
        credits: u64,
        payment: u64,
    ) -> Result<()> {
        emit!(ctx.accounts.insurance_pay(Credits(credits), payment)?);
        Ok(())
    }

    /// Releases the stablecoin behind credits that a service used up.
    pub fn revenue_release(ctx: &mut Context<RevenueRelease>) -> Result<()> {
        emit!(ctx.accounts.revenue_release()?);
        Ok(())
    }

    /// Names the key that sells credits by card, and its limits.
    pub fn biller_set(ctx: &mut Context<BillerSetKey>, params: BillerParams) -> Result<()> {
        emit!(ctx.accounts.biller_set(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Sells credits for a card payment made at `paid_at`, once.
    pub fn card_sell(
        ctx: &mut Context<CardSell>,
        payment_id: [u8; 32],
        credits: u64,
        paid_at: i64,
    ) -> Result<()> {
        let credits = Credits(credits);
        let sold = ctx
            .accounts
            .card_sell(&payment_id, credits, paid_at, &ctx.bumps)?;
        if let Some(event) = sold {
            emit!(event);
        }
        Ok(())
    }

    /// Freezes what is unspent of a card sale.
    pub fn card_chargeback(ctx: &mut Context<CardChargeback>) -> Result<()> {
        emit!(ctx.accounts.card_chargeback()?);
        Ok(())
    }

    /// Decides the chargeback of a card sale.
    pub fn card_chargeback_resolve(
        ctx: &mut Context<CardChargebackResolve>,
        lost: bool,
    ) -> Result<()> {
        emit!(ctx.accounts.card_chargeback_resolve(lost)?);
        Ok(())
    }

    /// Undoes a card sale that is unspent.
    pub fn card_refund(ctx: &mut Context<CardRefund>) -> Result<()> {
        emit!(ctx.accounts.card_refund()?);
        Ok(())
    }

    /// Closes the record of a card sale that is final.
    pub fn card_close(ctx: &mut Context<CardClose>) -> Result<()> {
        emit!(ctx.accounts.card_close()?);
        Ok(())
    }

    /// Lets a key spend a customer's credits, within limits.
    pub fn delegate_set(
        ctx: &mut Context<DelegateSetLimits>,
        params: DelegateParams,
    ) -> Result<()> {
        emit!(ctx.accounts.delegate_set(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Lets a key spend no more.
    pub fn delegate_remove(ctx: &mut Context<DelegateRemove>) -> Result<()> {
        emit!(ctx.accounts.delegate_remove()?);
        Ok(())
    }

    /// Opens a meter with an operator.
    pub fn meter_open(ctx: &mut Context<MeterOpen>, terms: MeterTerms) -> Result<()> {
        emit!(ctx.accounts.meter_open(&terms, &ctx.bumps)?);
        Ok(())
    }

    /// Puts more credits into a meter.
    pub fn meter_deposit(ctx: &mut Context<MeterDeposit>, credits: u64) -> Result<()> {
        emit!(ctx.accounts.meter_deposit(Credits(credits))?);
        Ok(())
    }

    /// Pays for the units of a receipt.
    pub fn meter_settle(ctx: &mut Context<MeterSettle>, units: u64) -> Result<()> {
        emit!(ctx.accounts.meter_settle(units)?);
        Ok(())
    }

    /// Ends a meter.
    pub fn meter_end(ctx: &mut Context<MeterEnd>) -> Result<()> {
        emit!(ctx.accounts.meter_end()?);
        Ok(())
    }

    /// Closes a meter that has ended.
    pub fn meter_close(ctx: &mut Context<MeterClose>) -> Result<()> {
        emit!(ctx.accounts.meter_close()?);
        Ok(())
    }

    /// Lets a customer's account fill itself.
    pub fn topup_set(ctx: &mut Context<TopupSetRules>, params: TopupParams) -> Result<()> {
        emit!(ctx.accounts.topup_set(&params, &ctx.bumps)?);
        Ok(())
    }

    /// Stops filling a customer's account.
    pub fn topup_remove(ctx: &mut Context<TopupRemove>) -> Result<()> {
        emit!(ctx.accounts.topup_remove()?);
        Ok(())
    }

    /// Fills a customer's account that has run low.
    pub fn topup_run(ctx: &mut Context<TopupRun>) -> Result<()> {
        emit!(ctx.accounts.topup_run()?);
        Ok(())
    }
}
