//! `lease_settle`, by its specification.

use {
    trestle_core::lease::Reason,
    trestle_credits::{
        address::revenue_address,
        constants::LEASE_SETTLED,
        error::CreditsError,
        state::{Lease, LeaseTerms},
        ID,
    },
    trestle_proofs::state::Commitment,
    trestle_tests::{
        credits::{terms, CreditsWorld, Deal},
        final_roots::{any_leaf, windows, Roots},
        leases::{outcome, settled},
        svm::assert_refused,
    },
};

/// Leaves of the tree that costs are measured on: depth 20.
const MANY: usize = 1 << 20;

/// Publishes roots in which every window of the operator was good, one window an epoch.
fn publish_good(world: &mut CreditsWorld, deal: &Deal, epochs: impl Iterator<Item = u64>) {
    for epoch in epochs {
        let count = u32::try_from(epoch).expect("an early epoch") + 1;
        world.publish(epoch, &[(deal.operator.address, windows(count, count))]);
    }
}

#[test]
fn a_period_is_settled_with_the_oldest_final_root_that_reaches_its_end_and_no_other() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        period_epochs: 3,
        ..terms()
    });
    publish_good(&mut world, &deal, [1, 2, 3, 4, 5, 7, 8].into_iter());
    for epoch in [1, 2, 4, 5, 7, 8] {
        let outcome = world.settle(&customer, &deal, epoch);
        assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    }
    let sent = world.settle(&customer, &deal, 3).expect("the third");
    assert_eq!(outcome(&sent), (3, 3_000, 0));
    // Epoch 6 has no root: 7 is the oldest that reaches the end of the second period.
    for epoch in [3, 4, 5, 8] {
        let outcome = world.settle(&customer, &deal, epoch);
        assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    }
    let sent = world.settle(&customer, &deal, 7).expect("the seventh");
    assert_eq!(outcome(&sent), (4, 4_000, 0));
    let outcome = world.settle(&customer, &deal, 8);
    assert_refused(outcome, ID, CreditsError::SettlementNotDue);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn the_lease_itself_tells_which_root_is_next() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        period_epochs: 4,
        ..terms()
    });
    publish_good(&mut world, &deal, 0..11);
    let mut settled = Vec::new();
    loop {
        let mut lease: Lease = world.lease_state(&deal);
        let Ok(next) = lease.next_root(world.roots.ring(), &[]) else {
            break;
        };
        let epoch = next.root().epoch;
        world.settle(&customer, &deal, epoch).expect("as told");
        settled.push(epoch);
    }
    assert_eq!(settled, [0, 4, 8, 10]);
}

#[test]
fn what_is_consumed_counts_as_revenue_of_the_service() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let operator = deal.operator.address;
    world.publish(1, &[(operator, windows(95, 100))]);
    world.settle(&customer, &deal, 1).expect("settled");
    assert_eq!(world.revenue_state().consumed, 950);
    world.publish(2, &[(operator, windows(99, 104))]);
    world.settle(&customer, &deal, 2).expect("settled");
    assert_eq!(world.revenue_state().consumed, 1_950);
    assert_eq!(world.market_state().consumed, 1_950);
}

#[test]
fn the_revenue_of_another_service_is_refused() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    publish_good(&mut world, &deal, 1..2);
    let service = world.svm.fresh_address();
    let (other, bump) = revenue_address(&service);
    let mut state = world.revenue_state();
    (state.service, state.bump) = (service, bump);
    world.svm.put_pod(other, ID, &state);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    let mut ix = world.lease_settle(&customer, &deal, leaf);
    ix.accounts[6].pubkey = other;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn credits_are_consumed_in_proportion_to_good_windows_and_the_rest_is_refunded() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let operator = deal.operator.address;
    // 95 of 100 windows, then 0 of 1, then no window at all.
    for (epoch, leaf, expected) in [
        (1, windows(95, 100), (1, 950, 50)),
        (2, windows(95, 101), (1, 0, 1_000)),
        (3, windows(95, 101), (1, 0, 1_000)),
        (4, windows(98, 104), (1, 1_000, 0)),
    ] {
        world.publish(epoch, &[(operator, leaf)]);
        let sent = world.settle(&customer, &deal, epoch).expect("settled");
        assert_eq!(outcome(&sent), expected);
        world.check_sums(&customer, &[&deal]);
    }
    assert_eq!(world.account_state(&customer).balance, 90_000 + 2_050);
}

#[test]
fn a_period_below_the_service_level_gives_a_service_credit_besides() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let operator = deal.operator.address;
    world.publish(1, &[(operator, windows(90, 100))]);
    let sent = world.settle(&customer, &deal, 1).expect("settled");
    assert_eq!(outcome(&sent), (1, 900, 100), "at the service level");
    world.publish(2, &[(operator, windows(179, 200))]);
    let sent = world.settle(&customer, &deal, 2).expect("settled");
    // 890 earned, less a tenth.
    assert_eq!(outcome(&sent), (1, 801, 199), "below it");
    let event = settled(&sent);
    assert_eq!((event.windows_ok, event.windows_total), (89, 100));
}

#[test]
fn the_same_root_settles_a_lease_once() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    publish_good(&mut world, &deal, 1..3);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    let ix = world.lease_settle(&customer, &deal, leaf);
    let outcome = world.svm.send(&[ix.clone(), ix.clone()], &[]);
    assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    world.svm.must(std::slice::from_ref(&ix), &[]);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    assert_eq!(world.lease_state(&deal).consumed, 1_000);
}

#[test]
fn the_first_settlement_takes_the_baseline_from_the_newest_root_before_the_lease() {
    let mut world = CreditsWorld::new();
    let early = world.rich_customer("early", 1);
    let deal = world.deal("operator", &early);
    let operator = deal.operator;
    // A bad record before the lease must not weigh on it.
    for (epoch, total) in [(0, 10), (1, 20), (2, 30)] {
        world.publish(epoch, &[(operator.address, windows(0, total))]);
    }
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.commit(operator, &customer);
    world.open(&customer, &deal, terms()).expect("a lease");
    assert_eq!(world.lease_state(&deal).start_epoch, 4);
    // A root of epoch 3 can still come.
    let outcome_now = world.settle(&customer, &deal, 2);
    assert_refused(outcome_now, ID, CreditsError::SettlementNotDue);
    let operator = deal.operator.address;
    world.publish(3, &[(operator, windows(0, 40))]);
    let outcome_now = world.settle(&customer, &deal, 3);
    assert_refused(outcome_now, ID, CreditsError::SettlementNotDue);
    world.publish(4, &[(operator, windows(1, 41))]);
    for epoch in [2, 4] {
        let outcome = world.settle(&customer, &deal, epoch);
        assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    }

    let sent = world.settle(&customer, &deal, 3).expect("the baseline");
    assert_eq!(outcome(&sent), (0, 0, 0));
    let lease = world.lease_state(&deal);
    assert_eq!(
        (
            lease.baseline_known,
            lease.baseline_ok,
            lease.baseline_total
        ),
        (1, 0, 40)
    );
    let sent = world.settle(&customer, &deal, 4).expect("the first epoch");
    assert_eq!(outcome(&sent), (1, 1_000, 0));
}

#[test]
fn an_operator_without_a_leaf_before_the_lease_starts_from_zero() {
    let mut world = CreditsWorld::new();
    let veteran = world.operator("veteran", 0);
    world.publish(0, &[(veteran.address, windows(5, 5))]);
    world.publish(1, &[(veteran.address, windows(6, 6))]);
    // Registers in epoch 2, after all roots that there are.
    let (customer, deal) = world.lease(terms());
    let operator = deal.operator.address;
    world.publish(
        3,
        &[(veteran.address, windows(9, 9)), (operator, windows(2, 2))],
    );
    let sent = world.settle(&customer, &deal, 3).expect("no baseline");
    assert_eq!(outcome(&sent), (1, 1_000, 0));
}

#[test]
fn epochs_whose_baseline_has_left_the_ring_are_refunded() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    publish_good(&mut world, &deal, 0..70);
    // Epochs 6 to 69 are in the ring; the lease runs from 1 to 10.
    let sent = world.settle(&customer, &deal, 6).expect("the oldest");
    assert_eq!(outcome(&sent), (6, 0, 6_000));
    let sent = world.settle(&customer, &deal, 7).expect("as usual");
    assert_eq!(outcome(&sent), (1, 1_000, 0));
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn epochs_after_the_end_are_not_paid_and_the_last_settlement_empties_the_lease() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 4,
        period_epochs: 3,
        ..terms()
    });
    publish_good(&mut world, &deal, [2, 3, 6, 7].into_iter());
    world.settle(&customer, &deal, 3).expect("three epochs");
    let sent = world.settle(&customer, &deal, 6).expect("the last one");
    assert_eq!(outcome(&sent), (1, 1_000, 0));
    let lease = world.lease_state(&deal);
    assert_eq!((lease.status, lease.escrow), (LEASE_SETTLED, 0));
    let outcome = world.settle(&customer, &deal, 7);
    assert_refused(outcome, ID, CreditsError::LeaseSettled);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_lease_that_was_ended_early_refunds_the_rest_of_its_term() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        period_epochs: 5,
        ..terms()
    });
    publish_good(&mut world, &deal, 1..2);
    let end = world.lease_end(solana_signer::Signer::pubkey(&customer.key), &deal, 1);
    world.must(end, &customer.key);
    publish_good(&mut world, &deal, 2..3);
    let sent = world.settle(&customer, &deal, 2).expect("the end");
    assert_eq!(outcome(&sent), (2, 2_000, 8_000));
    assert_eq!(world.lease_state(&deal).status, LEASE_SETTLED);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_lease_ends_with_its_commitment() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    publish_good(&mut world, &deal, 1..2);
    world.settle(&customer, &deal, 1).expect("served");
    world.end_commitment(&deal, 2);
    // The operator still has good windows with other customers.
    publish_good(&mut world, &deal, 2..5);
    let sent = world.settle(&customer, &deal, 2).expect("the last epoch");
    assert_eq!(outcome(&sent), (1, 1_000, 8_000));
    let lease = world.lease_state(&deal);
    assert_eq!((lease.end_epoch, lease.status), (2, LEASE_SETTLED));
    assert_eq!(lease.reason, Reason::CommitmentEnded.code());
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_lease_on_a_commitment_that_ended_before_it_gives_everything_back() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.end_commitment(&deal, 0);
    let ix = world.lease_settle(&customer, &deal, any_leaf());
    let sent = world.svm.must(&[ix], &[]);
    assert_eq!(outcome(&sent), (0, 0, 10_000));
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_lease_on_a_commitment_that_is_gone_pays_no_more() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    publish_good(&mut world, &deal, 1..4);
    world.settle(&customer, &deal, 1).expect("served");
    // Somebody else commits the same data after this customer's commitment was closed.
    let stranger = world.svm.fresh_address();
    let commitment = deal.commitment;
    world
        .svm
        .edit::<Commitment>(&commitment, |state| state.customer = stranger);
    let replaced = world.lease_settle(&customer, &deal, any_leaf());
    let before = world.svm.snapshot(&[commitment, deal.lease]);
    let sent = world.svm.must(&[replaced], &[]);
    assert_eq!(outcome(&sent), (0, 0, 9_000));
    assert_ne!(world.svm.snapshot(&[commitment, deal.lease]), before);
    world.check_sums(&customer, &[&deal]);

    let (customer, deal) = {
        let customer = world.rich_customer("second", 100_000);
        let deal = world.deal("operator 2", &customer);
        world.open(&customer, &deal, terms()).expect("a lease");
        (customer, deal)
    };
    let gone = solana_account::Account::default();
    let commitment = deal.commitment;
    world
        .svm
        .vm()
        .set_account(commitment, gone)
        .expect("an empty account");
    let ix = world.lease_settle(&customer, &deal, any_leaf());
    let sent = world.svm.must(&[ix], &[]);
    assert_eq!(outcome(&sent), (0, 0, 10_000));
}

#[test]
fn a_leaf_that_is_not_in_the_root_is_refused() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let other = world.operator("other", 0);
    let leaves = [
        (deal.operator.address, windows(1, 2)),
        (other.address, windows(2, 2)),
    ];
    world.publish(1, &leaves);
    let good = world.roots.leaf(1, &deal.operator.address);
    let mut better = good.clone();
    better.counters.windows_ok = 2;
    let mut longer = good.clone();
    longer.proof.push([0; 32]);
    let theirs = world.roots.leaf(1, &other.address);
    for leaf in [better, longer, theirs] {
        let ix = world.lease_settle(&customer, &deal, leaf);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, CreditsError::LeafNotProven);
    }
}

#[test]
fn the_roots_of_another_service_settle_nothing() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let service = world.svm.fresh_address();
    let mut forged = Roots::new(&mut world.svm, service);
    let leaves = [(deal.operator.address, windows(1, 1))];
    forged.publish(&mut world.svm, 1, &leaves, 1);
    let leaf = forged.leaf(1, &deal.operator.address);
    let mut ix = world.lease_settle(&customer, &deal, leaf);
    ix.accounts[4].pubkey = forged.ring;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn counters_that_fell_settle_nothing() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let operator = deal.operator.address;
    world.publish(1, &[(operator, windows(5, 5))]);
    world.settle(&customer, &deal, 1).expect("settled");
    world.publish(2, &[(operator, windows(4, 6))]);
    let outcome = world.settle(&customer, &deal, 2);
    assert_refused(outcome, ID, CreditsError::CounterFell);
}

#[test]
fn a_paused_network_settles() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    publish_good(&mut world, &deal, 1..2);
    world.pause();
    world.settle(&customer, &deal, 1).expect("settled");
}

#[test]
fn settling_at_depth_20_is_measured() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.reach(2);
    let leaves = [(deal.operator.address, windows(1, 1))];
    let CreditsWorld { staking, roots, .. } = &mut world;
    roots.publish(&mut staking.svm, 1, &leaves, MANY);
    let sent = world.settle(&customer, &deal, 1).expect("settled");
    println!(
        "lease_settle (depth 20): {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    assert!(sent.size <= 1_232);
}
