//! `verifier_register`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::VerifierRegistered, ID},
    trestle_tests::{
        staking::{network_params, open_network, World, BOND_MIN, PURSE},
        svm::assert_refused,
    },
};

#[test]
fn the_verifier_and_the_networks_authority_both_sign() {
    let mut world = World::new(&[]);
    let keys = world.verifier_keys("verifier");
    let ix = world.verifier_register(&keys, keys.key.pubkey(), BOND_MIN);

    let outcome = world.svm.send(&[ix], &[&keys.key]);

    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);
}

#[test]
fn the_bond_moves_from_the_source_account_into_the_bond_vault() {
    let mut world = World::new(&[]);
    let keys = world.verifier_keys("verifier");
    let ix = world.verifier_register(&keys, world.authority.pubkey(), BOND_MIN);

    let sent = world.svm.must(&[ix], &[&keys.key, &world.authority]);

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - BOND_MIN);
    assert_eq!(world.svm.tokens(&world.bond_vault), BOND_MIN);
    assert_eq!(world.network().total_bond, BOND_MIN);
    let event = sent.event::<VerifierRegistered>().expect("an event");
    assert_eq!((event.authority, event.index), (keys.key.pubkey(), 0));
    assert_eq!((event.bond, event.total_bond), (BOND_MIN, BOND_MIN));
}

#[test]
fn a_bond_below_the_networks_smallest_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.verifier_keys("verifier");
    let ix = world.verifier_register(&keys, world.authority.pubkey(), BOND_MIN - 1);

    let outcome = world.svm.send(&[ix], &[&keys.key, &world.authority]);

    assert_refused(outcome, ID, StakingError::BondTooSmall);
}

#[test]
fn a_key_that_is_in_the_set_already_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let ix = world.verifier_register(&keys, world.authority.pubkey(), BOND_MIN);
    let outcome = world
        .svm
        .send(std::slice::from_ref(&ix), &[&keys.key, &world.authority]);
    assert_refused(outcome, ID, StakingError::VerifierExists);

    let exit = world.verifier_exit(keys.key.pubkey());
    world.svm.must(&[exit], &[&keys.key]);
    let outcome = world.svm.send(&[ix], &[&keys.key, &world.authority]);
    assert_refused(outcome, ID, StakingError::VerifierExists);
}

#[test]
fn a_full_set_of_32_refuses() {
    let mut world = World::new(&[]);
    for number in 0..32 {
        world.verifier(&format!("verifier {number}"), BOND_MIN);
    }
    assert_eq!(world.verifier_set().count, 32);
    let keys = world.verifier_keys("one too many");
    let ix = world.verifier_register(&keys, world.authority.pubkey(), BOND_MIN);

    let outcome = world.svm.send(&[ix], &[&keys.key, &world.authority]);

    assert_refused(outcome, ID, StakingError::VerifierSetFull);
}

#[test]
fn where_verifiers_can_be_displaced_the_last_eight_numbers_are_kept_free_for_that() {
    let mut world = World::new(&[]);
    for number in 0..24 {
        world.verifier(&format!("verifier {number}"), BOND_MIN);
    }
    let keys = world.verifier_keys("one too many");
    let ix = world.verifier_register(&keys, world.authority.pubkey(), BOND_MIN);
    world.change_network(open_network());
    let outcome = world
        .svm
        .send(std::slice::from_ref(&ix), &[&keys.key, &world.authority]);
    assert_refused(outcome, ID, StakingError::SeatsReserved);

    world.change_network(network_params());
    world.svm.must(&[ix], &[&keys.key, &world.authority]);
}

#[test]
fn the_first_free_number_is_taken_with_the_current_epoch_as_the_one_of_admission() {
    let mut world = World::new(&[]);
    let first = world.verifier("first", BOND_MIN);
    world.verifier("second", BOND_MIN);
    let exit = world.verifier_exit(first.key.pubkey());
    world.svm.must(&[exit], &[&first.key]);
    world.svm.advance(86_400);
    let withdraw = world.verifier_withdraw(first.key.pubkey(), first.purse);
    world.svm.must(&[withdraw], &[&first.key]);

    let third = world.verifier("third", 2 * BOND_MIN);

    let set = world.verifier_set();
    assert_eq!(set.count, 2);
    assert_eq!(set.find(&third.key.pubkey()), Some(0));
    assert_eq!(
        (set.entries[0].bond, set.entries[0].admitted_epoch),
        (2 * BOND_MIN, 24)
    );
    assert!(set.entries[0].is_active());
}

#[test]
fn a_paused_network_refuses() {
    let mut world = World::new(&[]);
    let keys = world.verifier_keys("verifier");
    world.pause();
    let ix = world.verifier_register(&keys, world.authority.pubkey(), BOND_MIN);

    let outcome = world.svm.send(&[ix], &[&keys.key, &world.authority]);

    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
