//! The biller: the key that sells credits to people who pay by card.
//!
//! It pays for each credit at par from stablecoin of its own, so it cannot create any that nothing
//! stands behind. What it sold it can take back for a while, as far as it is unspent, against the
//! same price: that is a chargeback or a refund.

use {
    crate::{
        address::is_derived,
        constants::{CHARGEBACK_SECONDS_MAX, CHARGEBACK_SECONDS_MIN, DAY_SECONDS, VERSION},
        error::CreditsError,
        state::Market,
        ID,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_BILLER, units::Credits},
    trestle_staking::versioned::Layout,
};

/// PDA `["biller", market]`.
#[account]
pub struct Biller {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Seconds after a sale in which it can be reversed.
    pub chargeback_seconds: u32,
    /// The market whose credits it sells.
    pub market: Address,
    /// Who sells; zero while nobody does.
    pub key: Address,
    /// Most credits that it sells a day.
    pub daily_cap: u64,
    /// The day of `sold_today`, counted from 1970.
    pub day: u64,
    /// Credits sold on that day.
    pub sold_today: u64,
    /// Credits ever sold.
    pub sold: u64,
    /// Credits ever refunded.
    pub refunded: u64,
    /// Credits ever taken back by chargebacks.
    pub charged_back: u64,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<Biller>() == 152);
const _: () = assert!(offset_of!(Biller, market) == 8);
const _: () = assert!(offset_of!(Biller, daily_cap) == 72);

impl Layout for Biller {
    const VERSION: u8 = VERSION;
}

/// What the network's authority sets, at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct BillerParams {
    /// Who sells; zero stops all card sales.
    pub key: Address,
    /// Most credits that it sells a day, at most what the market allows.
    pub daily_cap: u64,
    /// Seconds after a sale in which it can be reversed: 7 to 180 days.
    pub chargeback_seconds: u32,
}

impl BillerParams {
    pub fn validate(&self, market: &Market) -> Result<()> {
        require!(
            self.daily_cap <= market.biller_cap,
            CreditsError::CapAboveMarket
        );
        require!(
            (CHARGEBACK_SECONDS_MIN..=CHARGEBACK_SECONDS_MAX).contains(&self.chargeback_seconds),
            CreditsError::BadChargebackTime
        );
        Ok(())
    }
}

impl Biller {
    /// Names the key and its limits. What was sold today counts on.
    pub fn set(&mut self, bump: u8, market: Address, params: &BillerParams) {
        self.version = VERSION;
        self.bump = bump;
        self.market = market;
        self.key = params.key;
        self.daily_cap = params.daily_cap;
        self.chargeback_seconds = params.chargeback_seconds;
    }

    /// Whether `address` is the one that the market gives.
    pub fn is_at(&self, address: &Address) -> bool {
        is_derived(
            address,
            [SEED_BILLER, self.market.as_ref(), &[]],
            self.bump,
            &ID,
        )
    }

    /// Counts a sale. The market's cap may have fallen below the biller's own.
    pub fn sell(&mut self, market: &Market, credits: Credits, now: i64) -> Result<()> {
        let now = u64::try_from(now).map_err(|_| CreditsError::BeforeGenesis)?;
        let day = now / DAY_SECONDS;
        if day != self.day {
            self.day = day;
            self.sold_today = 0;
        }
        self.sold_today = add(self.sold_today, credits)?;
        require!(
            self.sold_today <= self.daily_cap.min(market.biller_cap),
            CreditsError::BillerCapReached
        );
        self.sold = add(self.sold, credits)?;
        Ok(())
    }

    /// Counts a refund.
    pub fn take_refund(&mut self, credits: Credits) -> Result<()> {
        self.refunded = add(self.refunded, credits)?;
        Ok(())
    }

    /// Counts a chargeback that was lost.
    pub fn charge_back(&mut self, credits: Credits) -> Result<()> {
        self.charged_back = add(self.charged_back, credits)?;
        Ok(())
    }

    /// What holds after every instruction that changes a biller.
    ///
    /// - It has this layout and a market.
    /// - No more was reversed than sold, and no more sold today than ever.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let reversed = self.refunded.checked_add(self.charged_back);
        let holds = self.version == VERSION
            && self.market != Address::default()
            && reversed.is_some_and(|reversed| reversed <= self.sold)
            && self.sold_today <= self.sold;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}

fn add(sum: u64, credits: Credits) -> Result<u64> {
    sum.checked_add(credits.0)
        .ok_or_else(|| CreditsError::MathOverflow.into())
}
