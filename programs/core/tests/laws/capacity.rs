//! What operators promise, against what they offer and stake; and what counters may do.

use {
    proptest::prelude::*,
    trestle_core::{
        capacity::{capacity_kib, kib_of, stake_needed, KIB, KIB_PER_GIB},
        leaf::LeafCounters,
        math::MathError,
    },
};

proptest! {
    #[test]
    fn a_promise_takes_up_its_bytes_and_less_than_a_kib_more(bytes: u64) {
        let kib = u128::from(kib_of(bytes)) * u128::from(KIB);
        let bytes = u128::from(bytes);
        prop_assert!(kib >= bytes && kib - bytes < u128::from(KIB));
    }

    #[test]
    fn many_promises_never_need_less_stake_than_one(
        per_gib in 0..1_u64 << 40,
        parts in proptest::collection::vec(0..1_u64 << 20, 1..10),
    ) {
        let whole = stake_needed(per_gib, parts.iter().sum()).unwrap();
        let apart: u64 = parts.iter().map(|kib| stake_needed(per_gib, *kib).unwrap()).sum();
        prop_assert!(whole <= apart);
        prop_assert!(apart - whole < parts.len() as u64);
    }

    #[test]
    fn more_promises_never_need_less_stake(per_gib: u64, kib in 0..u64::MAX - 1) {
        match (stake_needed(per_gib, kib), stake_needed(per_gib, kib + 1)) {
            (Ok(less), Ok(more)) => prop_assert!(less <= more),
            (Err(_), more) => prop_assert_eq!(more, Err(MathError::Overflow)),
            (Ok(_), Err(_)) => {}
        }
    }

    #[test]
    fn a_slash_beside_a_new_bad_window_is_never_without_fault(
        slashed: u64, ok in 0..1_000_u32, bad in 0..1_000_u32, more in 1..1_000_u32,
    ) {
        let older = LeafCounters { windows_ok: ok, windows_total: ok + bad, ..Default::default() };
        let newer = LeafCounters { slashed, windows_total: ok + bad + more, ..older };
        prop_assert!(!newer.slashed_without_fault(&older));
        let good = LeafCounters { slashed, windows_ok: ok + more, ..newer };
        prop_assert_eq!(good.slashed_without_fault(&older), slashed > 0);
    }
}

#[test]
fn a_gib_needs_the_stake_of_a_gib() {
    assert_eq!(stake_needed(7, KIB_PER_GIB), Ok(7));
    assert_eq!(stake_needed(7, 1), Ok(1), "rounded up");
    assert_eq!(stake_needed(7, 0), Ok(0));
    assert_eq!(
        stake_needed(u64::MAX, KIB_PER_GIB + 1),
        Err(MathError::Overflow)
    );
    assert_eq!(capacity_kib(1), Ok(KIB_PER_GIB));
    assert_eq!(capacity_kib(u64::MAX), Err(MathError::Overflow));
}

#[test]
fn counters_that_contradict_themselves_prove_no_slash() {
    let odd = LeafCounters {
        slashed: 9,
        windows_ok: 2,
        windows_total: 1,
        ..LeafCounters::default()
    };
    assert!(!odd.slashed_without_fault(&LeafCounters::default()));
    assert!(!odd.slashed_without_fault(&odd));
}
