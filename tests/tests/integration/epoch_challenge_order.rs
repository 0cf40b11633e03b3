//! `epoch_challenge_order`, by its specification.

use {
    trestle_core::leaf::PayoutLeaf,
    trestle_proofs::{error::ProofsError, groups::ChallengeKind, instructions::OrderClaim, ID},
    trestle_tests::{
        proofs::{worked, Draft, Stage},
        svm::assert_refused,
    },
};

/// The tree over operators with these numbers, in this order.
fn ordered(numbers: &[u8]) -> Draft {
    let leaves: Vec<PayoutLeaf> = numbers.iter().map(|n| worked(*n, 10)).collect();
    Draft::new(0, leaves)
}

fn claim(draft: &Draft, first: u32, second: u32) -> OrderClaim {
    OrderClaim {
        first: draft.leaf(first),
        second: draft.leaf(second),
        proof: draft.multiproof(&[first, second]),
    }
}

#[test]
fn two_neighbouring_leaves_prove_it_when_the_first_operator_is_not_below_the_second() {
    for (numbers, first) in [
        (vec![1, 3, 2, 4, 5], 1),
        (vec![1, 2, 3, 4, 4], 3),
        (vec![2, 1], 0),
        (vec![7, 7], 0),
    ] {
        let mut stage = Stage::new();
        let draft = ordered(&numbers);
        let proposal = stage.agree(&draft);
        let before = stage.money();

        let ix = stage.epoch_challenge_order(proposal, claim(&draft, first, first + 1));
        let sent = stage.challenge(ix).expect("a proven challenge");

        stage.assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Order);
    }
}

#[test]
fn the_proposal_is_lost_its_signers_lose_bond_and_the_challenger_gets_its_share() {
    let mut stage = Stage::new();
    let draft = ordered(&[1, 2, 3, 3]);
    stage.propose(0, draft.root).expect("a proposal");
    let proposal = stage.proposal(0, 0);
    stage.attest(2, proposal).expect("an attestation");
    let before = stage.money();

    let ix = stage.epoch_challenge_order(proposal, claim(&draft, 2, 3));
    let sent = stage.challenge(ix).expect("a proven challenge");

    // Verifier 1 did not sign and loses nothing.
    stage.assert_convicted(&sent, &proposal, before, 2, ChallengeKind::Order);
    println!(
        "epoch_challenge_order, 4 leaves: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn leaves_in_order_change_nothing() {
    let mut stage = Stage::new();
    let draft = ordered(&[1, 2, 3, 4, 5]);
    let proposal = stage.agree(&draft);
    let money = stage.money();

    for first in 0..4 {
        let ix = stage.epoch_challenge_order(proposal, claim(&draft, first, first + 1));
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }

    assert_eq!(stage.money(), money);
}

#[test]
fn leaves_that_are_not_neighbours_or_not_in_the_proposal_are_refused() {
    let mut stage = Stage::new();
    let draft = ordered(&[1, 2, 3, 4, 5]);
    let proposal = stage.agree(&draft);
    let honest = claim(&draft, 1, 2);
    let tampered: [fn(&mut OrderClaim); 7] = [
        |claim| std::mem::swap(&mut claim.first, &mut claim.second),
        |claim| claim.second = claim.first,
        |claim| claim.first.operator = [9; 32].into(),
        |claim| claim.second.counters.units += 1,
        |claim| claim.proof[0][0] ^= 1,
        |claim| claim.proof.push([0; 32]),
        |claim| (claim.first.index, claim.second.index) = (u32::MAX, 0),
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = stage.epoch_challenge_order(proposal, claim);
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::LeafNotProven);
    }
    for (first, second) in [(0, 2), (3, 4)] {
        let mut far = claim(&draft, first, second);
        if second == 4 {
            // The padding behind the last leaf is no leaf.
            (far.first.index, far.second.index) = (4, 5);
        }
        let ix = stage.epoch_challenge_order(proposal, far);
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::LeafNotProven);
    }
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let mut stage = Stage::new();
    let draft = ordered(&[2, 1]);
    let proposal = stage.agree(&draft);
    let ix = stage.epoch_challenge_order(proposal, claim(&draft, 0, 1));
    stage.challenge(ix.clone()).expect("a proven challenge");
    let money = stage.money();

    let outcome = stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
    assert_eq!(stage.money(), money);
}

#[test]
fn it_works_until_the_proposal_is_final_with_a_quorum_or_without_and_while_paused() {
    let mut stage = Stage::new();
    let draft = ordered(&[2, 1]);
    stage.propose(1, draft.root).expect("a proposal");
    let proposal = stage.proposal(0, 1);
    stage.world.pause();
    let before = stage.money();

    let ix = stage.epoch_challenge_order(proposal, claim(&draft, 0, 1));
    let sent = stage.challenge(ix).expect("a proven challenge");

    stage.assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Order);
}
