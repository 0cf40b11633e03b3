//! `service_open`, by its specification.

use {
    anchor_lang::{programs::System, Error, Id},
    solana_signer::Signer,
    trestle_core::{hash::ZERO_HASH, root::ROOT_RING_ACCOUNT_LEN},
    trestle_proofs::{event::ServiceOpened, ID},
    trestle_tests::{proofs::Stage, staking::BOND_MIN, svm::assert_refused},
};

#[test]
fn anybody_can_open_a_service_of_the_staking_program_and_pays_the_rent() {
    let mut stage = Stage::closed(&[BOND_MIN]);
    let payer = stage.challenger.pubkey();
    let before = stage.world.svm.lamports(&payer);

    let sent = stage.open().expect("an open service");

    let rent = stage.world.svm.lamports(&stage.ring) + stage.world.svm.lamports(&stage.seeds);
    assert_eq!(stage.world.svm.lamports(&payer), before - rent - sent.fee);
    let event = sent.event::<ServiceOpened>().expect("an event");
    assert_eq!(event.network, stage.world.network);
    assert_eq!(event.service, stage.world.service);
    assert_eq!((event.ring, event.seeds), (stage.ring, stage.seeds));
}

#[test]
fn both_rings_begin_empty() {
    let mut stage = Stage::closed(&[BOND_MIN]);
    stage.open().expect("an open service");

    let (ring, seeds) = (stage.ring_state(), stage.seeds_state());

    assert_eq!(
        (ring.service, seeds.service),
        (stage.world.service, stage.world.service)
    );
    assert_eq!((ring.count, ring.latest_epoch, seeds.count), (0, 0, 0));
    assert_eq!(ring.latest_digest(), ZERO_HASH);
    let bytes = stage.world.svm.raw(&stage.ring).expect("a ring").data;
    assert_eq!(bytes.len(), ROOT_RING_ACCOUNT_LEN);
    let read = trestle_core::root::RootRing::read_account_data(&bytes).expect("core's layout");
    assert_eq!(&*read, ring.roots());
}

#[test]
fn a_service_can_be_opened_once() {
    let mut stage = Stage::new();

    let outcome = stage.open();

    // The system program's error for an account that is in use.
    assert_refused(outcome, System::id(), Error::Custom(0));
}

#[test]
fn an_account_that_is_no_service_is_refused() {
    let mut stage = Stage::closed(&[BOND_MIN]);
    stage.world.service = stage.world.network;

    let outcome = stage.open();

    assert_refused(outcome, ID, Error::InvalidAccountData);
}
