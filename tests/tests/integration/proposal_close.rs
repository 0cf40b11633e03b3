//! `proposal_close`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_core::leaf::Totals,
    trestle_proofs::{error::ProofsError, event::ProposalClosed, instructions::TotalsClaim, ID},
    trestle_tests::{
        proofs::{totals_of, Draft, Stage},
        svm::{assert_refused, Outcome},
    },
};

fn close(stage: &mut Stage, proposal: Address) -> Outcome {
    let ix = stage.proposal_close(proposal);
    stage.world.svm.send(&[ix], &[])
}

/// A stage with a proposal of verifier 0 that lost a challenge.
fn lost() -> (Stage, Address) {
    let mut stage = Stage::new();
    let mut draft = Draft::honest(0, 3, 10);
    draft.root.totals = totals_of(&Totals::default());
    stage.propose(0, draft.root).expect("a false proposal");
    let proposal = stage.proposal(0, 0);
    let claim = TotalsClaim {
        leaves: vec![draft.leaf(0)],
        proof: draft.proof(0),
    };
    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");
    (stage, proposal)
}

#[test]
fn anybody_can_close_a_lost_proposal_and_the_rent_goes_to_the_proposer() {
    let (mut stage, proposal) = lost();
    let proposer = stage.verifier(0).pubkey();
    let before = stage.world.svm.lamports(&proposer);
    let rent = stage.world.svm.lamports(&proposal);

    let sent = close(&mut stage, proposal).expect("a closed proposal");

    assert!(stage.world.svm.raw(&proposal).is_none());
    assert_eq!(stage.world.svm.lamports(&proposer), before + rent);
    let event = sent.event::<ProposalClosed>().expect("an event");
    assert_eq!((event.proposal, event.epoch), (proposal, 0));
}

#[test]
fn anybody_can_close_a_superseded_proposal_and_the_rent_goes_to_the_proposer() {
    let mut stage = Stage::new();
    // One of the same epoch that nobody followed, and one of the next epoch.
    stage
        .propose(2, Draft::honest(0, 3, 99).root)
        .expect("a proposal");
    stage.next_epoch();
    stage
        .propose(2, Draft::honest(1, 3, 99).root)
        .expect("a proposal");
    stage.settle_with(&Draft::honest(0, 3, 10), &[0, 1]);
    let proposer = stage.verifier(2).pubkey();

    for epoch in [0, 1] {
        let proposal = stage.proposal(epoch, 2);
        let before = stage.world.svm.lamports(&proposer);
        let rent = stage.world.svm.lamports(&proposal);
        close(&mut stage, proposal).expect("a closed proposal");
        assert_eq!(stage.world.svm.lamports(&proposer), before + rent);
    }
}

#[test]
fn a_proposal_that_can_still_become_final_is_refused() {
    let mut stage = Stage::new();
    let proposal = stage.agree(&Draft::honest(0, 3, 10));
    for _ in 0..10 {
        stage.next_epoch();
    }

    let outcome = close(&mut stage, proposal);

    assert_refused(outcome, ID, ProofsError::ProposalLive);
}

#[test]
fn a_recipient_that_is_not_the_proposer_is_refused() {
    let (mut stage, proposal) = lost();
    let thief = stage.world.svm.funded("thief");
    let mut ix = stage.proposal_close(proposal);
    ix.accounts[0].pubkey = thief.pubkey();

    let outcome = stage.world.svm.send(&[ix], &[&thief]);

    assert_refused(outcome, ID, ProofsError::WrongRecipient);
}

#[test]
fn the_proposers_vote_in_the_epoch_stays_spent() {
    let (mut stage, proposal) = lost();
    close(&mut stage, proposal).expect("a closed proposal");
    let verifiers = stage.world.verifiers;
    stage.world.svm.edit(
        &verifiers,
        |set: &mut trestle_staking::state::VerifierSet| {
            set.entries[0].bond *= 2;
        },
    );

    let outcome = stage.propose(0, Draft::honest(0, 3, 10).root);

    assert_refused(outcome, ID, ProofsError::VoteSpent);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut stage, proposal) = lost();
    stage.world.pause();

    close(&mut stage, proposal).expect("a closed proposal");
}
