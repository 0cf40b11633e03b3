//! The proofs program, up to the final root.

use anyhow::{anyhow, Result};
use solana_signer::Signer;
use trestle_core::leaf::PayoutLeaf;
use trestle_proofs::constants::CLOSE_TIMEOUT_EPOCHS;
use trestle_tests::{
    challenges::Storage,
    clearance::known_parties,
    gates::{cleared, Commitments, Gate},
    proofs::{worked, Draft, Stage, WINDOW_SECONDS},
    staking::BOND_MIN,
    svm::Outcome,
    tokens::TOKEN,
};

use super::{Recorder, TWO_CLEARANCES};

/// Three verifiers vote; two of them are a quorum.
const VERIFIERS: &str = "3 verifiers";

/// Measures every instruction but the challenges.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::closed(&[BOND_MIN]);
    let payer = stage.challenger.insecure_clone();
    let ix = stage.service_open();
    recorder.send("service_open", "", &mut stage.world.svm, ix, &[&payer])?;
    commitments(recorder)?;
    epochs(recorder)?;
    closing(recorder)
}

fn commitments(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    let ix = stage.epoch_seed_record(1);
    recorder.send("epoch_seed_record", "", &mut stage.world.svm, ix, &[])?;
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let (party, node) = (customer.pubkey(), operator.node.pubkey());
    let ix = stage.commitment_register(party, node, operator.address, [1; 32], 64 << 20);
    let signers = [&customer, &operator.node];
    recorder.send(
        "commitment_register",
        "",
        &mut stage.world.svm,
        ix,
        &signers,
    )?;
    let (mut gate, _, shown) = cleared::<Commitments>(known_parties());
    recorder.record("commitment_register", TWO_CLEARANCES, gate.open(&shown))?;

    let mut storage = Storage::new();
    let customer = storage.customer.insecure_clone();
    let (stage, address) = (&mut storage.stage, storage.address);
    let ix = stage.commitment_end(customer.pubkey(), address);
    recorder.send("commitment_end", "", &mut stage.world.svm, ix, &[&customer])?;
    for _ in 0..=CLOSE_TIMEOUT_EPOCHS {
        stage.next_epoch();
    }
    let ix = stage.commitment_close(customer.pubkey(), address);
    recorder.send("commitment_close", "", &mut stage.world.svm, ix, &[])
}

fn epochs(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    stage.put_pool(&[(0, 100, 0)]);
    let leaf = PayoutLeaf {
        tokens: 100,
        ..worked(1, 10)
    };
    let root = Draft::new(0, vec![leaf]).root;
    let (proposer, verifier) = (stage.verifier(0), stage.verifier(1));
    let ix = stage.epoch_propose(proposer.pubkey(), root);
    recorder.send(
        "epoch_propose",
        VERIFIERS,
        &mut stage.world.svm,
        ix,
        &[&proposer],
    )?;

    let proposal = stage.proposal(0, 0);
    let digest = stage.proposal_state(&proposal).digest;
    let ix = stage.epoch_attest(verifier.pubkey(), proposal, digest);
    recorder.send(
        "epoch_attest",
        VERIFIERS,
        &mut stage.world.svm,
        ix,
        &[&verifier],
    )?;

    stage.world.svm.advance(WINDOW_SECONDS);
    let ix = stage.epoch_finalize(proposal);
    recorder.send("epoch_finalize", VERIFIERS, &mut stage.world.svm, ix, &[])
}

/// Closes a proposal that nobody else voted for, then the round that it stood in.
fn closing(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    succeed(stage.propose(2, Draft::honest(0, 3, 99).root))?;
    let proposal = stage.proposal(0, 2);
    stage.next_epoch();
    stage.settle(&Draft::honest(1, 3, 10));
    let ix = stage.proposal_close(proposal);
    recorder.send("proposal_close", "", &mut stage.world.svm, ix, &[])?;
    let ix = stage.round_close(0);
    recorder.send("round_close", "", &mut stage.world.svm, ix, &[])
}

/// Checks a transaction that is not measured.
pub fn succeed(outcome: Outcome) -> Result<()> {
    outcome
        .map(drop)
        .map_err(|refused| anyhow!("refused: {:?}\n{}", refused.error, refused.logs.join("\n")))
}
