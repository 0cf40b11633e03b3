//! A network's credit market: what credits cost, and where every credit ever sold is now.

use {
    crate::{
        address::is_derived,
        constants::{
            PRICE_AGE_SECONDS_MAX, PRICE_AGE_SECONDS_MIN, PRICE_CONF_BPS_MAX, URI_BYTES_MAX,
            VERSION,
        },
        error::CreditsError,
        ID,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::seeds::SEED_MARKET,
    trestle_core::units::{Credits, StableAmount, TokenAmount},
};

/// PDA `["market", network]`.
#[account]
pub struct Market {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Widest confidence interval that a price may have, as a share of the price.
    pub max_conf_bps: u16,
    /// Greatest age in seconds that a price may have.
    pub max_age_seconds: u32,
    /// The network whose service the credits buy.
    pub network: Address,
    /// Mint of the credits (Token-2022); its mint authority is this account.
    pub credit_mint: Address,
    /// The one account that prices are read from.
    pub price_account: Address,
    /// Token account with the stablecoin of all sales; its authority is this account.
    pub revenue_vault: Address,
    /// The feed of the network's token in dollars.
    pub feed_id: [u8; 32],
    /// Credits ever sold.
    pub minted: u64,
    /// Credits ever used up by leases.
    pub consumed: u64,
    /// Credits in customers' accounts, free to use.
    pub held: u64,
    /// Credits in leases.
    pub escrowed: u64,
    /// Base units of the network's token ever burned for credits.
    pub tokens_burned: u64,
    /// Millionths of a dollar ever paid for credits.
    pub stable_received: u64,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 64],
}

const _: () = assert!(size_of::<Market>() == 280);
const _: () = assert!(offset_of!(Market, network) == 8);
const _: () = assert!(offset_of!(Market, feed_id) == 136);
const _: () = assert!(offset_of!(Market, minted) == 168);
const _: () = assert!(offset_of!(Market, stable_received) == 208);

/// What a market is created with; nobody can change it afterwards.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct MarketParams {
    /// Pyth's feed of the network's token in dollars.
    pub feed_id: [u8; 32],
    /// Greatest age of a price in seconds: 10 to 3,600.
    pub max_age_seconds: u32,
    /// Widest confidence of a price: 1 to 1,000 basis points.
    pub max_conf_bps: u16,
    /// Where wallets find the picture of the credit: printable ASCII, at most 200 bytes, may be
    /// empty.
    pub uri: String,
}

impl MarketParams {
    pub fn validate(&self) -> Result<()> {
        require!(self.feed_id != [0; 32], CreditsError::BadFeed);
        require!(
            (PRICE_AGE_SECONDS_MIN..=PRICE_AGE_SECONDS_MAX).contains(&self.max_age_seconds),
            CreditsError::BadPriceAge
        );
        require!(
            (1..=PRICE_CONF_BPS_MAX).contains(&self.max_conf_bps),
            CreditsError::BadPriceConf
        );
        let is_printable = self.uri.bytes().all(|byte| byte.is_ascii_graphic());
        require!(
            is_printable && self.uri.len() <= URI_BYTES_MAX,
            CreditsError::BadUri
        );
        Ok(())
    }
}

/// Addresses and the bump that are found while a market's accounts are created.
pub struct MarketAccounts {
    pub bump: u8,
    pub network: Address,
    pub credit_mint: Address,
    pub price_account: Address,
    pub revenue_vault: Address,
}

/// The seeds with which a market signs for its mint.
pub struct MarketSigner {
    network: Address,
    bump: [u8; 1],
}

impl MarketSigner {
    #[inline(always)]
    pub fn seeds(&self) -> [&[u8]; 3] {
        [SEED_MARKET, self.network.as_ref(), &self.bump]
    }
}

impl Market {
    /// Writes a fresh market that has sold nothing.
    pub fn create(&mut self, accounts: &MarketAccounts, params: &MarketParams) {
        self.version = VERSION;
        self.bump = accounts.bump;
        self.network = accounts.network;
        self.credit_mint = accounts.credit_mint;
        self.price_account = accounts.price_account;
        self.revenue_vault = accounts.revenue_vault;
        self.feed_id = params.feed_id;
        self.max_age_seconds = params.max_age_seconds;
        self.max_conf_bps = params.max_conf_bps;
    }

    /// Whether `address` is the one that the network gives.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_MARKET, self.network.as_ref(), &[]];
        is_derived(address, seeds, self.bump, &ID)
    }

    #[inline(always)]
    pub fn signer(&self) -> MarketSigner {
        MarketSigner {
            network: self.network,
            bump: [self.bump],
        }
    }

    /// Counts credits that were paid for by burning.
    pub fn sell_for_burn(&mut self, credits: Credits, burned: TokenAmount) -> Result<()> {
        self.minted = add(self.minted, credits.0)?;
        self.tokens_burned = add(self.tokens_burned, burned.0)?;
        Ok(())
    }

    /// Counts credits that were paid for with stablecoin.
    pub fn sell_for_stable(&mut self, credits: Credits, paid: StableAmount) -> Result<()> {
        self.minted = add(self.minted, credits.0)?;
        self.stable_received = add(self.stable_received, paid.0)?;
        Ok(())
    }

    /// Counts credits that left a wallet for an account.
    pub fn deposit(&mut self, credits: Credits) -> Result<()> {
        self.held = add(self.held, credits.0)?;
        Ok(())
    }

    /// Counts credits that left an account for a wallet.
    pub fn withdraw(&mut self, credits: Credits) -> Result<()> {
        self.held = take(self.held, credits.0)?;
        Ok(())
    }

    /// Counts credits that left an account for a lease.
    pub fn escrow(&mut self, credits: Credits) -> Result<()> {
        self.held = take(self.held, credits.0)?;
        self.escrowed = add(self.escrowed, credits.0)?;
        Ok(())
    }

    /// Counts credits that left a lease: used up, or back into the customer's account.
    #[inline(never)]
    pub fn settle(&mut self, consumed: Credits, refunded: Credits) -> Result<()> {
        let out = add(consumed.0, refunded.0)?;
        self.escrowed = take(self.escrowed, out)?;
        self.consumed = add(self.consumed, consumed.0)?;
        self.held = add(self.held, refunded.0)?;
        Ok(())
    }

    /// Credits that must be in wallets: all that were sold, less what is used up, held and
    /// escrowed. `None` if the counters contradict one another.
    pub fn in_wallets(&self) -> Option<Credits> {
        self.minted
            .checked_sub(self.consumed)?
            .checked_sub(self.held)?
            .checked_sub(self.escrowed)
            .map(Credits)
    }

    /// What holds after every instruction that changes a market.
    ///
    /// - It has this layout.
    /// - Every credit that is used up, held or escrowed was sold.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        require!(
            self.version == VERSION && self.in_wallets().is_some(),
            CreditsError::InvariantViolated
        );
        Ok(())
    }

    /// What holds besides, after every instruction that mints or burns credits: wallets hold no
    /// credit that was not sold. They may hold fewer, since a wallet can burn its own.
    pub fn invariant_with_supply(&self, supply: u64) -> Result<()> {
        self.invariant()?;
        let in_wallets = self.in_wallets().ok_or(CreditsError::InvariantViolated)?;
        require!(supply <= in_wallets.0, CreditsError::InvariantViolated);
        Ok(())
    }
}

fn add(sum: u64, part: u64) -> Result<u64> {
    sum.checked_add(part)
        .ok_or_else(|| CreditsError::MathOverflow.into())
}

fn take(sum: u64, part: u64) -> Result<u64> {
    sum.checked_sub(part)
        .ok_or_else(|| CreditsError::InvariantViolated.into())
}
