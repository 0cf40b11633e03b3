//! `epoch_finalize`, by its specification.

use {
    solana_signer::Signer,
    trestle_proofs::{error::ProofsError, event::EpochFinalized, instructions::TotalsClaim, ID},
    trestle_tests::{
        proofs::{totals_of, Draft, Stage, WINDOW_SECONDS},
        staking::BOND_MIN,
        svm::assert_refused,
    },
};

/// Most lamports that proposing and seven attestations may cost in fees.
const FEES_MAX: u64 = 40_000;

#[test]
fn anybody_can_finalize_once_the_window_after_the_quorum_has_ended() {
    let mut stage = Stage::new();
    let proposal = stage.agree(&Draft::honest(0, 3, 10));
    let outcome = stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::WindowOpen);
    stage.world.svm.advance(WINDOW_SECONDS - 1);
    let outcome = stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::WindowOpen);

    stage.world.svm.advance(1);

    let sent = stage.finalize(proposal).expect("a final root");
    println!(
        "epoch_finalize: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_proposal_without_a_quorum_is_refused() {
    let mut stage = Stage::new();
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    stage.world.svm.advance(WINDOW_SECONDS);

    let outcome = stage.finalize(stage.proposal(0, 0));

    assert_refused(outcome, ID, ProofsError::NoQuorum);
}

#[test]
fn a_lost_proposal_is_refused() {
    let mut stage = Stage::new();
    let mut draft = Draft::honest(0, 3, 10);
    draft.root.totals = totals_of(&trestle_core::leaf::Totals::default());
    let proposal = stage.agree(&draft);
    let claim = TotalsClaim {
        leaves: vec![draft.leaf(0)],
        proof: draft.proof(0),
    };
    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");
    stage.world.svm.advance(WINDOW_SECONDS);

    let outcome = stage.finalize(proposal);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
    assert_eq!(stage.ring_state().count, 0);
}

#[test]
fn a_superseded_proposal_is_refused() {
    let mut stage = Stage::new();
    stage.next_epoch();
    // Both build on the empty ring; whichever is final first takes the ground from the other.
    let later = stage.agree(&Draft::honest(1, 3, 20));
    let earlier = stage.agree(&Draft::honest(0, 3, 10));
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(earlier).expect("a final root");

    let outcome = stage.finalize(later);
    assert_refused(outcome, ID, ProofsError::ProposalSuperseded);

    let mut stage = Stage::new();
    stage.next_epoch();
    let later = stage.agree(&Draft::honest(1, 3, 20));
    let earlier = stage.agree(&Draft::honest(0, 3, 10));
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(later).expect("a final root");
    let outcome = stage.finalize(earlier);
    assert_refused(outcome, ID, ProofsError::ProposalSuperseded);
}

#[test]
fn the_root_enters_the_ring_and_the_digest_of_the_next_one_binds_it() {
    let mut stage = Stage::new();
    let first = Draft::honest(0, 3, 10);
    let proposal = stage.agree(&first);
    let digest = stage.proposal_state(&proposal).digest;
    stage.world.svm.advance(WINDOW_SECONDS);
    let sent = stage.finalize(proposal).expect("a final root");

    let ring = stage.ring_state();
    assert_eq!((ring.count, ring.latest_epoch), (1, 0));
    let root = ring.latest().expect("a root");
    assert_eq!((root.epoch, root.digest), (0, digest));
    assert_eq!((root.tree_root, root.leaf_count), (first.tree.root(), 3));
    assert_eq!(root.inputs_digest, first.root.inputs_digest);
    assert_eq!(root.finalized_at, stage.world.svm.now());
    let event = sent.event::<EpochFinalized>().expect("an event");
    assert_eq!(
        (event.epoch, event.digest, event.signers),
        (0, digest, 0b111)
    );

    // An epoch may be left out.
    for _ in 0..3 {
        stage.next_epoch();
    }
    let proposal = stage.agree(&Draft::honest(3, 3, 20));
    let state = stage.proposal_state(&proposal);
    assert_eq!((state.previous_digest, state.previous_epoch), (digest, 0));
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(proposal).expect("a final root");
    assert_eq!(stage.ring_state().latest_epoch, 3);
    assert_eq!(
        stage.ring_state().roots().find(0).map(|root| root.digest),
        Some(digest)
    );
}

#[test]
fn proposal_and_round_close_and_each_rent_goes_back_to_who_paid_it() {
    let mut stage = Stage::new();
    // Verifier 2 opens the round with a proposal that nobody follows.
    stage
        .propose(2, Draft::honest(0, 3, 99).root)
        .expect("a proposal");
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("another proposal");
    let proposal = stage.proposal(0, 0);
    stage.attest(1, proposal).expect("an attestation");
    stage.world.svm.advance(WINDOW_SECONDS);
    let (proposer, opener) = (stage.verifier(0).pubkey(), stage.verifier(2).pubkey());
    let svm = &stage.world.svm;
    let before = (svm.lamports(&proposer), svm.lamports(&opener));
    let rents = (svm.lamports(&proposal), svm.lamports(&stage.round(0)));

    stage.finalize(proposal).expect("a final root");

    let svm = &stage.world.svm;
    assert!(svm.raw(&proposal).is_none() && svm.raw(&stage.round(0)).is_none());
    assert_eq!(svm.lamports(&proposer), before.0 + rents.0);
    assert_eq!(svm.lamports(&opener), before.1 + rents.1);
}

#[test]
fn a_recipient_that_did_not_pay_is_refused() {
    let mut stage = Stage::new();
    let proposal = stage.agree(&Draft::honest(0, 3, 10));
    stage.world.svm.advance(WINDOW_SECONDS);
    let thief = stage.world.svm.funded("thief");
    for position in [4, 5] {
        let mut ix = stage.epoch_finalize(proposal);
        ix.accounts[position].pubkey = thief.pubkey();
        let outcome = stage.world.svm.send(&[ix], &[&thief]);
        assert_refused(outcome, ID, ProofsError::WrongRecipient);
    }
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut stage = Stage::new();
    let proposal = stage.agree(&Draft::honest(0, 3, 10));
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.world.pause();

    stage.finalize(proposal).expect("a final root");
}

#[test]
fn proposing_and_seven_attestations_cost_at_most_40_000_lamports_and_leave_no_account() {
    let mut stage = Stage::with_bonds(&[BOND_MIN; 8]);
    let draft = Draft::honest(0, 3, 10);
    let addresses: Vec<_> = (0..8).map(|n| stage.verifier(n).pubkey()).collect();
    let holdings = |stage: &Stage| -> u64 {
        let svm = &stage.world.svm;
        addresses.iter().map(|address| svm.lamports(address)).sum()
    };
    let before = holdings(&stage);

    stage.settle(&draft);

    // The relayer paid for finalizing; what the verifiers are short of is fees alone.
    let fees = before - holdings(&stage);
    println!("propose and seven attestations: {fees} lamports");
    assert!(fees <= FEES_MAX, "{fees} lamports");
    assert!(stage.world.svm.raw(&stage.proposal(0, 0)).is_none());
    assert!(stage.world.svm.raw(&stage.round(0)).is_none());
}
