//! Every account of the instructions on disputes and stalls, replaced by a wrong one.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::leaf::PayoutLeaf,
    trestle_proofs::{
        constants::ESCAPE_EPOCHS,
        instructions::{CountersClaim, OmittedClaim},
    },
    trestle_staking::leaf::LeafProof,
    trestle_tests::{
        matrix::{Fault, Matrix},
        proofs::{worked, Draft, Stage},
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

#[test]
fn dispute_open_vote_and_resolve() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    let challenger = stage.challenger.insecure_clone();
    let ix = stage.dispute_open(proposal);
    // Any account that the challenger can spend from will do.
    let free = [(stage.reward, Fault::Twin)];
    check(&mut stage, "dispute_open", ix, &[&challenger], &free);

    for number in 0..2 {
        let key = stage.verifier(number);
        let ix = stage.dispute_vote(key.pubkey(), proposal, false);
        check(&mut stage, "dispute_vote", ix, &[&key], &[]);
    }

    let ix = stage.dispute_resolve(proposal);
    // The bond goes to any account of the challenger.
    let free = [(stage.reward, Fault::Twin)];
    check(&mut stage, "dispute_resolve", ix, &[], &free);
}

#[test]
fn dispute_resolve_of_an_upheld_root() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.dispute(proposal).expect("a dispute");
    for number in 0..2 {
        stage.say(number, proposal, true).expect("a vote");
    }
    let ix = stage.dispute_resolve(proposal);
    let free = [(stage.reward, Fault::Twin)];
    check(&mut stage, "dispute_resolve", ix, &[], &free);
}

#[test]
fn service_escape() {
    let mut stage = Stage::new();
    stage.settle(&Draft::honest(0, 3, 10));
    for _ in 0..ESCAPE_EPOCHS {
        stage.next_epoch();
    }
    let ix = stage.service_escape();
    check(&mut stage, "service_escape", ix, &[], &[]);
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
fn epoch_challenge_omitted() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", TOKEN).address;
    stage.next_epoch();
    let draft = Draft::new(1, vec![worked(0, 10)]);
    let proposal = stage.agree(&draft);
    let claim = OmittedClaim {
        before: Some(draft.leaf(0)),
        after: None,
        proof: draft.proof(0),
    };
    let ix = stage.epoch_challenge_omitted(proposal, operator, claim);
    check_challenge(&mut stage, "epoch_challenge_omitted", ix);
}

#[test]
fn epoch_challenge_slash() {
    let mut stage = Stage::new();
    let old = Draft::honest(0, 1, 10);
    stage.settle(&old);
    stage.next_epoch();
    let leaf = PayoutLeaf {
        slashed: 1,
        ..worked(1, 10)
    };
    let new = Draft::new(1, vec![leaf]);
    let proposal = stage.agree(&new);
    let claim = CountersClaim {
        old: LeafProof {
            epoch: 0,
            index: 0,
            counters: old.leaf(0).counters,
            proof: old.proof(0),
        },
        new: new.leaf(0),
        new_proof: new.proof(0),
    };
    let ix = stage.epoch_challenge_slash(proposal, claim);
    check_challenge(&mut stage, "epoch_challenge_slash", ix);
}
