//! What the credits program and Pyth say: what customers paid, what was burned, what a token is
//! worth. Their accounts are read by layout, never written.

use {
    crate::{
        constants::{CREDITS_ID, PRICE_PROGRAM},
        error::RewardsError,
        state::{Emission, EmissionBounds, EmissionFacts, Pool, State},
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        market::{MarketState, MARKET_VERSION},
        price::{emission_price, Price, PriceError, PriceUpdate},
        revenue::{RevenueState, REVENUE_VERSION},
        seeds::SEED_MARKET,
        units::{Bps, UnixSeconds},
    },
};

/// What a market says that an emission needs.
pub struct MarketFacts {
    /// Tokens ever burned for credits.
    pub burned: u64,
    /// What it is sure to keep of every sale: less than now, while less is proposed.
    pub protocol_fee_bps: u16,
    price_account: Address,
    feed_id: [u8; 32],
    max_age_seconds: u32,
    max_conf: Bps,
}

/// The market of a network, at the address that the network gives.
#[inline(never)]
pub fn market(account: &AccountView, network: &Address) -> Result<MarketFacts> {
    require!(account.owned_by(&CREDITS_ID), RewardsError::WrongMarket);
    let data = account.try_borrow()?;
    let state = MarketState::from_account_data(&data).ok_or(RewardsError::WrongMarket)?;
    require!(state.version == MARKET_VERSION, RewardsError::WrongVersion);
    let seeds = [SEED_MARKET, network.as_ref()];
    let address = Address::derive_address(&seeds, Some(state.bump), &CREDITS_ID);
    require!(
        state.network == *network.as_array() && address_eq(account.address(), &address),
        RewardsError::WrongMarket
    );
    Ok(MarketFacts {
        burned: state.tokens_burned,
        protocol_fee_bps: state.protocol_fee_floor_bps,
        price_account: Address::new_from_array(state.price_account),
        feed_id: state.feed_id,
        max_age_seconds: state.max_age_seconds,
        max_conf: Bps::new(state.max_conf_bps).ok_or(RewardsError::WrongMarket)?,
    })
}

/// Credits ever used up by the work of a service. The caller has checked the address: an account
/// there that the credits program does not own is no revenue yet, and nobody paid anything.
#[inline(never)]
pub fn consumed(account: &AccountView, service: &Address) -> Result<u64> {
    if !account.owned_by(&CREDITS_ID) {
        return Ok(0);
    }
    let data = account.try_borrow()?;
    let state = RevenueState::from_account_data(&data).ok_or(RewardsError::WrongRevenue)?;
    require!(state.version == REVENUE_VERSION, RewardsError::WrongVersion);
    require!(
        state.service == *service.as_array(),
        RewardsError::WrongRevenue
    );
    Ok(state.consumed)
}

/// The price of a token for an emission, or why there is none to be used.
#[inline(never)]
fn price(
    account: &AccountView,
    market: &MarketFacts,
    now: i64,
) -> Result<core::result::Result<Price, Option<PriceError>>> {
    if !account.owned_by(&PRICE_PROGRAM) {
        return Ok(Err(None));
    }
    let data = account.try_borrow()?;
    let price = PriceUpdate::parse(&data).and_then(|update| {
        emission_price(
            &update,
            &market.feed_id,
            UnixSeconds(now),
            market.max_age_seconds,
            market.max_conf,
        )
    });
    Ok(price.map_err(Some))
}

/// The emission of a pool, at the address that the pool gives.
#[inline(never)]
pub fn emission(account: &AccountView, pool: &Address) -> Result<State<Emission>> {
    require!(account.owned_by(&ID), RewardsError::WrongEmission);
    let emission = State::<Emission>::load(*account)?;
    require!(
        emission.is_at(account.address()) && address_eq(&emission.pool, pool),
        RewardsError::WrongEmission
    );
    Ok(emission)
}

/// What new parameters of an emission must stay within.
pub fn bounds(pool: &Pool, emission: &Emission, market: &MarketFacts) -> EmissionBounds {
    EmissionBounds {
        ceiling: pool.tokens_per_epoch,
        protocol_fee_bps: market.protocol_fee_bps,
        counts_burns: emission.counts_burns == 1,
    }
}

/// The accounts that an emission is computed from.
pub struct EmissionAccounts<'a> {
    pub revenue: &'a AccountView,
    pub market: &'a AccountView,
    pub price: &'a AccountView,
}

/// Everything that an emission of a pool is computed from. That a price is stale, wide or no price
/// at all is a fact; that an account is another than the market names is refused, so that nobody
/// can make the revenue wait.
pub fn facts(
    accounts: &EmissionAccounts<'_>,
    emission: &Emission,
    network: &Address,
    service: &Address,
    now: i64,
) -> Result<EmissionFacts> {
    let market = market(accounts.market, network)?;
    require!(
        address_eq(accounts.revenue.address(), &emission.revenue),
        RewardsError::WrongRevenue
    );
    require!(
        address_eq(accounts.price.address(), &market.price_account),
        RewardsError::WrongPriceAccount
    );
    Ok(EmissionFacts {
        consumed: consumed(accounts.revenue, service)?,
        burned: market.burned,
        protocol_fee_bps: market.protocol_fee_bps,
        price: price(accounts.price, &market, now)?,
    })
}
