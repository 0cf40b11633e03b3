//! `slash_apply`, by what its specification says of an operator's pay.

use {
    trestle_core::leaf::LeafCounters,
    trestle_staking::{error::StakingError, ID},
    trestle_tests::{
        rewards::{Payee, RewardsWorld},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

const DAY: i64 = 86_400;

fn leaf(tokens: u64, slashed: u64) -> LeafCounters {
    LeafCounters {
        tokens: tokens * TOKEN,
        slashed: slashed * TOKEN,
        ..LeafCounters::default()
    }
}

/// An operator with 100 tokens at stake and a claim that paid nothing yet.
fn staked() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 100 * TOKEN);
    world.allow(100 * TOKEN);
    (world, payee)
}

#[test]
fn an_operator_that_can_be_paid_is_slashed_only_after_its_pay_was_asked_by_held_slash() {
    let (mut world, payee) = staked();
    world.publish(0, &[(payee.keys.address, leaf(10, 30))], 3);
    world.publish(1, &[(payee.keys.address, leaf(10, 40))], 3);
    let outcome = world.slash_stake(&payee, 0);
    assert_refused(outcome, ID, StakingError::HeldPayFirst);
    world.slash_held(&payee, 0).expect("asked");
    // It was asked by the older counter alone.
    let outcome = world.slash_stake(&payee, 1);
    assert_refused(outcome, ID, StakingError::HeldPayFirst);
    world.slash_stake(&payee, 0).expect("the rest");
    assert_eq!(world.operator_state(&payee.keys).stake, 80 * TOKEN);
    world.slash_held(&payee, 1).expect("asked");
    world.slash_stake(&payee, 1).expect("the rest");
    assert_eq!(world.operator_state(&payee.keys).stake, 70 * TOKEN);
}

#[test]
fn an_operator_without_a_claim_is_slashed_at_once_and_only_by_its_own_empty_address() {
    let (mut world, _) = staked();
    let unpaid = world.operator("unpaid", 10 * TOKEN);
    world.publish(0, &[(unpaid.address, leaf(10, 3))], 3);
    let leaf = world.roots.leaf(0, &unpaid.address);
    let good = world.slash_apply(unpaid.address, world.roots.ring, leaf);
    let claim = good.accounts.len() - 2;
    let mut wrong = good.clone();
    wrong.accounts[claim].pubkey = world.svm.fresh_address();
    let outcome = world.svm.send(&[wrong], &[]);
    assert_refused(outcome, ID, StakingError::WrongAddress);
    world.svm.must(&[good], &[]);
    assert_eq!(world.operator_state(&unpaid).stake, 7 * TOKEN);
}

#[test]
fn the_claim_of_another_operator_or_another_account_of_its_program_is_refused() {
    let (mut world, payee) = staked();
    let other = world.payee("other");
    world.publish(0, &[(payee.keys.address, leaf(0, 3))], 3);
    let leaf = world.roots.leaf(0, &payee.keys.address);
    let good = world.slash_apply(payee.keys.address, world.roots.ring, leaf);
    let claim = good.accounts.len() - 2;
    for account in [other.claim, world.pool] {
        let mut wrong = good.clone();
        wrong.accounts[claim].pubkey = account;
        let outcome = world.svm.send(&[wrong], &[]);
        assert_refused(outcome, ID, StakingError::WrongAddress);
    }
}

#[test]
fn once_it_was_asked_nothing_that_its_pool_has_or_lacks_stops_the_slash() {
    let (mut world, payee) = staked();
    world.publish(0, &[(payee.keys.address, leaf(0, 30))], 3);
    world.slash_held(&payee, 0).expect("asked");
    // It has earned more since, which nobody has asked for.
    world.publish(1, &[(payee.keys.address, leaf(50, 30))], 3);
    world.slash_stake(&payee, 1).expect("slashed");
    assert_eq!(world.operator_state(&payee.keys).stake, 70 * TOKEN);
}

#[test]
fn one_counter_of_a_leaf_jails_once_in_however_many_parts_it_is_taken() {
    let (mut world, payee) = staked();
    world.publish(0, &[(payee.keys.address, leaf(10, 150))], 3);
    let until = world.svm.now() + DAY;
    world.slash_held(&payee, 0).expect("ten of the pay");
    world.svm.advance(3_600);
    world.slash_stake(&payee, 0).expect("all of the stake");
    world.deposit(&payee.keys, 40 * TOKEN);
    world.slash_stake(&payee, 0).expect("the rest");
    let state = world.operator_state(&payee.keys);
    assert_eq!((state.slashed_applied, state.stake), (150 * TOKEN, 0));
    assert_eq!((state.jail_count, state.jailed_until), (1, until));
    world.publish(1, &[(payee.keys.address, leaf(10, 151))], 3);
    world.deposit(&payee.keys, TOKEN);
    world.slash_held(&payee, 1).expect("asked");
    world.slash_stake(&payee, 1).expect("slashed");
    assert_eq!(world.operator_state(&payee.keys).jail_count, 2);
}
