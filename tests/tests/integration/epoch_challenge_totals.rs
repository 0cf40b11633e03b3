//! `epoch_challenge_totals`, by its specification.

use {
    trestle_core::leaf::{PayoutLeaf, Totals},
    trestle_proofs::{error::ProofsError, groups::ChallengeKind, instructions::TotalsClaim, ID},
    trestle_tests::{
        proofs::{totals_of, worked, Draft, Stage},
        svm::assert_refused,
    },
};

/// A tree whose totals were changed to say something else.
fn understated(leaves: Vec<PayoutLeaf>, change: impl Fn(&mut Totals)) -> Draft {
    let mut totals = Totals::of(&leaves).unwrap_or_default();
    change(&mut totals);
    let mut draft = Draft::new(
        0,
        leaves
            .iter()
            .map(|leaf| worked(leaf.operator[0], 0))
            .collect(),
    );
    draft.tree = trestle_core::merkle::Tree::build(leaves.iter().map(PayoutLeaf::hash).collect())
        .expect("a tree");
    draft.root.tree_root = draft.tree.root();
    draft.root.totals = totals_of(&totals);
    draft.leaves = leaves;
    draft
}

fn full(n: u8) -> PayoutLeaf {
    PayoutLeaf {
        tokens: 10,
        stable: 10,
        slashed: 10,
        ..worked(n, 10)
    }
}

fn claim(draft: &Draft, indices: &[u32]) -> TotalsClaim {
    TotalsClaim {
        leaves: indices.iter().map(|index| draft.leaf(*index)).collect(),
        proof: draft.multiproof(indices),
    }
}

#[test]
fn up_to_28_leaves_prove_it_when_a_sum_of_theirs_exceeds_the_total() {
    let changes: [fn(&mut Totals); 4] = [
        |totals| totals.tokens -= 1,
        |totals| totals.stable -= 1,
        |totals| totals.slashed -= 1,
        |totals| totals.units -= 1,
    ];
    for change in changes {
        let mut stage = Stage::new();
        stage.put_pool(&[(0, 1_000, 1_000)]);
        let draft = understated((1..=4).map(full).collect(), change);
        let proposal = stage.agree(&draft);
        let before = stage.money();

        let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &[0, 1, 2, 3]));
        let sent = stage.challenge(ix).expect("a proven challenge");

        stage.assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Totals);
    }
}

#[test]
fn the_proposal_is_lost_its_signers_lose_bond_and_the_challenger_gets_its_share() {
    let mut stage = Stage::new();
    let draft = understated((1..=9).map(|n| worked(n, 10)).collect(), |totals| {
        totals.units = 69;
    });
    let proposal = stage.agree(&draft);
    let before = stage.money();

    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &[0, 1, 2, 3, 4, 5, 6]));
    let sent = stage.challenge(ix).expect("a proven challenge");

    stage.assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Totals);
    println!(
        "epoch_challenge_totals, 7 of 9 leaves: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_sum_that_leaves_64_bits_exceeds_every_total() {
    let mut stage = Stage::new();
    let leaves = vec![worked(1, u64::MAX), worked(2, 1)];
    let draft = understated(leaves, |totals| totals.units = u64::MAX);
    let proposal = stage.agree(&draft);

    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &[0, 1]));

    stage.challenge(ix).expect("a proven challenge");
}

#[test]
fn leaves_within_the_totals_change_nothing() {
    let mut stage = Stage::new();
    let draft = Draft::honest(0, 5, 10);
    let proposal = stage.agree(&draft);
    let money = stage.money();

    for indices in [&[0][..], &[1, 3], &[0, 1, 2, 3, 4]] {
        let ix = stage.epoch_challenge_totals(proposal, claim(&draft, indices));
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }

    assert_eq!(stage.money(), money);
}

#[test]
fn no_leaf_a_leaf_twice_or_one_that_is_not_in_the_proposal_is_refused() {
    let mut stage = Stage::new();
    let draft = Draft::honest(0, 5, 10);
    let proposal = stage.agree(&draft);
    let honest = claim(&draft, &[1, 2, 3, 4]);

    let none = TotalsClaim {
        leaves: vec![],
        proof: vec![],
    };
    let ix = stage.epoch_challenge_totals(proposal, none);
    let outcome = stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::BadLeaves);

    let tampered: [fn(&mut TotalsClaim); 6] = [
        |claim| claim.leaves[1] = claim.leaves[0],
        |claim| claim.leaves.swap(0, 1),
        |claim| claim.leaves[3].counters.units = 1_000,
        |claim| claim.leaves[3].index = 7,
        |claim| claim.proof[0][0] ^= 1,
        |claim| claim.proof.push([0; 32]),
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = stage.epoch_challenge_totals(proposal, claim);
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::LeafNotProven);
    }
}

#[test]
fn more_than_28_leaves_are_refused() {
    let mut stage = Stage::new();
    let leaves: Vec<PayoutLeaf> = (0..=255).map(|n| worked(n, 10)).collect();
    let draft = understated(leaves, |totals| totals.units = 279);
    let proposal = stage.agree(&draft);
    let challenger = stage.challenger.insecure_clone();
    let spread = |count: u32| -> Vec<u32> { (0..count).map(|n| n * 9).collect() };

    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &spread(29)));
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    assert_refused(outcome, ID, ProofsError::BadLeaves);
    let few = claim(&draft, &spread(27));
    let ix = stage.epoch_challenge_totals(proposal, few);
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);

    // 28 leaves of 10 exceed 279.
    let some: Vec<u32> = (100..128).collect();
    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &some));
    let sent = stage
        .world
        .svm
        .send_large(&[ix], &challenger)
        .expect("a proven challenge");
    println!(
        "epoch_challenge_totals, 28 of 256 leaves: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let mut stage = Stage::new();
    let draft = understated(vec![worked(1, 10)], |totals| totals.units = 9);
    let proposal = stage.agree(&draft);
    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &[0]));
    stage.challenge(ix.clone()).expect("a proven challenge");
    let money = stage.money();

    let outcome = stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
    assert_eq!(stage.money(), money);
}

#[test]
fn it_works_until_the_proposal_is_final_with_a_quorum_or_without_and_while_paused() {
    let mut stage = Stage::new();
    let draft = understated(vec![worked(1, 10)], |totals| totals.units = 9);
    stage.propose(0, draft.root).expect("a proposal");
    let proposal = stage.proposal(0, 0);
    stage.world.pause();
    let before = stage.money();

    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &[0]));
    let sent = stage.challenge(ix).expect("a proven challenge");

    stage.assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Totals);
}

#[test]
fn a_signer_that_has_left_is_spared_and_so_is_whoever_took_over_its_number() {
    let mut stage = Stage::new();
    let draft = understated(vec![worked(1, 10)], |totals| totals.units = 9);
    stage.propose(0, draft.root).expect("a proposal");
    let proposal = stage.proposal(0, 0);
    let key = stage.verifier(0);
    let ix = stage
        .world
        .verifier_exit(solana_signer::Signer::pubkey(&key));
    stage.world.svm.must(&[ix], &[&key]);
    stage.world.svm.advance(86_400);
    let ix = stage.world.verifier_withdraw(
        solana_signer::Signer::pubkey(&key),
        stage.verifiers[0].purse,
    );
    stage.world.svm.must(&[ix], &[&key]);
    stage
        .world
        .verifier("heir", trestle_tests::staking::BOND_MIN);
    let money = stage.money();

    let ix = stage.epoch_challenge_totals(proposal, claim(&draft, &[0]));
    stage.challenge(ix).expect("a proven challenge");

    assert_eq!(stage.money(), money);
}
