//! Pay a customer out of a market's insurance.
//!
//! The insurance's share of revenue is for customers whom service credits do not make whole. It
//! leaves its vault in one way only: as credits in a customer's account, at the price that
//! everybody pays. No key can take it as money.
//!
//! Specification:
//! - Only the network's authority pays, into an account of the network.
//! - The customer's account gets exactly these credits.
//! - Ten base units of stablecoin for each credit move from the insurance to the revenue vault.
//! - A payment has the number of those before it, and is made once.
//! - No credits, or more than the insurance can buy, are refused.
//! - A paused network pays nothing.

use {
    crate::{
        address::insurance_stable_vault_address, error::CreditsError, event::InsurancePaid, groups,
        price,
    },
    anchor_lang::prelude::*,
    anchor_spl::token::TokenAccount,
    trestle_core::{
        pause::AREA_CREDITS,
        units::{Credits, StableAmount},
    },
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct InsurancePay {
    /// The network's authority.
    #[account(address = funds.network.authority @ CreditsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The customer's account, which gets the credits, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The insurance: pays.
    #[account(
        mut,
        constraint = *insurance_vault.address()
            == insurance_stable_vault_address(funds.market.address()).0
            @ CreditsError::WrongInsuranceVault,
    )]
    pub insurance_vault: Account<TokenAccount>,
    /// Collects what is paid.
    #[account(mut, address = funds.market.revenue_vault @ CreditsError::WrongVault)]
    pub revenue_vault: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl InsurancePay {
    fn validate(&self, credits: Credits, payment: u64) -> Result<StableAmount> {
        require!(
            !self.funds.network.is_paused(AREA_CREDITS),
            CreditsError::NetworkPaused
        );
        require!(
            payment == self.funds.market.insurance_payments,
            CreditsError::WrongPayment
        );
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        let cost = price::in_stable(credits)?;
        let balance = self.insurance_vault.amount();
        require!(cost.0 <= balance, CreditsError::InsuranceTooSmall);
        Ok(cost)
    }

    pub fn insurance_pay(&mut self, credits: Credits, payment: u64) -> Result<InsurancePaid> {
        let cost = self.validate(credits, payment)?;
        let left = self.insurance_vault.amount().saturating_sub(cost.0);
        self.funds.market.count_insurance_payment()?;
        self.funds.market.sell_for_stable(credits, cost)?;
        self.funds.market.deposit(credits)?;
        self.funds.account.deposit(credits)?;
        let signer = self.funds.market.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.insurance_vault.try_cpi_handle_mut()?,
            self.revenue_vault.try_cpi_handle_mut()?,
            self.funds.market.cpi_handle(),
            &[&signer.seeds()],
            cost.0,
        );
        self.funds.invariant()?;
        Ok(InsurancePaid {
            market: *self.funds.market.address(),
            account: *self.funds.account.address(),
            credits: credits.0,
            stable_paid: cost.0,
            payment,
            balance: self.funds.account.balance,
            insurance_left: left,
            minted_total: self.funds.market.minted,
        })
    }
}
