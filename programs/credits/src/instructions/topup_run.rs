//! Fill a customer's account that has run low.
//!
//! Buys credits at par with the stablecoin that the customer set aside, straight into the account.
//! Anybody may do it.
//!
//! Specification:
//! - The account buys the agreed amount at par when its balance is below the floor.
//! - A balance at the floor or above buys nothing.
//! - No more than one top-up happens in a period.
//! - Only the named stablecoin account pays, within what the customer approved.
//! - A paused network buys nothing.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::ToppedUp,
        groups, price,
        state::{State, Topup},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::pause::AREA_CREDITS,
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct TopupRun {
    /// The customer's account, which gets the credits, with its network and market.
    pub funds: Nested<groups::Funds>,
    /// The top-up: signs for what the customer approved.
    #[account(
        mut,
        constraint = topup.is_at(topup.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&topup.account, funds.account.address())
            @ CreditsError::NotCustomer,
    )]
    pub topup: State<Topup>,
    /// The stablecoin account that the customer named.
    #[account(mut, address = topup.source @ CreditsError::WrongTopupSource)]
    pub source: UncheckedAccount,
    /// Collects what is paid.
    #[account(mut, address = funds.market.revenue_vault @ CreditsError::WrongVault)]
    pub revenue_vault: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl TopupRun {
    fn validate(&self) -> Result<()> {
        require!(
            !self.funds.network.is_paused(AREA_CREDITS),
            CreditsError::NetworkPaused
        );
        Ok(())
    }

    pub fn topup_run(&mut self) -> Result<ToppedUp> {
        self.validate()?;
        let funds = &mut *self.funds;
        let epoch = network_epoch(&funds.network, Clock::get()?.unix_timestamp)?;
        let credits = self.topup.run(funds.account.balance, epoch)?;
        let cost = price::in_stable(credits)?;
        funds.account.deposit(credits)?;
        funds.market.sell_for_stable(credits, cost)?;
        funds.market.deposit(credits)?;
        let signer = self.topup.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.source.try_cpi_handle_mut()?,
            self.revenue_vault.try_cpi_handle_mut()?,
            self.topup.cpi_handle(),
            &[&signer.seeds()],
            cost.0,
        );
        self.topup.invariant()?;
        funds.account.invariant()?;
        funds.market.invariant()?;
        Ok(ToppedUp {
            account: *funds.account.address(),
            customer: funds.account.customer,
            credits: credits.0,
            stable_paid: cost.0,
            balance: funds.account.balance,
            next_epoch: self.topup.next_epoch,
            minted_total: funds.market.minted,
        })
    }
}
