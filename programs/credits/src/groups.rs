//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        state::{
            Biller, CardSale, CustomerAccount, Delegate, GroupParties, GroupTerms, Lease,
            LeaseGroup, LeaseParties, LeaseTerms, Market, State,
        },
    },
    anchor_lang::{address_eq, prelude::*},
    core::ops::Range,
    trestle_core::{
        pause::AREA_CREDITS,
        units::{Credits, StableAmount},
    },
    trestle_staking::{state::Network, token_calls},
};

/// A market whose credits go into or out of a wallet.
#[derive(Accounts)]
pub struct CreditWallet {
    /// The market's network: says whether it is paused.
    #[account(address = market.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The market: its counters change, and it signs for its mint.
    #[account(mut, constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
    /// The customer's wallet: buys, deposits or withdraws.
    pub wallet: Signer,
    /// The credits' mint: its supply changes.
    #[account(mut, address = market.credit_mint @ CreditsError::WrongCreditMint)]
    pub credit_mint: UncheckedAccount,
    /// The wallet's credits: the balance changes. Clients create the wallet's associated account;
    /// the token program checks the rest of it.
    #[account(
        mut,
        constraint = field(&wallet_credits, MINT) == Some(*credit_mint.address())
            @ CreditsError::WrongCreditAccount,
        constraint = field(&wallet_credits, OWNER) == Some(*wallet.address())
            @ CreditsError::NotCreditAccountOwner,
    )]
    pub wallet_credits: UncheckedAccount,
    /// The token program of the credits.
    pub token_2022_program: Program<Token2022>,
}

impl CreditWallet {
    /// The gate of everything that brings value in.
    #[inline(always)]
    pub fn require_running(&self) -> Result<()> {
        require!(
            !self.network.is_paused(AREA_CREDITS),
            CreditsError::NetworkPaused
        );
        Ok(())
    }

    /// Mints credits into the wallet.
    #[inline(never)]
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
    #[inline(never)]
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
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.market
            .invariant_with_supply(credit_supply(self.credit_mint.account())?)
    }
}

/// Where a token account says which mint it is of, and whose it is.
const MINT: Range<usize> = 0..32;
const OWNER: Range<usize> = 32..64;
/// Where a mint says how many of its tokens there are.
const SUPPLY: Range<usize> = 36..44;

/// An address in the data of an account.
#[inline(never)]
fn field(account: &UncheckedAccount, place: Range<usize>) -> Option<Address> {
    let data = account.account().try_borrow().ok()?;
    Address::try_from(data.get(place)?).ok()
}

/// Credits in all wallets. The mint's address is the market's, so its layout is known.
fn credit_supply(mint: &AccountView) -> Result<u64> {
    let data = mint.try_borrow()?;
    let bytes = data.get(SUPPLY).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(
        bytes.ok_or(CreditsError::WrongCreditMint)?,
    ))
}

/// Credits that move between a wallet and the account of the same customer.
#[derive(Accounts)]
pub struct CustomerWallet {
    /// The wallet, with its network, market and credits.
    pub credits: Nested<CreditWallet>,
    /// The customer's account: its balance changes.
    #[account(
        mut,
        constraint = account.is_at(account.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&account.network, credits.network.address())
            @ CreditsError::WrongNetwork,
        constraint = address_eq(&account.customer, credits.wallet.address())
            @ CreditsError::NotCustomer,
    )]
    pub account: State<CustomerAccount>,
}

impl CustomerWallet {
    /// Checks all that a deposit or a withdrawal changes.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.account.invariant()?;
        self.credits.invariant()
    }
}

/// A customer's account with a network, and the market whose counters follow it.
#[derive(Accounts)]
pub struct Funds {
    /// The market's network: its clock counts the epochs.
    #[account(address = market.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The market: credits in leases change.
    #[account(mut, constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
    /// The customer's account with the network: its credits change.
    #[account(
        mut,
        constraint = account.is_at(account.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&account.network, network.address()) @ CreditsError::WrongNetwork,
    )]
    pub account: State<CustomerAccount>,
}

impl Funds {
    /// Opens a lease that this account pays for. Whoever calls has checked that the signer may
    /// spend from it.
    #[inline(never)]
    pub fn open_lease(
        &mut self,
        lease: &mut Lease,
        parties: &LeaseParties,
        terms: &LeaseTerms,
    ) -> Result<()> {
        let epoch = running_epoch(&self.network)?;
        terms.validate()?;
        lease.open(parties, terms, epoch)?;
        lease.invariant()?;
        self.pay_in(terms.price()?)
    }

    /// Opens a group that this account pays for. Whoever calls has checked that the signer may
    /// spend from it.
    #[inline(never)]
    pub fn open_group(
        &mut self,
        group: &mut LeaseGroup,
        parties: &GroupParties,
        terms: &GroupTerms,
    ) -> Result<()> {
        terms.validate(running_epoch(&self.network)?)?;
        group.open(parties, terms)?;
        group.invariant()?;
        self.pay_in(terms.price()?)
    }

    /// Moves the price of a new lease or group out of the free balance.
    fn pay_in(&mut self, price: Credits) -> Result<()> {
        self.account.open_lease(price)?;
        self.market.escrow(price)?;
        self.invariant()
    }

    /// Books credits that left a lease or a group.
    pub fn book(&mut self, consumed: Credits, refunded: Credits) -> Result<()> {
        self.account.settle(consumed, refunded)?;
        self.market.settle(consumed, refunded)
    }

    /// Checks the account and the market.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.account.invariant()?;
        self.market.invariant()
    }
}

/// The epoch in which something new begins: not in a paused network.
#[inline(never)]
pub fn running_epoch(network: &Network) -> Result<u64> {
    require!(
        !network.is_paused(AREA_CREDITS),
        CreditsError::NetworkPaused
    );
    network_epoch(network, Clock::get()?.unix_timestamp)
}

/// A lease that gives credits back to its customer.
#[derive(Accounts)]
pub struct LeaseRefund {
    /// The account of the lease's customer, with its network and market.
    pub funds: Nested<Funds>,
    /// The lease.
    #[account(
        mut,
        constraint = lease.is_at(lease.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&lease.network, funds.network.address())
            @ CreditsError::WrongNetwork,
        constraint = address_eq(&lease.customer, &funds.account.customer)
            @ CreditsError::NotCustomer,
    )]
    pub lease: State<Lease>,
}

impl LeaseRefund {
    /// Books credits that left the lease.
    #[inline(never)]
    pub fn book(&mut self, consumed: Credits, refunded: Credits) -> Result<()> {
        self.funds.book(consumed, refunded)
    }

    /// Checks all that a settlement changes.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.funds.invariant()?;
        self.lease.invariant()
    }
}

/// A group that gives credits back to its customer.
#[derive(Accounts)]
pub struct GroupRefund {
    /// The account of the group's customer, with its network and market.
    pub funds: Nested<Funds>,
    /// The group.
    #[account(
        mut,
        constraint = group.is_at(group.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&group.network, funds.network.address())
            @ CreditsError::WrongNetwork,
        constraint = address_eq(&group.customer, &funds.account.customer)
            @ CreditsError::NotCustomer,
    )]
    pub group: State<LeaseGroup>,
}

impl GroupRefund {
    /// Checks all that a settlement changes.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.funds.invariant()?;
        self.group.invariant()
    }
}

/// A market and its network, whose authority acts on it.
#[derive(Accounts)]
pub struct MarketRules {
    /// The market's network: says who its authority is.
    #[account(address = market.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The market: what is proposed for it is noted there.
    #[account(mut, constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
}

/// A card sale that gives credits back.
#[derive(Accounts)]
pub struct CardReversal {
    /// The account of the sale's customer, with its network and market.
    pub funds: Nested<Funds>,
    /// The market's biller.
    #[account(
        mut,
        constraint = biller.is_at(biller.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&biller.market, funds.market.address())
            @ CreditsError::WrongMarket,
    )]
    pub biller: State<Biller>,
    /// The sale.
    #[account(
        mut,
        constraint = sale.is_at(sale.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&sale.market, funds.market.address())
            @ CreditsError::WrongMarket,
        constraint = address_eq(&sale.account, funds.account.address())
            @ CreditsError::WrongSale,
    )]
    pub sale: State<CardSale>,
}

impl CardReversal {
    /// Takes free credits of the customer out of existence.
    pub fn take_back(&mut self, credits: Credits) -> Result<()> {
        self.funds.account.withdraw(credits)?;
        self.funds.market.take_back(credits)
    }

    /// Counts the sale as one that can be reversed no longer.
    pub fn finish(&mut self) -> Result<()> {
        self.funds.market.finish_card(Credits(self.sale.credits))
    }

    /// Checks all that a reversal changes.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.biller.invariant()?;
        self.sale.invariant()?;
        self.funds.account.invariant()?;
        self.funds.market.invariant()
    }
}

/// Where the price of a reversed card sale comes from and goes to.
#[derive(Accounts)]
pub struct Payback {
    /// Holds the stablecoin of all sales.
    #[account(mut)]
    pub revenue_vault: UncheckedAccount,
    /// Where the biller gets the price back: a stablecoin account of the biller's key.
    #[account(mut)]
    pub seller_stable: UncheckedAccount,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
}

impl Payback {
    /// Pays out of the vault of this market.
    #[inline(never)]
    pub fn pay(&mut self, market: &State<Market>, amount: StableAmount) -> Result<()> {
        require!(
            address_eq(self.revenue_vault.address(), &market.revenue_vault),
            CreditsError::WrongVault
        );
        let signer = market.signer();
        token_calls::transfer(
            self.token_program.address(),
            self.revenue_vault.try_cpi_handle_mut()?,
            self.seller_stable.try_cpi_handle_mut()?,
            market.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        Ok(())
    }
}

/// Who spends a customer's free credits: the customer, or a delegate within its limits.
#[derive(Accounts)]
pub struct Spender {
    /// The customer's account, with its network and market.
    pub funds: Nested<Funds>,
    /// What the signer may spend; absent when the customer signs.
    #[account(mut)]
    pub delegate: Option<State<Delegate>>,
}

impl Spender {
    /// The gate of everything that brings value in.
    #[inline(always)]
    pub fn require_running(&self) -> Result<()> {
        require!(
            !self.funds.network.is_paused(AREA_CREDITS),
            CreditsError::NetworkPaused
        );
        Ok(())
    }

    /// Lets the signer spend on this service in this epoch, or refuses.
    #[inline(never)]
    pub fn spend(
        &mut self,
        signer: &Address,
        credits: Credits,
        service: &Address,
        epoch: u64,
    ) -> Result<()> {
        let Some(delegate) = &mut self.delegate else {
            let is_customer = address_eq(signer, &self.funds.account.customer);
            require!(is_customer, CreditsError::NotCustomer);
            return Ok(());
        };
        require!(
            delegate.is_at(delegate.address()),
            CreditsError::WrongAddress
        );
        let is_own = address_eq(&delegate.key, signer)
            && address_eq(&delegate.account, self.funds.account.address());
        require!(is_own, CreditsError::WrongDelegate);
        delegate.require_service(service)?;
        delegate.spend(credits, epoch)?;
        delegate.invariant()
    }

    /// Checks what spending changes of the customer's.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.funds.account.invariant()?;
        self.funds.market.invariant()
    }
}

/// The groups as clients fill them in: addresses only.
pub mod client {
    pub use super::{
        __client_accounts_cardreversal::CardReversal, __client_accounts_creditwallet::CreditWallet,
        __client_accounts_customerwallet::CustomerWallet, __client_accounts_funds::Funds,
        __client_accounts_grouprefund::GroupRefund, __client_accounts_leaserefund::LeaseRefund,
        __client_accounts_marketrules::MarketRules, __client_accounts_payback::Payback,
        __client_accounts_spender::Spender,
    };
}

/// The groups as other programs fill them in when they call this one.
pub mod cpi {
    pub use super::{
        __cpi_accounts_cardreversal::CardReversal, __cpi_accounts_creditwallet::CreditWallet,
        __cpi_accounts_customerwallet::CustomerWallet, __cpi_accounts_funds::Funds,
        __cpi_accounts_grouprefund::GroupRefund, __cpi_accounts_leaserefund::LeaseRefund,
        __cpi_accounts_marketrules::MarketRules, __cpi_accounts_payback::Payback,
        __cpi_accounts_spender::Spender,
    };
}
