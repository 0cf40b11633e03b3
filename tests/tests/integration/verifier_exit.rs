//! `verifier_exit`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::VerifierExited, ID},
    trestle_tests::{
        staking::{World, BOND_MIN},
        svm::assert_refused,
    },
};

#[test]
fn only_a_verifier_itself_can_exit() {
    let mut world = World::new(&[]);
    world.verifier("verifier", BOND_MIN);
    let stranger = world.svm.funded("stranger");
    let ix = world.verifier_exit(stranger.pubkey());

    let outcome = world.svm.send(&[ix], &[&stranger]);

    assert_refused(outcome, ID, StakingError::NotVerifier);
}

#[test]
fn its_whole_bond_starts_to_unbond_and_stops_counting_as_weight() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let ix = world.verifier_exit(keys.key.pubkey());

    let sent = world.svm.must(&[ix], &[&keys.key]);

    let unlock_at = world.svm.now() + 86_400;
    let entry = world.verifier_set().entries[0];
    assert_eq!((entry.bond, entry.exiting_bond), (0, BOND_MIN));
    assert_eq!(entry.exit_unlock_at, unlock_at);
    assert!(!entry.is_active());
    assert_eq!(
        world.network().total_bond,
        BOND_MIN,
        "the vault still owes it"
    );
    let event = sent.event::<VerifierExited>().expect("an event");
    assert_eq!(
        (event.bond, event.unlock_at, event.index),
        (BOND_MIN, unlock_at, 0)
    );
}

#[test]
fn a_verifier_that_is_exiting_already_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let ix = world.verifier_exit(keys.key.pubkey());
    world.svm.must(std::slice::from_ref(&ix), &[&keys.key]);

    let outcome = world.svm.send(&[ix], &[&keys.key]);

    assert_refused(outcome, ID, StakingError::VerifierExiting);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    world.pause();
    let ix = world.verifier_exit(keys.key.pubkey());

    world.svm.must(&[ix], &[&keys.key]);
}
