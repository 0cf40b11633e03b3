//! `delegation_deposit`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::DelegationDeposited, ID},
    trestle_tests::{
        delegation::{delegating, units, UNBONDING, UNIT},
        final_roots::Roots,
        staking::PURSE,
        svm::assert_refused,
    },
};

#[test]
fn anybody_can_delegate_the_first_time_it_opens_the_delegation_whose_rent_the_delegator_pays() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegator("delegator");
    let before = world.svm.lamports(&keys.key.pubkey());

    let first = world.delegate(&keys, &operator, UNIT).expect("a deposit");

    let rent = world.svm.lamports(&world.delegation_of(&keys, &operator));
    let after = world.svm.lamports(&keys.key.pubkey());
    assert_eq!(after, before - rent - first.fee);
    let second = world.delegate(&keys, &operator, UNIT).expect("a deposit");
    assert_eq!(world.svm.lamports(&keys.key.pubkey()), after - second.fee);
    let delegation = world.delegation(&keys, &operator);
    assert_eq!(delegation.delegator, keys.key.pubkey());
    assert_eq!(delegation.shares, 2 * UNIT);
}

#[test]
fn the_amount_moves_into_the_vault_and_gets_shares_at_what_a_share_is_worth() {
    let (mut world, operator) = delegating(0, 0);
    let first = world.delegated("first", &operator, units(10));
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(5));
    world.deposit(&operator, units(100));
    world.svm.advance(UNBONDING);
    let ix = world.operator_release(&operator);
    world.svm.must(&[ix], &[&operator.authority]);
    let second = world.delegator("second");

    let sent = world
        .delegate(&second, &operator, units(3))
        .expect("a deposit");

    assert_eq!(world.delegation(&first, &operator).shares, units(10));
    assert_eq!(world.delegation(&second, &operator).shares, units(6));
    let pool = world.pool(&operator);
    assert_eq!((pool.amount, pool.shares), (units(8), units(16)));
    assert_eq!(world.svm.tokens(&second.purse), PURSE - units(3));
    assert_eq!(world.svm.tokens(&world.stake_vault), units(108));
    assert_eq!(world.network().total_stake, units(108));
    let event = sent.event::<DelegationDeposited>().expect("an event");
    assert_eq!((event.amount, event.shares), (units(3), units(6)));
    assert_eq!((event.delegated, event.pool_shares), (units(8), units(16)));
    assert_eq!(event.total_stake, units(108));
}

#[test]
fn what_was_funded_before_is_not_shared_with_the_new_stake_except_for_the_time_that_it_is_there() {
    let (mut world, operator) = delegating(0, 0);
    let first = world.delegated("first", &operator, units(10));
    world.fund(&operator, 1_000, 0).expect("funding");
    world.svm.advance(UNBONDING / 2);
    let second = world.delegated("second", &operator, units(10));
    world.svm.advance(UNBONDING);

    for keys in [&first, &second] {
        world.claim(keys, &operator).expect("a claim");
    }

    let earned = |keys| world.svm.tokens(keys) + units(10) - PURSE;
    assert_eq!((earned(&first.purse), earned(&second.purse)), (750, 250));
}

#[test]
fn what_the_delegation_has_earned_before_stays_its_own() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, units(10));
    world.fund(&operator, 1_000, 10).expect("funding");
    world.svm.advance(UNBONDING);
    world
        .delegate(&keys, &operator, units(90))
        .expect("a deposit");
    let delegation = world.delegation(&keys, &operator);
    assert_eq!(
        (delegation.tokens.unpaid, delegation.stable.unpaid),
        (1_000, 10)
    );
}

#[test]
fn an_amount_of_zero_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegator("delegator");
    let outcome = world.delegate(&keys, &operator, 0);
    assert_refused(outcome, ID, StakingError::ZeroAmount);
}

#[test]
fn an_operator_that_was_jailed_and_not_released_is_refused() {
    let (mut world, operator) = delegating(units(101), 0);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, UNIT);
    let keys = world.delegator("delegator");
    for _ in 0..2 {
        let outcome = world.delegate(&keys, &operator, UNIT);
        assert_refused(outcome, ID, StakingError::OperatorJailed);
        world.svm.advance(UNBONDING);
    }
    let ix = world.operator_release(&operator);
    world.svm.must(&[ix], &[&operator.authority]);
    world.delegate(&keys, &operator, UNIT).expect("a deposit");
}

#[test]
fn an_operator_that_has_left_is_refused() {
    let (mut world, operator) = delegating(units(101), 0);
    let keys = world.delegator("delegator");
    world.delegate(&keys, &operator, UNIT).expect("a deposit");
    let ix = world.operator_exit(operator.address, operator.authority.pubkey());
    world.svm.must(&[ix], &[&operator.authority]);
    let outcome = world.delegate(&keys, &operator, UNIT);
    assert_refused(outcome, ID, StakingError::OperatorExited);
}

#[test]
fn a_pool_that_slashes_left_without_worth_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let first = world.delegated("first", &operator, units(10));
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(10));
    world.deposit(&operator, units(100));
    world.svm.advance(UNBONDING);
    let ix = world.operator_release(&operator);
    world.svm.must(&[ix], &[&operator.authority]);
    let second = world.delegator("second");
    let outcome = world.delegate(&second, &operator, units(1));
    assert_refused(outcome, ID, StakingError::PoolSlashedOut);

    // When its worthless shares are given up, it starts afresh.
    world.unbond_all(&first, &operator).expect("an exit");
    world
        .delegate(&second, &operator, units(1))
        .expect("a deposit");
    assert_eq!(world.delegation(&second, &operator).shares, units(1));
}

#[test]
fn a_paused_network_refuses() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegator("delegator");
    world.pause();
    let outcome = world.delegate(&keys, &operator, UNIT);
    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
