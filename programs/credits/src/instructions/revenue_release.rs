//! Release a service's revenue.
//!
//! Takes out of the market's vault the stablecoin behind the credits that a service's customers
//! used up since the last release, and divides it between treasury, insurance and the pool of the
//! service's operators. Anybody may do it.
//!
//! Specification:
//! - The vault gives the share that the used-up credits have of those outstanding.
//! - Credits that were bought by burning count as outstanding, with nothing in the vault for them.
//! - The price of card sales that can still be reversed stays in the vault.
//! - The fees are split off by largest remainder, and the operators get the rest.
//! - A credit is released once.
//! - The order in which services are released does not matter.
//! - A paused network releases.

use {
    crate::{
        address::{insurance_stable_vault_address, pool_stable_vault_address, treasury_address},
        error::CreditsError,
        event::RevenueReleased,
        state::{Market, ServiceRevenue, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::{
        release::{release, Release, ReleaseFacts, ReleaseSplit},
        units::{Credits, StableAmount},
    },
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct RevenueRelease {
    /// The market: its counters change, and it signs for its vault.
    #[account(mut, constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
    /// The service's revenue.
    #[account(
        mut,
        constraint = revenue.is_at(revenue.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&revenue.network, &market.network) @ CreditsError::WrongNetwork,
    )]
    pub revenue: State<ServiceRevenue>,
    /// Holds the stablecoin of all sales.
    #[account(mut, address = market.revenue_vault @ CreditsError::WrongVault)]
    pub revenue_vault: Account<TokenAccount>,
    /// Gets the protocol's share.
    #[account(
        mut,
        constraint = *treasury.address() == treasury_address(market.address()).0
            @ CreditsError::WrongTreasury,
    )]
    pub treasury: UncheckedAccount,
    /// Gets the insurance's share.
    #[account(
        mut,
        constraint = *insurance_vault.address()
            == insurance_stable_vault_address(market.address()).0
            @ CreditsError::WrongInsuranceVault,
    )]
    pub insurance_vault: UncheckedAccount,
    /// Gets the operators' share: the token account of the rewards program for the service.
    #[account(
        mut,
        constraint = *pool_vault.address() == pool_stable_vault_address(&revenue.service).0
            @ CreditsError::WrongPoolVault,
    )]
    pub pool_vault: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl RevenueRelease {
    pub fn revenue_release(&mut self) -> Result<RevenueReleased> {
        let released = self.released()?;
        let split = self.market.release(&released)?;
        self.revenue.release(released.credits, split.operators)?;
        self.pay(&split)?;
        self.market.invariant()?;
        self.revenue.invariant()?;
        Ok(self.event(&released, &split))
    }

    /// What can be released now.
    fn released(&self) -> Result<Release> {
        let outstanding = self.market.outstanding();
        let facts = ReleaseFacts {
            consumed: self.revenue.unreleased()?,
            outstanding: outstanding.ok_or(CreditsError::InvariantViolated)?,
            pending: Credits(self.market.pending),
            vault: StableAmount(self.revenue_vault.amount()),
        };
        let released = release(&facts).map_err(|_| CreditsError::MathOverflow)?;
        require!(
            released.credits > Credits::ZERO,
            CreditsError::NothingToRelease
        );
        Ok(released)
    }

    fn pay(&mut self, split: &ReleaseSplit) -> Result<()> {
        let signer = self.market.signer();
        for (to, amount) in [
            (&mut self.treasury, split.protocol),
            (&mut self.insurance_vault, split.insurance),
            (&mut self.pool_vault, split.operators),
        ] {
            token_calls::transfer(
                self.token_program.address(),
                self.revenue_vault.try_cpi_handle_mut()?,
                to.try_cpi_handle_mut()?,
                self.market.cpi_handle(),
                &[&signer.seeds()],
                amount,
            );
        }
        Ok(())
    }

    fn event(&self, released: &Release, split: &ReleaseSplit) -> RevenueReleased {
        RevenueReleased {
            market: *self.market.address(),
            service: self.revenue.service,
            credits: released.credits.0,
            stable: released.stable.0,
            protocol: split.protocol,
            insurance: split.insurance,
            operators: split.operators,
            released_total: self.market.released,
            released_stable_total: self.market.released_stable,
        }
    }
}
