//! `commitment_end`, by its specification.

use {
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_proofs::{
        address::commitment_address,
        error::ProofsError,
        event::CommitmentEnded,
        state::{CommitmentStatus, EndedBy},
        ID,
    },
    trestle_tests::{
        proofs::Stage,
        staking::OperatorKeys,
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

const ROOT: [u8; 32] = [1; 32];

/// A commitment that was registered in epoch 1.
struct Committed {
    stage: Stage,
    operator: OperatorKeys,
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
            operator,
            customer,
        }
    }

    fn end(&mut self, party: &Keypair) -> Outcome {
        let ix = self.stage.commitment_end(party.pubkey(), self.commitment);
        self.stage.world.svm.send(&[ix], &[party])
    }

    fn end_by_customer(&mut self) -> Outcome {
        self.end(&self.customer.insecure_clone())
    }

    fn end_by_operator(&mut self) -> Outcome {
        self.end(&self.operator.authority.insecure_clone())
    }

    fn ended_epoch(&self) -> u64 {
        self.stage.commitment_state(&self.commitment).ended_epoch
    }
}

#[test]
fn the_customer_ends_it_with_the_current_epoch() {
    let mut committed = Committed::new();
    committed.stage.next_epoch();

    let sent = committed.end_by_customer().expect("an end");

    let state = committed.stage.commitment_state(&committed.commitment);
    assert_eq!(state.status, CommitmentStatus::Ended as u8);
    assert_eq!(state.ended_epoch, 2);
    assert_eq!(state.ended_by, EndedBy::Customer as u8);
    assert!(state.serves(2) && !state.serves(3));
    let event = sent.event::<CommitmentEnded>().expect("an event");
    assert_eq!(
        (event.by, event.ended_epoch),
        (committed.customer.pubkey(), 2)
    );
}

#[test]
fn the_operators_authority_ends_it_after_the_services_notice() {
    let mut committed = Committed::new();

    let sent = committed.end_by_operator().expect("an end");

    // The notice of the test service is two epochs.
    assert_eq!(committed.ended_epoch(), 3);
    let event = sent.event::<CommitmentEnded>().expect("an event");
    assert_eq!(event.by, committed.operator.authority.pubkey());
}

#[test]
fn who_ended_it_is_remembered() {
    let mut committed = Committed::new();
    let by = |committed: &Committed| {
        committed
            .stage
            .commitment_state(&committed.commitment)
            .ended_by
    };
    assert_eq!(by(&committed), 0);
    committed.end_by_operator().expect("an end");
    assert_eq!(by(&committed), EndedBy::Operator as u8);
    committed.end_by_customer().expect("an earlier end");
    assert_eq!(by(&committed), EndedBy::Customer as u8);
}

#[test]
fn anybody_else_is_refused() {
    let mut committed = Committed::new();
    let node = committed.operator.node.insecure_clone();
    let stranger = committed.stage.world.svm.funded("stranger");

    for party in [stranger, node] {
        let ix = committed
            .stage
            .commitment_end(party.pubkey(), committed.commitment);
        let outcome = committed.stage.world.svm.send_relayed(&[ix], &[&party]);
        assert_refused(outcome, ID, ProofsError::NotParty);
    }
}

#[test]
fn an_end_can_be_brought_forward_by_the_customer_but_not_put_off() {
    let mut committed = Committed::new();
    committed.end_by_operator().expect("an end");
    committed.stage.next_epoch();

    let outcome = committed.end_by_operator();
    assert_refused(outcome, ID, ProofsError::CommitmentEnded);
    assert_eq!(committed.ended_epoch(), 3);

    committed.end_by_customer().expect("an earlier end");
    assert_eq!(committed.ended_epoch(), 2);
    committed.stage.next_epoch();
    let outcome = committed.end_by_customer();
    assert_refused(outcome, ID, ProofsError::CommitmentEnded);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut committed = Committed::new();
    committed.stage.world.pause();

    committed.end_by_customer().expect("an end");
}
