//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::GatewayError,
        state::{Gateway, Plan, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::StableAmount,
    trestle_credits::state::{CustomerAccount, Market},
    trestle_staking::{state::Network, token_calls},
};

/// A gateway with its customer and its money.
#[derive(Accounts)]
pub struct Till {
    /// The gateway.
    #[account(constraint = gateway.is_at(gateway.address()) @ GatewayError::WrongAddress)]
    pub gateway: Account<Gateway>,
    /// Trestle's customer, for whom this program signs.
    #[account(mut, address = gateway.customer @ GatewayError::WrongCustomer)]
    pub customer: UncheckedAccount,
    /// The gateway's stablecoin.
    #[account(mut, address = gateway.till @ GatewayError::WrongTill)]
    pub till: Account<TokenAccount>,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl Till {
    /// Pays stablecoin out.
    #[inline(never)]
    pub fn pay_out(&mut self, to: CpiHandleMut, amount: StableAmount) -> Result<()> {
        let signer = self.gateway.signer(self.gateway.address());
        token_calls::transfer(
            self.token_program.address(),
            self.till.try_cpi_handle_mut()?,
            to,
            self.customer.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        Ok(())
    }

    /// Checks that the till covers what the user is owed.
    pub fn invariant(&self, owed: StableAmount) -> Result<()> {
        self.gateway.invariant(self.till.amount(), owed.0)
    }
}

/// What a plan gives back to its user, who stands before this group: whether the user has to sign
/// differs.
#[derive(Accounts)]
pub struct Refund {
    /// Where it goes.
    #[account(
        mut,
        constraint = address_eq(user_stable.owner(), &plan.user) @ GatewayError::NotUsersAccount,
    )]
    pub user_stable: Account<TokenAccount>,
    /// The gateway and its till.
    pub from: Nested<Till>,
    /// The plan.
    #[account(
        mut,
        constraint = from.gateway.is_plan(from.gateway.address(), plan.address())
            @ GatewayError::WrongGateway,
    )]
    pub plan: Account<Plan>,
}

impl Refund {
    /// Pays what the user is owed, and returns it.
    pub fn pay(&mut self) -> Result<StableAmount> {
        let owed = self.plan.owed()?;
        let to = self.user_stable.try_cpi_handle_mut()?;
        self.from.pay_out(to, owed)?;
        Ok(owed)
    }
}

/// The customer's account, and the market whose counters follow it.
#[derive(Accounts)]
pub struct Books {
    /// The network.
    #[account(address = market.network @ GatewayError::WrongNetwork)]
    pub network: State<Network>,
    /// The network's credit market.
    #[account(mut, constraint = market.is_at(market.address()) @ GatewayError::WrongMarket)]
    pub market: State<Market>,
    /// The account that the customer has with the network.
    #[account(
        mut,
        constraint = account.is_at(account.address()) @ GatewayError::WrongAccount,
        constraint = address_eq(&account.network, network.address())
            @ GatewayError::WrongNetwork,
    )]
    pub account: State<CustomerAccount>,
}

impl Books {
    /// These accounts as the credits program takes them.
    pub fn cpi(&mut self) -> Result<trestle_credits::groups::cpi::Funds<'_>> {
        Ok(trestle_credits::groups::cpi::Funds {
            network: self.network.cpi_handle(),
            market: self.market.try_cpi_handle_mut()?,
            account: self.account.try_cpi_handle_mut()?,
        })
    }
}

/// The groups as clients fill them in: addresses only.
pub mod client {
    pub use super::{
        __client_accounts_books::Books, __client_accounts_refund::Refund,
        __client_accounts_till::Till,
    };
}
