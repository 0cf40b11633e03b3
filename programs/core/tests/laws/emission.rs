//! Emission tied to revenue: what it may grant, and that nobody farms it.

use proptest::prelude::*;
use trestle_core::{
    emission::{
        epoch_emission, held_bps, rule_is_sound, schedule_is_sound, stable_release, EmissionRule,
        EpochFacts, ScheduleStep, HELD_MONTHS,
    },
    math::MathError,
    price::{stable_for_credits, tokens_for_credits, tokens_worth, Price},
    units::{Bps, Credits, TokenAmount},
};

const CENT: Price = Price {
    mantissa: 1_000_000,
    exponent: -8,
};

fn bps(share: u16) -> Bps {
    Bps::new(share).unwrap()
}

fn rules() -> impl Strategy<Value = EmissionRule> {
    (
        0..1_u64 << 50,
        0..=10_000_u16,
        0..=10_000_u16,
        0..1_u64 << 50,
    )
        .prop_map(|(base, rho, share, reemit_cap)| EmissionRule {
            base,
            rho: bps(rho),
            reemit_share: bps(share),
            reemit_cap,
            token_decimals: 8,
        })
}

fn prices() -> impl Strategy<Value = Price> {
    (1..1_u64 << 40).prop_map(|mantissa| Price {
        mantissa,
        exponent: -8,
    })
}

fn facts() -> impl Strategy<Value = EpochFacts> {
    (0..1_u64 << 45, 0..1_u64 << 55, 0..1_u64 << 55, prices()).prop_map(
        |(revenue, burned, smoothed_burn, price)| EpochFacts {
            revenue: Credits(revenue),
            burned: TokenAmount(burned),
            smoothed_burn,
            price,
        },
    )
}

/// Fee, rho and the share that is emitted again of parameters that the programs accept.
fn sound() -> impl Strategy<Value = (Bps, Bps, Bps)> {
    (1..=10_000_u16, any::<u16>(), any::<u16>()).prop_map(|(fee, rho, share)| {
        let rho = rho % fee;
        let share = share % (fee - rho);
        assert!(rule_is_sound(bps(rho), bps(share), bps(fee)));
        (bps(fee), bps(rho), bps(share))
    })
}

fn flat(tokens_per_epoch: u64) -> [ScheduleStep; 1] {
    [ScheduleStep {
        first_epoch: 0,
        tokens_per_epoch,
    }]
}

proptest! {
    #[test]
    fn a_grant_stays_below_schedule_and_re_emission_cap(
        rule in rules(), facts in facts(), tokens in 0..1_u64 << 55,
    ) {
        let emission = epoch_emission(&flat(tokens), &rule, 0, &facts).unwrap();
        prop_assert_eq!(emission.scheduled, tokens);
        prop_assert!(emission.reemitted <= rule.reemit_cap);
        prop_assert!(emission.granted <= tokens + rule.reemit_cap);
        prop_assert!(emission.earned() <= emission.granted - emission.reemitted);
        let uncapped = rule.base + emission.by_revenue + emission.reemitted;
        prop_assert!(emission.granted <= uncapped);
    }

    #[test]
    fn a_grant_never_falls_as_revenue_grows(
        rule in rules(), facts in facts(), more in 0..1_u64 << 45, tokens in 0..1_u64 << 55,
    ) {
        let steps = flat(tokens);
        let less = epoch_emission(&steps, &rule, 0, &facts).unwrap();
        let richer = EpochFacts { revenue: Credits(facts.revenue.0 + more), ..facts };
        let richer = epoch_emission(&steps, &rule, 0, &richer).unwrap();
        prop_assert!(less.granted <= richer.granted);
        prop_assert!(less.earned() <= richer.earned());
    }

    #[test]
    fn burning_alone_earns_at_most_its_share_of_what_was_burnt(
        rule in rules(),
        burns in prop::collection::vec(prop_oneof![Just(0_u64), 0..1_u64 << 50], 1..200),
    ) {
        let mut smoothed_burn = 0;
        let (mut burnt, mut reemitted) = (0_u64, 0_u64);
        for burned in burns {
            let facts = EpochFacts {
                revenue: Credits::ZERO,
                burned: TokenAmount(burned),
                smoothed_burn,
                price: CENT,
            };
            let emission = epoch_emission(&flat(u64::MAX / 4), &rule, 0, &facts).unwrap();
            prop_assert_eq!(emission.granted, rule.base + emission.reemitted);
            smoothed_burn = emission.smoothed_burn;
            burnt += burned;
            reemitted += emission.reemitted;
            // What the smoothing still remembers has not been emitted again.
            prop_assert!(reemitted + rule.reemit_share.apply_floor(6 * smoothed_burn)
                <= rule.reemit_share.apply_ceil(burnt));
        }
    }

    #[test]
    fn buying_ones_own_service_loses(
        (fee, rho, _) in sound(),
        others in prop::collection::vec(0..1_u64 << 40, 3),
        own in 1_000_000..1_u64 << 40,
        rule in rules(), price in prices(), tokens in 0..1_u64 << 60,
    ) {
        let rule = EmissionRule { rho, ..rule };
        let granted = |bought: u64| {
            let facts = EpochFacts {
                revenue: Credits(bought),
                burned: TokenAmount::ZERO,
                smoothed_burn: 0,
                price,
            };
            epoch_emission(&flat(tokens), &rule, 0, &facts).unwrap().granted
        };
        // He runs every operator of his service, whose pool its revenue alone earns for, and the
        // vault holds all that buyers paid less the fee.
        let caused = granted(own) - granted(0);
        let earning = rho.apply_ceil(own);
        let most = tokens_worth(Credits(earning), price, 8).unwrap().0;
        prop_assert!(caused <= most);

        let paid = |credits: u64| stable_for_credits(Credits(credits)).unwrap().0;
        let outstanding = own + others.iter().sum::<u64>();
        let vault = fee.complement().apply_floor(paid(outstanding));
        let released = stable_release(own, outstanding, vault);
        prop_assert!(released <= fee.complement().apply_ceil(paid(own)));
        // In dollars: what comes back, less a credit for rounding, is less than was paid.
        prop_assert!(released + paid(earning) < paid(own) + paid(1));
    }

    #[test]
    fn burning_for_ones_own_service_loses(
        (fee, rho, reemit_share) in sound(),
        others in 0..1_u64 << 40,
        own in 1_000_000..1_u64 << 40,
    ) {
        // Credits by burning bring nothing into the vault, yet release what others paid.
        let paid = |credits: u64| stable_for_credits(Credits(credits)).unwrap().0;
        let vault = fee.complement().apply_floor(paid(others));
        let released = stable_release(own, own + others, vault);
        let burnt = tokens_for_credits(Credits(own), CENT, 8).unwrap().0;
        let (mut smoothed_burn, mut emitted) = (0, 0);
        let rule = EmissionRule {
            base: 0,
            rho,
            reemit_share,
            reemit_cap: u64::MAX / 4,
            token_decimals: 8,
        };
        for epoch in 0..300 {
            let now = u64::from(epoch == 0);
            let facts = EpochFacts {
                revenue: Credits(own * now),
                burned: TokenAmount(burnt * now),
                smoothed_burn,
                price: CENT,
            };
            let emission = epoch_emission(&flat(u64::MAX / 4), &rule, epoch, &facts).unwrap();
            smoothed_burn = emission.smoothed_burn;
            emitted += emission.granted;
        }
        // At a cent, a token unit of 8 decimals is worth 10^-10 dollars.
        prop_assert!(u128::from(released) + u128::from(emitted) / 10_000
            < u128::from(paid(own)) + 10);
    }

    #[test]
    fn releases_never_exceed_what_was_paid_and_their_order_is_dust(
        rounds in prop::collection::vec(
            (0..1_u64 << 40, 0..=10_000_u16, prop::array::uniform3(0..=3_333_u16)), 1..50,
        ),
    ) {
        let (mut paid, mut vault, mut outstanding) = (0_u64, 0_u64, 0_u64);
        for (sold, backed, consumed) in rounds {
            let stable = bps(backed).apply_floor(stable_for_credits(Credits(sold)).unwrap().0);
            paid += stable;
            vault += stable;
            outstanding += sold;
            let consumed = consumed.map(|share| bps(share).apply_floor(outstanding));
            let before = (vault, outstanding);
            let serve = |order: [usize; 3]| {
                let (mut vault, mut outstanding) = before;
                let mut released = [0; 3];
                for service in order {
                    let pay = stable_release(consumed[service], outstanding, vault);
                    released[service] = pay;
                    vault -= pay;
                    outstanding -= consumed[service];
                }
                (released, vault, outstanding)
            };
            let forth = serve([0, 1, 2]);
            let back = serve([2, 1, 0]);
            // An early service leaves at most a unit too much for all after it, each.
            for (one, other) in forth.0.iter().zip(back.0) {
                prop_assert!(one.abs_diff(other) <= 3, "{one} {other}");
            }
            (_, vault, outstanding) = forth;
            prop_assert!(vault <= paid);
        }
        let rest = stable_release(outstanding, outstanding, vault);
        prop_assert_eq!(rest, if outstanding == 0 { 0 } else { vault });
    }

    #[test]
    fn a_release_never_exceeds_the_vault(consumed: u64, outstanding: u64, vault: u64) {
        prop_assert!(stable_release(consumed, outstanding, vault) <= vault);
    }

    #[test]
    fn less_is_held_back_with_age(age: u64, older: u64, month in 0..100_000_u64) {
        let (young, old) = (age.min(older), age.max(older));
        prop_assert!(held_bps(young, month) >= held_bps(old, month));
    }
}

#[test]
fn the_held_schedule_is_exact() {
    let table = [7_500; 3]
        .into_iter()
        .chain([5_000; 3])
        .chain([2_500; 3])
        .chain([0; 6]);
    for (month, held) in (0_u64..).zip(table) {
        assert_eq!(
            held_bps(month * 30, 30),
            bps(held),
            "first epoch of {month}"
        );
        assert_eq!(
            held_bps(month * 30 + 29, 30),
            bps(held),
            "last epoch of {month}"
        );
    }
    assert_eq!(held_bps(HELD_MONTHS * 30, 30), Bps::ZERO);
    assert_eq!(held_bps(0, 0), Bps::ZERO);
    assert_eq!(held_bps(u64::MAX, 1), Bps::ZERO);
}

#[test]
fn a_schedule_steps_in_its_epochs() {
    let steps =
        [(10, 500), (20, 250), (30, 0)].map(|(first_epoch, tokens_per_epoch)| ScheduleStep {
            first_epoch,
            tokens_per_epoch,
        });
    let rule = EmissionRule {
        base: 1_000,
        rho: Bps::ZERO,
        reemit_share: Bps::ZERO,
        reemit_cap: 0,
        token_decimals: 8,
    };
    let facts = EpochFacts {
        revenue: Credits(77),
        burned: TokenAmount(70),
        smoothed_burn: 7,
        price: CENT,
    };
    let granted = |epoch| {
        epoch_emission(&steps, &rule, epoch, &facts)
            .unwrap()
            .granted
    };
    assert_eq!(
        [9, 10, 19, 20, 29, 30].map(granted),
        [0, 500, 500, 250, 250, 0]
    );
    let smoothed = epoch_emission(&steps, &rule, 10, &facts).unwrap();
    assert_eq!(smoothed.smoothed_burn, (7 * 6 + 70) / 7);

    assert!(schedule_is_sound(&steps));
    assert!(schedule_is_sound(&[]));
    assert!(!schedule_is_sound(&[steps[1], steps[0]]));
    assert!(!schedule_is_sound(&[steps[0], steps[0]]));
    let many = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|first_epoch| ScheduleStep {
        first_epoch,
        tokens_per_epoch: 1,
    });
    assert!(schedule_is_sound(&many[..8]));
    assert!(!schedule_is_sound(&many));
}

#[test]
fn revenue_is_worth_tokens_at_the_price() {
    // 5 % of 100 dollars at a cent a token are 500 tokens.
    let mut rule = EmissionRule {
        base: 0,
        rho: bps(500),
        reemit_share: Bps::ONE,
        reemit_cap: 3,
        token_decimals: 8,
    };
    let facts = EpochFacts {
        revenue: Credits(10_000_000),
        burned: TokenAmount(0),
        smoothed_burn: 700,
        price: CENT,
    };
    let emission = epoch_emission(&flat(u64::MAX / 2), &rule, 0, &facts).unwrap();
    assert_eq!(emission.by_revenue, 500 * 100_000_000);
    assert_eq!(emission.reemitted, 3);
    assert_eq!(emission.granted, emission.by_revenue + 3);
    rule.base = 9;
    let emission = epoch_emission(&flat(7), &rule, 0, &facts).unwrap();
    assert_eq!((emission.granted, emission.earned()), (10, 7));
}

#[test]
fn no_price_stops_an_emission_without_revenue() {
    let rule = EmissionRule {
        base: 5,
        rho: Bps::ONE,
        reemit_share: Bps::ZERO,
        reemit_cap: 0,
        token_decimals: 9,
    };
    let none = Price {
        mantissa: 0,
        exponent: 0,
    };
    let mut facts = EpochFacts {
        revenue: Credits::ZERO,
        burned: TokenAmount::ZERO,
        smoothed_burn: 0,
        price: none,
    };
    let granted = |facts: &EpochFacts| {
        epoch_emission(&flat(100), &rule, 0, facts).map(|emission| emission.granted)
    };
    assert_eq!(granted(&facts), Ok(5));
    facts.revenue = Credits(1);
    assert_eq!(granted(&facts), Err(MathError::DivisionByZero));
    // A token that is worth nothing does not stop it either: the schedule does.
    facts.price = Price {
        mantissa: 1,
        exponent: -18,
    };
    facts.revenue = Credits(1 << 50);
    assert_eq!(granted(&facts), Ok(100));
}

#[test]
fn sound_rules_stay_strictly_below_the_fee() {
    assert!(rule_is_sound(bps(499), Bps::ZERO, bps(500)));
    assert!(!rule_is_sound(bps(500), Bps::ZERO, bps(500)));
    assert!(rule_is_sound(bps(200), bps(299), bps(500)));
    assert!(!rule_is_sound(bps(200), bps(300), bps(500)));
    assert!(!rule_is_sound(Bps::ZERO, Bps::ZERO, Bps::ZERO));
    assert!(!rule_is_sound(Bps::ONE, Bps::ONE, Bps::ONE));
}
