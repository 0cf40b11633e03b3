//! Open a gateway.
//!
//! Creates the gateway, its till and, by a call, its customer's account with the network.
//!
//! Specification:
//! - The customer is an address of this program and has an account with the network.
//! - Only the customer can move what is in the till.
//! - The till is of the network's stablecoin, and the market is the network's.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        constants::{SEED_CUSTOMER, SEED_GATEWAY, SEED_TILL},
        error::GatewayError,
        event::GatewayOpened,
        money::{pay, rent_of},
        programs::Credits,
        state::{Gateway, GatewayAccounts, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    core::mem::size_of,
    trestle_credits::state::{CustomerAccount, Market},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
#[instruction(number: u32)]
pub struct GatewayOpen {
    /// Who will own the gateway: pays for its accounts.
    #[account(mut)]
    pub owner: Signer,
    /// The network whose credits it will buy.
    #[account(constraint = network.is_at(network.address()) @ GatewayError::WrongAddress)]
    pub network: State<Network>,
    /// The network's credit market.
    #[account(
        constraint = market.is_at(market.address()) @ GatewayError::WrongMarket,
        constraint = market.network == *network.address() @ GatewayError::WrongMarket,
    )]
    pub market: State<Market>,
    /// The gateway.
    #[account(
        init, payer = owner,
        seeds = [
            SEED_GATEWAY,
            network.address().as_ref(),
            owner.address().as_ref(),
            number.to_le_bytes(),
        ],
        bump,
    )]
    pub gateway: Account<Gateway>,
    /// Trestle's customer.
    #[account(mut, seeds = [SEED_CUSTOMER, gateway], bump)]
    pub customer: UncheckedAccount,
    /// The network's stablecoin.
    #[account(address = network.stable_mint @ GatewayError::WrongMint)]
    pub stable_mint: Account<Mint>,
    /// The gateway's stablecoin; only the customer can move it.
    #[account(
        init, payer = owner,
        seeds = [SEED_TILL, gateway], bump,
        token::mint = stable_mint,
        token::authority = customer,
    )]
    pub till: Account<TokenAccount>,
    /// The customer's account with the network. The credits program derives its address.
    #[account(mut)]
    pub account: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
    /// Creates the accounts.
    pub system_program: Program<System>,
    /// Opens the customer's account.
    pub credits_program: Program<Credits>,
}

impl GatewayOpen {
    pub fn gateway_open(&mut self, number: u32, bumps: &GatewayOpenBumps) -> Result<GatewayOpened> {
        let gateway = *self.gateway.address();
        self.gateway.open(&GatewayAccounts {
            bump: bumps.gateway,
            customer_bump: bumps.customer,
            plan_bump: crate::address::plan_address(&gateway).1,
            number,
            network: *self.network.address(),
            owner: *self.owner.address(),
            market: *self.market.address(),
            customer: *self.customer.address(),
            account: *self.account.address(),
            till: *self.till.address(),
        });
        self.open_account(&gateway)?;
        self.gateway.invariant(self.till.amount(), 0)?;
        Ok(GatewayOpened {
            gateway,
            network: self.gateway.network,
            owner: self.gateway.owner,
            customer: self.gateway.customer,
            till: self.gateway.till,
            number,
            _pad: [0; 4],
        })
    }

    /// The customer pays for its own account, so it is given the rent first.
    #[inline(never)]
    fn open_account(&mut self, gateway: &Address) -> Result<()> {
        pay(
            &self.system_program,
            self.owner.try_cpi_handle_mut()?,
            self.customer.try_cpi_handle_mut()?,
            &[],
            rent_of(size_of::<CustomerAccount>())?,
        )?;
        let accounts = trestle_credits::cpi::accounts::AccountOpen {
            customer: self.customer.try_cpi_handle_mut()?,
            network: self.network.cpi_handle(),
            account: self.account.try_cpi_handle_mut()?,
            system_program: self.system_program.cpi_handle(),
        };
        let signer = self.gateway.signer(gateway);
        let seeds: &[&[&[u8]]] = &[&signer.seeds()];
        let program = self.credits_program.address();
        let context = CpiContext::new_with_signer(program, accounts, seeds);
        trestle_credits::cpi::account_open(context)
    }
}
