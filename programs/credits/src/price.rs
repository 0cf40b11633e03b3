//! What credits cost. The maths is core's; here its refusals get this program's errors.

use {
    crate::{constants::PRICE_PROGRAM, error::CreditsError, state::Market},
    anchor_lang::prelude::*,
    trestle_core::{
        price::{
            conservative_price, stable_for_credits, tokens_for_credits, Price, PriceError,
            PriceUpdate,
        },
        units::{Bps, Credits, StableAmount, TokenAmount, UnixSeconds},
    },
};

/// Refuses an account that carries no price of this feed.
pub fn require_feed(account: &AccountView, feed_id: &[u8; 32]) -> Result<()> {
    let update = parse(account)?;
    require!(update.feed_id == *feed_id, CreditsError::PriceOtherFeed);
    Ok(())
}

#[inline(never)]
fn parse(account: &AccountView) -> Result<PriceUpdate> {
    let data = account.try_borrow()?;
    Ok(PriceUpdate::parse(&data).map_err(refusal)?)
}

/// The price that a market sells for now.
pub fn read(account: &AccountView, market: &Market, now: i64) -> Result<Price> {
    require!(
        account.owned_by(&PRICE_PROGRAM),
        CreditsError::NotPriceProgram
    );
    let update = parse(account)?;
    let max_conf = Bps::new(market.max_conf_bps).ok_or(CreditsError::InvariantViolated)?;
    let price = conservative_price(
        &update,
        &market.feed_id,
        UnixSeconds(now),
        market.max_age_seconds,
        max_conf,
    );
    Ok(price.map_err(refusal)?)
}

/// What credits cost in the network's token.
pub fn in_tokens(credits: Credits, price: &Price, decimals: u8) -> Result<TokenAmount> {
    let cost = tokens_for_credits(credits, *price, decimals);
    Ok(cost.map_err(|_| CreditsError::MathOverflow)?)
}

/// What credits cost in stablecoin.
pub fn in_stable(credits: Credits) -> Result<StableAmount> {
    Ok(stable_for_credits(credits).map_err(|_| CreditsError::MathOverflow)?)
}

fn refusal(error: PriceError) -> CreditsError {
    match error {
        PriceError::Malformed => CreditsError::PriceMalformed,
        PriceError::NotFull => CreditsError::PriceNotVerified,
        PriceError::WrongFeed => CreditsError::PriceOtherFeed,
        PriceError::Stale => CreditsError::PriceStale,
        PriceError::Future => CreditsError::PriceFuture,
        PriceError::TooWide => CreditsError::PriceWide,
        PriceError::NotPositive => CreditsError::PriceNotPositive,
        PriceError::Exponent => CreditsError::PriceExponent,
    }
}
