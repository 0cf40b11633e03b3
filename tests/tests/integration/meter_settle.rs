//! `meter_settle`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::usage::receipt,
    trestle_credits::{
        address::meter_address, error::CreditsError, event::MeterSettled, state::MeterTerms, ID,
    },
    trestle_tests::{
        billing::{ed25519_check, meter_terms},
        credits::{CreditsWorld, Customer},
        staking::OperatorKeys,
        svm::assert_refused,
    },
};

fn world() -> (CreditsWorld, Customer, OperatorKeys) {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    (world, customer, operator)
}

#[test]
fn a_receipt_of_the_meter_signed_by_its_key_pays_for_the_units_since_the_last_one() {
    let (mut world, customer, operator) = world();
    let sent = world
        .settle_meter(&customer, &operator, &customer.key, 10)
        .expect("paid");
    println!("meter_settle: {} CU", sent.compute_units);
    let sent = world
        .settle_meter(&customer, &operator, &customer.key, 15)
        .expect("paid");
    let event = sent.event::<MeterSettled>().expect("an event");
    assert_eq!(
        (event.units, event.units_total, event.consumed, event.escrow),
        (5, 15, 15, 955)
    );
    let (account, market) = (world.account_state(&customer), world.market_state());
    assert_eq!((account.consumed, account.escrowed), (45, 955));
    assert_eq!((market.consumed, market.escrowed), (45, 955));
}

#[test]
fn a_receipt_pays_once_and_an_older_one_pays_nothing() {
    let (mut world, customer, operator) = world();
    world
        .settle_meter(&customer, &operator, &customer.key, 10)
        .expect("paid");
    for units in [10, 9, 0] {
        let outcome = world.settle_meter(&customer, &operator, &customer.key, units);
        assert_refused(outcome, ID, CreditsError::NothingUsed);
    }
}

#[test]
fn a_receipt_of_another_key_another_meter_or_an_earlier_meter_at_the_address_is_refused() {
    let (mut world, customer, operator) = world();
    let outcome = world.settle_meter(&customer, &operator, &operator.node, 10);
    assert_refused(outcome, ID, CreditsError::ReceiptInvalid);

    let meter = meter_address(&customer.account, &operator.address).0;
    let settle = world.meter_settle(&customer, &operator, 10);
    for message in [
        receipt(&[1; 32], 0, 10),
        receipt(meter.as_array(), 1, 10),
        receipt(meter.as_array(), 0, 11),
    ] {
        let check = ed25519_check(&customer.key, &message);
        let outcome = world.svm.send(&[check, settle.clone()], &[]);
        assert_refused(outcome, ID, CreditsError::ReceiptInvalid);
    }
    // A receipt must stand right before the settlement.
    let outcome = world.svm.send(std::slice::from_ref(&settle), &[]);
    assert_refused(outcome, ID, CreditsError::ReceiptMissing);
    let check = ed25519_check(&customer.key, &receipt(meter.as_array(), 0, 10));
    let between = world.meter_end(customer.key.pubkey(), &customer, &operator);
    let outcome = world
        .svm
        .send(&[check.clone(), between, settle.clone()], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::ReceiptMissing);
    world.svm.must(&[check.clone(), settle.clone()], &[]);

    // Closed and opened again, the meter has another number.
    let end = world.meter_end(operator.authority.pubkey(), &customer, &operator);
    let close = world.meter_close(customer.key.pubkey(), &customer, &operator);
    let open = world.meter_open(&customer, None, &operator, meter_terms());
    world.svm.must(
        &[end, close, open],
        &[&operator.authority, &customer.key, &operator.node],
    );
    let outcome = world.svm.send(&[check, settle], &[]);
    assert_refused(outcome, ID, CreditsError::ReceiptInvalid);
}

#[test]
fn no_more_is_used_up_in_an_epoch_than_the_cap_and_the_same_receipt_pays_the_rest_later() {
    let (mut world, customer, operator) = world();
    world
        .settle_meter(&customer, &operator, &customer.key, 150)
        .expect("as far as the cap goes");
    let meter = world.meter_state(&customer, &operator);
    assert_eq!((meter.units, meter.consumed), (100, 300));
    let outcome = world.settle_meter(&customer, &operator, &customer.key, 150);
    assert_refused(outcome, ID, CreditsError::MeterExhausted);
    world.reach(1);
    world
        .settle_meter(&customer, &operator, &customer.key, 150)
        .expect("the rest");
    let meter = world.meter_state(&customer, &operator);
    assert_eq!((meter.units, meter.consumed), (150, 450));
}

#[test]
fn no_more_is_used_up_than_the_meter_holds() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(MeterTerms {
        epoch_cap: u64::MAX,
        ..meter_terms()
    });
    world
        .settle_meter(&customer, &operator, &customer.key, u64::MAX)
        .expect("as far as the credits go");
    let meter = world.meter_state(&customer, &operator);
    // 333 units at 3 credits; one credit is too little for another unit.
    assert_eq!((meter.units, meter.escrow), (333, 1));
    let outcome = world.settle_meter(&customer, &operator, &customer.key, u64::MAX);
    assert_refused(outcome, ID, CreditsError::MeterExhausted);
}

#[test]
fn what_is_used_up_counts_to_the_services_revenue() {
    let (mut world, customer, operator) = world();
    world
        .settle_meter(&customer, &operator, &customer.key, 10)
        .expect("paid");
    assert_eq!(world.revenue_state().consumed, 30);
}

#[test]
fn a_paused_network_settles() {
    let (mut world, customer, operator) = world();
    world.pause();
    world
        .settle_meter(&customer, &operator, &customer.key, 10)
        .expect("paid");
}
