//! A network's credit market: what credits cost, and where every credit ever sold is now.

use {
    crate::{
        address::is_derived,
        constants::{
            BILLER_CAP_MAX, INSURANCE_FEE_BPS_MAX, PRICE_AGE_SECONDS_MAX, PRICE_AGE_SECONDS_MIN,
            PRICE_CONF_BPS_MAX, PROTOCOL_FEE_BPS_MAX, URI_BYTES_MAX, VERSION,
        },
        error::CreditsError,
        ID,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        release::{split_release, Release, ReleaseSplit},
        seeds::SEED_MARKET,
        units::{Bps, Credits, StableAmount, TokenAmount},
    },
    trestle_staking::versioned::Layout,
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
    /// Credits ever used up by leases and meters.
    pub consumed: u64,
    /// Credits in customers' accounts, free to use.
    pub held: u64,
    /// Credits in leases and meters.
    pub escrowed: u64,
    /// Base units of the network's token ever burned for credits.
    pub tokens_burned: u64,
    /// Millionths of a dollar ever paid for credits.
    pub stable_received: u64,
    /// Share of released revenue that goes to the treasury.
    pub protocol_fee_bps: u16,
    /// Share of released revenue that goes to the insurance.
    pub insurance_fee_bps: u16,
    /// Lowest share of the treasury that is in force or proposed: what revenue is sure to pay.
    pub protocol_fee_floor_bps: u16,
    /// Zero.
    pub _pad: [u8; 2],
    /// Credits of `consumed` whose stablecoin has been released.
    pub released: u64,
    /// Millionths of a dollar ever released.
    pub released_stable: u64,
    /// Credits of card sales that can still be reversed.
    pub pending: u64,
    /// Credits in customers' accounts that a chargeback froze.
    pub frozen: u64,
    /// Credits ever taken back against their price.
    pub returned: u64,
    /// Most credits that the biller may ever be allowed to sell a day.
    pub biller_cap: u64,
    /// Payments ever made out of the insurance: the number of the next one.
    pub insurance_payments: u64,
}

const _: () = assert!(size_of::<Market>() == 280);
const _: () = assert!(offset_of!(Market, network) == 8);
const _: () = assert!(offset_of!(Market, feed_id) == 136);
const _: () = assert!(offset_of!(Market, minted) == 168);
const _: () = assert!(offset_of!(Market, stable_received) == 208);
const _: () = assert!(offset_of!(Market, protocol_fee_bps) == 216);
const _: () = assert!(offset_of!(Market, protocol_fee_floor_bps) == 220);
const _: () = assert!(offset_of!(Market, biller_cap) == 264);

impl Layout for Market {
    const VERSION: u8 = VERSION;
}

/// The rules of a market. They change with a delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct MarketTerms {
    /// Most credits that the biller may ever be allowed to sell a day: 100 billion at most.
    pub biller_cap: u64,
    /// Greatest age of a price in seconds: 10 to 3,600.
    pub max_age_seconds: u32,
    /// Widest confidence of a price: 1 to 1,000 basis points.
    pub max_conf_bps: u16,
    /// Share of released revenue that goes to the treasury: at most 2,000 basis points.
    pub protocol_fee_bps: u16,
    /// Share of released revenue that goes to the insurance: at most 1,000 basis points.
    pub insurance_fee_bps: u16,
}

impl MarketTerms {
    pub fn validate(&self) -> Result<()> {
        require!(
            (PRICE_AGE_SECONDS_MIN..=PRICE_AGE_SECONDS_MAX).contains(&self.max_age_seconds),
            CreditsError::BadPriceAge
        );
        require!(
            (1..=PRICE_CONF_BPS_MAX).contains(&self.max_conf_bps),
            CreditsError::BadPriceConf
        );
        require!(
            self.protocol_fee_bps <= PROTOCOL_FEE_BPS_MAX
                && self.insurance_fee_bps <= INSURANCE_FEE_BPS_MAX,
            CreditsError::BadFee
        );
        require!(
            self.biller_cap <= BILLER_CAP_MAX,
            CreditsError::BadBillerCap
        );
        Ok(())
    }
}

/// What a market is created with.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct MarketParams {
    /// Pyth's feed of the network's token in dollars. Nobody can change it afterwards.
    pub feed_id: [u8; 32],
    /// The rules to begin with.
    pub terms: MarketTerms,
    /// Where wallets find the picture of the credit: printable ASCII, at most 200 bytes, may be
    /// empty. Nobody can change it afterwards.
    pub uri: String,
}

impl MarketParams {
    pub fn validate(&self) -> Result<()> {
        require!(self.feed_id != [0; 32], CreditsError::BadFeed);
        self.terms.validate()?;
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
        self.apply(&params.terms);
    }

    /// Takes over rules that are within their bounds.
    pub fn apply(&mut self, terms: &MarketTerms) {
        self.max_age_seconds = terms.max_age_seconds;
        self.max_conf_bps = terms.max_conf_bps;
        self.protocol_fee_bps = terms.protocol_fee_bps;
        self.insurance_fee_bps = terms.insurance_fee_bps;
        self.biller_cap = terms.biller_cap;
        self.forget_change();
    }

    /// Notes what is proposed: revenue can be released under it from the day it is due, also what
    /// was used up before, so that whoever counts revenue must not expect a higher fee.
    pub fn expect_change(&mut self, terms: &MarketTerms) {
        self.protocol_fee_floor_bps = self.protocol_fee_bps.min(terms.protocol_fee_bps);
    }

    /// Notes that nothing is proposed any more.
    pub fn forget_change(&mut self) {
        self.protocol_fee_floor_bps = self.protocol_fee_bps;
    }

    /// The rules in force.
    pub fn terms(&self) -> MarketTerms {
        MarketTerms {
            biller_cap: self.biller_cap,
            max_age_seconds: self.max_age_seconds,
            max_conf_bps: self.max_conf_bps,
            protocol_fee_bps: self.protocol_fee_bps,
            insurance_fee_bps: self.insurance_fee_bps,
        }
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

    /// Counts a payment out of the insurance, so that its number is used up.
    pub fn count_insurance_payment(&mut self) -> Result<()> {
        self.insurance_payments = add(self.insurance_payments, 1)?;
        Ok(())
    }

    /// Counts credits that a card paid for, in the customer's account and reversible for a while.
    pub fn sell_by_card(&mut self, credits: Credits, paid: StableAmount) -> Result<()> {
        self.sell_for_stable(credits, paid)?;
        self.deposit(credits)?;
        self.pending = add(self.pending, credits.0)?;
        Ok(())
    }

    /// Counts a card sale that can be reversed no longer.
    pub fn finish_card(&mut self, sold: Credits) -> Result<()> {
        self.pending = take(self.pending, sold.0)?;
        Ok(())
    }

    /// Counts credits that a chargeback froze.
    pub fn freeze(&mut self, credits: Credits) -> Result<()> {
        self.held = take(self.held, credits.0)?;
        self.frozen = add(self.frozen, credits.0)?;
        Ok(())
    }

    /// Counts frozen credits that are free again.
    pub fn unfreeze(&mut self, credits: Credits) -> Result<()> {
        self.frozen = take(self.frozen, credits.0)?;
        self.held = add(self.held, credits.0)?;
        Ok(())
    }

    /// Counts free credits that no longer exist, because their price went back.
    pub fn take_back(&mut self, credits: Credits) -> Result<()> {
        self.held = take(self.held, credits.0)?;
        self.returned = add(self.returned, credits.0)?;
        Ok(())
    }

    /// Credits that were sold and neither taken back nor released: those that share the vault.
    pub fn outstanding(&self) -> Option<Credits> {
        self.minted
            .checked_sub(self.returned)?
            .checked_sub(self.released)
            .map(Credits)
    }

    /// Counts what was released, and says who gets it.
    pub fn release(&mut self, released: &Release) -> Result<ReleaseSplit> {
        self.released = add(self.released, released.credits.0)?;
        self.released_stable = add(self.released_stable, released.stable.0)?;
        let bps = |fee| Bps::new(fee).ok_or(CreditsError::InvariantViolated);
        let (protocol, insurance) = (bps(self.protocol_fee_bps)?, bps(self.insurance_fee_bps)?);
        let split = split_release(released.stable, protocol, insurance)
            .ok_or(CreditsError::InvariantViolated)?;
        Ok(split.map_err(|_| CreditsError::MathOverflow)?)
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

    /// Counts credits that left an account for a lease or a meter.
    pub fn escrow(&mut self, credits: Credits) -> Result<()> {
        self.held = take(self.held, credits.0)?;
        self.escrowed = add(self.escrowed, credits.0)?;
        Ok(())
    }

    /// Counts credits that left a lease or a meter: used up, or back in the customer's account.
    #[inline(never)]
    pub fn settle(&mut self, consumed: Credits, refunded: Credits) -> Result<()> {
        let out = add(consumed.0, refunded.0)?;
        self.escrowed = take(self.escrowed, out)?;
        self.consumed = add(self.consumed, consumed.0)?;
        self.held = add(self.held, refunded.0)?;
        Ok(())
    }

    /// Credits that must be in wallets: all that were sold, less what is used up, taken back, held,
    /// frozen and escrowed. `None` if the counters contradict one another.
    pub fn in_wallets(&self) -> Option<Credits> {
        self.minted
            .checked_sub(self.consumed)?
            .checked_sub(self.returned)?
            .checked_sub(self.held)?
            .checked_sub(self.frozen)?
            .checked_sub(self.escrowed)
            .map(Credits)
    }

    /// What holds after every instruction that changes a market.
    ///
    /// - It has this layout.
    /// - Every credit that is used up, taken back, held, frozen or escrowed was sold.
    /// - Only what is used up is released, and never a card sale that can still be reversed.
    /// - Revenue is sure to pay no more than the fee in force.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let outstanding = self.outstanding().ok_or(CreditsError::InvariantViolated)?;
        let holds = self.version == VERSION
            && self.in_wallets().is_some()
            && self.released <= self.consumed
            && self.protocol_fee_floor_bps <= self.protocol_fee_bps
            && self.pending <= outstanding.0;
        require!(holds, CreditsError::InvariantViolated);
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
