//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::CreditsError,
        state::{CustomerAccount, Lease, Market},
    },
    anchor_lang::prelude::*,
    anchor_spl::token_interface::TokenAccount,
    trestle_core::seeds::{SEED_CUSTOMER, SEED_LEASE, SEED_MARKET},
    trestle_core::units::Credits,
    trestle_staking::{state::Network, token_calls},
};

/// A market whose credits go into or out of a wallet.
#[derive(Accounts)]
pub struct CreditWallet {
    /// The market's network: says whether it is paused.
    #[account(address = market.network @ CreditsError::WrongNetwork)]
    pub network: Account<Network>,
    /// The market: its counters change, and it signs for its mint.
    #[account(mut, seeds = [SEED_MARKET, market.network.as_ref()], bump = market.bump)]
    pub market: Account<Market>,
    /// The wallet that buys, deposits or withdraws.
    pub wallet: Signer,
    /// The credits' mint: its supply changes.
    #[account(mut, address = market.credit_mint @ CreditsError::WrongCreditMint)]
    pub credit_mint: UncheckedAccount,
    /// The wallet's credits: the balance changes. Clients create the wallet's associated account.
    #[account(
        mut,
        constraint = wallet_credits.mint() == credit_mint.address()
            @ CreditsError::WrongCreditAccount,
        constraint = wallet_credits.owner() == wallet.address()
            @ CreditsError::NotCreditAccountOwner,
    )]
    pub wallet_credits: InterfaceAccount<TokenAccount>,
    /// The token program of the credits.
    pub token_2022_program: Program<Token2022>,
}

impl CreditWallet {
    /// The gate of everything that brings value in.
    #[inline(always)]
    pub fn require_running(&self) -> Result<()> {
        require!(self.network.paused == 0, CreditsError::NetworkPaused);
        Ok(())
    }

    /// Mints credits into the wallet.
    #[inline(always)]
    pub fn mint(&mut self, credits: Credits) -> Result<()> {
        let signer = self.market.signer();
        token_calls::mint_to(
            self.token_2022_program.address(),
            self.credit_mint.try_cpi_handle_mut()?,
            self.wallet_credits.try_cpi_handle_mut()?,
            self.market.cpi_handle(),
            &[&signer.seeds()],
            credits.0,
        );
        Ok(())
    }

    /// Burns credits of the wallet.
    #[inline(always)]
    pub fn burn(&mut self, credits: Credits) -> Result<()> {
        token_calls::burn(
            self.token_2022_program.address(),
            self.wallet_credits.try_cpi_handle_mut()?,
            self.credit_mint.try_cpi_handle_mut()?,
            self.wallet.cpi_handle(),
            &[],
            credits.0,
        );
        Ok(())
    }

    /// Checks the market against the supply of credits, after a mint or a burn.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        self.market
            .invariant_with_supply(credit_supply(self.credit_mint.account())?)
    }
}

/// Credits in all wallets. The mint's address is the market's, so its layout is known.
fn credit_supply(mint: &AccountView) -> Result<u64> {
    const SUPPLY: core::ops::Range<usize> = 36..44;
    let data = mint.try_borrow()?;
    let bytes = data.get(SUPPLY).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(
        bytes.ok_or(CreditsError::WrongCreditMint)?,
    ))
}

/// Credits that move between a wallet and the account of the same customer.
#[derive(Accounts)]
pub struct CustomerWallet {
    pub credits: Nested<CreditWallet>,
    /// The customer's account: its balance changes.
    #[account(
        mut,
        seeds = [SEED_CUSTOMER, account.network.as_ref(), account.customer.as_ref()],
        bump = account.bump,
        constraint = account.network == *credits.network.address() @ CreditsError::WrongNetwork,
        constraint = account.customer == *credits.wallet.address() @ CreditsError::NotCustomer,
    )]
    pub account: Account<CustomerAccount>,
}

impl CustomerWallet {
    /// Checks all that a deposit or a withdrawal changes.
    pub fn invariant(&self) -> Result<()> {
        self.account.invariant()?;
        self.credits.invariant()
    }
}

/// A lease that gives credits back to its customer, with the counters that follow.
#[derive(Accounts)]
pub struct LeaseRefund {
    /// The lease's network: its clock counts the epochs.
    #[account(address = lease.network @ CreditsError::WrongNetwork)]
    pub network: Account<Network>,
    /// The network's market: credits in leases change.
    #[account(
        mut,
        seeds = [SEED_MARKET, market.network.as_ref()],
        bump = market.bump,
        constraint = market.network == lease.network @ CreditsError::WrongNetwork,
    )]
    pub market: Account<Market>,
    /// The account of the lease's customer: gets what is given back.
    #[account(
        mut,
        seeds = [SEED_CUSTOMER, account.network.as_ref(), account.customer.as_ref()],
        bump = account.bump,
        constraint = account.network == lease.network @ CreditsError::WrongNetwork,
        constraint = account.customer == lease.customer @ CreditsError::NotCustomer,
    )]
    pub account: Account<CustomerAccount>,
    /// The lease.
    #[account(mut, seeds = [SEED_LEASE, lease.commitment.as_ref()], bump = lease.bump)]
    pub lease: Account<Lease>,
}

impl LeaseRefund {
    /// Checks all that a settlement changes.
    pub fn invariant(&self) -> Result<()> {
        self.market.invariant()?;
        self.account.invariant()?;
        self.lease.invariant()
    }
}
