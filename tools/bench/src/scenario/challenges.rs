//! The challenges of the proofs program, each one proven and against three verifiers who voted.

use anyhow::{Context, Result};
use trestle_core::leaf::{PayoutLeaf, Totals};
use trestle_proofs::{
    address::commitment_address,
    instructions::{CountersClaim, OmittedClaim, OrderClaim, TotalsClaim},
};
use trestle_staking::leaf::LeafProof;
use trestle_tests::{
    challenges::{Answer, Evidence, Storage, CHALLENGED_EPOCH},
    proofs::{totals_of, Draft, Stage},
    tokens::TOKEN,
};

use super::{proofs::succeed, Recorder, MANY_LEAVES};

/// Bytes of a shard whose answers have paths of depth 20.
const SHARD_BYTES: u64 = 64 << 20;
/// Hashes of the path of such an answer.
const SHARD_DEPTH: usize = 20;
/// Records of the evidence: depth 10.
const RECORDS: u32 = 1_000;
/// Leaves that a claim of too large totals can carry at most.
const TOTALS_LEAVES_MAX: u32 = 28;

/// Measures every challenge.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    counters(recorder)?;
    order(recorder)?;
    totals(recorder)?;
    omitted(recorder)?;
    slash(recorder)?;
    opening(recorder)?;
    signature(recorder)?;
    loss(recorder)
}

/// Leaves in order, each with this many units.
fn leaves(count: usize, units: u64) -> Result<Vec<PayoutLeaf>> {
    (1..=u64::try_from(count)?)
        .map(|number| leaf(number, units))
        .collect()
}

fn leaf(number: u64, units: u64) -> Result<PayoutLeaf> {
    let mut operator = [0; 32];
    let (head, _) = operator.split_first_chunk_mut().context("32 bytes")?;
    *head = number.to_be_bytes();
    Ok(PayoutLeaf {
        operator,
        units,
        ..PayoutLeaf::default()
    })
}

fn counters(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    let old = Draft::new(0, leaves(MANY_LEAVES, 10)?);
    stage.settle(&old);
    stage.next_epoch();
    // Operator 2 falls from 10 units to 9, and another covers it, so that the totals do not fall.
    let mut next = leaves(MANY_LEAVES, 10)?;
    next.splice(..2, [leaf(1, 30)?, leaf(2, 9)?]);
    let new = Draft::new(1, next);
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
    let challenger = stage.challenger.insecure_clone();
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    recorder.record(
        "epoch_challenge_counters",
        "depth 20, large transaction",
        outcome,
    )
}

fn order(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    let mut wrong = leaves(MANY_LEAVES, 10)?;
    wrong.swap(0, 1);
    let draft = Draft::new(0, wrong);
    let proposal = stage.agree(&draft);
    let claim = OrderClaim {
        first: draft.leaf(0),
        second: draft.leaf(1),
        proof: draft.multiproof(&[0, 1]),
    };
    let ix = stage.epoch_challenge_order(proposal, claim);
    let challenger = stage.challenger.insecure_clone();
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    recorder.record(
        "epoch_challenge_order",
        "depth 20, large transaction",
        outcome,
    )
}

fn totals(recorder: &mut Recorder) -> Result<()> {
    let cases: [(&str, u32); 2] = [
        ("1 leaf of 256", 1),
        ("28 leaves of 256, large transaction", TOTALS_LEAVES_MAX),
    ];
    for (case, count) in cases {
        let mut stage = Stage::new();
        let mut draft = Draft::new(0, leaves(256, 10)?);
        draft.root.totals = totals_of(&Totals::default());
        let proposal = stage.agree(&draft);
        let indices: Vec<u32> = (100..100 + count).collect();
        let claim = TotalsClaim {
            leaves: indices.iter().map(|index| draft.leaf(*index)).collect(),
            proof: draft.multiproof(&indices),
        };
        let ix = stage.epoch_challenge_totals(proposal, claim);
        let challenger = stage.challenger.insecure_clone();
        let outcome = if count == 1 {
            stage.challenge(ix)
        } else {
            stage.world.svm.send_large(&[ix], &challenger)
        };
        recorder.record("epoch_challenge_totals", case, outcome)?;
    }
    Ok(())
}

fn omitted(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", TOKEN).address;
    stage.next_epoch();
    let draft = Draft::new(1, leaves(MANY_LEAVES, 10)?);
    let proposal = stage.agree(&draft);
    let last = u32::try_from(MANY_LEAVES)? - 1;
    let claim = OmittedClaim {
        before: Some(draft.leaf(last)),
        after: None,
        proof: draft.proof(last),
    };
    let ix = stage.epoch_challenge_omitted(proposal, operator, claim);
    let outcome = stage.challenge(ix);
    recorder.record(
        "epoch_challenge_omitted",
        "depth 20, the last leaf",
        outcome,
    )
}

fn slash(recorder: &mut Recorder) -> Result<()> {
    let mut stage = Stage::new();
    let old = Draft::new(0, leaves(MANY_LEAVES, 10)?);
    stage.settle(&old);
    stage.next_epoch();
    let mut next = leaves(MANY_LEAVES, 10)?;
    let first = next.first_mut().context("a leaf")?;
    first.slashed = 1;
    let new = Draft::new(1, next);
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
    let challenger = stage.challenger.insecure_clone();
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    recorder.record(
        "epoch_challenge_slash",
        "depth 20, large transaction",
        outcome,
    )
}

fn signature(recorder: &mut Recorder) -> Result<()> {
    let mut storage = Storage::new();
    let answer = storage.answer(0);
    let answers: Vec<_> = (1..RECORDS)
        .map(|number| (storage.address, number, answer.clone()))
        .collect();
    let loss = storage.loss(0, None, &storage.customer);
    let mut records = Evidence::of(&answers).records;
    records.push(loss.record(&storage.address, 0));
    let evidence = Evidence::with_records(records);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.signature_claim(&storage.address, 0, &loss);
    let (commitment, operator) = (storage.address, storage.operator.address);
    let stage = &mut storage.stage;
    let ix = stage.epoch_challenge_signature(proposal, commitment, operator, claim);
    let outcome = stage.challenge(ix);
    recorder.record("epoch_challenge_signature", "1,000 records", outcome)
}

fn loss(recorder: &mut Recorder) -> Result<()> {
    let mut storage = Storage::new();
    let answer = storage.answer(0);
    let answers: Vec<_> = (1..RECORDS)
        .map(|number| (storage.address, number, answer.clone()))
        .collect();
    let loss = storage.loss(0, Some(answer.clone()), &storage.operator.node);
    let mut records = Evidence::of(&answers).records;
    records.push(loss.record(&storage.address, 0));
    let evidence = Evidence::with_records(records);
    let proposal = storage.stage.agree(&evidence.draft());
    let claim = evidence.loss_claim(&storage.address, 0, &answer, loss.signature);
    let stage = &mut storage.stage;
    let ix = stage.epoch_challenge_loss(proposal, storage.address, claim);
    let challenger = stage.challenger.insecure_clone();
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    let case = "shard of 10 kB, 1,000 records, large transaction";
    recorder.record("epoch_challenge_loss", case, outcome)
}

fn opening(recorder: &mut Recorder) -> Result<()> {
    let mut storage = Storage::without_seed();
    let root = [3; 32];
    let address = commitment_address(&storage.operator.address, &root).0;
    let customer = storage.customer.insecure_clone();
    let stage = &mut storage.stage;
    succeed(stage.commit(&storage.operator, &customer, root, SHARD_BYTES))?;
    stage.next_epoch();
    succeed(stage.record_seed())?;
    stage.next_epoch();
    let answer = Answer {
        leaf: [5; 124],
        path: vec![[7; 32]; SHARD_DEPTH],
    };
    let answers: Vec<_> = (0..RECORDS)
        .map(|number| (address, number, answer.clone()))
        .collect();
    let evidence = Evidence::of(&answers);
    let mut draft = evidence.draft();
    draft.root.epoch = CHALLENGED_EPOCH + 1;
    let proposal = stage.agree(&draft);
    let claim = evidence.claim(&address, RECORDS - 1, &answer);
    let ix = stage.epoch_challenge_opening(proposal, address, claim);
    let challenger = stage.challenger.insecure_clone();
    let outcome = stage.world.svm.send_large(&[ix], &challenger);
    let case = "shard of 64 MiB, 1,000 records, large transaction";
    recorder.record("epoch_challenge_opening", case, outcome)
}
