//! `meter_deposit`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::MeterDeposited, ID},
    trestle_tests::{
        billing::{delegate_params, meter_terms},
        credits::CreditsWorld,
        svm::assert_refused,
    },
};

#[test]
fn the_customer_deposits_or_a_delegate_within_its_limits() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let delegate = world.svm.funded("delegate");
    let set = world.delegate_set(&customer, delegate.pubkey(), delegate_params());
    world.must(set, &customer.key);
    let ix = world.meter_deposit(&customer, Some(&delegate), &operator, 1_500);
    world.must(ix, &delegate);
    let ix = world.meter_deposit(&customer, Some(&delegate), &operator, 1);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[&delegate]);
    assert_refused(outcome, ID, CreditsError::DelegateEpochLimit);
    world.reach(1);
    world.must(ix, &delegate);
    let ix = world.meter_deposit(&customer, None, &operator, 500);
    let sent = world.must(ix, &customer.key);
    println!("meter_deposit: {} CU", sent.compute_units);
    assert_eq!(world.meter_state(&customer, &operator).escrow, 3_001);
}

#[test]
fn the_deposit_leaves_the_free_balance() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let ix = world.meter_deposit(&customer, None, &operator, 500);
    let sent = world.must(ix, &customer.key);
    let event = sent.event::<MeterDeposited>().expect("an event");
    assert_eq!(
        (event.credits, event.escrow, event.balance),
        (500, 1_500, 8_500)
    );
    let account = world.account_state(&customer);
    assert_eq!((account.balance, account.escrowed), (8_500, 1_500));
    for (credits, error) in [
        (0, CreditsError::ZeroCredits),
        (8_501, CreditsError::InsufficientCredits),
    ] {
        let ix = world.meter_deposit(&customer, None, &operator, credits);
        assert_refused(world.svm.send(&[ix], &[&customer.key]), ID, error);
    }
}

#[test]
fn a_meter_that_was_ended_takes_no_deposit() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let end = world.meter_end(customer.key.pubkey(), &customer, &operator);
    world.must(end, &customer.key);
    let ix = world.meter_deposit(&customer, None, &operator, 500);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::MeterEnded);
}

#[test]
fn a_paused_network_takes_no_deposit() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    world.pause();
    let ix = world.meter_deposit(&customer, None, &operator, 500);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
