//! `lease_end`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::LeaseEnded, state::LeaseTerms, ID},
    trestle_staking::state::Operator,
    trestle_tests::{
        credits::{terms, CreditsWorld},
        final_roots::windows,
        leases::outcome,
        svm::assert_refused,
    },
};

#[test]
fn only_the_customer_or_who_acts_for_the_operator_ends_a_lease() {
    let mut world = CreditsWorld::new();
    let (_, deal) = world.lease(terms());
    let stranger = world.svm.funded("stranger");
    for party in [&stranger, &deal.operator.node] {
        let ix = world.lease_end(party.pubkey(), &deal, 1);
        let relayer = world.svm.funded("relayer");
        let outcome = world.svm.send(&[ix], &[&relayer, party]);
        assert_refused(outcome, ID, CreditsError::NotLeaseParty);
    }
}

#[test]
fn without_a_notice_a_customers_lease_ends_with_the_running_epoch() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.reach(3);
    let ix = world.lease_end(customer.key.pubkey(), &deal, 2);
    let sent = world.must(ix, &customer.key);
    let lease = world.lease_state(&deal);
    assert_eq!((lease.end_epoch, lease.status, lease.reason), (3, 2, 2));
    let event = sent.event::<LeaseEnded>().expect("an event");
    assert_eq!((event.end_epoch_before, event.end_epoch), (10, 3));
    assert_eq!(event.ended_by, customer.key.pubkey());
    println!("lease_end: {} CU", sent.compute_units);
}

#[test]
fn a_customers_lease_ends_after_the_notice_of_the_lease() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 4,
        ..terms()
    });
    world.settle_next(&customer, &deal, 1, (1, 1));
    world.reach(3);
    let ix = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(ix, &customer.key);
    assert_eq!(world.lease_state(&deal).end_epoch, 7);
    // The operator serves the notice and is paid for it.
    for epoch in 2..7 {
        let windows = u32::try_from(epoch).expect("an early epoch");
        world.settle_next(&customer, &deal, epoch, (windows, windows));
    }
    let sent = world.settle_next(&customer, &deal, 7, (7, 7));
    assert_eq!(outcome(&sent), (1, 1_000, 3_000));
    assert_eq!(world.lease_state(&deal).consumed, 7_000);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn whoever_the_operator_handed_over_to_ends_its_leases() {
    let mut world = CreditsWorld::new();
    let (_, deal) = world.lease(terms());
    let heir = world.svm.funded("heir");
    let operator = deal.operator.address;
    world
        .svm
        .edit::<Operator>(&operator, |state| state.controller = heir.pubkey());
    let authority = deal.operator.authority.insecure_clone();
    let ix = world.lease_end(authority.pubkey(), &deal, 4);
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, CreditsError::NotLeaseParty);
    let ix = world.lease_end(heir.pubkey(), &deal, 4);
    world.must(ix, &heir);
}

#[test]
fn an_operators_lease_ends_after_the_services_notice() {
    let mut world = CreditsWorld::new();
    let (_, deal) = world.lease(terms());
    world.reach(3);
    let authority = deal.operator.authority.insecure_clone();
    let ix = world.lease_end(authority.pubkey(), &deal, 4);
    world.must(ix, &authority);
    assert_eq!(world.lease_state(&deal).end_epoch, 5);
}

#[test]
fn an_end_is_only_ever_moved_forward() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.reach(3);
    let ix = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(ix.clone(), &customer.key);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::LeaseEndsAlready);
    let authority = deal.operator.authority.insecure_clone();
    let ix = world.lease_end(authority.pubkey(), &deal, 4);
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, CreditsError::LeaseEndsAlready);
}

#[test]
fn a_reason_is_one_that_a_party_can_give() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    for reason in [0, 6, 7, 255] {
        let ix = world.lease_end(customer.key.pubkey(), &deal, reason);
        let outcome = world.svm.send(&[ix], &[&customer.key]);
        assert_refused(outcome, ID, CreditsError::BadReason);
    }
}

#[test]
fn a_paused_network_lets_leases_end() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.pause();
    let ix = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(ix, &customer.key);
}

#[test]
fn a_settled_lease_has_ended() {
    let mut world = CreditsWorld::new();
    let mut terms = terms();
    terms.epochs = 1;
    let (customer, deal) = world.lease(terms);
    let operator = deal.operator.address;
    world.publish(1, &[(operator, windows(1, 1))]);
    world.settle(&customer, &deal, 1).expect("settled");
    let ix = world.lease_end(customer.key.pubkey(), &deal, 1);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::LeaseSettled);
}

#[test]
fn the_operator_of_another_lease_has_no_say() {
    let mut world = CreditsWorld::new();
    let (_, deal) = world.lease(terms());
    let other = world.operator("other", 0);
    let mut ix = world.lease_end(other.authority.pubkey(), &deal, 4);
    ix.accounts[3].pubkey = other.address;
    let outcome = world.svm.send(&[ix], &[&other.authority]);
    assert_refused(outcome, ID, CreditsError::WrongOperator);
}
