//! `lease_renew`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::LeaseRenewed, state::LeaseTerms, ID},
    trestle_staking::{address::service_address, state::PolicyRules},
    trestle_tests::{
        clearance::known_parties,
        credits::{terms, CreditsWorld, Customer, Deal},
        leases::outcome as outcome_of,
        staking::service_params,
        svm::{assert_refused, Outcome},
    },
};

fn renew(
    world: &mut CreditsWorld,
    (customer, deal): (&Customer, &Deal),
    epochs: u64,
    rate: u64,
) -> Outcome {
    let ix = world.lease_renew(customer, deal, epochs, rate, true);
    world.svm.send(&[ix], &[&customer.key, &deal.operator.node])
}

/// Renews without the operator's node.
fn renew_alone(
    world: &mut CreditsWorld,
    (customer, deal): (&Customer, &Deal),
    epochs: u64,
    rate: u64,
) -> Outcome {
    let ix = world.lease_renew(customer, deal, epochs, rate, false);
    world.svm.send(&[ix], &[&customer.key])
}

#[test]
fn only_the_customer_renews_and_pays_the_new_epochs_from_the_free_balance() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let sent = renew(&mut world, (&customer, &deal), 5, 1_000).expect("renewed");
    let event = sent.event::<LeaseRenewed>().expect("an event");
    assert_eq!((event.end_epoch, event.escrow), (15, 15_000));
    assert_eq!((event.balance, event.by_node), (85_000, 1));
    println!("lease_renew: {} CU", sent.compute_units);
    let lease = world.lease_state(&deal);
    assert_eq!((lease.end_epoch, lease.deposited), (15, 15_000));
    world.check_sums(&customer, &[&deal]);

    let thief = world.rich_customer("thief", 5);
    let mut ix = world.lease_renew(&customer, &deal, 1, 1_000, true);
    ix.accounts[0].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(&[ix], &[&thief.key, &deal.operator.node]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    let outcome = renew(&mut world, (&customer, &deal), 86, 1_000);
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
}

#[test]
fn the_operators_node_signs_or_the_option_of_the_lease_covers_epochs_and_rate() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        renewal_epochs: 6,
        renewal_rate: 900,
        ..terms()
    });
    let parties = (&customer, &deal);
    for (epochs, rate) in [(7, 900), (1, 899), (1, 901), (1, 1_000)] {
        let outcome = renew_alone(&mut world, parties, epochs, rate);
        assert_refused(outcome, ID, CreditsError::NotNodeKey);
    }
    let stranger = world.svm.funded("stranger");
    let mut ix = world.lease_renew(&customer, &deal, 1, 500, true);
    ix.accounts[1].pubkey = stranger.pubkey();
    let outcome = world.svm.send(&[ix], &[&customer.key, &stranger]);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);
    let sent = renew_alone(&mut world, parties, 6, 900).expect("within the option");
    let event = sent.event::<LeaseRenewed>().expect("an event");
    assert_eq!((event.by_node, event.escrow), (0, 10_000 + 5_400));
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn the_option_is_used_up_by_the_epochs_that_it_added() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        renewal_epochs: 3,
        renewal_rate: 1_000,
        ..terms()
    });
    let parties = (&customer, &deal);
    renew_alone(&mut world, parties, 2, 1_000).expect("two of three");
    assert_eq!(world.lease_state(&deal).renewal_epochs, 1);
    let outcome = renew_alone(&mut world, parties, 2, 1_000);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);
    // What the node signs does not count.
    renew(&mut world, parties, 2, 1_000).expect("signed");
    renew_alone(&mut world, parties, 1, 1_000).expect("the third");
    let outcome = renew_alone(&mut world, parties, 1, 1_000);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);
}

#[test]
fn another_rate_applies_from_the_first_new_epoch_on_and_no_third_one_before_that() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 2,
        ..terms()
    });
    let parties = (&customer, &deal);
    renew(&mut world, parties, 2, 500).expect("another rate");
    let outcome = renew(&mut world, parties, 1, 700);
    assert_refused(outcome, ID, CreditsError::RenewalPending);
    renew(&mut world, parties, 1, 500).expect("the same again");
    world.settle_next(&customer, &deal, 1, (1, 1));
    let outcome = renew(&mut world, parties, 1, 700);
    assert_refused(outcome, ID, CreditsError::RenewalPending);
    // Once no epoch at the first rate is left, there is room for a third.
    world.settle_next(&customer, &deal, 2, (2, 2));
    renew(&mut world, parties, 1, 700).expect("a third rate");
    let lease = world.lease_state(&deal);
    assert_eq!((lease.rate_per_epoch, lease.renewed_rate), (500, 700));
    assert_eq!((lease.renewed_epoch, lease.end_epoch), (6, 6));
    assert_eq!(lease.escrow, 1_500 + 700);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_lease_that_is_ending_over_or_without_its_commitment_is_not_renewed() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.reach(11);
    let outcome = renew(&mut world, (&customer, &deal), 1, 1_000);
    assert_refused(outcome, ID, CreditsError::LeaseNotRunning);

    let deal = world.deal("second", &customer);
    world.open(&customer, &deal, terms()).expect("a lease");
    world.end_commitment(&deal, 13);
    let outcome = renew(&mut world, (&customer, &deal), 1, 1_000);
    assert_refused(outcome, ID, CreditsError::CommitmentEnded);

    let deal = world.deal("third", &customer);
    world.open(&customer, &deal, terms()).expect("a lease");
    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(end, &customer.key);
    let outcome = renew(&mut world, (&customer, &deal), 1, 1_000);
    assert_refused(outcome, ID, CreditsError::LeaseNotRunning);
}

#[test]
fn the_term_ahead_stays_within_its_bounds() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        rate_per_epoch: 1,
        ..terms()
    });
    let parties = (&customer, &deal);
    for epochs in [0, 3_641] {
        let outcome = renew(&mut world, parties, epochs, 1);
        assert_refused(outcome, ID, CreditsError::BadTerm);
    }
    let outcome = renew(&mut world, parties, 1, 0);
    assert_refused(outcome, ID, CreditsError::BadRate);
    let outcome = renew(&mut world, parties, u64::MAX, 1);
    assert_refused(outcome, ID, CreditsError::MathOverflow);
    renew(&mut world, parties, 3_640, 1).expect("ten years ahead");
}

#[test]
fn a_service_with_a_policy_admits_only_with_the_clearances_that_it_asks_for() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        renewal_epochs: 6,
        renewal_rate: 1_000,
        ..terms()
    });
    let parties = (&customer, &deal);
    world.impose(known_parties());
    // `admission` tries every way to be refused and to be admitted.
    let outcome = renew(&mut world, parties, 1, 1_000);
    assert_refused(outcome, ID, CreditsError::WrongIssuer);
    // The option stands in for the node, not for a clearance.
    let outcome = renew_alone(&mut world, parties, 1, 1_000);
    assert_refused(outcome, ID, CreditsError::WrongIssuer);
    // The lease goes on and pays.
    let sent = world.settle_next(&customer, &deal, 1, (1, 1));
    assert_eq!(outcome_of(&sent), (1, 1_000, 0));
    world.impose(PolicyRules::default());
    renew_alone(&mut world, parties, 1, 1_000).expect("under a policy that asks for nothing");
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn the_service_must_be_the_leases() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    // Another service of the network, without a policy.
    world.create_service(service_params()).expect("a service");
    let mut ix = world.lease_renew(&customer, &deal, 1, 1_000, true);
    let service = world.service;
    let place = ix.accounts.iter_mut().find(|meta| meta.pubkey == service);
    place.expect("the service").pubkey = service_address(&world.network, 1).0;
    let outcome = world.svm.send(&[ix], &[&customer.key, &deal.operator.node]);
    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn a_paused_network_renews_no_lease() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.pause();
    let outcome = renew(&mut world, (&customer, &deal), 1, 1_000);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
