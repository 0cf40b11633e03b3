//! `operator_release`, by its specification.

use {
    trestle_staking::{address::service_address, error::StakingError, event::OperatorReleased, ID},
    trestle_tests::{
        final_roots::Roots,
        staking::{service_params, OperatorKeys, World},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

const DAY: i64 = 86_400;

/// An operator with 101 tokens, for a capacity that asks 100, that was slashed by so much.
fn jailed(slashed: u64) -> (World, OperatorKeys, Roots) {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 101 * TOKEN);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, slashed);
    (world, operator, roots)
}

#[test]
fn only_the_operators_controller_can_release_it() {
    let (mut world, operator, _) = jailed(TOKEN);
    world.svm.advance(DAY);
    let mut forged = world.operator_keys("stranger");
    forged.address = operator.address;
    let ix = world.operator_release(&forged);
    let outcome = world.svm.send(&[ix], &[&forged.authority]);
    assert_refused(outcome, ID, StakingError::NotOperatorController);
}

#[test]
fn the_jail_ends_how_often_it_was_jailed_stays_counted() {
    let (mut world, operator, _) = jailed(TOKEN);
    world.svm.advance(DAY);
    let ix = world.operator_release(&operator);

    let sent = world.svm.must(&[ix], &[&operator.authority]);

    let state = world.operator_state(&operator);
    assert_eq!((state.jailed_until, state.jail_count), (0, 1));
    assert!(!state.is_jailed(world.svm.now()));
    let event = sent.event::<OperatorReleased>().expect("an event");
    assert_eq!((event.stake, event.jail_count), (100 * TOKEN, 1));
}

#[test]
fn before_its_time_has_passed_it_is_refused() {
    let (mut world, operator, _) = jailed(TOKEN);
    let until = world.operator_state(&operator).jailed_until;
    assert_eq!(until, world.svm.now() + DAY);
    world.svm.set_time(until - 1);
    let ix = world.operator_release(&operator);
    let outcome = world
        .svm
        .send(std::slice::from_ref(&ix), &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::JailNotOver);

    world.svm.set_time(until);
    world.svm.must(&[ix], &[&operator.authority]);
}

#[test]
fn with_less_stake_of_its_own_than_its_capacity_asks_it_is_refused() {
    let (mut world, operator, _) = jailed(TOKEN + 1);
    world.svm.advance(DAY);
    let ix = world.operator_release(&operator);
    let outcome = world
        .svm
        .send(std::slice::from_ref(&ix), &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::OperatorUnderstaked);

    // The service of another kind of operator does not help.
    let params = trestle_staking::state::ServiceParams {
        stake_per_gib: 1,
        ..service_params()
    };
    world.create_service(params).expect("a service");
    let mut other = ix.clone();
    other.accounts[1].pubkey = service_address(&world.network, 1).0;
    let outcome = world.svm.send(&[other], &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::WrongService);

    world.deposit(&operator, 1);
    world.svm.must(&[ix], &[&operator.authority]);
}

#[test]
fn an_operator_that_is_not_jailed_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 100 * TOKEN);
    let ix = world.operator_release(&operator);
    let outcome = world.svm.send(&[ix], &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::NotJailed);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, operator, _) = jailed(TOKEN);
    world.svm.advance(DAY);
    world.pause();
    let ix = world.operator_release(&operator);
    world.svm.must(&[ix], &[&operator.authority]);
}

#[test]
fn a_jailed_operator_can_deposit_unbond_and_withdraw() {
    let (mut world, operator, _) = jailed(TOKEN);
    world.deposit(&operator, TOKEN);
    let ix = world.stake_unbond(&operator, TOKEN);
    world.svm.must(&[ix], &[&operator.authority]);
    world.svm.advance(DAY - 1);
    assert!(world.operator_state(&operator).is_jailed(world.svm.now()));
    world.svm.advance(1);
    let ix = world.stake_withdraw(&operator, operator.purse);
    world.svm.must(&[ix], &[&operator.authority]);
}
