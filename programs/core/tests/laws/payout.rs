//! How pay is divided and released.

use proptest::prelude::*;
use trestle_core::{
    payout::{releasable, split_pay, PaySplit},
    slash::take_held,
    units::{Bps, TokenAmount},
};

fn bps(value: u16) -> Bps {
    Bps::new(value).unwrap()
}

proptest! {
    #[test]
    fn a_slash_takes_of_held_pay_what_is_owed_held_and_payable(
        owed: u64, held: u64, payable: u64,
    ) {
        let taken = take_held(owed, held, payable);
        prop_assert!(taken <= owed && taken <= held && taken <= payable);
        prop_assert!([owed, held, payable].contains(&taken));
    }

    #[test]
    fn pay_that_is_withheld_is_all_the_operators_own(
        amount: u64, delegators in 0_u16..=10_000,
    ) {
        let split = split_pay(amount, bps(delegators), Bps::ONE).unwrap();
        prop_assert_eq!((split.operator, split.held), (0, split.own()));
        let paid = split_pay(amount, bps(delegators), Bps::ZERO).unwrap();
        prop_assert_eq!(paid.delegators, split.delegators);
    }

    #[test]
    fn a_split_conserves_and_keeps_to_its_shares(
        amount: u64, delegators in 0_u16..=10_000, held in 0_u16..=10_000,
    ) {
        let split = split_pay(amount, bps(delegators), bps(held)).unwrap();
        let sum = u128::from(split.operator)
            + u128::from(split.delegators)
            + u128::from(split.held);
        prop_assert_eq!(sum, u128::from(amount));
        prop_assert_eq!(split.own(), amount - split.delegators);
        let whole = 10_000_u128;
        prop_assert!(
            u128::from(split.delegators) * whole <= u128::from(amount) * u128::from(delegators)
        );
        prop_assert!(
            u128::from(split.held) * whole >= u128::from(split.own()) * u128::from(held)
        );
    }

    #[test]
    fn falling_rates_release_everything_in_the_end_and_never_more(
        amounts in prop::collection::vec((0_u64..1_000_000, 0_u16..=7_500), 1..12),
    ) {
        let mut rates: Vec<u16> = amounts.iter().map(|(_, rate)| *rate).collect();
        rates.sort_unstable_by(|one, other| other.cmp(one));
        let (mut held, mut base, mut released) = (0, 0, 0);
        for ((amount, _), rate) in amounts.iter().zip(&rates) {
            let split = split_pay(*amount, Bps::ZERO, bps(*rate)).unwrap();
            held += split.held;
            base += split.own();
            let part = releasable(TokenAmount(held), TokenAmount(base), bps(*rate)).0;
            prop_assert!(part <= held);
            held -= part;
            released += part;
            // Nothing more can be released at the same rate.
            prop_assert_eq!(releasable(TokenAmount(held), TokenAmount(base), bps(*rate)).0, 0);
            prop_assert!(
                u128::from(held) * 10_000 <= u128::from(base) * u128::from(*rate) + 10_000
            );
        }
        let rest = releasable(TokenAmount(held), TokenAmount(base), Bps::ZERO).0;
        prop_assert_eq!(rest, held);
        prop_assert!(released + rest <= base);
    }
}

#[test]
fn without_delegators_and_holding_the_operator_gets_everything() {
    let split = split_pay(u64::MAX, Bps::ZERO, Bps::ZERO).unwrap();
    let everything = PaySplit {
        operator: u64::MAX,
        ..PaySplit::default()
    };
    assert_eq!(split, everything);
}
