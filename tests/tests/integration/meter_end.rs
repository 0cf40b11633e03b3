//! `meter_end`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::MeterEnded, ID},
    trestle_staking::state::Operator,
    trestle_tests::{billing::meter_terms, credits::CreditsWorld, svm::assert_refused},
};

#[test]
fn the_meter_of_a_customer_ends_after_the_notice_and_that_of_an_operator_at_once() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    world.reach(4);
    let end = world.meter_end(customer.key.pubkey(), &customer, &operator);
    let sent = world.must(end, &customer.key);
    println!("meter_end: {} CU", sent.compute_units);
    let event = sent.event::<MeterEnded>().expect("an event");
    assert_eq!(event.end_epoch, 7);
    let end = world.meter_end(operator.authority.pubkey(), &customer, &operator);
    let sent = world.must(end, &operator.authority);
    let event = sent.event::<MeterEnded>().expect("an event");
    assert_eq!(event.end_epoch, 4);
}

#[test]
fn only_the_customer_or_the_operators_controller_can_end_a_meter() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let controller = world.svm.funded("controller");
    world.svm.edit(&operator.address, |state: &mut Operator| {
        state.controller = controller.pubkey();
    });
    // The wallet that registered it has handed over: a customer who has it bought could take back
    // at once what the operator's last receipt is owed.
    for other in [
        world.svm.funded("stranger"),
        operator.authority.insecure_clone(),
    ] {
        let end = world.meter_end(other.pubkey(), &customer, &operator);
        let outcome = world.svm.send(&[end], &[&other]);
        assert_refused(outcome, ID, CreditsError::NotMeterParty);
    }
    let end = world.meter_end(controller.pubkey(), &customer, &operator);
    world.must(end, &controller);
}

#[test]
fn a_meter_cannot_be_made_to_end_later() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let end = world.meter_end(customer.key.pubkey(), &customer, &operator);
    world.must(end.clone(), &customer.key);
    world.reach(1);
    let outcome = world.svm.send(&[end], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::MeterEndsAlready);
}

#[test]
fn a_paused_network_ends_meters() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    world.pause();
    let end = world.meter_end(customer.key.pubkey(), &customer, &operator);
    world.must(end, &customer.key);
}
