//! `epoch_challenge_opening`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::evidence::{EvidenceRecord, Outcome},
    trestle_proofs::{
        address::commitment_address, error::ProofsError, groups::ChallengeKind,
        instructions::OpeningClaim, ID,
    },
    trestle_tests::{
        challenges::{Answer, Evidence, Storage, CHALLENGED_EPOCH},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// Number of the challenge whose answer is false.
const FALSE: u32 = 3;

/// Evidence in which challenges 0 to 6 were answered, one of them with this.
fn evidence_with(storage: &mut Storage, answer: &Answer) -> Evidence {
    let answers: Vec<_> = (0..7)
        .map(|number| {
            let given = if number == FALSE {
                answer.clone()
            } else {
                storage.answer(number)
            };
            (storage.address, number, given)
        })
        .collect();
    Evidence::of(&answers)
}

/// Wrong answers, each in another way.
fn false_answers(storage: &mut Storage) -> Vec<Answer> {
    let honest = storage.answer(FALSE);
    let tamper = |change: &dyn Fn(&mut Answer)| {
        let mut answer = honest.clone();
        change(&mut answer);
        answer
    };
    let elsewhere = (storage.index(FALSE) + 1) % storage.commitment.leaf_count;
    vec![
        tamper(&|answer| answer.leaf[0] ^= 1),
        tamper(&|answer| answer.leaf[123] ^= 0x80),
        tamper(&|answer| answer.path[0][31] ^= 1),
        tamper(&|answer| answer.path.truncate(3)),
        tamper(&|answer| answer.path.push([0; 32])),
        // No element of the field: hashing it is an error, not a reduction.
        tamper(&|answer| answer.path[0] = [0xff; 32]),
        // A leaf of the data, but not the one that was asked for.
        storage.answer_at(elsewhere),
    ]
}

#[test]
fn a_record_of_a_good_opening_that_does_not_lead_to_the_root_at_the_index_proves_it() {
    let mut storage = Storage::new();
    for answer in false_answers(&mut storage) {
        let mut storage = Storage::new();
        let evidence = evidence_with(&mut storage, &answer);
        let proposal = storage.stage.agree(&evidence.draft());
        let before = storage.stage.money();

        let claim = evidence.claim(&storage.address, FALSE, &answer);
        let ix = storage
            .stage
            .epoch_challenge_opening(proposal, storage.address, claim);
        let sent = storage.stage.challenge(ix).expect("a proven challenge");

        storage
            .stage
            .assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Opening);
        println!(
            "epoch_challenge_opening, depth {}: {} CU, {} bytes",
            answer.path.len(),
            sent.compute_units,
            sent.size
        );
    }
}

#[test]
fn a_shard_of_64_mib_among_a_thousand_records_fits_a_large_transaction() {
    let mut storage = Storage::without_seed();
    let (root, size) = ([3; 32], 64 << 20);
    let (operator, customer) = (&storage.operator, storage.customer.insecure_clone());
    let address = commitment_address(&operator.address, &root).0;
    let node = operator.node.insecure_clone();
    let ix = storage.stage.commitment_register(
        customer.pubkey(),
        node.pubkey(),
        operator.address,
        root,
        size,
    );
    storage.stage.world.svm.must(&[ix], &[&customer, &node]);
    storage.stage.next_epoch();
    storage.stage.record_seed().expect("a seed");
    storage.stage.next_epoch();
    let answer = Answer {
        leaf: [5; 124],
        path: vec![[7; 32]; 20],
    };
    let answers: Vec<_> = (0..1_000).map(|n| (address, n, answer.clone())).collect();
    let evidence = Evidence::of(&answers);
    let mut draft = evidence.draft();
    draft.root.epoch = CHALLENGED_EPOCH + 1;
    let proposal = storage.stage.agree(&draft);

    let claim = evidence.claim(&address, 999, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, address, claim);
    let challenger = storage.stage.challenger.insecure_clone();
    let sent = storage
        .stage
        .world
        .svm
        .send_large(&[ix], &challenger)
        .expect("a proven challenge");

    println!(
        "epoch_challenge_opening, depth 20, record depth 10: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn the_index_follows_from_the_seed_of_the_proposals_epoch() {
    let mut storage = Storage::new();
    let answer = storage.answer(FALSE);
    let evidence = evidence_with(&mut storage, &answer);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.claim(&storage.address, FALSE, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    let outcome = storage.stage.challenge(ix.clone());
    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);

    // With another seed the same answer opens another leaf than the one asked for.
    storage.ask_another_leaf(FALSE);
    storage.stage.challenge(ix).expect("a proven challenge");
}

#[test]
fn an_opening_that_opens_the_commitment_changes_nothing() {
    let mut storage = Storage::new();
    let answer = storage.answer(FALSE);
    let evidence = evidence_with(&mut storage, &answer);
    let proposal = storage.stage.agree(&evidence.draft());
    let money = storage.stage.money();

    for number in 0..7 {
        let answer = storage.answer(number);
        let claim = evidence.claim(&storage.address, number, &answer);
        let ix = storage
            .stage
            .epoch_challenge_opening(proposal, storage.address, claim);
        let outcome = storage.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }

    storage.is_unharmed(&money);
}

#[test]
fn a_record_that_is_not_under_the_inputs_is_refused_so_is_an_opening_that_it_does_not_digest() {
    let mut storage = Storage::new();
    let answer = false_answers(&mut storage).remove(0);
    let evidence = evidence_with(&mut storage, &answer);
    let proposal = storage.stage.agree(&evidence.draft());
    let honest = evidence.claim(&storage.address, FALSE, &answer);
    let tampered: [fn(&mut OpeningClaim); 9] = [
        |claim| claim.record.evidence_root[0] ^= 1,
        |claim| claim.record.evidence_count += 1,
        |claim| claim.record.context_digest[0] ^= 1,
        |claim| claim.record.index += 1,
        |claim| claim.record.proof[0][0] ^= 1,
        |claim| claim.record.proof.truncate(2),
        |claim| claim.record.challenge_number += 1,
        |claim| claim.leaf[1] ^= 1,
        |claim| claim.path[1][1] ^= 1,
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = storage
            .stage
            .epoch_challenge_opening(proposal, storage.address, claim);
        let outcome = storage.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::EvidenceNotProven);
    }
}

#[test]
fn a_record_of_a_fault_is_no_record_of_a_good_opening() {
    for outcome in [Outcome::Lost, Outcome::Missed] {
        let mut storage = Storage::new();
        let answer = false_answers(&mut storage).remove(0);
        let evidence = Evidence::with_records(vec![EvidenceRecord {
            commitment: storage.address.to_bytes(),
            challenge_number: FALSE,
            outcome: outcome.byte(),
            proof_digest: answer.digest(),
        }]);
        let proposal = storage.stage.agree(&evidence.draft());

        let claim = evidence.claim(&storage.address, FALSE, &answer);
        let ix = storage
            .stage
            .epoch_challenge_opening(proposal, storage.address, claim);
        let refused = storage.stage.challenge(ix);

        assert_refused(refused, ID, ProofsError::EvidenceNotProven);
    }
}

#[test]
fn a_commitment_that_the_epoch_did_not_challenge_is_refused() {
    let mut storage = Storage::new();
    let (operator, customer) = (&storage.operator, storage.customer.insecure_clone());
    // Registered in the epoch after the one that is proposed.
    let root = [1; 32];
    let late = commitment_address(&operator.address, &root).0;
    let node = operator.node.insecure_clone();
    let ix = storage.stage.commitment_register(
        customer.pubkey(),
        node.pubkey(),
        operator.address,
        root,
        1_000,
    );
    storage.stage.world.svm.must(&[ix], &[&customer, &node]);
    let answer = false_answers(&mut storage).remove(0);
    let evidence = Evidence::of(&[(late, FALSE, answer.clone())]);
    let proposal = storage.stage.agree(&evidence.draft());

    let claim = evidence.claim(&late, FALSE, &answer);
    let ix = storage.stage.epoch_challenge_opening(proposal, late, claim);
    let outcome = storage.stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::CommitmentNotInEpoch);
}

#[test]
fn a_commitment_that_was_closed_and_registered_anew_with_another_size_frames_nobody() {
    let mut storage = Storage::new();
    let answer = storage.answer(FALSE);
    let evidence = evidence_with(&mut storage, &answer);
    let proposal = storage.stage.agree(&evidence.draft());
    // As if it had been closed and come back: the index would be another one now.
    let (commitment, now) = (storage.address, storage.stage.world.epoch());
    storage.stage.world.svm.edit(
        &commitment,
        |state: &mut trestle_proofs::state::Commitment| {
            state.registered_epoch = now;
            state.leaf_count = 7;
        },
    );

    let claim = evidence.claim(&storage.address, FALSE, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    let outcome = storage.stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::CommitmentNotInEpoch);
}

#[test]
fn a_commitment_of_another_service_is_refused() {
    let mut storage = Storage::new();
    let answer = false_answers(&mut storage).remove(0);
    let evidence = evidence_with(&mut storage, &answer);
    let proposal = storage.stage.agree(&evidence.draft());
    let (commitment, other) = (storage.address, storage.stage.world.network);
    storage.stage.world.svm.edit(
        &commitment,
        |state: &mut trestle_proofs::state::Commitment| state.service = other,
    );

    let claim = evidence.claim(&storage.address, FALSE, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    let outcome = storage.stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::WrongService);
}

#[test]
fn an_epoch_without_a_seed_is_refused() {
    let mut storage = Storage::without_seed();
    storage.stage.next_epoch();
    let answer = storage.answer_at(0);
    let evidence = Evidence::of(&[(storage.address, FALSE, answer.clone())]);
    let proposal = storage.stage.agree(&evidence.draft());

    let claim = evidence.claim(&storage.address, FALSE, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    let outcome = storage.stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::SeedNotFound);
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let mut storage = Storage::new();
    let answer = false_answers(&mut storage).remove(0);
    let evidence = evidence_with(&mut storage, &answer);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.claim(&storage.address, FALSE, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    storage
        .stage
        .challenge(ix.clone())
        .expect("a proven challenge");
    let money = storage.stage.money();

    let outcome = storage.stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
    assert_eq!(storage.stage.money(), money);
}

#[test]
fn it_works_until_the_proposal_is_final_with_a_quorum_or_without_and_while_paused() {
    let mut storage = Storage::new();
    let answer = false_answers(&mut storage).remove(0);
    let evidence = evidence_with(&mut storage, &answer);
    let draft = evidence.draft();
    storage.stage.propose(0, draft.root).expect("a proposal");
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    storage.stage.world.pause();
    let before = storage.stage.money();

    let claim = evidence.claim(&storage.address, FALSE, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    let sent = storage.stage.challenge(ix).expect("a proven challenge");

    storage
        .stage
        .assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Opening);
    assert!(before.reward == 0 && storage.stage.money().reward > TOKEN);
}
