//! `dispute_vote`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_proofs::{error::ProofsError, event::DisputeVoted, ID},
    trestle_staking::state::VerifierSet,
    trestle_tests::{
        proofs::{Stage, WINDOW_SECONDS},
        staking::BOND_MIN,
        svm::assert_refused,
    },
};

/// A stage with a dispute about a root that every verifier signed.
fn disputed(bonds: &[u64]) -> (Stage, Address) {
    let (mut stage, proposal) = Stage::signed(bonds);
    stage.dispute(proposal).expect("a dispute");
    (stage, proposal)
}

fn set_bond(stage: &mut Stage, number: usize, bond: u64) {
    let verifiers = stage.world.verifiers;
    stage.world.svm.edit(&verifiers, |set: &mut VerifierSet| {
        set.entries[number].bond = bond;
    });
}

#[test]
fn each_verifier_of_the_round_votes_once_the_signers_of_the_root_too() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);

    let sent = stage.say(0, proposal, true).expect("a vote");
    stage.say(1, proposal, false).expect("a vote");

    // Neither again nor the other way.
    for is_right in [true, false] {
        for number in [0, 1] {
            let outcome = stage.say(number, proposal, is_right);
            assert_refused(outcome, ID, ProofsError::DisputeVoteSpent);
        }
    }
    let state = stage.dispute_state(&proposal);
    assert_eq!((state.right, state.wrong), (0b001, 0b010));
    assert_eq!(
        (state.weight_right, state.weight_wrong),
        (BOND_MIN, BOND_MIN)
    );
    let event = sent.event::<DisputeVoted>().expect("an event");
    assert_eq!(event.verifier, stage.verifier(0).pubkey());
    assert_eq!((event.weight, event.is_right), (BOND_MIN, 1));
    println!(
        "dispute_vote: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn somebody_who_is_no_verifier_is_refused() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);
    let stranger = stage.world.svm.funded("stranger");
    let ix = stage.dispute_vote(stranger.pubkey(), proposal, false);

    let outcome = stage.world.svm.send(&[ix], &[&stranger]);

    assert_refused(outcome, ID, ProofsError::NotVerifier);
}

#[test]
fn a_verifier_admitted_after_the_round_was_opened_has_no_vote_also_with_the_number_of_another() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);
    let late = stage.world.verifier("late", BOND_MIN);
    stage.verifiers.push(late);
    let outcome = stage.say(3, proposal, false);
    assert_refused(outcome, ID, ProofsError::NotInRound);

    // Number 1 changes hands in a later epoch; its weight in the dispute is not the heir's.
    let old = stage.verifier(1);
    let exit = stage.world.verifier_exit(old.pubkey());
    stage.world.svm.must(&[exit], &[&old]);
    stage.world.svm.advance(86_400);
    let withdraw = stage
        .world
        .verifier_withdraw(old.pubkey(), stage.verifiers[1].purse);
    stage.world.svm.must(&[withdraw], &[&old]);
    stage.verifiers[1] = stage.world.verifier("heir", BOND_MIN);
    assert_eq!(stage.dispute_state(&proposal).weights[1], BOND_MIN);
    let now = stage.world.svm.now();
    let dispute = trestle_proofs::address::dispute_address(&proposal).0;
    stage
        .world
        .svm
        .edit(&dispute, |state: &mut trestle_proofs::state::Dispute| {
            state.ends_at = now + 1;
        });
    let outcome = stage.say(1, proposal, false);
    assert_refused(outcome, ID, ProofsError::NotInRound);
}

#[test]
fn an_exiting_verifier_has_a_vote_as_long_as_its_bond_stays_within_reach_until_the_end() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);
    for number in [0, 1] {
        let key = stage.verifier(number);
        let exit = stage.world.verifier_exit(key.pubkey());
        stage.world.svm.must(&[exit], &[&key]);
    }
    let ends_at = stage.dispute_state(&proposal).ends_at;
    let verifiers = stage.world.verifiers;
    stage.world.svm.edit(&verifiers, |set: &mut VerifierSet| {
        set.entries[0].exit_unlock_at = ends_at - 1;
        set.entries[1].exit_unlock_at = ends_at;
    });

    let outcome = stage.say(0, proposal, true);
    assert_refused(outcome, ID, ProofsError::VerifierExiting);
    stage.say(1, proposal, true).expect("a vote");
    assert_eq!(stage.dispute_state(&proposal).weight_right, BOND_MIN);
}

#[test]
fn a_verifier_below_the_networks_smallest_bond_whose_bond_is_not_whole_has_no_vote() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);
    set_bond(&mut stage, 1, BOND_MIN - 1);
    let outcome = stage.say(1, proposal, true);
    assert_refused(outcome, ID, ProofsError::BondTooSmall);
}

#[test]
fn the_vote_weighs_the_bond_of_the_opening_or_what_is_left_of_it() {
    let (mut stage, proposal) = disputed(&[4 * BOND_MIN; 3]);
    set_bond(&mut stage, 0, 3 * BOND_MIN);
    set_bond(&mut stage, 1, 9 * BOND_MIN);

    stage.say(0, proposal, false).expect("a vote");
    stage.say(1, proposal, true).expect("a vote");

    let state = stage.dispute_state(&proposal);
    assert_eq!(
        (state.weight_wrong, state.weight_right),
        (3 * BOND_MIN, 4 * BOND_MIN)
    );
}

#[test]
fn voting_ends_when_the_time_of_the_dispute_is_over() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);
    stage.world.svm.advance(WINDOW_SECONDS - 1);
    stage.say(0, proposal, true).expect("a vote in time");
    stage.world.svm.advance(1);

    let outcome = stage.say(1, proposal, true);

    assert_refused(outcome, ID, ProofsError::DisputeOver);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut stage, proposal) = disputed(&[BOND_MIN; 3]);
    stage.world.pause();

    stage.say(0, proposal, false).expect("a vote");
}
