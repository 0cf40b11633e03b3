//! What delegators own, earn and lose.

use {
    proptest::prelude::*,
    trestle_core::{
        change::due_epoch,
        delegation::{
            commission_epoch, delegators_bps, halved, take_pro_rata, Bucket, Stream,
            COMMISSION_STEP_BPS_MAX,
        },
        units::{Bps, Epoch, UnixSeconds},
    },
};

const HOLDERS: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    Deposit(usize, u64),
    Redeem(usize, u64),
    Take(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = prop_oneof![0..10_u64, 0..1_000_000_000_000_u64];
    let step = prop_oneof![
        (0..HOLDERS, amount.clone()).prop_map(|(who, amount)| Step::Deposit(who, amount)),
        (0..HOLDERS, 0..=10_000_u64).prop_map(|(who, part)| Step::Redeem(who, part)),
        (0..=10_000_u64).prop_map(Step::Take),
    ];
    prop::collection::vec(step, 1..60)
}

fn part(whole: u64, bps: u64) -> u64 {
    (u128::from(whole) * u128::from(bps) / 10_000) as u64
}

proptest! {
    #[test]
    fn what_holders_own_is_never_more_than_the_bucket_holds(steps in steps()) {
        let mut bucket = Bucket::default();
        let mut held = [0_u64; HOLDERS];
        for step in steps {
            match step {
                Step::Deposit(who, amount) => {
                    // A bucket without worth, or too many shares: refused, and nothing changed.
                    let before = bucket;
                    match bucket.deposit(amount) {
                        Ok(shares) => held[who] += shares,
                        Err(_) => prop_assert_eq!(bucket, before),
                    }
                }
                Step::Redeem(who, bps) => {
                    let shares = part(held[who], bps);
                    bucket.redeem(shares).unwrap();
                    held[who] -= shares;
                }
                Step::Take(bps) => bucket.take(part(bucket.amount, bps)).unwrap(),
            }
            prop_assert!(bucket.shares >= bucket.amount, "a share is worth a base unit at most");
            prop_assert_eq!(held.iter().sum::<u64>(), bucket.shares);
            let worth = held.map(|shares| bucket.amount_for(shares).unwrap());
            prop_assert!(worth.iter().sum::<u64>() <= bucket.amount);
        }
        for shares in held {
            bucket.redeem(shares).unwrap();
        }
        prop_assert_eq!(bucket, Bucket::default(), "the last share takes all");
    }

    #[test]
    fn nobody_gains_by_depositing_and_redeeming(
        amount in 1..u64::MAX / 4,
        taken in 0..=10_000_u64,
        mine in 1..u64::MAX / 4,
    ) {
        let mut bucket = Bucket::default();
        let others = bucket.deposit(amount).unwrap();
        bucket.take(part(amount, taken)).unwrap();
        let before = bucket.amount_for(others).unwrap();
        let Ok(shares) = bucket.deposit(mine) else { return Ok(()) };
        prop_assert!(shares >= mine, "every base unit gets a share");
        prop_assert!(bucket.amount_for(others).unwrap() >= before, "others lose nothing");
        let back = bucket.redeem(shares).unwrap();
        prop_assert!(back <= mine && mine - back <= 1);
        prop_assert!(bucket.amount_for(others).unwrap() >= before);
    }

    #[test]
    fn halving_keeps_shares_enough_and_costs_a_holder_less_than_one(
        amount in 0..u64::MAX / 4,
        first in 1..u64::MAX / 4,
        second in 1..u64::MAX / 4,
        later in 0..1_000_000_u64,
    ) {
        let mut bucket = Bucket { amount: amount.min(first + second), shares: first + second };
        let worth = [first, second].map(|shares| bucket.amount_for(shares).unwrap());
        let halvings = bucket.halve();
        let held = [first, second].map(|shares| halved(shares, halvings));
        prop_assert!(held[0] + held[1] <= bucket.shares);
        prop_assert!(bucket.shares >= bucket.amount);
        prop_assert!(bucket.shares / 2 < bucket.amount.max(1), "fewer than two for a base unit");
        for (shares, before) in held.into_iter().zip(worth) {
            let now = bucket.amount_for(shares).unwrap();
            prop_assert!(before.saturating_sub(now) <= 1, "{now} of {before}");
        }
        prop_assert!(bucket.deposit(later).is_ok());
    }

    #[test]
    fn a_slash_takes_what_is_wanted_from_both_buckets_alike(
        active in 0..u64::MAX / 2,
        unbonding in 0..u64::MAX / 2,
        wanted: u64,
    ) {
        let taken = take_pro_rata(active, unbonding, wanted).unwrap();
        prop_assert!(taken.from_active <= active && taken.from_unbonding <= unbonding);
        let total = taken.from_active + taken.from_unbonding;
        prop_assert_eq!(total, wanted.min(active + unbonding));
        let exact = u128::from(total) * u128::from(active);
        let given = u128::from(taken.from_active) * (u128::from(active) + u128::from(unbonding));
        prop_assert!(given <= exact, "the dust falls on the unbonding bucket");
        prop_assert!(exact - given <= u128::from(active) + u128::from(unbonding));
    }

    #[test]
    fn claims_never_exceed_what_was_funded(
        shares in prop::collection::vec(1..1_000_000_000_000_u64, 1..6),
        funds in prop::collection::vec((0..1_000_000_000_000_u64, 0..500_u64), 1..20),
        start: u128,
        period in 1..1_000_u32,
    ) {
        let total: u64 = shares.iter().sum();
        let mut stream = Stream { per_share: start, ..Stream::default() };
        let (mut now, mut funded) = (UnixSeconds(1_000), 0_u64);
        for (amount, wait) in funds {
            stream.fund(amount, now, period).unwrap();
            funded += amount;
            let then = now.checked_add(wait).unwrap();
            stream.advance(total, now, then).unwrap();
            now = then;
        }
        let end = now.checked_add(u64::from(period)).unwrap();
        stream.advance(total, now, end).unwrap();
        prop_assert_eq!(stream.left, 0, "all of it has been passed on");
        let claims: Vec<u64> = shares
            .iter()
            .map(|held| stream.earned_since(start, *held).unwrap())
            .collect();
        let paid: u64 = claims.iter().sum();
        prop_assert!(paid <= funded);
        prop_assert!(funded - paid <= 20 + shares.len() as u64, "{paid} of {funded}");
    }

    #[test]
    fn who_stays_a_part_of_the_period_earns_that_part(
        shares in 1..1_000_000_u64,
        amount in 1..1_000_000_000_u64,
        period in 1..100_000_u32,
        stay in 0..100_000_u64,
    ) {
        let mut stream = Stream::default();
        stream.fund(amount, UnixSeconds(0), period).unwrap();
        let now = UnixSeconds(stay.min(u64::from(period)) as i64);
        stream.advance(shares, UnixSeconds(0), now).unwrap();
        let earned = stream.earned_since(0, shares).unwrap();
        let fair = u128::from(amount) * (now.0 as u128) / u128::from(period);
        prop_assert!(u128::from(earned) <= fair && fair - u128::from(earned) <= 1);
    }

    #[test]
    fn a_small_sum_hardly_holds_up_a_large_one(left in 1_000_000..u64::MAX / 2, small in 0..9_u64) {
        let mut stream = Stream { left, ends_at: UnixSeconds(1_000), ..Stream::default() };
        stream.fund(small, UnixSeconds(0), 100_000).unwrap();
        prop_assert!((1_000..=1_001).contains(&stream.ends_at.0));
        prop_assert_eq!(stream.left, left + small);
    }

    #[test]
    fn delegators_never_get_more_than_their_stake_earns(
        own: u64,
        delegated: u64,
        commission in 0..=10_000_u16,
    ) {
        let bps = delegators_bps(own, delegated, Bps::new(commission).unwrap());
        let whole = u128::from(own) + u128::from(delegated);
        let part = u128::from(delegated) * u128::from(10_000 - commission);
        let expected = part.checked_div(whole).unwrap_or(0);
        prop_assert_eq!(u128::from(bps.get()), expected);
    }

    #[test]
    fn a_commission_rises_late_and_in_steps_and_falls_at_once(
        current in 0..=10_000_u16,
        proposed in 0..=10_000_u16,
        now in 0..u64::MAX / 2,
    ) {
        let [from, to] = [current, proposed].map(|bps| Bps::new(bps).unwrap());
        let expected = match proposed {
            bps if bps <= current => Some(Epoch(now)),
            bps if bps - current <= COMMISSION_STEP_BPS_MAX => Some(due_epoch(Epoch(now))),
            _ => None,
        };
        prop_assert_eq!(commission_epoch(from, to, Epoch(now)), expected);
    }
}

#[test]
fn a_bucket_that_lost_everything_refuses_deposits_until_its_shares_are_gone() {
    let mut bucket = Bucket::default();
    let shares = bucket.deposit(100).unwrap();
    bucket.take(100).unwrap();
    assert!(bucket.deposit(1).is_err());
    assert_eq!(bucket.redeem(shares), Ok(0));
    assert_eq!(bucket.deposit(1), Ok(1));
}

#[test]
fn while_nobody_has_a_share_the_stream_stands_still() {
    let mut stream = Stream::default();
    stream.fund(100, UnixSeconds(0), 10).unwrap();
    stream
        .advance(0, UnixSeconds(0), UnixSeconds(1_000))
        .unwrap();
    assert_eq!((stream.left, stream.ends_at), (100, UnixSeconds(1_010)));
    stream
        .advance(1, UnixSeconds(1_000), UnixSeconds(1_005))
        .unwrap();
    assert_eq!(stream.earned_since(0, 1), Ok(50));
}
