//! `slash_apply`, by what its specification says of delegated stake and of the jail.

use {
    trestle_staking::{error::StakingError, event::SlashApplied, ID},
    trestle_tests::{
        delegation::{delegating, units, UNBONDING},
        final_roots::Roots,
        staking::{World, PURSE},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

const DAY: i64 = 86_400;

#[test]
fn what_they_do_not_cover_is_taken_from_the_delegated_stake_active_and_unbonding_in_proportion() {
    let (mut world, operator) = delegating(units(3), 0);
    let ix = world.stake_unbond(&operator, units(1));
    world.svm.must(&[ix], &[&operator.authority]);
    let first = world.delegated("first", &operator, units(6));
    let second = world.delegated("second", &operator, units(3));
    world.unbond(&second, &operator, units(3)).expect("an exit");
    let mut roots = Roots::new(&mut world.svm, world.service);

    // First its own: nothing of the delegators.
    let sent = world.slash(&mut roots, &operator, 1, units(2));
    let event = sent.event::<SlashApplied>().expect("an event");
    assert_eq!((event.amount, event.from_delegation), (units(2), 0));
    assert_eq!(world.pool(&operator).slashable().expect("a sum"), units(9));

    let sent = world.slash(&mut roots, &operator, 2, units(6));

    let event = sent.event::<SlashApplied>().expect("an event");
    assert_eq!((event.amount, event.from_delegation), (units(4), units(3)));
    assert_eq!(event.total_stake, units(6));
    let pool = world.pool(&operator);
    assert_eq!((pool.amount, pool.unbonding_amount), (units(4), units(2)));
    assert_eq!(world.svm.tokens(&world.stake_vault), units(6));
    let state = world.operator_state(&operator);
    assert_eq!((state.stake, state.slashable().expect("a sum")), (0, 0));
    assert_eq!(state.slashed_applied, units(6));
    world.unbond_all(&first, &operator).expect("an exit");
    world.svm.advance(UNBONDING);
    for (keys, left) in [(first, 2), (second, 1)] {
        world.withdraw(&keys, &operator).expect("a withdrawal");
        assert_eq!(world.svm.tokens(&keys.purse), PURSE - units(left));
    }
}

#[test]
fn what_all_of_that_does_not_cover_stays_owed() {
    let (mut world, operator) = delegating(units(1), 0);
    world.delegated("delegator", &operator, units(2));
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(10));
    let state = world.operator_state(&operator);
    assert_eq!(state.slashed_applied, units(3));
    assert_eq!(world.network().total_stake, 0);

    let leaf = roots.leaf(1, &operator.address);
    let ix = world.slash_apply(operator.address, roots.ring, leaf);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, StakingError::NothingToTake);
    world.deposit(&operator, units(20));
    world.svm.must(&[ix], &[]);
    assert_eq!(world.operator_state(&operator).stake, units(13));
}

#[test]
fn an_operator_that_accepts_delegations_cannot_be_slashed_without_its_pool() {
    let (mut world, operator) = delegating(units(1), 0);
    let other = world.operator("other", 0);
    let ix = world.delegation_pool_open(&other, 0);
    world.svm.must(&[ix], &[&other.authority]);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, 1);
    let counters = trestle_core::leaf::LeafCounters {
        slashed: 2,
        ..Default::default()
    };
    roots.publish(&mut world.svm, 2, &[(operator.address, counters)], 1);
    let leaf = roots.leaf(2, &operator.address);
    let good = world.slash_apply(operator.address, roots.ring, leaf.clone());
    let foreign = world.slash_apply(other.address, roots.ring, leaf);
    let last = good.accounts.len() - 1;
    for account in [foreign.accounts[last].pubkey, world.svm.fresh_address()] {
        let mut ix = good.clone();
        ix.accounts[last].pubkey = account;
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::WrongAddress);
    }
    world.svm.must(&[good], &[]);
}

#[test]
fn tickets_of_several_delegators_lose_alike_and_those_that_unbond_later_lose_nothing() {
    let (mut world, operator) = delegating(0, 0);
    let keys: Vec<_> = ["a", "b", "c"]
        .iter()
        .map(|name| world.delegated(name, &operator, units(8)))
        .collect();
    let mut roots = Roots::new(&mut world.svm, world.service);
    world
        .unbond(&keys[0], &operator, units(8))
        .expect("an exit");
    world
        .unbond(&keys[1], &operator, units(4))
        .expect("an exit");
    // Three quarters of all that is delegated: the shares of tickets are halved twice.
    world.slash(&mut roots, &operator, 1, units(18));
    let pool = world.pool(&operator);
    assert_eq!(pool.unbonding_halvings, 2);
    assert_eq!((pool.amount, pool.unbonding_amount), (units(3), units(3)));
    world
        .unbond(&keys[1], &operator, units(4))
        .expect("an exit");
    world
        .unbond(&keys[2], &operator, units(8))
        .expect("an exit");
    world.svm.advance(UNBONDING);

    for keys in &keys {
        world.withdraw(keys, &operator).expect("a withdrawal");
        assert_eq!(world.svm.tokens(&keys.purse), PURSE - units(6));
    }
    assert_eq!(world.network().total_stake, 0);

    // All that unbonds is slashed, and yet the pool goes on.
    world.deposit(&operator, units(101));
    world.svm.advance(DAY);
    let ix = world.operator_release(&operator);
    world.svm.must(&[ix], &[&operator.authority]);
    world
        .delegate(&keys[0], &operator, units(2))
        .expect("a deposit");
    world
        .unbond(&keys[0], &operator, units(1))
        .expect("an exit");
    world.slash(&mut roots, &operator, 2, units(18 + 101 + 2));
    world.unbond_all(&keys[0], &operator).expect("an exit");
    world.svm.advance(2 * DAY);
    world.withdraw(&keys[0], &operator).expect("a withdrawal");
    assert_eq!(world.svm.tokens(&keys[0].purse), PURSE - units(8));
    assert_eq!(world.pool(&operator).unbonding_halvings, 66);
    assert_eq!(world.network().total_stake, 0);
}

#[test]
fn the_operator_is_jailed_each_time_for_twice_as_long_up_to_a_limit() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 100 * TOKEN);
    let mut roots = Roots::new(&mut world.svm, world.service);
    for (epoch, days) in (1..).zip([1, 2, 4, 8, 16, 32, 32, 32]) {
        let sent = world.slash(&mut roots, &operator, epoch, epoch);
        let until = world.svm.now() + days * DAY;
        let state = world.operator_state(&operator);
        assert_eq!(state.jailed_until, until);
        assert!(state.is_jailed(until - 1) && !state.is_jailed(until));
        let event = sent.event::<SlashApplied>().expect("an event");
        assert_eq!(
            (event.jailed_until, event.jail_count),
            (until, state.jail_count)
        );
        assert_eq!(u64::from(state.jail_count), epoch.min(5));
    }
}
