//! The market that rewards read, and the price at which they value revenue.

use proptest::prelude::*;
use trestle_core::{
    bytemuck::{self, Zeroable},
    hash::sha256,
    market::{MarketState, MARKET_DISCRIMINATOR},
    price::{conservative_price, generous_price, PriceError, PriceUpdate, VerificationLevel},
    units::{Bps, UnixSeconds},
};

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn update(price: i64, conf: u64, ema_price: i64, ema_conf: u64) -> PriceUpdate {
    PriceUpdate {
        write_authority: [1; 32],
        verification_level: VerificationLevel::Full,
        feed_id: [9; 32],
        price,
        conf,
        exponent: -8,
        publish_time: NOW.0 - 10,
        prev_publish_time: NOW.0 - 11,
        ema_price,
        ema_conf,
        posted_slot: 77,
    }
}

proptest! {
    #[test]
    fn a_generous_price_is_never_below_what_the_tokens_may_be_worth(
        price in 1_i64.., conf: u64, ema_price in 1_i64.., ema_conf: u64,
    ) {
        let update = update(price, conf, ema_price, ema_conf);
        let width = Bps::new(1_000).unwrap();
        let low = conservative_price(&update, &[9; 32], NOW, 60, width);
        let high = generous_price(&update, &[9; 32], NOW, 60, width);
        match (low, high) {
            (Ok(low), Ok(high)) => {
                prop_assert!(high.mantissa >= price.unsigned_abs() + 2 * conf);
                prop_assert!(high.mantissa >= ema_price.unsigned_abs() + 2 * ema_conf);
                prop_assert!(high.mantissa >= low.mantissa);
                prop_assert_eq!(high.exponent, low.exponent);
            }
            (Ok(_), Err(error)) => prop_assert_eq!(error, PriceError::TooWide),
            (Err(error), high) => prop_assert_eq!(high, Err(error)),
        }
    }
}

#[test]
fn the_greater_of_latest_and_average_plus_two_confidences_is_taken() {
    let width = Bps::new(200).unwrap();
    let value = |update: &PriceUpdate| {
        let price = generous_price(update, &[9; 32], NOW, 60, width);
        price.unwrap().mantissa
    };
    assert_eq!(value(&update(250_000, 100, 240_000, 120)), 250_200);
    assert_eq!(value(&update(240_000, 100, 250_000, 120)), 250_240);
}

#[test]
fn only_the_account_itself_is_read() {
    assert_eq!(MARKET_DISCRIMINATOR, sha256(&[b"account:Market"])[..8]);
    let mut market = MarketState::zeroed();
    market.tokens_burned = 7;
    let mut words = vec![u64::from_le_bytes(MARKET_DISCRIMINATOR)];
    words.extend_from_slice(bytemuck::cast_slice(bytemuck::bytes_of(&market)));
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    assert!(MarketState::from_account_data(bytes) == Some(&market));
    assert!(MarketState::from_account_data(&bytes[..bytes.len() - 8]).is_none());
    assert!(MarketState::from_account_data(&bytes[8..]).is_none());
}
