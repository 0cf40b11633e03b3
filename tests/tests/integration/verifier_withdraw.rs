//! `verifier_withdraw`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::VerifierWithdrawn,
        state::{Network, VerifierEntry, VerifierSet},
        ID,
    },
    trestle_tests::{
        staking::{VerifierKeys, World, BOND_MIN, PURSE},
        svm::assert_refused,
    },
};

const UNBONDING: i64 = 86_400;

fn exiting(world: &mut World) -> VerifierKeys {
    let keys = world.verifier("verifier", BOND_MIN);
    let ix = world.verifier_exit(keys.key.pubkey());
    world.svm.must(&[ix], &[&keys.key]);
    keys
}

#[test]
fn anybody_can_have_a_bond_paid_out_to_a_token_account_of_the_verifiers_own() {
    let mut world = World::new(&[]);
    let keys = exiting(&mut world);
    world.svm.advance(UNBONDING);
    let other = world.verifier_keys("other");
    let ix = world.verifier_withdraw(other.key.pubkey(), other.purse);
    let outcome = world.svm.send(&[ix], &[&other.key]);
    assert_refused(outcome, ID, StakingError::NotVerifier);

    let ix = world.verifier_withdraw(keys.key.pubkey(), other.purse);
    let outcome = world.svm.send(&[ix], &[&keys.key]);
    assert_refused(outcome, ID, StakingError::NotDestinationOwner);

    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);
    world.svm.must(&[ix], &[&other.key]);
    assert_eq!(world.svm.tokens(&keys.purse), PURSE);
}

#[test]
fn a_verifier_that_has_not_asked_to_exit_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);

    let outcome = world.svm.send(&[ix], &[&keys.key]);

    assert_refused(outcome, ID, StakingError::VerifierNotExiting);
}

#[test]
fn the_bond_is_locked_until_its_unlock_time_not_a_second_longer() {
    let mut world = World::new(&[]);
    let keys = exiting(&mut world);
    let unlock_at = world.verifier_set().entries[0].exit_unlock_at;
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);
    world.svm.set_time(unlock_at - 1);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[&keys.key]);
    assert_refused(outcome, ID, StakingError::BondLocked);

    world.svm.set_time(unlock_at);
    world.svm.must(&[ix], &[&keys.key]);
}

#[test]
fn what_is_left_after_slashes_is_paid_and_the_number_becomes_free() {
    let mut world = World::new(&[]);
    let keys = exiting(&mut world);
    let left = BOND_MIN / 4;
    world
        .svm
        .edit::<VerifierSet>(&world.verifiers, |set| set.entries[0].exiting_bond = left);
    world
        .svm
        .edit::<Network>(&world.network, |network| network.total_bond = left);
    world.svm.advance(UNBONDING);
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);

    let sent = world.svm.must(std::slice::from_ref(&ix), &[&keys.key]);

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - BOND_MIN + left);
    let set = world.verifier_set();
    assert_eq!((set.count, set.entries[0]), (0, VerifierEntry::default()));
    assert_eq!(world.network().total_bond, 0);
    let event = sent.event::<VerifierWithdrawn>().expect("an event");
    assert_eq!((event.amount, event.total_bond, event.index), (left, 0, 0));
    let outcome = world.svm.send(&[ix], &[&keys.key]);
    assert_refused(outcome, ID, StakingError::NotVerifier);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = exiting(&mut world);
    world.svm.advance(UNBONDING);
    world.pause();
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);

    world.svm.must(&[ix], &[&keys.key]);

    assert_eq!(world.svm.tokens(&keys.purse), PURSE);
}
