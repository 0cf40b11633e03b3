//! Units, fixed-point products, splits, epochs.

use proptest::prelude::*;
use trestle_core::{
    epoch::{epoch_at, epoch_end, epoch_start},
    math::{mul_div_ceil, mul_div_floor, split_largest_remainder, MathError},
    units::{Bps, Credits, Epoch, Kib, StableAmount, TokenAmount, UnixSeconds},
};

/// The split as the textbook does it: sort by remainder, then by index.
fn split_by_sorting(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let product = |weight: &u64| u128::from(total) * u128::from(*weight);
    let mut shares: Vec<u64> = weights
        .iter()
        .map(|weight| (product(weight) / sum) as u64)
        .collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(product(&weights[*index]) % sum), *index));
    let left = total - shares.iter().sum::<u64>();
    for index in order.into_iter().take(left as usize) {
        shares[index] += 1;
    }
    shares
}

fn weights() -> impl Strategy<Value = Vec<u64>> {
    let weight = prop_oneof![
        Just(0_u64),
        Just(1_u64),
        0_u64..10,
        0_u64..1_000_000_000,
        0_u64..(u64::MAX / 64),
    ];
    prop::collection::vec(weight, 0..60)
}

proptest! {
    #[test]
    fn products_round_as_named(a: u64, b: u64, d in 1_u64..) {
        let product = u128::from(a) * u128::from(b);
        let exact = product / u128::from(d);
        let up = exact + u128::from(product % u128::from(d) != 0);
        prop_assert_eq!(mul_div_floor(a, b, d).ok(), u64::try_from(exact).ok());
        prop_assert_eq!(mul_div_ceil(a, b, d).ok(), u64::try_from(up).ok());
    }

    #[test]
    fn split_conserves_and_matches_the_textbook(
        total in prop_oneof![0_u64..100, any::<u64>()],
        weights in weights(),
    ) {
        let mut shares = vec![7; weights.len()];
        split_largest_remainder(total, &weights, &mut shares).unwrap();
        prop_assert_eq!(&shares, &split_by_sorting(total, &weights));
        let sum: u128 = shares.iter().map(|share| u128::from(*share)).sum();
        let expected = if weights.iter().any(|weight| *weight > 0) { total } else { 0 };
        prop_assert_eq!(sum, u128::from(expected));
    }

    #[test]
    fn split_gives_nothing_to_no_weight(total: u64, weights in weights()) {
        let mut shares = vec![0; weights.len()];
        split_largest_remainder(total, &weights, &mut shares).unwrap();
        for (share, weight) in shares.iter().zip(&weights) {
            prop_assert!(*weight > 0 || *share == 0);
        }
    }

    #[test]
    fn shares_never_exceed_the_whole(bps in 0_u16..=10_000, amount: u64) {
        let share = Bps::new(bps).unwrap();
        let (floor, ceil) = (share.apply_floor(amount), share.apply_ceil(amount));
        prop_assert!(floor <= ceil && ceil <= amount && ceil - floor <= 1);
        let rest = share.complement().apply_ceil(amount);
        prop_assert_eq!(u128::from(floor) + u128::from(rest), u128::from(amount));
    }

    #[test]
    fn epochs_partition_time(
        genesis in -4_000_000_000_i64..4_000_000_000,
        seconds in 1_u32..1_000_000,
        after in 0_u64..4_000_000_000,
    ) {
        let genesis = UnixSeconds(genesis);
        let now = genesis.checked_add(after).unwrap();
        let epoch = epoch_at(genesis, seconds, now).unwrap();
        let start = epoch_start(genesis, seconds, epoch).unwrap();
        let end = epoch_end(genesis, seconds, epoch).unwrap();
        prop_assert!(start <= now && now < end);
        prop_assert_eq!(end.since(start), u64::from(seconds));
        prop_assert_eq!(epoch_at(genesis, seconds, end), Some(epoch.next().unwrap()));
        prop_assert_eq!(epoch_at(genesis, seconds, start), Some(epoch));
    }
}

#[test]
fn a_million_weights_split() {
    let weights: Vec<u64> = (0..1_000_000_u64)
        .map(|index| index * index % 1_009 + 1)
        .collect();
    let mut shares = vec![0; weights.len()];
    split_largest_remainder(123_456_789_012_345, &weights, &mut shares).unwrap();
    assert_eq!(shares.iter().sum::<u64>(), 123_456_789_012_345);
    assert_eq!(shares, split_by_sorting(123_456_789_012_345, &weights));
}

#[test]
fn ties_are_served_by_lower_index() {
    let mut shares = [0; 3];
    split_largest_remainder(10, &[1, 1, 1], &mut shares).unwrap();
    assert_eq!(shares, [4, 3, 3]);
    split_largest_remainder(u64::MAX, &[0, u64::MAX, 0], &mut shares).unwrap();
    assert_eq!(shares, [0, u64::MAX, 0]);
    split_largest_remainder(2, &[1, 1, 1], &mut shares).unwrap();
    assert_eq!(shares, [1, 1, 0]);
}

#[test]
fn split_refuses_what_it_cannot_do() {
    assert_eq!(
        split_largest_remainder(1, &[1, 2], &mut [0]),
        Err(MathError::Length)
    );
    let too_heavy = split_largest_remainder(1, &[u64::MAX, 1], &mut [0, 0]);
    assert_eq!(too_heavy, Err(MathError::Overflow));
}

#[test]
fn products_refuse_what_they_cannot_do() {
    assert_eq!(mul_div_floor(1, 1, 0), Err(MathError::DivisionByZero));
    assert_eq!(mul_div_ceil(1, 1, 0), Err(MathError::DivisionByZero));
    assert_eq!(mul_div_floor(u64::MAX, 2, 1), Err(MathError::Overflow));
    assert_eq!(
        mul_div_ceil(u64::MAX, u64::MAX, u64::MAX - 1),
        Err(MathError::Overflow)
    );
    assert_eq!(mul_div_floor(u64::MAX, u64::MAX, u64::MAX), Ok(u64::MAX));
}

#[test]
fn there_is_no_epoch_before_genesis() {
    let genesis = UnixSeconds(1_000);
    assert_eq!(epoch_at(genesis, 60, UnixSeconds(999)), None);
    assert_eq!(epoch_at(genesis, 60, UnixSeconds(1_000)), Some(Epoch(0)));
    assert_eq!(epoch_at(genesis, 60, UnixSeconds(1_059)), Some(Epoch(0)));
    assert_eq!(epoch_at(genesis, 60, UnixSeconds(1_060)), Some(Epoch(1)));
    assert_eq!(epoch_at(genesis, 0, UnixSeconds(1_060)), None);
    let whole = epoch_at(UnixSeconds(i64::MIN), 1, UnixSeconds(i64::MAX));
    assert_eq!(whole, Some(Epoch(u64::MAX)));
    assert_eq!(
        epoch_start(genesis, 60, Epoch(u64::MAX)),
        Err(MathError::Overflow)
    );
    assert_eq!(
        epoch_end(genesis, 60, Epoch(u64::MAX)),
        Err(MathError::Overflow)
    );
}

#[test]
fn amounts_do_not_wrap() {
    assert_eq!(Credits(1).checked_sub(Credits(2)), Err(MathError::Overflow));
    assert_eq!(
        Credits(u64::MAX).checked_add(Credits(1)),
        Err(MathError::Overflow)
    );
    assert_eq!(Credits(u64::MAX).checked_mul(2), Err(MathError::Overflow));
    assert_eq!(
        TokenAmount(1).checked_sub(TokenAmount(2)),
        Err(MathError::Overflow)
    );
    assert_eq!(TokenAmount(3).checked_mul(4), Ok(TokenAmount(12)));
    assert_eq!(
        StableAmount(u64::MAX).checked_add(StableAmount(1)),
        Err(MathError::Overflow)
    );
    assert_eq!(Epoch(0).checked_sub(1), Err(MathError::Overflow));
    assert_eq!(
        UnixSeconds(i64::MAX).checked_add(1),
        Err(MathError::Overflow)
    );
    assert_eq!(
        UnixSeconds(i64::MIN).checked_sub(1),
        Err(MathError::Overflow)
    );
    assert_eq!(UnixSeconds(i64::MAX).since(UnixSeconds(i64::MIN)), u64::MAX);
    assert_eq!(UnixSeconds(1).since(UnixSeconds(2)), 0);
}

#[test]
fn started_kibibytes_count() {
    assert_eq!(Kib::from_bytes_ceil(0), Kib(0));
    assert_eq!(Kib::from_bytes_ceil(1), Kib(1));
    assert_eq!(Kib::from_bytes_ceil(1_024), Kib(1));
    assert_eq!(Kib::from_bytes_ceil(1_025), Kib(2));
}

#[test]
fn a_share_is_at_most_the_whole() {
    assert_eq!(Bps::new(10_001), None);
    assert_eq!(Bps::try_from(10_001), Err(MathError::Overflow));
    assert_eq!(Bps::new(10_000), Some(Bps::ONE));
}

#[test]
fn units_name_themselves() {
    assert_eq!(StableAmount(1_500_000).to_string(), "1.500000");
    assert_eq!(Credits(7).to_string(), "7 DC");
    assert_eq!(Bps::new(125).unwrap().to_string(), "1.25 %");
    assert_eq!(Kib(3).to_string(), "3 KiB");
}
