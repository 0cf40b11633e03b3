//! `meter_close`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{address::meter_address, error::CreditsError, event::MeterClosed, ID},
    trestle_tests::{
        billing::meter_terms,
        credits::{CreditsWorld, Customer},
        staking::OperatorKeys,
        svm::assert_refused,
    },
};

/// A meter that the customer ended in epoch 0, with two epochs of notice.
fn ended() -> (CreditsWorld, Customer, OperatorKeys) {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let end = world.meter_end(customer.key.pubkey(), &customer, &operator);
    world.must(end, &customer.key);
    (world, customer, operator)
}

#[test]
fn a_meter_is_closed_once_its_notice_has_passed() {
    let (mut world, customer, operator) = ended();
    let close = world.meter_close(customer.key.pubkey(), &customer, &operator);
    world.reach(2);
    let outcome = world.svm.send(std::slice::from_ref(&close), &[]);
    assert_refused(outcome, ID, CreditsError::MeterNotEnded);
    world
        .settle_meter(&customer, &operator, &customer.key, 10)
        .expect("the last receipt in time");
    world.reach(3);
    let sent = world.svm.must(&[close], &[]);
    println!("meter_close: {} CU", sent.compute_units);
    let event = sent.event::<MeterClosed>().expect("an event");
    assert_eq!(
        (event.refunded, event.consumed_total, event.balance),
        (970, 30, 9_970)
    );
}

#[test]
fn what_is_left_goes_back_into_the_free_balance() {
    let (mut world, customer, operator) = ended();
    world.reach(3);
    let close = world.meter_close(customer.key.pubkey(), &customer, &operator);
    world.svm.must(&[close], &[]);
    let (account, market) = (world.account_state(&customer), world.market_state());
    assert_eq!(
        (account.balance, account.escrowed, account.meter_count),
        (10_000, 0, 0)
    );
    assert_eq!((market.held, market.escrowed), (10_000, 0));
}

#[test]
fn the_meters_rent_goes_back_to_whoever_opened_it() {
    let (mut world, customer, operator) = ended();
    world.reach(3);
    let meter = meter_address(&customer.account, &operator.address).0;
    let (rent, before) = (
        world.svm.lamports(&meter),
        world.svm.lamports(&customer.key.pubkey()),
    );
    let close = world.meter_close(customer.key.pubkey(), &customer, &operator);
    world.svm.must(&[close], &[]);
    assert_eq!(world.svm.lamports(&customer.key.pubkey()), before + rent);
}

#[test]
fn a_paused_network_closes_meters() {
    let (mut world, customer, operator) = ended();
    world.reach(3);
    world.pause();
    let close = world.meter_close(customer.key.pubkey(), &customer, &operator);
    world.svm.must(&[close], &[]);
}
