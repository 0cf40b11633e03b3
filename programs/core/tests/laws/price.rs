//! Pyth's price account and what credits cost.

use proptest::prelude::*;
use trestle_core::{
    hash::sha256,
    math::MathError,
    price::{
        conservative_price, emission_price, stable_for_credits, tokens_for_credits, tokens_worth,
        Price, PriceError, PriceUpdate, VerificationLevel, PRICE_UPDATE_DISCRIMINATOR,
        PRICE_UPDATE_LEN,
    },
    units::{Bps, Credits, StableAmount, TokenAmount, UnixSeconds},
};

const FEED: [u8; 32] = [9; 32];
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
const MAX_AGE: u32 = 60;

fn max_conf() -> Bps {
    Bps::new(200).unwrap()
}

fn update() -> PriceUpdate {
    PriceUpdate {
        write_authority: [1; 32],
        verification_level: VerificationLevel::Full,
        feed_id: FEED,
        price: 250_000_000,
        conf: 100_000,
        exponent: -8,
        publish_time: NOW.0 - 10,
        prev_publish_time: NOW.0 - 11,
        ema_price: 240_000_000,
        ema_conf: 120_000,
        posted_slot: 77,
    }
}

fn price_of(update: &PriceUpdate) -> Result<Price, PriceError> {
    conservative_price(update, &FEED, NOW, MAX_AGE, max_conf())
}

#[test]
fn the_average_less_two_confidences_is_taken() {
    assert_eq!(
        price_of(&update()),
        Ok(Price {
            mantissa: 239_760_000,
            exponent: -8
        })
    );
}

#[test]
fn emission_takes_the_greater_price_with_its_confidences() {
    let mut update = update();
    let mantissa = |update: &PriceUpdate| {
        emission_price(update, &FEED, NOW, MAX_AGE, max_conf()).map(|price| price.mantissa)
    };
    assert_eq!(mantissa(&update), Ok(250_200_000));
    update.price = 230_000_000;
    assert_eq!(mantissa(&update), Ok(240_240_000));
    update.publish_time = NOW.0 - i64::from(MAX_AGE) - 1;
    assert_eq!(mantissa(&update), Err(PriceError::Stale));
}

/// A way to spoil a price, and what it is then refused for.
type Spoilt = (fn(&mut PriceUpdate), PriceError);

#[test]
fn each_doubtful_price_is_refused() {
    let cases: [Spoilt; 14] = [
        (
            |update| update.verification_level = VerificationLevel::Partial(5),
            PriceError::NotFull,
        ),
        (|update| update.feed_id = [8; 32], PriceError::WrongFeed),
        (|update| update.publish_time = NOW.0 - 61, PriceError::Stale),
        (|update| update.publish_time = i64::MIN, PriceError::Stale),
        (|update| update.publish_time = NOW.0 + 6, PriceError::Future),
        (|update| update.publish_time = i64::MAX, PriceError::Future),
        (|update| update.exponent = 1, PriceError::Exponent),
        (|update| update.exponent = -19, PriceError::Exponent),
        (|update| update.price = 0, PriceError::NotPositive),
        (|update| update.price = -1, PriceError::NotPositive),
        (
            |update| update.ema_price = i64::MIN,
            PriceError::NotPositive,
        ),
        (|update| update.conf = 5_000_001, PriceError::TooWide),
        (|update| update.ema_conf = 4_800_001, PriceError::TooWide),
        (|update| update.conf = u64::MAX, PriceError::TooWide),
    ];
    for (spoil, error) in cases {
        let mut update = update();
        spoil(&mut update);
        assert_eq!(price_of(&update), Err(error), "{update:?}");
    }
}

#[test]
fn the_edges_are_accepted() {
    assert!(price_of(&PriceUpdate {
        publish_time: NOW.0 - 60,
        ..update()
    })
    .is_ok());
    assert!(price_of(&PriceUpdate {
        publish_time: NOW.0 + 5,
        ..update()
    })
    .is_ok());
    assert!(price_of(&PriceUpdate {
        conf: 5_000_000,
        ..update()
    })
    .is_ok());
    assert!(price_of(&PriceUpdate {
        ema_conf: 4_800_000,
        ..update()
    })
    .is_ok());
}

#[test]
fn a_price_within_its_own_uncertainty_is_refused() {
    let update = PriceUpdate {
        ema_conf: 120_000_000,
        ..update()
    };
    let price = conservative_price(&update, &FEED, NOW, MAX_AGE, Bps::ONE);
    assert_eq!(price, Err(PriceError::NotPositive));
}

#[test]
fn other_accounts_are_malformed() {
    let data = update().encode();
    assert_eq!(PriceUpdate::parse(&data), Ok(update()));
    assert_eq!(PriceUpdate::parse(&data[..133]), Err(PriceError::Malformed));
    assert_eq!(PriceUpdate::parse(&[]), Err(PriceError::Malformed));
    let mut longer = data.to_vec();
    longer.push(0);
    assert_eq!(PriceUpdate::parse(&longer), Err(PriceError::Malformed));
    for byte in 0..8 {
        let mut other = data;
        other[byte] ^= 1;
        assert_eq!(PriceUpdate::parse(&other), Err(PriceError::Malformed));
    }
    let mut unknown_level = data;
    unknown_level[40] = 2;
    assert_eq!(
        PriceUpdate::parse(&unknown_level),
        Err(PriceError::Malformed)
    );
}

#[test]
fn the_layout_is_pyths() {
    assert_eq!(
        PRICE_UPDATE_DISCRIMINATOR,
        sha256(&[b"account:PriceUpdateV2"])[..8]
    );
    assert_eq!(
        PRICE_UPDATE_LEN,
        8 + 32 + 2 + 32 + 8 + 8 + 4 + 8 + 8 + 8 + 8 + 8
    );
    let data = update().encode();
    assert_eq!(data[40], 1);
    assert_eq!(data[41..73], FEED);
    assert_eq!(data[73..81], 250_000_000_i64.to_le_bytes());
    assert_eq!(data[81..89], 100_000_u64.to_le_bytes());
    assert_eq!(data[89..93], (-8_i32).to_le_bytes());
    assert_eq!(data[93..101], (NOW.0 - 10).to_le_bytes());
    assert_eq!(data[109..117], 240_000_000_i64.to_le_bytes());
    assert_eq!(data[117..125], 120_000_u64.to_le_bytes());
    assert_eq!(data[125..133], 77_u64.to_le_bytes());
    assert_eq!(data[133], 0);
}

#[test]
fn credits_cost_what_the_price_says() {
    // 2.5 dollars a token of 9 decimals: 100,000 credits are a dollar, hence 0.4 tokens.
    let price = Price {
        mantissa: 250_000_000,
        exponent: -8,
    };
    let tokens = tokens_for_credits(Credits(100_000), price, 9);
    assert_eq!(tokens, Ok(TokenAmount(400_000_000)));
    assert_eq!(tokens_for_credits(Credits(0), price, 9), Ok(TokenAmount(0)));
    // Rounded up: a credit of a token without decimals still costs one.
    assert_eq!(tokens_for_credits(Credits(1), price, 0), Ok(TokenAmount(1)));
    assert_eq!(
        tokens_for_credits(Credits(250_001), price, 0),
        Ok(TokenAmount(2))
    );
    let dollars = Price {
        mantissa: 2,
        exponent: 0,
    };
    assert_eq!(
        tokens_for_credits(Credits(400_000), dollars, 0),
        Ok(TokenAmount(2))
    );
}

#[test]
fn impossible_costs_are_errors() {
    let price = Price {
        mantissa: 1,
        exponent: -18,
    };
    assert_eq!(
        tokens_for_credits(Credits(u64::MAX), price, 9),
        Err(MathError::Overflow)
    );
    assert_eq!(
        tokens_for_credits(Credits(1), price, 255),
        Err(MathError::Overflow)
    );
    let zero = Price {
        mantissa: 0,
        exponent: -8,
    };
    assert_eq!(
        tokens_for_credits(Credits(1), zero, 9),
        Err(MathError::DivisionByZero)
    );
    assert_eq!(
        stable_for_credits(Credits(u64::MAX)),
        Err(MathError::Overflow)
    );
    assert_eq!(stable_for_credits(Credits(3)), Ok(StableAmount(30)));
}

proptest! {
    #[test]
    fn encoding_comes_back(
        write_authority: [u8; 32], feed_id: [u8; 32], partial: Option<u8>, price: i64, conf: u64,
        exponent: i32, publish_time: i64, prev_publish_time: i64, ema_price: i64, ema_conf: u64,
        posted_slot: u64,
    ) {
        let verification_level =
            partial.map_or(VerificationLevel::Full, VerificationLevel::Partial);
        let update = PriceUpdate {
            write_authority, verification_level, feed_id, price, conf, exponent, publish_time,
            prev_publish_time, ema_price, ema_conf, posted_slot,
        };
        prop_assert_eq!(PriceUpdate::parse(&update.encode()), Ok(update));
    }

    #[test]
    fn any_bytes_parse_or_fail_cleanly(mut data in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = PriceUpdate::parse(&data);
        data.resize(PRICE_UPDATE_LEN, 0);
        data[..8].copy_from_slice(&PRICE_UPDATE_DISCRIMINATOR);
        let _ = PriceUpdate::parse(&data).map(|update| price_of(&update));
    }

    #[test]
    fn tokens_cover_the_credits_and_not_a_unit_more(
        credits in 0_u64..1_000_000_000_000,
        mantissa in 1_u64..1_000_000_000_000,
        exponent in -12_i32..=0,
        decimals in 0_u8..=9,
    ) {
        let price = Price { mantissa, exponent };
        let Ok(tokens) = tokens_for_credits(Credits(credits), price, decimals) else {
            return Ok(());
        };
        // Dollars scaled by 10^(5 + 12 + 9): tokens * price against credits * 10^-5.
        let worth = |tokens: u64| {
            u128::from(tokens) * u128::from(mantissa)
                * 10_u128.pow((17 + exponent + 9 - i32::from(decimals)) as u32)
        };
        let owed = u128::from(credits) * 10_u128.pow(21);
        if u128::from(tokens.0) * u128::from(mantissa) < 10_u128.pow(11) {
            prop_assert!(worth(tokens.0) >= owed);
            prop_assert!(tokens.0 == 0 || worth(tokens.0 - 1) < owed);
        }
    }

    #[test]
    fn what_is_emitted_is_worth_at_most_what_earned_it(
        credits: u64, mantissa in 1..u64::MAX, exponent in -9..=0_i32, decimals in 0_u8..=9,
    ) {
        let price = Price { mantissa, exponent };
        let burnt = tokens_for_credits(Credits(credits), price, decimals);
        match (tokens_worth(Credits(credits), price, decimals), burnt) {
            (Ok(emitted), Ok(burnt)) => {
                prop_assert!(emitted <= burnt && burnt.0 - emitted.0 <= 1);
            }
            (Ok(emitted), Err(_)) => prop_assert_eq!(emitted, TokenAmount(u64::MAX)),
            (emitted, _) => prop_assert_eq!(emitted, Err(MathError::Overflow)),
        }
    }

    #[test]
    fn a_conservative_price_is_below_the_average(
        ema_price in 1_i64..i64::MAX,
        ema_conf: u64,
        max in 0_u16..=10_000,
    ) {
        let update = PriceUpdate { ema_price, ema_conf, ..update() };
        let max = Bps::new(max).unwrap();
        if let Ok(price) = conservative_price(&update, &FEED, NOW, MAX_AGE, max) {
            prop_assert!(price.mantissa > 0 && price.mantissa <= ema_price as u64);
            let average = u128::from(price.mantissa) + 2 * u128::from(ema_conf);
            prop_assert_eq!(average, ema_price as u128);
        }
    }
}
