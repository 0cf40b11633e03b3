//! The pool that several programs read.

use proptest::prelude::*;
use trestle_core::{
    bytemuck::{self, Zeroable},
    pool::{
        Allotted, PoolState, PushError, ALLOTMENTS_LEN, POOL_ACCOUNT_LEN, POOL_DISCRIMINATOR,
        POOL_VERSION,
    },
    units::{StableAmount, TokenAmount, UnixSeconds},
};

proptest! {
    #[test]
    fn allotments_add_up_between_any_two_epochs(
        pushes in prop::collection::vec((1_u64..4, 0_u64..1_000, 0_u64..1_000), 0..150),
        after in 0_u64..400,
        length in 0_u64..100,
    ) {
        let mut pool = PoolState::zeroed();
        let mut epoch = 0;
        let mut all = Vec::new();
        for (gap, tokens, stable) in pushes {
            epoch += gap;
            pool.push_allotment(epoch, tokens, stable).unwrap();
            all.push((epoch, tokens, stable));
        }
        let through = after + length;
        let expected = all.iter().filter(|(epoch, ..)| *epoch > after && *epoch <= through).fold(
            Allotted::default(),
            |sum, (_, tokens, stable)| Allotted {
                tokens: sum.tokens + tokens,
                stable: sum.stable + stable,
            },
        );
        let oldest_kept = all.len().checked_sub(ALLOTMENTS_LEN).map(|index| all[index].0);
        let known = oldest_kept.is_none_or(|oldest| after >= oldest) || all.len() == ALLOTMENTS_LEN;
        let found = pool.allotted_between(Some(after), through);
        prop_assert_eq!(found, known.then_some(expected));
        prop_assert_eq!(pool.allotted_total, all.iter().map(|(_, tokens, _)| *tokens).sum::<u64>());
        if let Some((last, ..)) = all.last() {
            let everything = pool.allotted_between(None, *last).unwrap();
            prop_assert_eq!(everything.tokens, pool.allotted_total);
        }
    }
}

proptest! {
    #[test]
    fn what_is_payable_is_the_most_that_no_bound_forbids(
        granted: u64, allotted: u64, paid: u64, balance: u64,
    ) {
        let mut pool = PoolState::zeroed();
        (pool.allotted_total, pool.paid_total) = (allotted, paid);
        let payable = pool.payable(TokenAmount(granted), balance).0;
        let fits = |amount: u128| {
            let sum = u128::from(paid) + amount;
            amount <= u128::from(balance)
                && sum <= u128::from(granted)
                && sum <= u128::from(allotted)
        };
        prop_assert!(payable == 0 || fits(payable.into()));
        prop_assert!(!fits(u128::from(payable) + 1));
    }
}

#[test]
fn nothing_is_allotted_before_the_first() {
    let pool = PoolState::zeroed();
    assert_eq!(pool.allotted_between(None, 9), Some(Allotted::default()));
    assert_eq!(pool.latest_allotment(), None);
}

#[test]
fn an_epoch_is_allotted_once() {
    let mut pool = PoolState::zeroed();
    pool.push_allotment(0, 5, 0).unwrap();
    let before = pool;
    assert!(matches!(
        pool.push_allotment(0, 5, 0),
        Err(PushError::EpochNotNewer(_))
    ));
    assert!(matches!(
        pool.push_allotment(1, u64::MAX, 0),
        Err(PushError::Math(_))
    ));
    assert!(pool == before);
}

proptest! {
    /// However the parameters change, the time before drains by those of then.
    #[test]
    fn settled_breakers_drain_nothing_of_the_time_before(
        (value, capacity, window) in (0_u64..1_000, 1_000_u64..2_000, 1_u32..100_000),
        (then, passed, faster) in (0_i64..1_000, 0_i64..100_000, 1_u32..100),
    ) {
        let mut pool = PoolState::zeroed();
        (pool.breaker_value, pool.breaker_capacity) = (value, capacity);
        (pool.breaker_window_seconds, pool.breaker_ts) = (window, then);
        (pool.stable_breaker_value, pool.stable_breaker_capacity) = (value, capacity);
        (pool.stable_breaker_window_seconds, pool.stable_breaker_ts) = (window, then);
        let now = UnixSeconds(then + passed);
        let mut old = pool;
        let drained = old.breaker_grant(now, TokenAmount(u64::MAX)).0;
        pool.settle_breakers(now);
        (pool.breaker_window_seconds, pool.stable_breaker_window_seconds) = (faster, faster);
        let granted = pool.breaker_grant(now, TokenAmount(u64::MAX)).0;
        prop_assert_eq!(granted, drained);
        let stable = pool.stable_breaker_grant(now, StableAmount(u64::MAX)).0;
        prop_assert_eq!(stable, granted);
    }
}

#[test]
fn the_breaker_lives_in_the_pool() {
    let mut pool = PoolState::zeroed();
    pool.breaker_capacity = 100;
    pool.breaker_window_seconds = 10;
    let grant = |pool: &mut PoolState, now, wanted| {
        pool.breaker_grant(UnixSeconds(now), TokenAmount(wanted)).0
    };
    assert_eq!(grant(&mut pool, 1_000, 70), 70);
    assert_eq!(grant(&mut pool, 1_000, 70), 30);
    assert_eq!(grant(&mut pool, 1_005, 70), 50);
    assert_eq!((pool.breaker_value, pool.breaker_ts), (100, 1_005));
}

#[test]
fn only_the_account_itself_is_read() {
    let mut pool = PoolState::zeroed();
    pool.push_allotment(3, 4, 5).unwrap();
    pool.version = POOL_VERSION;
    let mut words = vec![u64::from_le_bytes(POOL_DISCRIMINATOR)];
    words.extend_from_slice(bytemuck::cast_slice(bytemuck::bytes_of(&pool)));
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    assert_eq!(bytes.len(), POOL_ACCOUNT_LEN);
    assert!(PoolState::from_account_data(bytes) == Some(&pool));
    assert!(PoolState::read_account_data(bytes) == Some(pool));
    assert!(PoolState::from_account_data(&bytes[..bytes.len() - 8]).is_none());
    assert!(PoolState::from_account_data(&bytes[8..]).is_none());
    words[1] += 1;
    assert!(PoolState::read_account_data(bytemuck::cast_slice(&words)).is_none());
}
