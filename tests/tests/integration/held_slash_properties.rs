//! Properties of slashes: whatever an operator has and whatever its pool can pay, its pay comes
//! before its stake, that before what is delegated to it, and nothing is lost or made.

use {
    proptest::prelude::*,
    trestle_core::leaf::{LeafCounters, Totals},
    trestle_rewards::state::PoolParams,
    trestle_tests::{
        rewards::{pool_params, Payee, RewardsWorld},
        tokens::TOKEN,
    },
};

/// What an operator has, has earned and owes.
#[derive(Clone, Debug)]
struct Case {
    stake: u64,
    delegated: u64,
    /// Earned up to the first root, which is claimed, and up to the second, which is not.
    earned: [u64; 2],
    slashed: u64,
    /// What the breaker lets out at once, and what the second root grants in all.
    capacity: u64,
    granted: u64,
    epochs_per_month: u32,
}

fn case() -> impl Strategy<Value = Case> {
    let amount = || prop_oneof![1 => Just(0), 6 => 1..100 * TOKEN];
    (
        amount(),
        1..100 * TOKEN,
        [amount(), amount()],
        1..200 * TOKEN,
        1..150 * TOKEN,
        prop_oneof![1 => 0..100 * TOKEN, 3 => Just(u64::MAX)],
        prop_oneof![Just(0_u32), Just(2)],
    )
        .prop_map(
            |(stake, delegated, earned, slashed, capacity, granted, epochs_per_month)| Case {
                stake,
                delegated,
                earned: [earned[0], earned[0] + earned[1]],
                slashed,
                capacity,
                granted,
                epochs_per_month,
            },
        )
}

/// All that tokens can lie in.
#[derive(Debug, PartialEq)]
struct Books {
    supply: u64,
    insurance: u64,
    pool_vault: u64,
    stake_vault: u64,
    purse: u64,
}

fn books(world: &RewardsWorld, payee: &Payee) -> Books {
    Books {
        supply: world.svm.supply(&world.token_mint),
        insurance: world.svm.tokens(&world.insurance_vault),
        pool_vault: world.svm.tokens(&world.vault),
        stake_vault: world.svm.tokens(&world.stake_vault),
        purse: world.svm.tokens(&payee.keys.purse),
    }
}

fn counters(tokens: u64, slashed: u64) -> LeafCounters {
    LeafCounters {
        tokens,
        slashed,
        ..LeafCounters::default()
    }
}

/// The operator of a case after its first claim, and with its second root.
fn world(case: &Case) -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity: case.capacity,
        epochs_per_month: case.epochs_per_month,
        ..pool_params()
    });
    let payee = world.delegated_payee(case.stake, case.delegated, 0);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    world.allow(case.earned[1].max(1));
    world.publish(0, &[(payee.keys.address, counters(case.earned[0], 0))], 2);
    // Refused if nothing was earned.
    let _ = world.claim(&payee, 0);
    let leaves = [(payee.keys.address, counters(case.earned[1], case.slashed))];
    let totals = Totals {
        tokens: case.granted.min(case.earned[1]),
        ..Totals::default()
    };
    world.publish_with_totals(1, &leaves, 2, totals);
    (world, payee)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pay_comes_before_stake_that_before_delegations_and_nothing_is_lost(case in case()) {
        let (mut world, payee) = world(&case);
        let before = books(&world, &payee);
        let asked = world.slash_held(&payee, 1);
        prop_assert!(asked.is_ok(), "a pool shields its operator: {asked:?}");
        let between = books(&world, &payee);
        let of_pay = before.pool_vault - between.pool_vault;
        let claim = world.claim_state(&payee);
        prop_assert_eq!(between.stake_vault, before.stake_vault);
        prop_assert_eq!(world.operator_state(&payee.keys).slashed_applied, of_pay);
        prop_assert!(of_pay <= case.slashed);
        // A pool that is free to pay leaves the stake nothing that pay could bear.
        if case.granted == u64::MAX && case.capacity >= case.earned[1] {
            prop_assert!(of_pay == case.slashed || claim.held == 0);
            prop_assert_eq!(claim.claimed_tokens, case.earned[1]);
        }

        let wanted = case.slashed - of_pay;
        let at_stake = case.stake + case.delegated;
        let taken = world.slash_stake(&payee, 1);
        prop_assert_eq!(taken.is_ok(), wanted > 0 && at_stake > 0);
        let after = books(&world, &payee);
        let of_stake = between.stake_vault - after.stake_vault;
        prop_assert_eq!(of_stake, wanted.min(at_stake));
        let claimed = world.claim_state(&payee);
        prop_assert_eq!(
            (claimed.held, claimed.claimed_tokens),
            (claim.held, claim.claimed_tokens)
        );
        let state = world.operator_state(&payee.keys);
        prop_assert_eq!(state.stake, case.stake - of_stake.min(case.stake));
        prop_assert_eq!(state.slashed_applied, of_pay + of_stake);
        prop_assert_eq!(u64::from(state.jail_count), u64::from(of_pay + of_stake > 0));

        // Nothing is lost or made: what was taken is burned or insured.
        let burned = before.supply - after.supply;
        prop_assert_eq!(burned + after.insurance - before.insurance, of_pay + of_stake);
        prop_assert_eq!(before.purse, after.purse);
        // What was granted is paid, slashed, held or set aside.
        let paid = world.pool_state().paid_total;
        prop_assert_eq!(claim.claimed_tokens, paid + claim.held + claim.delegators_due_tokens);
        prop_assert!(claim.claimed_tokens <= case.earned[1]);
    }
}
