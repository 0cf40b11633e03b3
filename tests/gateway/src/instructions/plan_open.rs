//! Pay for a plan.
//!
//! The user pays for credits. The gateway buys those that it does not hold yet, and puts them into
//! the customer's account.
//!
//! Specification:
//! - The user pays what the credits cost, into the till.
//! - The gateway buys the credits that it lacks, and no more.
//! - A till that would not cover the refund of the whole plan is refused.
//! - A gateway serves one plan at a time.
//! - A plan without credits is refused.

use {
    crate::{
        constants::SEED_PLAN, error::GatewayError, event::PlanOpened, groups, money::price_of,
        programs, state::Plan,
    },
    anchor_lang::prelude::*,
    trestle_core::units::{Credits, StableAmount},
    trestle_credits::groups::cpi::{CreditWallet, CustomerWallet},
    trestle_staking::token_calls,
};

#[derive(Accounts)]
pub struct PlanOpen {
    /// The user: pays for the plan and for its account.
    #[account(mut)]
    pub user: Signer,
    /// The user's stablecoin. The token program checks its mint, and that the user may spend it.
    #[account(mut)]
    pub user_stable: UncheckedAccount,
    /// The gateway and its till.
    pub into: Nested<groups::Till>,
    /// The plan.
    #[account(
        init, payer = user,
        seeds = [SEED_PLAN, into.gateway.address().as_ref()], bump,
    )]
    pub plan: Account<Plan>,
    /// The customer's account, which the credits go to, with its market.
    pub books: Nested<groups::Books>,
    /// The credits' mint.
    #[account(mut, address = books.market.credit_mint @ GatewayError::WrongCreditMint)]
    pub credit_mint: UncheckedAccount,
    /// The customer's wallet of credits: its associated account, which clients create. The credits
    /// program checks whose it is.
    #[account(mut)]
    pub wallet_credits: UncheckedAccount,
    /// Where the market collects the stablecoin of its sales.
    #[account(mut, address = books.market.revenue_vault @ GatewayError::WrongCreditMint)]
    pub revenue_vault: UncheckedAccount,
    /// The token program of the credits.
    pub token_2022_program: Program<Token2022>,
    /// Creates the plan.
    pub system_program: Program<System>,
    /// Sells the credits.
    pub credits_program: Program<programs::Credits>,
}

impl PlanOpen {
    fn validate(&self, credits: Credits) -> Result<()> {
        require!(credits.0 > 0, GatewayError::ZeroCredits);
        let account = self.books.account.address();
        require!(
            self.into.gateway.account == *account,
            GatewayError::WrongAccount
        );
        Ok(())
    }

    pub fn plan_open(&mut self, credits: Credits, bumps: &PlanOpenBumps) -> Result<PlanOpened> {
        self.validate(credits)?;
        let price = price_of(credits)?;
        self.take(price)?;
        let missing = Credits(credits.0.saturating_sub(self.books.account.balance));
        if missing.0 > 0 {
            self.buy(missing)?;
            self.deposit(missing)?;
        }
        let (gateway, user) = (*self.into.gateway.address(), *self.user.address());
        let account = &self.books.account;
        self.plan.open(bumps.plan, gateway, user, credits, account);
        self.plan.invariant()?;
        self.into.invariant(self.plan.owed()?)?;
        Ok(PlanOpened {
            plan: *self.plan.address(),
            gateway,
            user,
            credits: credits.0,
            paid: price.0,
            bought: missing.0,
        })
    }

    /// Takes the user's stablecoin.
    #[inline(never)]
    fn take(&mut self, price: StableAmount) -> Result<()> {
        let into = &mut self.into.0;
        token_calls::transfer(
            into.token_program.address(),
            self.user_stable.try_cpi_handle_mut()?,
            into.till.try_cpi_handle_mut()?,
            self.user.cpi_handle(),
            &[],
            price.0,
        );
        Ok(())
    }

    /// Buys credits into the customer's wallet.
    #[inline(never)]
    fn buy(&mut self, credits: Credits) -> Result<()> {
        let signer = self.into.gateway.signer(self.into.gateway.address());
        let (into, books) = (&mut self.into.0, &mut self.books.0);
        let accounts = trestle_credits::cpi::accounts::CreditsBuyStable {
            buyer: CreditWallet {
                network: books.network.cpi_handle(),
                market: books.market.try_cpi_handle_mut()?,
                wallet: into.customer.cpi_handle(),
                credit_mint: self.credit_mint.try_cpi_handle_mut()?,
                wallet_credits: self.wallet_credits.try_cpi_handle_mut()?,
                token_2022_program: self.token_2022_program.cpi_handle(),
            },
            buyer_stable: into.till.try_cpi_handle_mut()?,
            revenue_vault: self.revenue_vault.try_cpi_handle_mut()?,
            token_program: into.token_program.cpi_handle(),
        };
        let seeds: &[&[&[u8]]] = &[&signer.seeds()];
        let program = self.credits_program.address();
        let context = CpiContext::new_with_signer(program, accounts, seeds);
        let max_stable = price_of(credits)?;
        trestle_credits::cpi::credits_buy_stable(context, credits.0, max_stable.0)
    }

    /// Moves credits from the customer's wallet into its account.
    #[inline(never)]
    fn deposit(&mut self, credits: Credits) -> Result<()> {
        let signer = self.into.gateway.signer(self.into.gateway.address());
        let books = &mut self.books.0;
        let accounts = trestle_credits::cpi::accounts::AccountDeposit {
            from: CustomerWallet {
                credits: CreditWallet {
                    network: books.network.cpi_handle(),
                    market: books.market.try_cpi_handle_mut()?,
                    wallet: self.into.customer.cpi_handle(),
                    credit_mint: self.credit_mint.try_cpi_handle_mut()?,
                    wallet_credits: self.wallet_credits.try_cpi_handle_mut()?,
                    token_2022_program: self.token_2022_program.cpi_handle(),
                },
                account: books.account.try_cpi_handle_mut()?,
            },
        };
        let seeds: &[&[&[u8]]] = &[&signer.seeds()];
        let program = self.credits_program.address();
        let context = CpiContext::new_with_signer(program, accounts, seeds);
        trestle_credits::cpi::account_deposit(context, credits.0)
    }
}
