//! `dispute_open`, by its specification.

use {
    anchor_lang::{programs::System, Error, Id},
    solana_signer::Signer,
    trestle_proofs::{
        address::{dispute_address, dispute_vault_address},
        error::ProofsError,
        event::DisputeOpened,
        instructions::TotalsClaim,
        state::DisputeStage,
        ID,
    },
    trestle_staking::state::Network,
    trestle_tests::{
        proofs::{totals_of, Draft, Stage, EPOCH_SECONDS, WINDOW_SECONDS},
        staking::{BOND_MIN, PURSE},
        svm::assert_refused,
    },
};

#[test]
fn anybody_can_dispute_a_root_with_a_quorum_until_its_window_ends_and_pays_bond_and_rent() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.world.svm.advance(WINDOW_SECONDS - 1);
    let challenger = stage.challenger.pubkey();
    let before = stage.world.svm.lamports(&challenger);

    let sent = stage.dispute(proposal).expect("a dispute");

    let dispute = dispute_address(&proposal).0;
    let svm = &stage.world.svm;
    let rent = svm.lamports(&dispute) + svm.lamports(&dispute_vault_address(&dispute).0);
    assert_eq!(svm.lamports(&challenger), before - rent - sent.fee);
    let state = stage.dispute_state(&proposal);
    assert_eq!((state.proposal, state.challenger), (proposal, challenger));
    assert_eq!(state.network, stage.world.network);
    let event = sent.event::<DisputeOpened>().expect("an event");
    assert_eq!(
        (event.proposal, event.dispute, event.challenger),
        (proposal, dispute, challenger)
    );
    assert_eq!(event.digest, stage.proposal_state(&proposal).digest);
    println!(
        "dispute_open: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn the_bond_is_the_networks_smallest_bond_of_a_verifier_and_lies_in_a_vault_of_the_dispute() {
    let (mut stage, proposal) = Stage::signed(&[3 * BOND_MIN; 3]);

    stage.dispute(proposal).expect("a dispute");

    let vault = dispute_vault_address(&dispute_address(&proposal).0).0;
    assert_eq!(stage.world.svm.tokens(&vault), BOND_MIN);
    assert_eq!(stage.world.svm.tokens(&stage.reward), PURSE - BOND_MIN);
    assert_eq!(stage.dispute_state(&proposal).bond, BOND_MIN);
}

#[test]
fn a_challenger_without_the_bond_is_refused() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    let (mint, owner) = (stage.world.token_mint, stage.challenger.pubkey());
    stage.reward = stage.world.svm.put_tokens(mint, owner, BOND_MIN - 1);

    let outcome = stage.dispute(proposal);

    assert!(outcome.is_err());
    assert_eq!(
        stage.proposal_state(&proposal).dispute,
        DisputeStage::Never as u8
    );
}

#[test]
fn a_root_without_a_quorum_or_whose_window_has_ended_is_refused() {
    let mut stage = Stage::new();
    stage.fund_challenger();
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    let outcome = stage.dispute(stage.proposal(0, 0));
    assert_refused(outcome, ID, ProofsError::NoQuorum);

    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.world.svm.advance(WINDOW_SECONDS);
    let outcome = stage.dispute(proposal);
    assert_refused(outcome, ID, ProofsError::DisputeLate);
}

#[test]
fn a_lost_or_superseded_proposal_is_refused() {
    let mut stage = Stage::new();
    stage.fund_challenger();
    let mut draft = Draft::honest(0, 3, 10);
    draft.root.totals = totals_of(&trestle_core::leaf::Totals::default());
    let proposal = stage.agree(&draft);
    let claim = TotalsClaim {
        leaves: vec![draft.leaf(0)],
        proof: draft.proof(0),
    };
    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");
    let outcome = stage.dispute(proposal);
    assert_refused(outcome, ID, ProofsError::ProposalLost);

    let mut stage = Stage::new();
    stage.fund_challenger();
    stage.next_epoch();
    let earlier = stage.agree(&Draft::honest(0, 3, 10));
    stage.world.svm.advance(WINDOW_SECONDS - 1);
    let later = stage.agree(&Draft::honest(1, 3, 20));
    stage.world.svm.advance(1);
    stage.finalize(earlier).expect("a final root");
    let outcome = stage.dispute(later);
    assert_refused(outcome, ID, ProofsError::ProposalSuperseded);
}

#[test]
fn a_final_root_can_no_longer_be_disputed() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    let ix = stage.dispute_open(proposal);
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(proposal).expect("a final root");

    let outcome = stage.challenge(ix);

    assert!(outcome.is_err());
    assert_eq!(stage.world.svm.tokens(&stage.reward), PURSE);
}

#[test]
fn a_proposal_has_one_dispute_while_it_is_open_and_once_it_is_upheld_a_second_one_is_refused() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.dispute(proposal).expect("a dispute");
    let outcome = stage.dispute(proposal);
    assert_refused(outcome, System::id(), Error::Custom(0));

    for number in 0..3 {
        stage.say(number, proposal, true).expect("a vote");
    }
    stage.resolve(proposal).expect("a resolved dispute");
    let outcome = stage.dispute(proposal);
    assert_refused(outcome, ID, ProofsError::DisputeSpent);
}

#[test]
fn verifiers_vote_for_the_length_of_a_challenge_window_but_for_an_epoch_at_most() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.dispute(proposal).expect("a dispute");
    let state = stage.dispute_state(&proposal);
    assert_eq!(state.opened_at, stage.world.svm.now());
    assert_eq!(state.ends_at, state.opened_at + WINDOW_SECONDS);

    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    let network = stage.world.network;
    stage.world.svm.edit(&network, |network: &mut Network| {
        network.challenge_window_seconds = 4 * network.epoch_seconds;
    });
    stage.dispute(proposal).expect("a dispute");
    let state = stage.dispute_state(&proposal);
    assert_eq!(state.ends_at, state.opened_at + EPOCH_SECONDS);
}

#[test]
fn the_weights_are_those_of_the_proposals_round() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN, 2 * BOND_MIN, 4 * BOND_MIN]);
    let late = stage.world.verifier("late", 8 * BOND_MIN);
    stage.verifiers.push(late);

    stage.dispute(proposal).expect("a dispute");

    let (state, round) = (stage.dispute_state(&proposal), stage.round_state(0));
    assert_eq!(state.weights, round.weights);
    assert_eq!(
        (state.weight_total, state.voted_epoch),
        (7 * BOND_MIN, round.opened_epoch)
    );
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.world.pause();

    stage.dispute(proposal).expect("a dispute");
}
