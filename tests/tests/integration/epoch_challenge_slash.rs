//! `epoch_challenge_slash`, by its specification.

use {
    solana_address::Address,
    trestle_core::leaf::PayoutLeaf,
    trestle_proofs::{error::ProofsError, groups::ChallengeKind, instructions::CountersClaim, ID},
    trestle_staking::leaf::LeafProof,
    trestle_tests::{
        proofs::{worked, Draft, Stage},
        svm::assert_refused,
    },
};

/// Operator 2 with this much slashed, and this many windows: good ones, and all.
fn leaf(slashed: u64, ok: u32, total: u32) -> PayoutLeaf {
    PayoutLeaf {
        slashed,
        windows_ok: ok,
        windows_total: total,
        ..worked(2, 10)
    }
}

fn draft(epoch: u64, leaf: PayoutLeaf) -> Draft {
    Draft::new(epoch, vec![worked(1, 10), leaf, worked(3, 10)])
}

fn claim(old: &Draft, new: &Draft) -> CountersClaim {
    CountersClaim {
        old: LeafProof {
            epoch: old.root.epoch,
            index: 1,
            counters: old.leaf(1).counters,
            proof: old.proof(1),
        },
        new: new.leaf(1),
        new_proof: new.proof(1),
    }
}

/// A stage in which the old leaf is final in epoch 0 and the new one is proposed for epoch 1.
fn proposed(old: PayoutLeaf, new: PayoutLeaf) -> (Stage, Address, CountersClaim) {
    let mut stage = Stage::new();
    let old = draft(0, old);
    stage.settle(&old);
    stage.next_epoch();
    let new = draft(1, new);
    let proposal = stage.agree(&new);
    (stage, proposal, claim(&old, &new))
}

#[test]
fn two_leaves_prove_it_when_more_is_slashed_and_no_more_windows_are_bad() {
    for (old, new) in [
        (leaf(0, 5, 5), leaf(1, 9, 9)),
        (leaf(7, 3, 5), leaf(8, 4, 6)),
        // Without any window at all.
        (leaf(0, 0, 0), leaf(u64::MAX, 0, 0)),
    ] {
        let (mut stage, proposal, claim) = proposed(old, new);
        let before = stage.money();

        let ix = stage.epoch_challenge_slash(proposal, claim);
        let sent = stage.challenge(ix).expect("a proven challenge");

        stage.assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Slash);
        println!(
            "epoch_challenge_slash, 3 leaves: {} CU, {} bytes",
            sent.compute_units, sent.size
        );
    }
}

#[test]
fn a_slash_beside_a_bad_window_changes_nothing_whatever_its_size() {
    let (mut stage, proposal, claim) = proposed(leaf(0, 5, 5), leaf(u64::MAX, 5, 6));
    let money = stage.money();

    let ix = stage.epoch_challenge_slash(proposal, claim);
    let outcome = stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    assert_eq!(stage.money(), money);
}

#[test]
fn nothing_slashed_changes_nothing() {
    for new in [leaf(7, 9, 9), leaf(7, 5, 9)] {
        let (mut stage, proposal, claim) = proposed(leaf(7, 5, 5), new);
        let ix = stage.epoch_challenge_slash(proposal, claim);
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }
}

#[test]
fn only_the_root_that_the_proposal_builds_on_directly_can_be_compared_with() {
    let mut stage = Stage::new();
    let oldest = draft(0, leaf(0, 5, 5));
    stage.settle(&oldest);
    stage.next_epoch();
    // A wrong root became final; whoever carries its counters on did nothing wrong.
    stage.settle(&draft(1, leaf(9, 6, 6)));
    stage.next_epoch();
    let new = draft(2, leaf(9, 7, 7));
    let proposal = stage.agree(&new);

    let ix = stage.epoch_challenge_slash(proposal, claim(&oldest, &new));
    let outcome = stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::RootNotFound);
}

#[test]
fn a_leaf_that_is_not_in_its_root_is_refused() {
    let (mut stage, proposal, honest) = proposed(leaf(0, 5, 5), leaf(1, 6, 6));
    let tampered: [fn(&mut CountersClaim); 4] = [
        |claim| claim.old.counters.slashed = 1,
        |claim| claim.new.counters.slashed = 2,
        |claim| claim.old.index = 0,
        |claim| claim.new_proof[0][0] ^= 1,
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = stage.epoch_challenge_slash(proposal, claim);
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::LeafNotProven);
    }
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let (mut stage, proposal, claim) = proposed(leaf(0, 5, 5), leaf(1, 6, 6));
    let ix = stage.epoch_challenge_slash(proposal, claim);
    stage.challenge(ix.clone()).expect("a proven challenge");

    let outcome = stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
}

#[test]
fn it_works_until_the_proposal_is_final_and_while_paused() {
    let (mut stage, proposal, claim) = proposed(leaf(0, 5, 5), leaf(1, 6, 6));
    stage.world.pause();
    let before = stage.money();

    let ix = stage.epoch_challenge_slash(proposal, claim);
    let sent = stage.challenge(ix).expect("a proven challenge");

    stage.assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Slash);
}
