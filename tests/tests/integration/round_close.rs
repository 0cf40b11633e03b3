//! `round_close`, by its specification.

use {
    solana_signer::Signer,
    trestle_proofs::{error::ProofsError, event::RoundClosed, ID},
    trestle_tests::{
        proofs::{Draft, Stage},
        svm::{assert_refused, Outcome},
    },
};

fn close(stage: &mut Stage, epoch: u64) -> Outcome {
    let ix = stage.round_close(epoch);
    stage.world.svm.send(&[ix], &[])
}

/// A round of epoch 0 that verifier 2 opened, in epoch 2.
fn failed() -> Stage {
    let mut stage = Stage::new();
    stage
        .propose(2, Draft::honest(0, 3, 99).root)
        .expect("a proposal");
    stage.next_epoch();
    stage
}

#[test]
fn anybody_can_close_a_round_once_its_epoch_or_a_later_one_has_a_final_root() {
    let mut stage = failed();
    stage.settle(&Draft::honest(1, 3, 10));
    let payer = stage.verifier(2).pubkey();
    let before = stage.world.svm.lamports(&payer);
    let rent = stage.world.svm.lamports(&stage.round(0));

    let sent = close(&mut stage, 0).expect("a closed round");

    assert!(stage.world.svm.raw(&stage.round(0)).is_none());
    assert_eq!(stage.world.svm.lamports(&payer), before + rent);
    let event = sent.event::<RoundClosed>().expect("an event");
    assert_eq!((event.round, event.epoch), (stage.round(0), 0));
    // The epoch is behind: nobody can open its round again.
    let outcome = stage.propose(0, Draft::honest(0, 3, 10).root);
    assert_refused(outcome, ID, ProofsError::EpochFinal);
}

#[test]
fn a_round_whose_epoch_can_still_become_final_is_refused() {
    let mut stage = failed();
    let outcome = close(&mut stage, 0);
    assert_refused(outcome, ID, ProofsError::RoundLive);

    // Also when an earlier epoch became final meanwhile.
    stage
        .propose(2, Draft::honest(1, 3, 99).root)
        .expect("a proposal");
    stage.settle_with(&Draft::honest(0, 3, 10), &[0, 1]);
    let outcome = close(&mut stage, 1);
    assert_refused(outcome, ID, ProofsError::RoundLive);
}

#[test]
fn the_rent_goes_to_whoever_opened_the_round_another_recipient_is_refused() {
    let mut stage = failed();
    stage.settle(&Draft::honest(1, 3, 10));
    let thief = stage.world.svm.funded("thief");
    let mut ix = stage.round_close(0);
    ix.accounts[0].pubkey = thief.pubkey();

    let outcome = stage.world.svm.send(&[ix], &[&thief]);

    assert_refused(outcome, ID, ProofsError::WrongRecipient);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut stage = failed();
    stage.settle(&Draft::honest(1, 3, 10));
    stage.world.pause();

    close(&mut stage, 0).expect("a closed round");
}
