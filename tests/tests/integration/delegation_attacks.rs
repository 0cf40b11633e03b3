//! What somebody might try to get more out of delegation than is due.

use trestle_tests::{
    delegation::{delegating, units, DelegatorKeys, UNBONDING},
    final_roots::Roots,
    staking::{OperatorKeys, World, PURSE},
};

/// Leaves as soon as it can, with all that it has earned.
fn leave(world: &mut World, keys: &DelegatorKeys, operator: &OperatorKeys) {
    world.unbond_all(keys, operator).expect("an exit");
    world.svm.advance(UNBONDING);
    world.withdraw(keys, operator).expect("a withdrawal");
    // Refused when nothing was earned.
    let _ = world.claim(keys, operator);
}

fn purse(world: &World, keys: &DelegatorKeys) -> i128 {
    i128::from(world.svm.tokens(&keys.purse)) - i128::from(PURSE)
}

#[test]
fn the_first_depositor_cannot_make_shares_dear() {
    let (mut world, operator) = delegating(0, 0);
    let attacker = world.delegated("attacker", &operator, 1);
    world.donate(world.stake_vault, units(1_000));
    let victim = world.delegated("victim", &operator, 3);
    assert_eq!(world.delegation(&victim, &operator).shares, 3);

    leave(&mut world, &victim, &operator);
    leave(&mut world, &attacker, &operator);

    assert_eq!(purse(&world, &victim), 0);
    assert_eq!(purse(&world, &attacker), 0);
}

#[test]
fn a_donation_to_the_vaults_reaches_nobody() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, units(1));
    let vaults = world.delegator_vaults();
    world.donate(vaults.token_vault, units(5));
    world.donate(vaults.stable_vault, 5_000_000);
    world.fund(&operator, 100, 0).expect("funding");
    world.svm.advance(UNBONDING);

    leave(&mut world, &keys, &operator);

    assert_eq!(purse(&world, &keys), 100);
    assert_eq!(world.svm.tokens(&vaults.token_vault), units(5));
}

#[test]
fn dust_shares_neither_earn_nor_cost_more_than_their_part() {
    let (mut world, operator) = delegating(0, 0);
    let whale = world.delegated("whale", &operator, units(900_000));
    let dust: Vec<_> = (0..4)
        .map(|number| world.delegated(&format!("dust {number}"), &operator, 1))
        .collect();
    world.fund(&operator, 1_000, 0).expect("funding");
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(300_000));
    world.svm.advance(UNBONDING);

    for keys in &dust {
        // Worth two thirds of a base unit: nothing is left, and no ticket.
        world.unbond_all(keys, &operator).expect("an exit");
        let _ = world.claim(keys, &operator);
        assert_eq!(purse(&world, keys), -1);
    }
    leave(&mut world, &whale, &operator);
    let lost = i128::from(units(300_000));
    let gained = purse(&world, &whale) + lost;
    assert!((999..=1_004).contains(&gained), "{gained}");
    assert_eq!(world.network().total_stake, 0);
}

#[test]
fn who_enters_before_a_payment_and_leaves_after_it_gains_nothing() {
    let (mut world, operator) = delegating(0, 0);
    let loyal = world.delegated("loyal", &operator, units(10));
    let sniper = world.delegated("sniper", &operator, units(990));
    world.fund(&operator, 86_400, 0).expect("funding");

    leave(&mut world, &sniper, &operator);

    assert_eq!(purse(&world, &sniper), 0);
    world.claim(&loyal, &operator).expect("a claim");
    assert_eq!(purse(&world, &loyal), 86_400 - i128::from(units(10)));
}

#[test]
fn who_enters_before_a_slash_and_leaves_after_it_shares_it_and_gains_nothing() {
    let (mut world, operator) = delegating(0, 0);
    let loyal = world.delegated("loyal", &operator, units(10));
    let sniper = world.delegated("sniper", &operator, units(10));
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(4));

    leave(&mut world, &sniper, &operator);
    leave(&mut world, &loyal, &operator);

    assert_eq!(purse(&world, &sniper), -i128::from(units(2)));
    assert_eq!(purse(&world, &loyal), -i128::from(units(2)));
}

#[test]
fn who_sees_a_slash_coming_cannot_leave_before_it() {
    let (mut world, operator) = delegating(0, 0);
    let loyal = world.delegated("loyal", &operator, units(10));
    let runner = world.delegated("runner", &operator, units(10));
    world.unbond_all(&runner, &operator).expect("an exit");
    world.svm.advance(UNBONDING - 1);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(10));
    world.svm.advance(1);

    world.withdraw(&runner, &operator).expect("a withdrawal");
    leave(&mut world, &loyal, &operator);

    assert_eq!(purse(&world, &runner), -i128::from(units(5)));
    assert_eq!(purse(&world, &loyal), -i128::from(units(5)));
}

#[test]
fn many_small_steps_gain_nothing_over_one_large_one() {
    let (mut world, operator) = delegating(0, 0);
    world.delegated("other", &operator, units(7));
    let keys = world.delegated("delegator", &operator, units(3));
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(1) + 1);
    let worth = world
        .pool(&operator)
        .active()
        .amount_for(units(3))
        .expect("a worth");
    for _ in 0..4 {
        for part in [1, 3, 7, 1_000_000_007] {
            world.unbond(&keys, &operator, part).expect("an exit");
        }
        world.svm.advance(UNBONDING);
        world.withdraw(&keys, &operator).expect("a withdrawal");
        if world.delegation(&keys, &operator).shares <= 1_000_000_018 {
            break;
        }
    }
    leave(&mut world, &keys, &operator);
    assert!(purse(&world, &keys) <= i128::from(worth) - i128::from(units(3)));
}
