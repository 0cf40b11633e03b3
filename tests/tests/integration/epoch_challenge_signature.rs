//! `epoch_challenge_signature`, by its specification.

use {
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::evidence::{EvidenceRecord, Outcome},
    trestle_proofs::{error::ProofsError, groups::ChallengeKind, instructions::SignatureClaim, ID},
    trestle_staking::state::Operator,
    trestle_tests::{
        challenges::{Answer, Evidence, Loss, Storage, CHALLENGED_EPOCH},
        proofs::WINDOW_SECONDS,
        staking::profile,
        svm::{assert_refused, key, Outcome as Sent},
        tokens::TOKEN,
    },
};

/// Number of the challenge that is recorded as lost.
const LOST: u32 = 3;

/// Evidence with this loss among good answers.
fn evidence_with(storage: &mut Storage, loss: &Loss) -> Evidence {
    let answers: Vec<_> = (0..7)
        .filter(|number| *number != LOST)
        .map(|number| (storage.address, number, storage.answer(number)))
        .collect();
    let mut records = Evidence::of(&answers).records;
    records.push(loss.record(&storage.address, LOST));
    Evidence::with_records(records)
}

/// An answer that opens nothing.
fn false_answer(storage: &mut Storage) -> Answer {
    let mut answer = storage.answer(LOST);
    answer.leaf[5] ^= 1;
    answer
}

/// What is no signature of the node over the loss, each in another way.
fn forgeries(storage: &mut Storage) -> Vec<Loss> {
    let (node, stranger) = (storage.operator.node.insecure_clone(), key("stranger"));
    let declared = storage.loss(LOST, None, &node);
    let flipped = |byte: usize| {
        let mut loss = declared.clone();
        loss.signature[byte] ^= 1;
        loss
    };
    let answer = false_answer(storage);
    let with = |opening: Option<Answer>, loss: &Loss| Loss {
        opening,
        signature: loss.signature,
    };
    let shown = storage.loss(LOST, Some(answer.clone()), &node);
    let elsewhere = (storage.address, storage.loss(LOST + 1, None, &node));
    vec![
        storage.loss(LOST, None, &stranger),
        storage.loss(LOST, Some(answer.clone()), &stranger),
        flipped(0),
        flipped(63),
        // Of another challenge, and over another outcome.
        elsewhere.1,
        with(Some(answer), &declared),
        with(None, &shown),
        Loss {
            opening: None,
            signature: [0; 64],
        },
        Loss {
            opening: None,
            signature: [0xff; 64],
        },
    ]
}

/// Challenges the record of a loss.
fn challenge(storage: &mut Storage, evidence: &Evidence, loss: &Loss) -> Sent {
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    let claim = evidence.signature_claim(&storage.address, LOST, loss);
    let ix = storage.stage.epoch_challenge_signature(
        proposal,
        storage.address,
        storage.operator.address,
        claim,
    );
    storage.stage.challenge(ix)
}

/// A stage whose verifiers agreed on this loss.
fn agreed(storage: &mut Storage, loss: &Loss) -> Evidence {
    let evidence = evidence_with(storage, loss);
    storage.stage.agree(&evidence.draft());
    evidence
}

#[test]
fn a_record_of_a_loss_that_the_node_certainly_did_not_sign_proves_it() {
    let mut storage = Storage::new();
    for loss in forgeries(&mut storage) {
        let mut storage = Storage::new();
        let evidence = agreed(&mut storage, &loss);
        let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
        let before = storage.stage.money();

        let sent = challenge(&mut storage, &evidence, &loss).expect("a proven challenge");

        storage
            .stage
            .assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Signature);
        println!(
            "epoch_challenge_signature: {} CU, {} bytes",
            sent.compute_units, sent.size
        );
    }
}

#[test]
fn a_thousand_records_fit_a_transaction() {
    let mut storage = Storage::new();
    let loss = storage.loss(LOST, None, &key("stranger"));
    let answer = storage.answer(0);
    let answers: Vec<_> = (LOST + 1..1_000)
        .map(|number| (storage.address, number, answer.clone()))
        .collect();
    let mut records = Evidence::of(&answers).records;
    records.push(loss.record(&storage.address, LOST));
    let evidence = Evidence::with_records(records);
    storage.stage.agree(&evidence.draft());

    let sent = challenge(&mut storage, &evidence, &loss).expect("a proven challenge");

    println!(
        "epoch_challenge_signature, record depth 10: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    assert!(sent.compute_units < 200_000, "without asking for more");
}

#[test]
fn without_an_opening_the_node_signs_that_it_lost_the_leaf_with_one_that_it_answers_with_it() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let answer = false_answer(&mut storage);
    for opening in [None, Some(answer)] {
        let mut storage = Storage::new();
        let loss = storage.loss(LOST, opening, &node);
        let evidence = agreed(&mut storage, &loss);
        let outcome = challenge(&mut storage, &evidence, &loss);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }
}

#[test]
fn the_index_follows_from_the_seed_of_the_proposals_epoch() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let loss = storage.loss(LOST, None, &node);
    let evidence = agreed(&mut storage, &loss);
    let outcome = challenge(&mut storage, &evidence, &loss);
    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);

    // With another seed the node signed about another leaf than the one asked for.
    storage.ask_another_leaf(LOST);
    challenge(&mut storage, &evidence, &loss).expect("a proven challenge");
}

#[test]
fn a_signature_of_the_node_changes_nothing() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let loss = storage.loss(LOST, None, &node);
    let evidence = agreed(&mut storage, &loss);
    let money = storage.stage.money();

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    storage.is_unharmed(&money);
}

/// The program hashes and computes by other code than the host.
#[test]
fn the_program_refutes_what_the_host_refutes() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let mut losses: Vec<(u32, Loss)> = (0..24)
        .map(|number| (number, storage.loss(number, None, &node)))
        .collect();
    for (number, loss) in &mut losses {
        // A third of them as they are, the others with a bit changed somewhere.
        if *number % 3 != 0 {
            loss.signature[(*number as usize * 29) % 64] ^= 1 << (*number % 8);
        }
    }
    let records = losses
        .iter()
        .map(|(number, loss)| loss.record(&storage.address, *number));
    let evidence = Evidence::with_records(records.collect());
    let proposal = storage.stage.agree(&evidence.draft());
    let (commitment, operator) = (storage.address, storage.operator.address);
    for (number, loss) in &losses {
        let claim = evidence.signature_claim(&commitment, *number, loss);
        let stage = &storage.stage;
        let ix = stage.epoch_challenge_signature(proposal, commitment, operator, claim);
        let mut fork = stage.world.svm.fork();
        let outcome = fork.send(&[ix], &[&stage.challenger]);
        if number % 3 == 0 {
            assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
        } else {
            outcome.expect("a proven challenge");
        }
    }
}

/// Strict verifiers reject a key of small order, others do not: nobody is convicted by it.
#[test]
fn a_key_of_small_order_convicts_nobody() {
    let mut storage = Storage::new();
    let neutral = {
        let mut point = [0; 32];
        point[0] = 1;
        point
    };
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&neutral);
    let loss = Loss {
        opening: None,
        signature,
    };
    let operator = storage.operator.address;
    storage
        .stage
        .world
        .svm
        .edit(&operator, |state: &mut Operator| {
            state.node_key = neutral.into();
        });
    let evidence = agreed(&mut storage, &loss);

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
}

/// Has the operator change the key of its node.
fn rotate(storage: &mut Storage, node: &Keypair) {
    let keys = &storage.operator;
    let profile = profile(node.pubkey());
    let ix = storage
        .stage
        .world
        .operator_update(keys, keys.purse, profile);
    let authority = keys.authority.insecure_clone();
    storage.stage.world.svm.must(&[ix], &[&authority]);
}

#[test]
fn an_operator_that_changed_its_key_frames_nobody() {
    let mut storage = Storage::new();
    let node = storage.operator.node.insecure_clone();
    let loss = storage.loss(LOST, None, &node);
    let evidence = agreed(&mut storage, &loss);
    rotate(&mut storage, &key("new node"));

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::NodeKeyTooNew);
}

#[test]
fn a_node_key_that_is_newer_than_three_epochs_is_refused() {
    let mut storage = Storage::new();
    let changed = storage.stage.world.epoch();
    assert_eq!(changed, CHALLENGED_EPOCH + 1);
    rotate(&mut storage, &key("new node"));
    for epoch in changed..=changed + 3 {
        storage.stage.record_seed().expect("a seed");
        storage.stage.next_epoch();
        let former = storage.operator.node.insecure_clone();
        let loss = storage.loss_in(epoch, LOST, None, &former);
        let evidence = Evidence::with_records(vec![loss.record(&storage.address, LOST)]);
        let mut draft = evidence.draft();
        draft.root.epoch = epoch;
        let proposal = storage.stage.agree(&draft);
        let claim = evidence.signature_claim(&storage.address, LOST, &loss);
        let ix = storage.stage.epoch_challenge_signature(
            proposal,
            storage.address,
            storage.operator.address,
            claim,
        );
        let outcome = storage.stage.challenge(ix);
        if epoch < changed + 3 {
            assert_refused(outcome, ID, ProofsError::NodeKeyTooNew);
        } else {
            outcome.expect("a proven challenge");
        }
    }
}

#[test]
fn a_record_that_is_not_under_the_inputs_is_refused_so_is_a_signature_that_it_does_not_digest() {
    let mut storage = Storage::new();
    let loss = storage.loss(LOST, None, &key("stranger"));
    let evidence = agreed(&mut storage, &loss);
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    let honest = evidence.signature_claim(&storage.address, LOST, &loss);
    let tampered: [fn(&mut SignatureClaim); 9] = [
        |claim| claim.record.evidence_root[0] ^= 1,
        |claim| claim.record.evidence_count += 1,
        |claim| claim.record.context_digest[0] ^= 1,
        |claim| claim.record.index += 1,
        |claim| claim.record.proof[0][0] ^= 1,
        |claim| claim.record.proof.truncate(2),
        |claim| claim.record.challenge_number += 1,
        |claim| claim.opening_digest[0] ^= 1,
        |claim| claim.signature[1] ^= 1,
    ];
    for tamper in tampered {
        let mut claim = honest.clone();
        tamper(&mut claim);
        let ix = storage.stage.epoch_challenge_signature(
            proposal,
            storage.address,
            storage.operator.address,
            claim,
        );
        let outcome = storage.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::EvidenceNotProven);
    }
}

#[test]
fn a_record_of_another_outcome_is_no_record_of_a_loss() {
    let storage = Storage::new();
    let loss = storage.loss(LOST, None, &key("stranger"));
    for outcome in [Outcome::Ok, Outcome::Missed] {
        let mut storage = Storage::new();
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
fn a_commitment_of_another_operator_is_refused() {
    let mut storage = Storage::new();
    let other = storage.stage.world.operator("other", 100 * TOKEN);
    let node = storage.operator.node.insecure_clone();
    let loss = storage.loss(LOST, None, &node);
    let evidence = agreed(&mut storage, &loss);
    storage.operator = other;

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::WrongOperator);
}

#[test]
fn a_commitment_of_another_service_or_that_the_epoch_did_not_challenge_is_refused() {
    let mut storage = Storage::new();
    let loss = storage.loss(LOST, None, &key("stranger"));
    let evidence = agreed(&mut storage, &loss);
    let (commitment, now) = (storage.address, storage.stage.world.epoch());
    let before = storage.stage.world.svm.snapshot(&[commitment]);
    storage.stage.world.svm.edit(
        &commitment,
        |state: &mut trestle_proofs::state::Commitment| state.registered_epoch = now,
    );
    let outcome = challenge(&mut storage, &evidence, &loss);
    assert_refused(outcome, ID, ProofsError::CommitmentNotInEpoch);

    let other = storage.stage.world.network;
    storage.stage.world.svm.restore(&before);
    storage.stage.world.svm.edit(
        &commitment,
        |state: &mut trestle_proofs::state::Commitment| state.service = other,
    );
    let outcome = challenge(&mut storage, &evidence, &loss);
    assert_refused(outcome, ID, ProofsError::WrongService);
}

#[test]
fn an_operator_elsewhere_is_refused() {
    let mut storage = Storage::new();
    let loss = storage.loss(LOST, None, &key("stranger"));
    let evidence = agreed(&mut storage, &loss);
    let operator = storage.operator.address;
    storage
        .stage
        .world
        .svm
        .edit(&operator, |state: &mut Operator| state.bump ^= 1);

    let outcome = challenge(&mut storage, &evidence, &loss);

    assert_refused(outcome, ID, ProofsError::WrongAddress);
}

#[test]
fn an_epoch_without_a_seed_is_refused() {
    let mut storage = Storage::without_seed();
    storage.stage.next_epoch();
    let loss = Loss {
        opening: None,
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
    let loss = storage.loss(LOST, None, &key("stranger"));
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
    let loss = storage.loss(LOST, None, &key("stranger"));
    let evidence = evidence_with(&mut storage, &loss);
    let draft = evidence.draft();
    storage.stage.propose(0, draft.root).expect("a proposal");
    let proposal = storage.stage.proposal(CHALLENGED_EPOCH, 0);
    storage.stage.world.pause();
    let before = storage.stage.money();

    let sent = challenge(&mut storage, &evidence, &loss).expect("a proven challenge");

    storage
        .stage
        .assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Signature);
    assert!(before.reward == 0 && storage.stage.money().reward > TOKEN);
}

/// All verifiers together record that a node lost what it has, and slash its operator by it.
#[test]
fn verifiers_that_collude_cannot_make_up_a_loss() {
    let mut storage = Storage::new();
    let loss = storage.loss(LOST, None, &key("colluder"));
    let evidence = evidence_with(&mut storage, &loss);
    let mut draft = evidence.draft();
    draft.root.totals.slashed = 50 * TOKEN;
    let proposal = storage.stage.agree(&draft);
    let state = storage.stage.proposal_state(&proposal);
    assert_eq!(state.signers.count_ones(), 3, "all of them signed");
    let before = storage.stage.money();

    // The operator itself is no verifier and needs none: who challenges is a stranger.
    let sent = challenge(&mut storage, &evidence, &loss).expect("a proven challenge");

    storage
        .stage
        .assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Signature);
    storage.stage.world.svm.advance(WINDOW_SECONDS);
    let outcome = storage.stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::ProposalLost);
}
