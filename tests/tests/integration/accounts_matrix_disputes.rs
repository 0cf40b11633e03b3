//! Every account of the instructions on disputes and stalls, replaced by a wrong one.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    trestle_proofs::constants::ESCAPE_EPOCHS,
    trestle_tests::{
        matrix::{Fault, Matrix},
        proofs::{Draft, Stage},
        staking::BOND_MIN,
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
        let ix = stage.dispute_vote(solana_signer::Signer::pubkey(&key), proposal, false);
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
