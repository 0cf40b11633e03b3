//! Breaker, emission and slash kernels.

use proptest::prelude::*;
use trestle_core::{
    breaker::Breaker,
    emission::{epoch_allotment, Funding, Schedule},
    math::MathError,
    slash::{take, SlashShares},
    units::{Bps, UnixSeconds},
};

fn bps(value: u16) -> Bps {
    Bps::new(value).unwrap()
}

proptest! {
    #[test]
    fn breaker_never_grants_more_than_capacity_and_drain(
        capacity in 0_u64..1_000_000,
        window in 1_u32..100_000,
        steps in prop::collection::vec((0_u64..5_000, 0_u64..2_000_000), 1..60),
    ) {
        let mut breaker = Breaker::default();
        let mut now = 1_700_000_000_i64;
        let mut grants: Vec<(i64, u64)> = Vec::new();
        for (wait, wanted) in steps {
            now += wait as i64;
            let granted = breaker.grant(capacity, window, UnixSeconds(now), wanted);
            prop_assert!(granted <= wanted && breaker.value <= capacity);
            grants.push((now, granted));
        }
        // Over every stretch of time: capacity at once plus what drains meanwhile.
        for (first, (start, _)) in grants.iter().enumerate() {
            let mut sum = 0_u128;
            for (time, granted) in &grants[first..] {
                sum += u128::from(*granted);
                let elapsed = (time - start) as u128;
                let allowed = u128::from(capacity) * (u128::from(window) + elapsed);
                prop_assert!(sum * u128::from(window) <= allowed);
            }
        }
    }

    #[test]
    fn breaker_grants_at_most_capacity_at_one_moment(
        capacity: u64,
        window in 1_u32..,
        wanted in prop::collection::vec(any::<u64>(), 1..20),
    ) {
        let mut breaker = Breaker::default();
        let granted: u128 = wanted
            .into_iter()
            .map(|wanted| u128::from(breaker.grant(capacity, window, UnixSeconds(5), wanted)))
            .sum();
        prop_assert!(granted <= u128::from(capacity));
    }

    #[test]
    fn breaker_available_is_what_it_grants(
        value in 0_u64..2_000,
        capacity in 0_u64..1_000,
        window in 0_u32..1_000,
        now in 0_i64..2_000,
    ) {
        let breaker = Breaker { value, last_ts: 1_000 };
        let now = UnixSeconds(now);
        let granted = { breaker }.grant(capacity, window, now, u64::MAX);
        prop_assert_eq!(breaker.available(capacity, window, now), granted);
    }

    #[test]
    fn allotments_never_exceed_schedule_or_funds(
        per_epoch: u64, first: u64, epoch: u64, vault: u64, paid: u64, extra: u64,
    ) {
        let schedule = Schedule { tokens_per_epoch: per_epoch, first_epoch: first };
        let allotted = paid.saturating_add(extra);
        let funding =
            Funding::Fund { vault_balance: vault, paid_total: paid, allotted_total: allotted };
        let tokens = epoch_allotment(&schedule, epoch, &funding).unwrap();
        prop_assert!(tokens <= schedule.tokens_for(epoch));
        // What is promised after it is covered by the vault, unless it was not before.
        let owed = u128::from(allotted - paid);
        prop_assert!(tokens == 0 || owed + u128::from(tokens) <= u128::from(vault));
        prop_assert_eq!(epoch_allotment(&schedule, epoch, &Funding::Mint).unwrap(),
            if epoch < first { 0 } else { per_epoch });
    }

    #[test]
    fn slash_split_conserves(a in 0_u16..=10_000, b in 0_u16..=10_000, amount: u64) {
        let (low, high) = (a.min(b), a.max(b));
        let shares = SlashShares::new(bps(low), bps(high - low), bps(10_000 - high)).unwrap();
        for split in [shares.split(amount), shares.split_unchallenged(amount)] {
            let sum = u128::from(split.burn)
                + u128::from(split.insurance)
                + u128::from(split.challenger);
            prop_assert_eq!(sum, u128::from(amount));
        }
        prop_assert_eq!(shares.split_unchallenged(amount).challenger, 0);
    }

    #[test]
    fn slash_takes_stake_first_and_never_more_than_there_is(
        stake in 0_u64..1_000_000,
        tickets in prop::array::uniform4(0_u64..1_000_000),
        wanted in 0_u64..6_000_000,
    ) {
        let taken = take(stake, &tickets, wanted);
        let all = stake + tickets.iter().sum::<u64>();
        prop_assert_eq!(taken.total, wanted.min(all));
        prop_assert_eq!(taken.total, taken.from_stake + taken.from_tickets.iter().sum::<u64>());
        prop_assert!(taken.from_stake <= stake);
        let mut short = taken.from_stake < stake;
        for (taken, ticket) in taken.from_tickets.iter().zip(tickets) {
            prop_assert!(*taken <= ticket && !(short && *taken > 0));
            short |= *taken < ticket;
        }
    }
}

#[test]
fn breaker_drains_at_a_constant_rate() {
    let mut breaker = Breaker::default();
    assert_eq!(breaker.grant(1_000, 100, UnixSeconds(0), 5_000), 1_000);
    assert_eq!(breaker.grant(1_000, 100, UnixSeconds(0), 1), 0);
    assert_eq!(breaker.grant(1_000, 100, UnixSeconds(10), 5_000), 100);
    assert_eq!(breaker.grant(1_000, 100, UnixSeconds(110), 5_000), 1_000);
}

#[test]
fn breaker_cannot_be_held_shut_by_frequent_calls() {
    let mut breaker = Breaker::default();
    assert_eq!(breaker.grant(10, 1_000, UnixSeconds(0), 10), 10);
    // A unit drains in 100 seconds; a call every second must not round that down to never.
    let granted: u64 = (1..=1_000)
        .map(|second| breaker.grant(10, 1_000, UnixSeconds(second), 1))
        .sum();
    assert_eq!(granted, 10);
}

#[test]
fn breaker_without_window_or_capacity_pays_nothing() {
    let mut breaker = Breaker::default();
    assert_eq!(breaker.grant(10, 0, UnixSeconds(5), 10), 0);
    assert_eq!(breaker.grant(0, 10, UnixSeconds(5), 10), 0);
}

#[test]
fn breaker_survives_a_clock_that_goes_back() {
    let mut breaker = Breaker::default();
    assert_eq!(breaker.grant(10, 10, UnixSeconds(100), 10), 10);
    assert_eq!(breaker.grant(10, 10, UnixSeconds(50), 10), 0);
    assert_eq!(breaker.grant(10, 10, UnixSeconds(110), 10), 10);
}

#[test]
fn breaker_pays_out_a_lowered_capacity_only_after_draining() {
    let mut breaker = Breaker::default();
    assert_eq!(breaker.grant(1_000, 100, UnixSeconds(0), 1_000), 1_000);
    assert_eq!(breaker.grant(100, 100, UnixSeconds(100), 1_000), 0);
    assert_eq!(breaker.value, 900);
}

#[test]
fn a_pool_that_paid_more_than_allotted_is_refused() {
    let schedule = Schedule {
        tokens_per_epoch: 1,
        first_epoch: 0,
    };
    let funding = Funding::Fund {
        vault_balance: 5,
        paid_total: 2,
        allotted_total: 1,
    };
    assert_eq!(
        epoch_allotment(&schedule, 0, &funding),
        Err(MathError::Overflow)
    );
}

#[test]
fn an_insolvent_vault_allots_nothing() {
    let schedule = Schedule {
        tokens_per_epoch: 10,
        first_epoch: 0,
    };
    let funding = Funding::Fund {
        vault_balance: 5,
        paid_total: 0,
        allotted_total: 6,
    };
    assert_eq!(epoch_allotment(&schedule, 0, &funding), Ok(0));
    let funding = Funding::Fund {
        vault_balance: 9,
        paid_total: 0,
        allotted_total: 6,
    };
    assert_eq!(epoch_allotment(&schedule, 0, &funding), Ok(3));
}

#[test]
fn slash_shares_make_up_the_whole() {
    assert_eq!(SlashShares::new(bps(5_000), bps(3_000), bps(1_999)), None);
    assert_eq!(
        SlashShares::new(bps(10_000), bps(10_000), bps(10_000)),
        None
    );
    let shares = SlashShares::new(bps(5_000), bps(3_000), bps(2_000)).unwrap();
    let split = shares.split(1_001);
    assert_eq!(
        (split.burn, split.insurance, split.challenger),
        (501, 300, 200)
    );
}
