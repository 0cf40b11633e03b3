//! No counterparty can trap credits by silence: every lease has a way out that time opens.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseClosed,
        state::{Lease, LeaseTerms},
        ID,
    },
    trestle_tests::{
        credits::{terms, CreditsWorld, Customer, Deal},
        final_roots::windows,
        leases::outcome,
        svm::assert_refused,
    },
};

/// Closes the lease as anybody may, and checks that nothing of it is left anywhere.
#[track_caller]
fn close(world: &mut CreditsWorld, customer: &Customer, deal: &Deal) -> LeaseClosed {
    let ix = world.lease_close(customer, deal);
    let sent = world.svm.must(&[ix], &[]);
    let account = world.account_state(customer);
    assert_eq!((account.escrowed, account.lease_count), (0, 0));
    let market = world.market_state();
    assert_eq!((market.held, market.escrowed), (account.balance, 0));
    sent.event().expect("an event")
}

#[test]
fn a_silent_operator_is_not_paid_and_its_lease_runs_out() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    // Its leaf is in every root and shows no window, neither good nor bad.
    for epoch in 1..=10 {
        let sent = world.settle_next(&customer, &deal, epoch, (0, 0));
        assert_eq!(outcome(&sent), (1, 0, 1_000));
    }
    let event = close(&mut world, &customer, &deal);
    assert_eq!((event.consumed_total, event.refunded_total), (0, 10_000));
    assert_eq!(event.timed_out, 0);
    assert_eq!(world.account_state(&customer).balance, 100_000);
}

#[test]
fn an_operator_without_a_leaf_holds_credits_until_the_timeout_and_no_longer() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 3_650,
        notice_epochs: 2,
        rate_per_epoch: 10,
        ..terms()
    });
    let other = world.operator("other", 0);
    for epoch in 1..=3 {
        world.publish(epoch, &[(other.address, windows(1, 1))]);
    }
    // The customer need not wait for ten years: after its own notice the clock runs.
    let end = world.lease_end(customer.key.pubkey(), &deal, 2);
    world.must(end, &customer.key);
    assert_eq!(world.lease_state(&deal).end_epoch, 6);
    world.reach(14);
    let ix = world.lease_close(&customer, &deal);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);
    world.reach(15);
    let event = close(&mut world, &customer, &deal);
    assert_eq!((event.refunded, event.timed_out), (36_500, 1));
}

#[test]
fn a_silent_customer_cannot_keep_an_operator_unpaid_or_a_lease_open() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 2,
        ..terms()
    });
    // Whoever has the leaves settles and closes; nobody signs for the customer.
    world.settle_next(&customer, &deal, 1, (1, 1));
    world.settle_next(&customer, &deal, 2, (2, 2));
    assert_eq!(world.revenue_state().consumed, 2_000);
    let event = close(&mut world, &customer, &deal);
    assert_eq!((event.consumed_total, event.refunded_total), (2_000, 0));
    // The commitment is free for another lease.
    world.open(&customer, &deal, terms()).expect("a next lease");
}

#[test]
fn an_operator_leaves_a_silent_customer_after_the_services_notice() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 90,
        ..terms()
    });
    world.settle_next(&customer, &deal, 1, (1, 1));
    let authority = deal.operator.authority.insecure_clone();
    let end = world.lease_end(authority.pubkey(), &deal, 4);
    world.must(end, &authority);
    world.settle_next(&customer, &deal, 2, (2, 2));
    world.settle_next(&customer, &deal, 3, (3, 3));
    let sent = world.settle_next(&customer, &deal, 4, (4, 4));
    assert_eq!(outcome(&sent), (1, 1_000, 6_000));
    close(&mut world, &customer, &deal);
}

#[test]
fn a_service_whose_verifiers_stopped_gives_everything_unsettled_back() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 3,
        ..terms()
    });
    world.settle_next(&customer, &deal, 1, (1, 1));
    world.settle_next(&customer, &deal, 2, (2, 2));
    // No root any more. The customer gives notice at once, and nobody can settle.
    let end = world.lease_end(customer.key.pubkey(), &deal, 2);
    world.must(end, &customer.key);
    world.reach(14);
    let mut lease: Lease = world.lease_state(&deal);
    assert_eq!(lease.end_epoch, 6);
    assert!(lease.next_root(world.roots.ring(), &[]).is_err());
    world.reach(15);
    let event = close(&mut world, &customer, &deal);
    assert_eq!((event.refunded, event.consumed_total), (8_000, 2_000));
    assert_eq!(event.timed_out, 1);
}

#[test]
fn a_service_that_never_had_a_root_gives_everything_back() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.reach(19);
    let event = close(&mut world, &customer, &deal);
    assert_eq!((event.refunded, event.timed_out), (10_000, 1));
}

#[test]
fn an_owed_notice_does_not_outlive_the_timeout() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 5,
        ..terms()
    });
    world.leave_commitment(&deal, 1);
    world.reach(19);
    let event = close(&mut world, &customer, &deal);
    assert_eq!((event.refunded, event.consumed_total), (10_000, 0));
}
