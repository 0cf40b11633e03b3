//! `verifier_bond_add`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::VerifierBondAdded, ID},
    trestle_tests::{
        proofs::{Draft, Stage},
        staking::{VerifierKeys, World, BOND_MIN, PURSE},
        svm::{assert_refused, Outcome},
    },
};

fn add(world: &mut World, keys: &VerifierKeys, amount: u64) -> Outcome {
    let ix = world.verifier_bond_add(keys, amount);
    world.svm.send(&[ix], &[&keys.key])
}

#[test]
fn only_an_active_verifier_can_add_to_its_bond_one_that_is_exiting_is_refused() {
    let mut world = World::new(&[]);
    let stranger = world.verifier_keys("stranger");
    let outcome = add(&mut world, &stranger, 1);
    assert_refused(outcome, ID, StakingError::NotVerifier);

    let keys = world.verifier("verifier", BOND_MIN);
    let exit = world.verifier_exit(keys.key.pubkey());
    world.svm.must(&[exit], &[&keys.key]);
    let outcome = add(&mut world, &keys, 1);
    assert_refused(outcome, ID, StakingError::VerifierExiting);
}

#[test]
fn the_amount_moves_from_the_source_account_into_the_bond_vault_and_is_added_to_the_bond() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);

    let sent = add(&mut world, &keys, 7).expect("more bond");

    let event = sent.event::<VerifierBondAdded>().expect("an event");
    assert_eq!((event.amount, event.bond), (7, BOND_MIN + 7));
    assert_eq!(world.verifier_set().entries[0].bond, BOND_MIN + 7);
    assert_eq!(world.network().total_bond, BOND_MIN + 7);
    assert_eq!(world.svm.tokens(&world.bond_vault), BOND_MIN + 7);
    assert_eq!(world.svm.tokens(&keys.purse), PURSE - BOND_MIN - 7);
}

#[test]
fn a_round_under_way_does_not_weigh_it_votes_weigh_what_was_bonded_when_the_round_opened() {
    let mut stage = Stage::new();
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    let proposal = stage.proposal(0, 0);
    let keys = VerifierKeys {
        key: stage.verifier(1),
        purse: stage.verifiers[1].purse,
    };
    add(&mut stage.world, &keys, 100 * BOND_MIN).expect("more bond");

    stage.attest(1, proposal).expect("an attestation");

    assert_eq!(stage.proposal_state(&proposal).weight, 2 * BOND_MIN);
    assert_eq!(stage.round_state(0).weight_total, 3 * BOND_MIN);
}

#[test]
fn an_amount_of_zero_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let outcome = add(&mut world, &keys, 0);
    assert_refused(outcome, ID, StakingError::ZeroAmount);
}

#[test]
fn a_paused_network_refuses() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    world.pause();
    let outcome = add(&mut world, &keys, 1);
    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
