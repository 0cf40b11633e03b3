//! Every account of every instruction of the proofs program, replaced by a wrong one.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::{leaf::PayoutLeaf, leaf::Totals},
    trestle_proofs::{
        constants::CLOSE_TIMEOUT_EPOCHS,
        instructions::{CountersClaim, OrderClaim, TotalsClaim},
    },
    trestle_staking::leaf::LeafProof,
    trestle_tests::{
        challenges::{Evidence, Storage},
        matrix::{Fault, Matrix},
        proofs::{totals_of, worked, Draft, Stage, WINDOW_SECONDS},
        staking::BOND_MIN,
        tokens::TOKEN,
    },
};

fn check(
    stage: &mut Stage,
    name: &str,
    instruction: Instruction,
    signers: &[&Keypair],
    free: &[(Address, Fault)],
) {
    let matrix = Matrix {
        name,
        instruction,
        signers: signers.to_vec(),
        free: free.to_vec(),
    };
    matrix.check(&mut stage.world.svm);
}

/// Checks a challenge. Who challenges, and where the reward goes, is free.
fn check_challenge(stage: &mut Stage, name: &str, instruction: Instruction) {
    let challenger = stage.challenger.insecure_clone();
    let free = [
        (challenger.pubkey(), Fault::Stranger),
        (stage.reward, Fault::Twin),
    ];
    check(stage, name, instruction, &[&challenger], &free);
}

#[test]
fn service_open() {
    let mut stage = Stage::closed(&[BOND_MIN]);
    let payer = stage.challenger.insecure_clone();
    let ix = stage.service_open();
    // Anybody can pay.
    let free = [(payer.pubkey(), Fault::Stranger)];
    check(&mut stage, "service_open", ix, &[&payer], &free);
}

#[test]
fn commitment_register_and_end() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let ix = stage.commitment_register(
        customer.pubkey(),
        operator.node.pubkey(),
        operator.address,
        [1; 32],
        1_000,
    );
    let commitment = ix.accounts[5].pubkey;
    // Anybody can become a customer; without a policy nobody looks for one.
    let policy = stage.world.policy();
    let free = [
        (customer.pubkey(), Fault::Stranger),
        (policy, Fault::Stranger),
    ];
    let signers = [&customer, &operator.node];
    check(&mut stage, "commitment_register", ix, &signers, &free);
    let ix = stage.commitment_end(customer.pubkey(), commitment);
    check(&mut stage, "commitment_end", ix, &[&customer], &[]);
}

#[test]
fn commitment_close() {
    let mut storage = Storage::new();
    let customer = storage.customer.insecure_clone();
    let ix = storage
        .stage
        .commitment_end(customer.pubkey(), storage.address);
    storage.stage.world.svm.must(&[ix], &[&customer]);
    for _ in 0..=CLOSE_TIMEOUT_EPOCHS {
        storage.stage.next_epoch();
    }
    let ix = storage
        .stage
        .commitment_close(customer.pubkey(), storage.address);
    check(&mut storage.stage, "commitment_close", ix, &[], &[]);
}

#[test]
fn epoch_seed_record() {
    let mut stage = Stage::new();
    let ix = stage.epoch_seed_record(1);
    check(&mut stage, "epoch_seed_record", ix, &[], &[]);
}

#[test]
fn epoch_propose_and_attest() {
    let mut stage = Stage::new();
    stage.put_pool(&[(0, 100, 0)]);
    let leaf = PayoutLeaf {
        tokens: 100,
        ..worked(1, 10)
    };
    let root = Draft::new(0, vec![leaf]).root;
    let (proposer, verifier) = (stage.verifier(0), stage.verifier(1));
    let ix = stage.epoch_propose(proposer.pubkey(), root);
    check(&mut stage, "epoch_propose", ix, &[&proposer], &[]);

    let proposal = stage.proposal(0, 0);
    let digest = stage.proposal_state(&proposal).digest;
    let ix = stage.epoch_attest(verifier.pubkey(), proposal, digest);
    check(&mut stage, "epoch_attest", ix, &[&verifier], &[]);
}

#[test]
fn epoch_finalize() {
    let mut stage = Stage::new();
    // Another verifier than the proposer opens the round, so that each rent has its recipient.
    stage
        .propose(2, Draft::honest(0, 3, 99).root)
        .expect("a proposal");
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("another proposal");
    let proposal = stage.proposal(0, 0);
    stage.attest(1, proposal).expect("an attestation");
    stage.world.svm.advance(WINDOW_SECONDS);
    let ix = stage.epoch_finalize(proposal);
    check(&mut stage, "epoch_finalize", ix, &[], &[]);
}

#[test]
fn epoch_challenge_counters() {
    let mut stage = Stage::new();
    let old = Draft::honest(0, 3, 10);
    stage.settle(&old);
    stage.next_epoch();
    let new = Draft::new(1, vec![worked(1, 30), worked(2, 9), worked(3, 10)]);
    let proposal = stage.agree(&new);
    let claim = CountersClaim {
        old: LeafProof {
            epoch: 0,
            index: 1,
            counters: old.leaf(1).counters,
            proof: old.proof(1),
        },
        new: new.leaf(1),
        new_proof: new.proof(1),
    };
    let ix = stage.epoch_challenge_counters(proposal, claim);
    check_challenge(&mut stage, "epoch_challenge_counters", ix);
}

#[test]
fn epoch_challenge_order() {
    let mut stage = Stage::new();
    let draft = Draft::new(0, vec![worked(2, 10), worked(1, 10)]);
    let proposal = stage.agree(&draft);
    let claim = OrderClaim {
        first: draft.leaf(0),
        second: draft.leaf(1),
        proof: draft.multiproof(&[0, 1]),
    };
    let ix = stage.epoch_challenge_order(proposal, claim);
    check_challenge(&mut stage, "epoch_challenge_order", ix);
}

/// A stage with a proposal whose totals are less than its leaves.
fn understated() -> (Stage, Address, TotalsClaim) {
    let mut stage = Stage::new();
    let mut draft = Draft::honest(0, 3, 10);
    draft.root.totals = totals_of(&Totals::default());
    let proposal = stage.agree(&draft);
    let claim = TotalsClaim {
        leaves: vec![draft.leaf(0)],
        proof: draft.proof(0),
    };
    (stage, proposal, claim)
}

#[test]
fn epoch_challenge_totals() {
    let (mut stage, proposal, claim) = understated();
    let ix = stage.epoch_challenge_totals(proposal, claim);
    check_challenge(&mut stage, "epoch_challenge_totals", ix);
}

#[test]
fn epoch_challenge_opening() {
    let mut storage = Storage::new();
    let mut answer = storage.answer(0);
    answer.leaf[0] ^= 1;
    let evidence = Evidence::of(&[(storage.address, 0, answer.clone())]);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.claim(&storage.address, 0, &answer);
    let ix = storage
        .stage
        .epoch_challenge_opening(proposal, storage.address, claim);
    check_challenge(&mut storage.stage, "epoch_challenge_opening", ix);
}

#[test]
fn epoch_challenge_signature() {
    let mut storage = Storage::new();
    let loss = storage.loss(0, None, &storage.customer);
    let evidence = Evidence::with_records(vec![loss.record(&storage.address, 0)]);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.signature_claim(&storage.address, 0, &loss);
    let operator = storage.operator.address;
    let ix = storage
        .stage
        .epoch_challenge_signature(proposal, storage.address, operator, claim);
    check_challenge(&mut storage.stage, "epoch_challenge_signature", ix);
}

#[test]
fn epoch_challenge_loss() {
    let mut storage = Storage::new();
    let answer = storage.answer(0);
    let loss = storage.loss(0, Some(answer.clone()), &storage.operator.node);
    let evidence = Evidence::with_records(vec![loss.record(&storage.address, 0)]);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.loss_claim(&storage.address, 0, &answer, loss.signature);
    let ix = storage
        .stage
        .epoch_challenge_loss(proposal, storage.address, claim);
    check_challenge(&mut storage.stage, "epoch_challenge_loss", ix);
}

#[test]
fn proposal_close() {
    let (mut stage, proposal, claim) = understated();
    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");
    let ix = stage.proposal_close(proposal);
    check(&mut stage, "proposal_close", ix, &[], &[]);
}

#[test]
fn round_close() {
    let mut stage = Stage::new();
    stage
        .propose(2, Draft::honest(0, 3, 99).root)
        .expect("a proposal");
    stage.next_epoch();
    stage.settle(&Draft::honest(1, 3, 10));
    let ix = stage.round_close(0);
    check(&mut stage, "round_close", ix, &[], &[]);
}
