//! `delegation_unbond`, by its specification.

use {
    trestle_staking::{error::StakingError, event::DelegationUnbonded, state::ShareTicket, ID},
    trestle_tests::{
        delegation::{delegating, units, UNBONDING, UNIT},
        final_roots::Roots,
        svm::assert_refused,
    },
};

#[test]
fn only_the_delegator_can_unbond() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let stranger = world.delegator("stranger");
    let mut ix = world.delegation_unbond(&stranger, operator.address, UNIT);
    ix.accounts[3].pubkey = world.delegation_of(&keys, &operator);
    let outcome = world.svm.send(&[ix], &[&stranger.key]);
    assert_refused(outcome, ID, StakingError::NotDelegator);
}

#[test]
fn the_pool_of_another_operator_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let other = world.operator("other", 0);
    let ix = world.delegation_pool_open(&other, 0);
    world.svm.must(&[ix], &[&other.authority]);
    let mut ix = world.delegation_unbond(&keys, other.address, UNIT);
    ix.accounts[3].pubkey = world.delegation_of(&keys, &operator);
    let outcome = world.svm.send(&[ix], &[&keys.key]);
    assert_refused(outcome, ID, StakingError::WrongDelegationPool);
}

#[test]
fn the_shares_worth_leaves_the_delegated_stake_and_waits_in_a_free_ticket() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, units(10));
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(5));
    let unlock_at = world.svm.now() + UNBONDING;

    let sent = world.unbond(&keys, &operator, units(4)).expect("an exit");

    let pool = world.pool(&operator);
    assert_eq!((pool.amount, pool.shares), (units(3), units(6)));
    assert_eq!(
        (pool.unbonding_amount, pool.unbonding_shares),
        (units(2), units(2))
    );
    let ticket = ShareTicket {
        shares: units(2),
        unlock_at,
        ..ShareTicket::default()
    };
    let free = ShareTicket::default();
    let delegation = world.delegation(&keys, &operator);
    assert_eq!(delegation.tickets, [ticket, free, free, free]);
    assert_eq!(
        world.network().total_stake,
        units(5),
        "it is still at stake"
    );
    let event = sent.event::<DelegationUnbonded>().expect("an event");
    assert_eq!((event.shares, event.amount), (units(4), units(2)));
    assert_eq!((event.delegated, event.pool_shares), (units(3), units(6)));
    assert_eq!(event.unlock_at, unlock_at);
}

#[test]
fn what_the_shares_have_earned_stays_the_delegators() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, units(10));
    let other = world.delegated("other", &operator, units(10));
    world.fund(&operator, 1_000, 10).expect("funding");
    world.svm.advance(UNBONDING / 2);
    world.unbond_all(&keys, &operator).expect("an exit");
    world.svm.advance(UNBONDING);

    world.claim(&keys, &operator).expect("a claim");
    world.claim(&other, &operator).expect("a claim");

    // Half of the time both had half, then one had all.
    assert_eq!(world.svm.tokens(&keys.stable), 2);
    assert_eq!(world.svm.tokens(&other.stable), 7);
}

#[test]
fn more_shares_than_the_delegation_has_are_refused_and_so_is_zero() {
    let (mut world, operator) = delegating(0, 0);
    world.delegated("other", &operator, units(10));
    let keys = world.delegated("delegator", &operator, UNIT);
    let outcome = world.unbond(&keys, &operator, UNIT + 1);
    assert_refused(outcome, ID, StakingError::InsufficientShares);
    let outcome = world.unbond(&keys, &operator, 0);
    assert_refused(outcome, ID, StakingError::ZeroAmount);
}

#[test]
fn shares_without_worth_are_given_up_without_a_ticket() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, UNIT);

    let sent = world.unbond_all(&keys, &operator).expect("an exit");

    let delegation = world.delegation(&keys, &operator);
    assert_eq!(delegation.shares, 0);
    assert_eq!(delegation.tickets, [ShareTicket::default(); 4]);
    let event = sent.event::<DelegationUnbonded>().expect("an event");
    assert_eq!((event.amount, event.unlock_at), (0, world.svm.now()));
}

#[test]
fn a_fifth_ticket_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    for _ in 0..4 {
        world.unbond(&keys, &operator, 1).expect("an exit");
    }
    let outcome = world.unbond(&keys, &operator, 1);
    assert_refused(outcome, ID, StakingError::NoFreeTicket);
}

#[test]
fn it_works_while_the_network_is_paused_and_the_operator_is_jailed() {
    let (mut world, operator) = delegating(UNIT, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, 1);
    world.pause();
    world.unbond_all(&keys, &operator).expect("an exit");
}
