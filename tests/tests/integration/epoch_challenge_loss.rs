//! `epoch_challenge_loss`, by its specification.

use {
    trestle_core::evidence::{EvidenceRecord, Outcome},
    trestle_proofs::{error::ProofsError, groups::ChallengeKind, instructions::LossClaim, ID},
    trestle_tests::{
        challenges::{Answer, Evidence, Loss, Storage, CHALLENGED_EPOCH},
        svm::{assert_refused, Outcome as Sent},
        tokens::TOKEN,
    },
};

/// Number of the challenge that is recorded as lost.
const LOST: u32 = 3;

/// Evidence with this loss among good answers, which all verifiers agreed on.
fn agreed(storage: &mut Storage, loss: &Loss) -> Evidence {
    let answers: Vec<_> = (0..7)
        .filter(|number| *number != LOST)
        .map(|number| (storage.address, number, storage.answer(number)))
        .collect();
    let mut records = Evidence::of(&answers).records;
    records.push(loss.record(&storage.address, LOST));
    let evidence = Evidence::with_records(records);
    storage.stage.agree(&evidence.draft());
    evidence
}

/// A loss over this opening, with the node's own signature.
fn loss_over(storage: &Storage, answer: &Answer) -> Loss {
    storage.loss(LOST, Some(answer.clone()), &storage.operator.node)
}

fn challenge(storage: &mut Storage, evidence: &Evidence, loss: &Loss) -> Sent {
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    let answer = loss.opening.as_ref().expect("an opening");
    let claim = evidence.loss_claim(&storage.address, LOST, answer, loss.signature);
    let ix = storage
        .stage
        .epoch_challenge_loss(proposal, storage.address, claim);
    storage.stage.challenge(ix)
}

#[test]
fn a_record_of_a_loss_whose_opening_leads_to_the_root_at_the_index_proves_it() {
    for signature in [None, Some([7; 64])] {
        let mut storage = Storage::new();
        let answer = storage.answer(LOST);
        let mut loss = loss_over(&storage, &answer);
        loss.signature = signature.unwrap_or(loss.signature);
        let evidence = agreed(&mut storage, &loss);
        let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
        let before = storage.stage.money();

        let sent = challenge(&mut storage, &evidence, &loss).expect("a proven challenge");

        storage
            .stage
            .assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Loss);
        println!(
            "epoch_challenge_loss, depth {}: {} CU, {} bytes",
            answer.path.len(),
            sent.compute_units,
            sent.size
        );
    }
}

#[test]
fn an_opening_that_does_not_open_the_commitment_changes_nothing() {
    let storage = &mut Storage::new();
    let honest = storage.answer(LOST);
    let elsewhere = (storage.index(LOST) + 1) % storage.commitment.leaf_count;
    let mut answers = vec![storage.answer_at(elsewhere)];
    let changes: [fn(&mut Answer); 3] = [
        |answer| answer.leaf[0] ^= 1,
        |answer| answer.path[0][31] ^= 1,
        |answer| answer.path.truncate(3),
    ];
    for change in changes {
        let mut answer = honest.clone();
        change(&mut answer);
        answers.push(answer);
    }
    for answer in answers {
        let mut storage = Storage::new();
        let loss = loss_over(&storage, &answer);
        let evidence = agreed(&mut storage, &loss);
        let money = storage.stage.money();

        let outcome = challenge(&mut storage, &evidence, &loss);

        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
        storage.is_unharmed(&money);
    }
}

#[test]
fn the_index_follows_from_the_seed_of_the_proposals_epoch() {
    let mut storage = Storage::new();
    let answer = storage.answer(LOST);
    let loss = loss_over(&storage, &answer);
    let evidence = agreed(&mut storage, &loss);
    // With another seed the answer opens another leaf than the one asked for.
    let seed = storage.stage.seeds_state().entries[0].seed;
    storage.ask_another_leaf(LOST);
    let outcome = challenge(&mut storage, &evidence, &loss);
    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    storage.set_seed(seed);
    challenge(&mut storage, &evidence, &loss).expect("a proven challenge");
}

#[test]
fn a_record_that_is_not_under_the_inputs_is_refused_so_is_an_opening_that_it_does_not_digest() {
    let mut storage = Storage::new();
    let answer = storage.answer(LOST);
    let loss = loss_over(&storage, &answer);
    let evidence = agreed(&mut storage, &loss);
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    let honest = evidence.loss_claim(&storage.address, LOST, &answer, loss.signature);
    let tampered: [fn(&mut LossClaim); 10] = [
        |claim| claim.record.evidence_root[0] ^= 1,
        |claim| claim.record.evidence_count += 1,
        |claim| claim.record.context_digest[0] ^= 1,
        |claim| claim.record.index += 1,
        |claim| claim.record.proof[0][0] ^= 1,
        |claim| claim.record.proof.truncate(2),
        |claim| claim.record.challenge_number += 1,
        |claim| claim.signature[0] ^= 1,
        |claim| claim.leaf[1] ^= 1,
        |claim| claim.path[1][1] ^= 1,
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = storage
            .stage
            .epoch_challenge_loss(proposal, storage.address, claim);
        let outcome = storage.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::EvidenceNotProven);
    }
}

#[test]
fn a_record_of_another_outcome_is_no_record_of_a_loss() {
    for outcome in [Outcome::Ok, Outcome::Missed] {
        let mut storage = Storage::new();
        let answer = storage.answer(LOST);
        let loss = loss_over(&storage, &answer);
        let evidence = Evidence::with_records(vec![EvidenceRecord {
            outcome: outcome.byte(),
            ..loss.record(&storage.address, LOST)
        }]);
        storage.stage.agree(&evidence.draft());

        let refused = challenge(&mut storage, &evidence, &loss);

        assert_refused(refused, ID, ProofsError::EvidenceNotProven);
    }
}

#[test]
fn a_commitment_that_the_epoch_did_not_challenge_or_of_another_service_is_refused() {
    type Change = fn(&mut trestle_proofs::state::Commitment);
    let cases: [(Change, ProofsError); 2] = [
        (
            |state| state.registered_epoch = CHALLENGED_EPOCH,
            ProofsError::CommitmentNotInEpoch,
        ),
        (
            |state| state.service = state.customer,
            ProofsError::WrongService,
        ),
    ];
    for (change, error) in cases {
        let mut storage = Storage::new();
        let answer = storage.answer(LOST);
        let loss = loss_over(&storage, &answer);
        let evidence = agreed(&mut storage, &loss);
        let commitment = storage.address;
        storage.stage.world.svm.edit(&commitment, change);

        let outcome = challenge(&mut storage, &evidence, &loss);

        assert_refused(outcome, ID, error);
    }
}

#[test]
fn an_epoch_without_a_seed_is_refused() {
    let mut storage = Storage::without_seed();
    storage.stage.next_epoch();
    let loss = Loss {
        opening: Some(storage.answer_at(0)),
        signature: [7; 64],
    };
    let evidence = Evidence::with_records(vec![loss.record(&storage.address, LOST)]);
    storage.stage.agree(&evidence.draft());

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::SeedNotFound);
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let mut storage = Storage::new();
    let answer = storage.answer(LOST);
    let loss = loss_over(&storage, &answer);
    let evidence = agreed(&mut storage, &loss);
    challenge(&mut storage, &evidence, &loss).expect("a proven challenge");
    let money = storage.stage.money();

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
    assert_eq!(storage.stage.money(), money);
}

#[test]
fn it_works_until_the_proposal_is_final_with_a_quorum_or_without_and_while_paused() {
    let mut storage = Storage::new();
    let answer = storage.answer(LOST);
    let loss = loss_over(&storage, &answer);
    let evidence = Evidence::with_records(vec![loss.record(&storage.address, LOST)]);
    let draft = evidence.draft();
    storage.stage.propose(0, draft.root).expect("a proposal");
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    storage.stage.world.pause();
    let before = storage.stage.money();

    let sent = challenge(&mut storage, &evidence, &loss).expect("a proven challenge");

    storage
        .stage
        .assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Loss);
    assert!(before.reward == 0 && storage.stage.money().reward > TOKEN);
}
