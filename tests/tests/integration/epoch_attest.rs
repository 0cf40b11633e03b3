//! `epoch_attest`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_proofs::{error::ProofsError, event::EpochAttested, instructions::TotalsClaim, ID},
    trestle_staking::state::VerifierSet,
    trestle_tests::{
        proofs::{totals_of, Draft, Stage, EPOCH_SECONDS, WINDOW_SECONDS},
        staking::BOND_MIN,
        svm::{assert_refused, Sent},
    },
};

/// A stage with a proposal of verifier 0 for epoch 0.
fn proposed(bonds: &[u64]) -> (Stage, Address) {
    let mut stage = Stage::with_bonds(bonds);
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    let proposal = stage.proposal(0, 0);
    (stage, proposal)
}

fn exit(stage: &mut Stage, number: usize) -> Sent {
    let key = stage.verifier(number);
    let ix = stage.world.verifier_exit(key.pubkey());
    stage.world.svm.must(&[ix], &[&key])
}

fn set_bond(stage: &mut Stage, number: usize, bond: u64) {
    let verifiers = stage.world.verifiers;
    stage.world.svm.edit(&verifiers, |set: &mut VerifierSet| {
        set.entries[number].bond = bond;
    });
}

/// A proposal whose totals are less than its leaves, with the claim that shows it.
fn false_draft(epoch: u64) -> (Draft, TotalsClaim) {
    let mut draft = Draft::honest(epoch, 3, 10);
    draft.root.totals = totals_of(&trestle_core::leaf::Totals::default());
    let claim = TotalsClaim {
        leaves: vec![draft.leaf(0)],
        proof: draft.proof(0),
    };
    (draft, claim)
}

#[test]
fn only_a_verifier_of_the_set_with_at_least_the_smallest_bond_can_attest() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 4]);
    let digest = stage.proposal_state(&proposal).digest;

    let stranger = stage.world.svm.funded("stranger");
    let ix = stage.epoch_attest(stranger.pubkey(), proposal, digest);
    let outcome = stage.world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, ProofsError::NotVerifier);

    set_bond(&mut stage, 2, BOND_MIN - 1);
    let outcome = stage.attest(2, proposal);
    assert_refused(outcome, ID, ProofsError::BondTooSmall);

    let sent = stage.attest(3, proposal).expect("an attestation");
    println!(
        "epoch_attest: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn it_must_have_had_weight_when_the_round_opened_a_later_one_that_took_over_a_number_has_none() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 3]);
    let late = stage.world.verifier("late", BOND_MIN);
    stage.verifiers.push(late);
    let outcome = stage.attest(3, proposal);
    assert_refused(outcome, ID, ProofsError::NotInRound);

    // Number 1 changes hands: its weight in the round stays, its new holder has no vote.
    exit(&mut stage, 1);
    stage.world.svm.advance(86_400);
    let old = stage.verifier(1);
    let ix = stage
        .world
        .verifier_withdraw(old.pubkey(), stage.verifiers[1].purse);
    stage.world.svm.must(&[ix], &[&old]);
    stage.verifiers[1] = stage.world.verifier("heir", BOND_MIN);
    assert_eq!(
        stage.world.verifier_set().entries[1].authority,
        stage.verifier(1).pubkey()
    );
    assert_eq!(stage.round_state(0).weights[1], BOND_MIN);
    // Even if the proposal were fresh.
    let now = stage.world.svm.now();
    stage
        .world
        .svm
        .edit(&proposal, |state: &mut trestle_proofs::state::Proposal| {
            state.proposed_at = now;
        });
    let outcome = stage.attest(1, proposal);
    assert_refused(outcome, ID, ProofsError::NotInRound);
}

#[test]
fn the_digest_that_it_attests_must_be_the_proposals() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 3]);
    let key = stage.verifier(1);
    let mut digest = stage.proposal_state(&proposal).digest;
    digest[31] ^= 1;
    let ix = stage.epoch_attest(key.pubkey(), proposal, digest);

    let outcome = stage.world.svm.send(&[ix], &[&key]);

    assert_refused(outcome, ID, ProofsError::WrongDigest);
}

#[test]
fn a_verifier_has_one_vote_in_an_epoch_whichever_proposal_it_goes_to_lost_ones_too() {
    let mut stage = Stage::with_bonds(&[BOND_MIN; 4]);
    let (draft, claim) = false_draft(0);
    stage.propose(0, draft.root).expect("a false proposal");
    let lost = stage.proposal(0, 0);
    stage.attest(1, lost).expect("an attestation");
    let outcome = stage.attest(1, lost);
    assert_refused(outcome, ID, ProofsError::VoteSpent);

    stage
        .propose(2, Draft::honest(0, 3, 10).root)
        .expect("another proposal");
    let honest = stage.proposal(0, 2);
    let outcome = stage.attest(1, honest);
    assert_refused(outcome, ID, ProofsError::VoteSpent);

    let ix = stage.epoch_challenge_totals(lost, claim);
    stage.challenge(ix).expect("a proven challenge");
    let set = stage.world.verifier_set();
    set_bond(&mut stage, 1, set.entries[1].bond + BOND_MIN);
    let outcome = stage.attest(1, honest);
    assert_refused(outcome, ID, ProofsError::VoteSpent);
    // The vote in another epoch is a vote of its own.
    stage.next_epoch();
    stage
        .propose(2, Draft::honest(1, 3, 10).root)
        .expect("a proposal");
    stage
        .attest(1, stage.proposal(1, 2))
        .expect("an attestation");
}

#[test]
fn the_vote_weighs_the_bond_of_the_opening_or_what_is_left_of_it() {
    let bonds = [BOND_MIN, 4 * BOND_MIN, 4 * BOND_MIN];
    let (mut stage, proposal) = proposed(&bonds);
    set_bond(&mut stage, 1, 2 * BOND_MIN);
    set_bond(&mut stage, 2, 9 * BOND_MIN);

    stage.attest(1, proposal).expect("an attestation");
    assert_eq!(stage.proposal_state(&proposal).weight, 3 * BOND_MIN);
    let sent = stage.attest(2, proposal).expect("an attestation");

    assert_eq!(stage.proposal_state(&proposal).weight, 7 * BOND_MIN);
    let event = sent.event::<EpochAttested>().expect("an event");
    assert_eq!(event.verifier, stage.verifier(2).pubkey());
    assert_eq!(
        (event.weight, event.weight_total),
        (7 * BOND_MIN, 9 * BOND_MIN)
    );
}

#[test]
fn two_thirds_of_the_weight_and_two_verifiers_are_a_quorum_which_opens_the_challenge_window() {
    // One verifier with nearly all of the weight is not enough.
    let (mut stage, proposal) = proposed(&[97 * BOND_MIN, BOND_MIN, BOND_MIN]);
    assert_eq!(stage.proposal_state(&proposal).quorum_at, 0);
    stage.attest(1, proposal).expect("an attestation");
    assert_eq!(
        stage.proposal_state(&proposal).quorum_at,
        stage.world.svm.now()
    );

    // Two verifiers with a base unit less than two thirds are not enough either.
    let bonds = [BOND_MIN, 3 * BOND_MIN - 1, 2 * BOND_MIN];
    let (mut stage, proposal) = proposed(&bonds);
    stage.attest(1, proposal).expect("an attestation");
    assert_eq!(stage.proposal_state(&proposal).quorum_at, 0);
    let bonds = [BOND_MIN, 3 * BOND_MIN, 2 * BOND_MIN];
    let (mut stage, proposal) = proposed(&bonds);
    let sent = stage.attest(1, proposal).expect("an attestation");
    let quorum_at = stage.world.svm.now();
    let event = sent.event::<EpochAttested>().expect("an event");
    assert_eq!((event.quorum_at, event.signers), (quorum_at, 0b11));

    // A later attestation adds a signer and leaves the window as it is.
    stage.world.svm.advance(60);
    stage.attest(2, proposal).expect("an attestation");
    let state = stage.proposal_state(&proposal);
    assert_eq!((state.quorum_at, state.signers), (quorum_at, 0b111));
}

#[test]
fn a_lost_proposal_is_refused() {
    let mut stage = Stage::new();
    let (draft, claim) = false_draft(0);
    stage.propose(0, draft.root).expect("a false proposal");
    let proposal = stage.proposal(0, 0);
    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");

    let outcome = stage.attest(1, proposal);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
}

#[test]
fn a_superseded_proposal_is_refused() {
    let mut stage = Stage::new();
    stage.next_epoch();
    stage
        .propose(2, Draft::honest(1, 3, 10).root)
        .expect("a proposal for epoch 1");
    let proposal = stage.proposal(1, 2);
    stage.settle_with(&Draft::honest(0, 3, 10), &[0, 1]);

    let outcome = stage.attest(0, proposal);

    assert_refused(outcome, ID, ProofsError::ProposalSuperseded);
}

#[test]
fn attesting_ends_an_epochs_length_after_the_proposal() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 3]);
    stage.world.svm.advance(EPOCH_SECONDS);
    stage.attest(1, proposal).expect("an attestation in time");
    stage.world.svm.advance(1);

    let outcome = stage.attest(2, proposal);

    assert_refused(outcome, ID, ProofsError::AttestationLate);
}

#[test]
fn one_that_left_or_was_removed_since_keeps_its_vote_while_its_bond_is_in_reach_of_a_challenge() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 4]);
    for number in [1, 2] {
        exit(&mut stage, number);
    }
    // The end of the latest vote, on a dispute in the last second of the window of the latest
    // quorum, as verifier 1 sees it: just in reach.
    let vote_seconds = WINDOW_SECONDS.min(EPOCH_SECONDS);
    let settled_at = stage.world.svm.now() + EPOCH_SECONDS + WINDOW_SECONDS + vote_seconds;
    let verifiers = stage.world.verifiers;
    stage.world.svm.edit(&verifiers, |set: &mut VerifierSet| {
        set.entries[1].exit_unlock_at = settled_at;
        set.entries[2].exit_unlock_at = settled_at - 1;
    });

    stage.attest(1, proposal).expect("an attestation");
    assert_eq!(stage.proposal_state(&proposal).weight, 2 * BOND_MIN);
    let outcome = stage.attest(2, proposal);
    assert_refused(outcome, ID, ProofsError::VerifierExiting);
}

#[test]
fn a_smallest_bond_that_was_raised_since_takes_no_vote_from_a_bond_that_is_whole() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 4]);
    let network = stage.world.network;
    stage
        .world
        .svm
        .edit(&network, |network: &mut trestle_staking::state::Network| {
            network.verifier_bond_min = 2 * BOND_MIN;
        });
    stage.attest(1, proposal).expect("an attestation");
    set_bond(&mut stage, 2, BOND_MIN - 1);
    let outcome = stage.attest(2, proposal);
    assert_refused(outcome, ID, ProofsError::BondTooSmall);
}

#[test]
fn no_signers_bond_is_gone_when_the_window_ends() {
    let mut stage = Stage::new();
    let (draft, claim) = false_draft(0);
    stage.propose(0, draft.root).expect("a false proposal");
    let proposal = stage.proposal(0, 0);
    exit(&mut stage, 0);
    stage.world.svm.advance(EPOCH_SECONDS);
    stage.attest(1, proposal).expect("an attestation in time");
    exit(&mut stage, 1);
    stage.world.svm.advance(WINDOW_SECONDS - 1);

    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");

    let set = stage.world.verifier_set();
    assert_eq!(set.entries[0].exiting_bond, BOND_MIN / 2);
    assert_eq!(set.entries[1].exiting_bond, BOND_MIN / 2);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut stage, proposal) = proposed(&[BOND_MIN; 3]);
    stage.world.pause();

    stage.attest(1, proposal).expect("an attestation");
}
