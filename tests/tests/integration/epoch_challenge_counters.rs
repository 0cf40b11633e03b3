//! `epoch_challenge_counters`, by its specification.

use {
    solana_address::Address,
    trestle_core::{leaf::PayoutLeaf, merkle::Tree},
    trestle_proofs::{
        error::ProofsError, groups::ChallengeKind, instructions::CountersClaim,
        state::ProposalStatus, ID,
    },
    trestle_staking::leaf::LeafProof,
    trestle_tests::{
        proofs::{totals_of, worked, Draft, Stage, WINDOW_SECONDS},
        svm::assert_refused,
    },
};

/// The counters of every operator in the final root of epoch 0.
fn before(n: u8) -> PayoutLeaf {
    PayoutLeaf {
        operator: [n; 32],
        tokens: 10,
        stable: 10,
        slashed: 10,
        units: 10,
        windows_ok: 10,
        windows_total: 10,
    }
}

/// A stage in epoch 2 with a final root of epoch 0.
fn staged() -> (Stage, Draft) {
    let mut stage = Stage::new();
    stage.put_pool(&[(0, 1_000, 1_000), (1, 1_000, 1_000)]);
    let old = Draft::new(0, (1..=3).map(before).collect());
    stage.settle(&old);
    stage.next_epoch();
    (stage, old)
}

/// A tree for epoch 1 in which a change was made to operator 2; its totals do not fall.
fn changed(change: impl Fn(&mut PayoutLeaf)) -> Draft {
    let mut leaves: Vec<PayoutLeaf> = (1..=3).map(before).collect();
    leaves[0].tokens += 20;
    leaves[0].stable += 20;
    leaves[0].slashed += 20;
    leaves[0].units += 20;
    change(&mut leaves[1]);
    Draft::new(1, leaves)
}

fn claim(old: &Draft, old_index: u32, new: &Draft, new_index: u32) -> CountersClaim {
    CountersClaim {
        old: LeafProof {
            epoch: old.root.epoch,
            index: old_index,
            counters: old.leaf(old_index).counters,
            proof: old.proof(old_index),
        },
        new: new.leaf(new_index),
        new_proof: new.proof(new_index),
    }
}

#[test]
fn an_operators_leaf_in_a_final_root_and_in_the_proposal_prove_it_when_any_counter_fell() {
    let falls: [fn(&mut PayoutLeaf); 6] = [
        |leaf| leaf.tokens -= 1,
        |leaf| leaf.stable -= 1,
        |leaf| leaf.slashed -= 1,
        |leaf| leaf.units -= 1,
        |leaf| leaf.windows_ok -= 1,
        |leaf| leaf.windows_total -= 1,
    ];
    for fall in falls {
        let (mut stage, old) = staged();
        let new = changed(fall);
        let proposal = stage.agree(&new);

        let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
        stage.challenge(ix).expect("a proven challenge");

        let status = stage.proposal_state(&proposal).status;
        assert_eq!(status, ProposalStatus::Lost as u8);
    }
}

#[test]
fn the_proposal_is_lost_its_signers_lose_bond_and_the_challenger_gets_its_share() {
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.units = 0);
    let proposal = stage.agree(&new);
    let before = stage.money();

    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
    let sent = stage.challenge(ix).expect("a proven challenge");

    stage.assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Counters);
    println!(
        "epoch_challenge_counters, 3 leaves: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn counters_that_did_not_fall_change_nothing() {
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.windows_total += 1);
    let proposal = stage.agree(&new);
    let (money, state) = (stage.money(), stage.world.svm.raw(&proposal));

    for index in 0..3 {
        let ix = stage.epoch_challenge_counters(proposal, claim(&old, index, &new, index));
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }

    assert_eq!(
        (stage.money(), stage.world.svm.raw(&proposal)),
        (money, state)
    );
}

#[test]
fn a_leaf_that_is_not_in_its_root_is_refused() {
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.units += 1);
    let proposal = stage.agree(&new);
    let honest = claim(&old, 1, &new, 1);
    let tampered: [fn(&mut CountersClaim); 8] = [
        |claim| claim.old.counters.units += 5,
        |claim| claim.old.index = 2,
        |claim| claim.old.proof[0][0] ^= 1,
        |claim| claim.old.proof.truncate(1),
        |claim| claim.new.counters.units = 0,
        |claim| claim.new.index = 0,
        |claim| claim.new_proof[1][31] ^= 1,
        |claim| claim.new_proof.push([0; 32]),
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = stage.epoch_challenge_counters(proposal, claim);
        let outcome = stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::LeafNotProven);
    }
    // Leaves of two operators say nothing about either.
    let mixed = claim(&old, 0, &new, 1);
    let ix = stage.epoch_challenge_counters(proposal, mixed);
    let outcome = stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::LeafNotProven);
}

#[test]
fn a_final_root_that_the_proposal_does_not_build_on_or_that_left_the_ring_is_refused() {
    // Nobody has made epoch 7 final.
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.units -= 1);
    let proposal = stage.agree(&new);
    let mut absent = claim(&old, 1, &new, 1);
    absent.old.epoch = 7;
    let ix = stage.epoch_challenge_counters(proposal, absent);
    let outcome = stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::RootNotFound);

    // An honest proposal is overtaken by a root with higher counters: that does not make it false.
    let mut stage = Stage::new();
    stage.next_epoch();
    let overtaken = Draft::honest(1, 3, 10);
    stage.propose(2, overtaken.root).expect("a proposal");
    let proposal = stage.proposal(1, 2);
    let newer = Draft::honest(0, 3, 50);
    stage.settle_with(&newer, &[0, 1]);
    let ix = stage.epoch_challenge_counters(proposal, claim(&newer, 1, &overtaken, 1));
    let outcome = stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::RootNotFound);
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.units -= 1);
    let proposal = stage.agree(&new);
    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
    stage.challenge(ix.clone()).expect("a proven challenge");
    let money = stage.money();

    let outcome = stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
    assert_eq!(stage.money(), money);
}

#[test]
fn it_works_until_the_proposal_is_final_with_a_quorum_or_without_and_while_paused() {
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.units -= 1);
    stage.propose(0, new.root).expect("a proposal");
    let proposal = stage.proposal(1, 0);
    stage.world.pause();
    let before = stage.money();
    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
    let sent = stage.challenge(ix).expect("a proven challenge");
    stage.assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Counters);

    let (mut stage, old) = staged();
    let proposal = stage.agree(&new);
    stage.world.svm.advance(2 * WINDOW_SECONDS);
    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
    stage.challenge(ix).expect("a challenge after the window");

    let (mut stage, old) = staged();
    let proposal = stage.agree(&new);
    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(proposal).expect("a final root");
    let outcome = stage.challenge(ix);
    assert!(outcome.is_err(), "the proposal is gone");
}

#[test]
fn bonds_that_are_gone_already_do_not_keep_a_challenge_from_succeeding() {
    let (mut stage, old) = staged();
    let new = changed(|leaf| leaf.units -= 1);
    let proposal = stage.agree(&new);
    let (verifiers, network) = (stage.world.verifiers, stage.world.network);
    // As if other lost roots had taken everything.
    stage.world.svm.edit(
        &verifiers,
        |set: &mut trestle_staking::state::VerifierSet| {
            set.entries.iter_mut().for_each(|entry| entry.bond = 0);
        },
    );
    stage
        .world
        .svm
        .edit(&network, |network: &mut trestle_staking::state::Network| {
            network.total_bond = 0;
        });
    let money = stage.money();

    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 1, &new, 1));
    let sent = stage.challenge(ix).expect("a proven challenge");

    let event = sent
        .event::<trestle_proofs::event::EpochChallenged>()
        .expect("an event");
    assert_eq!(event.slashed, 0);
    assert_eq!(stage.money(), money);
    stage.world.svm.advance(WINDOW_SECONDS);
    let outcome = stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::ProposalLost);
}

#[test]
fn the_largest_trees_that_fit_a_transaction() {
    let mut stage = Stage::new();
    let operators: Vec<PayoutLeaf> = (0..=255).map(|n| worked(n, 10)).collect();
    let old = Draft::new(0, operators.clone());
    stage.settle(&old);
    stage.next_epoch();
    let mut fallen = operators;
    fallen[200].units = 9;
    let mut new = Draft::new(1, fallen);
    new.root.totals = totals_of(&trestle_core::leaf::Totals {
        units: 2_560,
        ..Default::default()
    });
    assert_eq!(Tree::depth(&new.tree), 8);
    let proposal: Address = stage.agree(&new);

    let ix = stage.epoch_challenge_counters(proposal, claim(&old, 200, &new, 200));
    let sent = stage.challenge(ix).expect("a proven challenge");

    println!(
        "epoch_challenge_counters, 256 leaves: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}
