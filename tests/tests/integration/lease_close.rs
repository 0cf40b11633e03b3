//! `lease_close`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::LeaseClosed, ID},
    trestle_tests::{
        credits::{terms, CreditsWorld},
        final_roots::windows,
        svm::assert_refused,
    },
};

#[test]
fn a_settled_lease_is_closed_and_its_rent_goes_to_the_customer() {
    let mut world = CreditsWorld::new();
    let mut terms = terms();
    terms.epochs = 1;
    let (customer, deal) = world.lease(terms);
    world.publish(1, &[(deal.operator.address, windows(3, 4))]);
    world.settle(&customer, &deal, 1).expect("settled");
    let rent = world.svm.lamports(&deal.lease);
    let before = world.svm.lamports(&customer.key.pubkey());

    let ix = world.lease_close(&customer, &deal);
    let sent = world.svm.must(&[ix], &[]);

    assert!(world.svm.raw(&deal.lease).is_none());
    assert_eq!(world.svm.lamports(&customer.key.pubkey()), before + rent);
    assert_eq!(world.account_state(&customer).lease_count, 0);
    let event = sent.event::<LeaseClosed>().expect("an event");
    assert_eq!(event.refunded, 0);
    // 750 of 1,000 earned, less a tenth because fewer than nine windows in ten were good.
    assert_eq!((event.consumed_total, event.refunded_total), (675, 325));
    assert_eq!((event.timed_out, event.reason), (0, 0));
    println!("lease_close: {} CU", sent.compute_units);
}

#[test]
fn a_lease_that_ended_before_it_began_gives_everything_back() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    let close = world.lease_close(&customer, &deal);
    let sent = world.svm.must(&[end, close], &[&customer.key]);
    let event = sent.event::<LeaseClosed>().expect("an event");
    assert_eq!((event.refunded, event.consumed_total), (10_000, 0));
    let state = world.account_state(&customer);
    assert_eq!((state.balance, state.escrowed), (100_000, 0));
}

#[test]
fn a_lease_that_nobody_settled_for_eight_epochs_after_its_end_gives_back_what_is_left() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    world.settle(&customer, &deal, 1).expect("settled");
    let ix = world.lease_close(&customer, &deal);
    // The lease ends with epoch 10.
    world.reach(18);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);

    world.reach(19);
    let sent = world.svm.must(&[ix], &[]);

    let event = sent.event::<LeaseClosed>().expect("an event");
    assert_eq!((event.refunded, event.consumed_total), (9_000, 1_000));
    assert_eq!(event.timed_out, 1);
    let state = world.account_state(&customer);
    assert_eq!((state.balance, state.escrowed), (99_000, 0));
    let market = world.market_state();
    assert_eq!(
        (market.held, market.escrowed, market.consumed),
        (99_000, 0, 1_000)
    );
}

#[test]
fn a_lease_that_can_still_be_settled_is_not_closed() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.reach(3);
    let ix = world.lease_close(&customer, &deal);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);

    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(end, &customer.key);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);
}

#[test]
fn a_paused_network_lets_leases_close() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.pause();
    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    let close = world.lease_close(&customer, &deal);
    world.svm.must(&[end, close], &[&customer.key]);
}

#[test]
fn the_rent_and_the_rest_go_to_nobody_else() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let thief = world.customer("thief");
    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(end, &customer.key);
    let mut rent = world.lease_close(&customer, &deal);
    rent.accounts[4].pubkey = thief.key.pubkey();
    let mut rest = world.lease_close(&customer, &deal);
    rest.accounts[2].pubkey = thief.account;
    for ix in [rent, rest] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, CreditsError::NotCustomer);
    }
}
