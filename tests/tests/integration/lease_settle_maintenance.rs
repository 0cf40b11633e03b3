//! `lease_settle`, by its specification: maintenance that the operator declared ahead.

use {
    trestle_core::lease::Verdict,
    trestle_credits::{address::maintenance_address, error::CreditsError, state::LeaseTerms, ID},
    trestle_tests::{
        credits::{terms, CreditsWorld, Customer, Deal},
        final_roots::windows,
        leases::{outcome, settled},
        svm::assert_refused,
    },
};

/// A lease of ten epochs, settled five at a time, with maintenance in epochs 4 and 5.
fn world() -> (CreditsWorld, Customer, Deal) {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        period_epochs: 5,
        ..terms()
    });
    world
        .declare(&deal.operator, 4, 2)
        .expect("maintenance ahead");
    (world, customer, deal)
}

#[test]
fn declared_maintenance_is_settled_apart_without_pay_and_without_penalty() {
    let (mut world, customer, deal) = world();
    let operator = deal.operator.address;
    // Good before, gone in the maintenance, good after.
    let mut so_far = (0, 0);
    for epoch in 1..=10 {
        let good = u32::from(epoch != 4 && epoch != 5);
        so_far = (so_far.0 + good, so_far.1 + 1);
        world.publish(epoch, &[(operator, windows(so_far.0, so_far.1))]);
    }
    let mut all = Vec::new();
    for epoch in [3, 5, 10] {
        let wrong = world.settle(&customer, &deal, epoch + 1 - 2 * (epoch / 10));
        assert!(wrong.is_err(), "the root before or after {epoch}");
        let sent = world.settle(&customer, &deal, epoch).expect("settled");
        let verdict = Verdict::from_code(settled(&sent).verdict);
        all.push((epoch, outcome(&sent), settled(&sent).credit, verdict));
        world.check_sums(&customer, &[&deal]);
    }
    let delivered = Some(Verdict::Delivered);
    assert_eq!(
        all,
        [
            (3, (3, 3_000, 0), 0, delivered),
            (5, (2, 0, 2_000), 0, Some(Verdict::Maintenance)),
            (10, (5, 5_000, 0), 0, delivered),
        ]
    );
}

#[test]
fn good_windows_in_maintenance_earn_nothing_either() {
    let (mut world, customer, deal) = world();
    world.settle_next(&customer, &deal, 3, (3, 3));
    let sent = world.settle_next(&customer, &deal, 5, (5, 5));
    assert_eq!(outcome(&sent), (2, 0, 2_000));
}

#[test]
fn maintenance_that_shares_a_root_with_other_epochs_costs_those_no_service_credit() {
    let (mut world, customer, deal) = world();
    // No root for epochs 3 and 4: the one of epoch 5 covers 1 to 3 and the maintenance. Three of
    // five windows were good, which is below the service level.
    let sent = world.settle_next(&customer, &deal, 5, (3, 5));
    assert_eq!(outcome(&sent), (5, 1_800, 3_200));
    let event = settled(&sent);
    assert_eq!(event.credit, 0);
    assert_eq!(
        Verdict::from_code(event.verdict),
        Some(Verdict::PartlyMaintenance)
    );
    // What follows is settled as ever.
    let sent = world.settle_next(&customer, &deal, 10, (7, 10));
    assert_eq!(outcome(&sent), (5, 3_600, 1_400));
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_root_in_the_middle_of_maintenance_leaves_its_rest_apart() {
    let (mut world, customer, deal) = world();
    // The root of epoch 4 covers 1 to 3 and the first epoch of maintenance.
    let sent = world.settle_next(&customer, &deal, 4, (3, 4));
    assert_eq!(outcome(&sent), (4, 2_250, 1_750));
    // No root for epoch 5: the one of 6 covers the second epoch of maintenance and 6.
    let sent = world.settle_next(&customer, &deal, 6, (4, 6));
    assert_eq!(outcome(&sent), (2, 500, 1_500));
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn maintenance_after_the_end_of_a_lease_changes_nothing() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 4,
        period_epochs: 4,
        ..terms()
    });
    world.declare(&deal.operator, 5, 3).expect("a window");
    let sent = world.settle_next(&customer, &deal, 4, (4, 4));
    assert_eq!(outcome(&sent), (4, 4_000, 0));
}

#[test]
fn a_lease_that_ends_within_maintenance_is_settled_to_its_end() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 5,
        period_epochs: 5,
        ..terms()
    });
    world.declare(&deal.operator, 4, 6).expect("a window");
    world.settle_next(&customer, &deal, 3, (3, 3));
    let sent = world.settle_next(&customer, &deal, 5, (3, 5));
    assert_eq!(outcome(&sent), (2, 0, 2_000));
    assert_eq!(world.lease_state(&deal).escrow, 0);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn maintenance_cannot_be_hidden_or_borrowed() {
    let (mut world, customer, deal) = world();
    let other = world.operator("other", 0);
    world.declare(&other, 4, 1).expect("a window");
    let leaves = [
        (deal.operator.address, windows(3, 3)),
        (other.address, windows(3, 3)),
    ];
    world.publish(3, &leaves);
    let leaf = world.roots.leaf(3, &deal.operator.address);
    for address in [
        world.svm.fresh_address(),
        maintenance_address(&other.address).0,
    ] {
        let mut ix = world.lease_settle(&customer, &deal, leaf.clone());
        ix.accounts[7].pubkey = address;
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, CreditsError::WrongMaintenance);
    }
}
