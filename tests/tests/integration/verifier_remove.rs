//! `verifier_remove`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_proofs::{error::ProofsError, ID as PROOFS_ID},
    trestle_staking::{constants::SLASHER, error::StakingError, event::VerifierRemoved, ID},
    trestle_tests::{
        proofs::{Draft, Stage, WINDOW_SECONDS},
        staking::{World, BOND_MIN, PURSE},
        svm::{assert_refused, Outcome},
    },
};

fn remove(world: &mut World, verifier: Address) -> Outcome {
    let authority = world.authority.insecure_clone();
    let ix = world.verifier_remove(authority.pubkey(), verifier);
    world.svm.send(&[ix], &[&authority])
}

#[test]
fn only_the_networks_authority_can_remove_a_verifier() {
    let mut world = World::new(&[]);
    let verifier = world.verifier("verifier", BOND_MIN);
    for key in [&world.guardian.insecure_clone(), &verifier.key] {
        let ix = world.verifier_remove(key.pubkey(), verifier.key.pubkey());
        let outcome = world.svm.send(&[ix], &[key]);
        assert_refused(outcome, ID, StakingError::NotNetworkAuthority);
    }
}

#[test]
fn its_whole_bond_starts_to_unbond_and_stops_counting_as_weight_in_rounds_opened_later() {
    let mut stage = Stage::new();
    let removed = stage.verifier(1).pubkey();
    let sent = remove(&mut stage.world, removed).expect("a removal");

    let unlock_at = stage.world.svm.now() + 86_400;
    let event = sent.event::<VerifierRemoved>().expect("an event");
    assert_eq!((event.verifier, event.index), (removed, 1));
    assert_eq!((event.bond, event.unlock_at), (BOND_MIN, unlock_at));
    let entry = stage.world.verifier_set().entries[1];
    assert_eq!((entry.bond, entry.exiting_bond), (0, BOND_MIN));
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    let round = stage.round_state(0);
    assert_eq!(round.weights[..3], [BOND_MIN, 0, BOND_MIN]);
    assert_eq!(round.weight_total, 2 * BOND_MIN);
    let proposal = stage.proposal(0, 0);
    let outcome = stage.attest(1, proposal);
    assert_refused(outcome, PROOFS_ID, ProofsError::VerifierExiting);
}

#[test]
fn a_round_under_way_keeps_its_weights_the_vote_that_the_verifier_has_in_it_stays_its_own() {
    // Without the votes of those who are removed there would be no quorum.
    let mut stage = Stage::new();
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    let proposal = stage.proposal(0, 0);
    let before = stage.round_state(0);
    for number in [0, 1] {
        let verifier = stage.verifier(number).pubkey();
        remove(&mut stage.world, verifier).expect("a removal");
    }
    stage.world.verifier("newcomer", 100 * BOND_MIN);

    stage.attest(1, proposal).expect("an attestation");

    let round = stage.round_state(0);
    assert_eq!(round.weights, before.weights);
    assert_eq!(round.weight_total, before.weight_total);
    let state = stage.proposal_state(&proposal);
    assert_eq!((state.signers, state.weight), (0b11, 2 * BOND_MIN));
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(proposal).expect("a final root");
}

#[test]
fn its_bond_can_be_slashed_until_it_is_out_and_only_the_verifier_can_withdraw_it() {
    let mut world = World::new(&[]);
    let verifier = world.verifier("verifier", BOND_MIN);
    remove(&mut world, verifier.key.pubkey()).expect("a removal");
    let purse = world.verifier_keys("challenger").purse;
    world.svm.advance(86_399);
    let withdraw = world.verifier_withdraw(verifier.key.pubkey(), verifier.purse);
    let outcome = world
        .svm
        .send(std::slice::from_ref(&withdraw), &[&verifier.key]);
    assert_refused(outcome, ID, StakingError::BondLocked);
    world.svm.trust_signatures();
    let ix = world.bond_slash(SLASHER, purse, 1, 0);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.verifier_set().entries[0].exiting_bond, BOND_MIN / 2);

    world.svm.advance(1);
    let authority = world.authority.insecure_clone();
    let ix = world.verifier_withdraw(authority.pubkey(), verifier.purse);
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, StakingError::NotDestinationOwner);
    world.svm.must(&[withdraw], &[&verifier.key]);
    assert_eq!(world.svm.tokens(&verifier.purse), PURSE - BOND_MIN / 2);
}

#[test]
fn a_key_that_is_not_in_the_set_is_refused_and_so_is_one_that_is_exiting_already() {
    let mut world = World::new(&[]);
    let verifier = world.verifier("verifier", BOND_MIN);
    let stranger = world.svm.fresh_address();
    let outcome = remove(&mut world, stranger);
    assert_refused(outcome, ID, StakingError::NotVerifier);

    let exit = world.verifier_exit(verifier.key.pubkey());
    world.svm.must(&[exit], &[&verifier.key]);
    let outcome = remove(&mut world, verifier.key.pubkey());
    assert_refused(outcome, ID, StakingError::VerifierExiting);
}

#[test]
fn it_cannot_register_again_before_its_bond_has_unlocked_and_was_withdrawn() {
    let mut world = World::new(&[]);
    let verifier = world.verifier("verifier", BOND_MIN);
    remove(&mut world, verifier.key.pubkey()).expect("a removal");
    let authority = world.authority.insecure_clone();
    let signers = [&verifier.key, &authority];
    let register = world.verifier_register(&verifier, authority.pubkey(), BOND_MIN);
    for seconds in [0, 86_399, 1] {
        world.svm.advance(seconds);
        let outcome = world.svm.send(std::slice::from_ref(&register), &signers);
        assert_refused(outcome, ID, StakingError::VerifierExists);
    }
    let withdraw = world.verifier_withdraw(verifier.key.pubkey(), verifier.purse);
    world.svm.must(&[withdraw, register], &signers);
    assert!(world.verifier_set().entries[0].admitted_epoch >= 24);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let verifier = world.verifier("verifier", BOND_MIN);
    world.pause();
    remove(&mut world, verifier.key.pubkey()).expect("a removal");
}
