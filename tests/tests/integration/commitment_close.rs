//! `commitment_close`, by its specification.

use {
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_proofs::{
        address::commitment_address,
        constants::{CLOSE_DELAY_EPOCHS, CLOSE_TIMEOUT_EPOCHS},
        error::ProofsError,
        event::CommitmentClosed,
        ID,
    },
    trestle_tests::{
        proofs::{Draft, Stage, WINDOW_SECONDS},
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

const ROOT: [u8; 32] = [1; 32];

/// A commitment of epoch 1.
struct Committed {
    stage: Stage,
    customer: Keypair,
    commitment: Address,
}

impl Committed {
    fn new() -> Self {
        let mut stage = Stage::new();
        let operator = stage.world.operator("operator", 100 * TOKEN);
        let customer = stage.world.svm.funded("customer");
        stage
            .commit(&operator, &customer, ROOT, 1_000)
            .expect("a commitment");
        Self {
            commitment: commitment_address(&operator.address, &ROOT).0,
            stage,
            customer,
        }
    }

    /// Ended by its customer in epoch 1.
    fn ended() -> Self {
        let mut committed = Self::new();
        let customer = committed.customer.insecure_clone();
        let ix = committed
            .stage
            .commitment_end(customer.pubkey(), committed.commitment);
        committed.stage.world.svm.must(&[ix], &[&customer]);
        committed
    }

    fn close(&mut self) -> Outcome {
        let customer = self.customer.pubkey();
        let ix = self.stage.commitment_close(customer, self.commitment);
        self.stage.world.svm.send(&[ix], &[])
    }

    fn pass_epochs(&mut self, count: u64) {
        for _ in 0..count {
            self.stage.next_epoch();
        }
    }
}

#[test]
fn anybody_can_close_it_and_the_rent_goes_to_the_customer() {
    let mut committed = Committed::ended();
    committed.pass_epochs(1);
    committed.stage.settle(&Draft::honest(1, 3, 10));
    committed.pass_epochs(CLOSE_DELAY_EPOCHS + 1);
    let before = committed
        .stage
        .world
        .svm
        .lamports(&committed.customer.pubkey());
    let rent = committed.stage.world.svm.lamports(&committed.commitment);

    let sent = committed.close().expect("a closed commitment");

    let after = committed
        .stage
        .world
        .svm
        .lamports(&committed.customer.pubkey());
    assert_eq!(after, before + rent);
    assert!(committed
        .stage
        .world
        .svm
        .raw(&committed.commitment)
        .is_none());
    let event = sent.event::<CommitmentClosed>().expect("an event");
    assert_eq!(
        (event.commitment, event.ended_epoch),
        (committed.commitment, 1)
    );
}

#[test]
fn an_active_commitment_is_refused() {
    let mut committed = Committed::new();
    committed.pass_epochs(CLOSE_TIMEOUT_EPOCHS + 1);

    let outcome = committed.close();

    assert_refused(outcome, ID, ProofsError::CommitmentActive);
}

#[test]
fn it_stays_until_two_epochs_have_passed_after_the_one_in_which_its_last_got_a_final_root() {
    let mut committed = Committed::ended();
    committed.stage.next_epoch();
    committed.stage.settle(&Draft::honest(1, 3, 10));

    for _ in 0..=CLOSE_DELAY_EPOCHS {
        let outcome = committed.close();
        assert_refused(outcome, ID, ProofsError::CommitmentNeeded);
        committed.stage.next_epoch();
    }
    committed.close().expect("a closed commitment");

    let mut committed = Committed::ended();
    // A root of an earlier epoch does not do.
    committed.stage.settle(&Draft::honest(0, 3, 10));
    committed.pass_epochs(CLOSE_DELAY_EPOCHS + 1);
    let outcome = committed.close();
    assert_refused(outcome, ID, ProofsError::CommitmentNeeded);
}

#[test]
fn a_root_that_comes_late_gives_leases_as_much_time_to_settle() {
    let mut committed = Committed::ended();
    committed.pass_epochs(CLOSE_DELAY_EPOCHS + 5);
    let draft = Draft::honest(1, 3, 10);
    let proposal = committed.stage.agree(&draft);
    committed.stage.world.svm.advance(WINDOW_SECONDS);
    // Whoever makes it final cannot close the commitment in the same transaction.
    let finalize = committed.stage.epoch_finalize(proposal);
    let close = committed
        .stage
        .commitment_close(committed.customer.pubkey(), committed.commitment);
    let outcome = committed
        .stage
        .world
        .svm
        .send(&[finalize.clone(), close], &[]);
    assert_refused(outcome, ID, ProofsError::CommitmentNeeded);
    committed.stage.world.svm.must(&[finalize], &[]);
    for _ in 0..=CLOSE_DELAY_EPOCHS {
        let outcome = committed.close();
        assert_refused(outcome, ID, ProofsError::CommitmentNeeded);
        committed.stage.next_epoch();
    }
    committed.close().expect("a closed commitment");
}

#[test]
fn without_a_final_root_it_can_be_closed_64_epochs_after_its_last_one() {
    let mut committed = Committed::ended();
    committed.pass_epochs(CLOSE_TIMEOUT_EPOCHS);
    let outcome = committed.close();
    assert_refused(outcome, ID, ProofsError::CommitmentNeeded);

    committed.stage.next_epoch();

    committed.close().expect("a closed commitment");
}

#[test]
fn a_recipient_that_is_not_the_customer_is_refused() {
    let mut committed = Committed::ended();
    committed.pass_epochs(CLOSE_TIMEOUT_EPOCHS + 1);
    let thief = committed.stage.world.svm.funded("thief");

    let ix = committed
        .stage
        .commitment_close(thief.pubkey(), committed.commitment);
    let outcome = committed.stage.world.svm.send(&[ix], &[&thief]);

    assert_refused(outcome, ID, ProofsError::WrongRecipient);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut committed = Committed::ended();
    committed.pass_epochs(CLOSE_TIMEOUT_EPOCHS + 1);
    committed.stage.world.pause();

    committed.close().expect("a closed commitment");
}

#[test]
fn what_the_operator_has_committed_to_falls_by_its_size() {
    let mut committed = Committed::ended();
    let operator = committed
        .stage
        .commitment_state(&committed.commitment)
        .operator;
    let before = committed.stage.load_state(&operator);
    let size = committed
        .stage
        .commitment_state(&committed.commitment)
        .size_bytes;
    committed.pass_epochs(CLOSE_TIMEOUT_EPOCHS + 1);
    assert_eq!(
        committed.stage.load_state(&operator).committed_kib,
        size.div_ceil(1_024),
        "until it closes"
    );

    committed.close().expect("a closed commitment");

    let after = committed.stage.load_state(&operator);
    assert_eq!(before.commitments, 1);
    assert_eq!((after.commitments, after.committed_kib), (0, 0));
}
