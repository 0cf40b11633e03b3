//! `lease_group_settle`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        constants::LEASE_SETTLED,
        error::CreditsError,
        state::{GroupTerms, LeaseTerms, ServiceRevenue},
        ID,
    },
    trestle_tests::{
        credits::{terms, CreditsWorld},
        lease_groups::{group_terms, group_terms_with, settled, Group},
        svm::assert_refused,
    },
};

fn world_with(terms: GroupTerms) -> (CreditsWorld, Group) {
    let mut world = CreditsWorld::new();
    let group = world.group(terms);
    (world, group)
}

#[test]
fn a_period_is_settled_once_all_members_that_serve_are_recorded() {
    let (mut world, group) = world_with(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    for deal in &group.members {
        let outcome = world.settle_group(&group);
        assert_refused(outcome, ID, CreditsError::MemberNotRecorded);
        world.record(&group, deal, 1).expect("recorded");
    }
    let sent = world.settle_group(&group).expect("settled");
    let event = settled(&sent);
    assert_eq!((event.epoch, event.epochs), (1, 1));
    assert_eq!((event.consumed, event.refunded), (2_000, 0));
    assert_eq!((event.escrow, event.balance), (18_000, 80_000));
    world.check_group_sums(&group);
    println!("lease_group_settle (3 members): {} CU", sent.compute_units);
}

#[test]
fn a_member_that_is_silent_four_epochs_after_the_first_record_has_delivered_nothing() {
    let (mut world, group) = world_with(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    world.reach(9);
    // However late the first record comes, the others have four epochs from then on.
    world
        .record(&group, &group.members[0], 1)
        .expect("recorded");
    world.reach(13);
    let outcome = world.settle_group(&group);
    assert_refused(outcome, ID, CreditsError::MemberNotRecorded);
    world.reach(14);
    let event = settled(&world.settle_group(&group).expect("settled"));
    // One of two operators, less a tenth.
    assert_eq!(event.earned[..3], [900, 0, 0]);
    assert_eq!((event.refunded, event.credit), (1_100, 100));

    // What it was silent about is in its next record, and pays for the next period alone.
    world.publish(14, &group.leaves(&[(1, 1), (1, 2), (2, 2)]));
    for deal in &group.members {
        world.record(&group, deal, 14).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!(event.epochs, 9);
    assert_eq!(event.earned[..3], [0, 4_050, 8_100]);
}

#[test]
fn members_are_paid_by_what_each_delivered_and_k_whole_deliveries_at_most() {
    let (mut world, group) = world_with(group_terms());
    let event = world.settle_period(&group, 1, &[(10, 10), (9, 10), (0, 10)]);
    assert_eq!(event.earned[..3], [1_000, 900, 0]);
    assert_eq!((event.consumed, event.refunded), (1_900, 100));
    let event = world.settle_period(&group, 2, &[(20, 20), (19, 20), (10, 20)]);
    assert_eq!(event.earned[..3], [667, 667, 666]);
    assert_eq!(event.earned[3..], [0; 13]);
    assert_eq!((event.consumed, event.refunded), (2_000, 0));
    let event = world.settle_period(&group, 3, &[(30, 30), (24, 30), (20, 30)]);
    assert_eq!(event.earned[..3], [800, 400, 800]);
    world.check_group_sums(&group);
}

#[test]
fn what_is_consumed_counts_as_revenue_of_the_service() {
    let (mut world, group) = world_with(group_terms());
    world.settle_period(&group, 1, &[(1, 1), (19, 20), (0, 1)]);
    assert_eq!(world.revenue_state().consumed, 1_950);
    assert_eq!(world.market_state().consumed, 1_950);
    assert_eq!(world.account_state(&group.customer).consumed, 1_950);
}

#[test]
fn a_period_in_which_all_members_together_are_below_the_service_level_gives_a_credit_besides() {
    let (mut world, group) = world_with(group_terms());
    // 90 % of two operators, by three members none of which is above 60 %.
    let event = world.settle_period(&group, 1, &[(6, 10); 3]);
    assert_eq!((event.consumed, event.credit), (1_800, 0));
    let event = world.settle_period(&group, 2, &[(12, 20), (12, 20), (11, 20)]);
    assert_eq!((event.consumed, event.credit), (1_530, 170));
    assert_eq!(event.refunded, 470);
    assert_eq!(event.earned.iter().sum::<u64>(), 1_530);
    // A spare that fails costs no credit while the others deliver.
    let event = world.settle_period(&group, 3, &[(22, 30), (22, 30), (11, 30)]);
    assert_eq!((event.consumed, event.credit), (2_000, 0));
}

#[test]
fn service_credits_of_a_group_stop_at_its_cap() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        credit_cap_bps: 50,
        ..terms()
    }));
    // Half a percent of 20,000 credits.
    let event = world.settle_period(&group, 1, &[(8, 10), (0, 10), (0, 10)]);
    assert_eq!((event.consumed, event.credit), (720, 80));
    let event = world.settle_period(&group, 2, &[(16, 20), (0, 20), (0, 20)]);
    assert_eq!((event.consumed, event.credit), (780, 20));
    let event = world.settle_period(&group, 3, &[(24, 30), (0, 30), (0, 30)]);
    assert_eq!((event.consumed, event.credit), (800, 0));
    assert_eq!(world.group_state(&group).credited, 100);
}

#[test]
fn a_period_is_settled_once() {
    let (mut world, group) = world_with(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    for deal in &group.members {
        world.record(&group, deal, 1).expect("recorded");
    }
    let ix = world.lease_group_settle(&group);
    let outcome = world.svm.send(&[ix.clone(), ix.clone()], &[]);
    assert_refused(outcome, ID, CreditsError::MemberNotRecorded);
    world.svm.must(std::slice::from_ref(&ix), &[]);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::MemberNotRecorded);
    assert_eq!(world.group_state(&group).consumed, 2_000);
    // Nor does the leaf that paid for it pay for the next one.
    for deal in &group.members {
        let outcome = world.record(&group, deal, 1);
        assert_refused(outcome, ID, CreditsError::SettlementNotDue);
    }
}

#[test]
fn epochs_after_the_end_are_not_paid_and_the_last_settlement_empties_the_group() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        epochs: 4,
        period_epochs: 3,
        ..terms()
    }));
    let event = world.settle_period(&group, 3, &[(3, 3); 3]);
    assert_eq!((event.epochs, event.consumed), (3, 6_000));
    let event = world.settle_period(&group, 6, &[(6, 6); 3]);
    assert_eq!((event.epochs, event.consumed), (1, 2_000));
    assert_eq!((event.epoch, event.escrow), (4, 0));
    let state = world.group_state(&group);
    assert_eq!((state.status, state.escrow), (LEASE_SETTLED, 0));
    world.publish(7, &group.leaves(&[(7, 7); 3]));
    let outcome = world.record(&group, &group.members[0], 7);
    assert_refused(outcome, ID, CreditsError::LeaseSettled);
    let outcome = world.settle_group(&group);
    assert_refused(outcome, ID, CreditsError::LeaseSettled);
    world.check_group_sums(&group);
}

#[test]
fn a_group_that_was_ended_early_refunds_the_rest_of_its_term() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        period_epochs: 5,
        ..terms()
    }));
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    let end = world.lease_group_end(group.customer.key.pubkey(), &group, 1);
    world.must(end, &group.customer.key);
    let event = world.settle_period(&group, 2, &[(2, 2); 3]);
    assert_eq!((event.epochs, event.consumed), (2, 4_000));
    assert_eq!((event.refunded, event.escrow), (16_000, 0));
    world.check_group_sums(&group);
}

#[test]
fn sixteen_members_are_settled_at_once() {
    let (mut world, group) = world_with(GroupTerms {
        needed: 11,
        members_max: 16,
        ..group_terms_with(LeaseTerms {
            rate_per_epoch: 101,
            ..terms()
        })
    });
    let counters: Vec<(u32, u32)> = (0..16).map(|number| (30 + number, 47)).collect();
    world.publish(1, &group.leaves(&counters));
    for deal in &group.members {
        world.record(&group, deal, 1).expect("recorded");
    }
    let sent = world.settle_group(&group).expect("settled");
    let event = settled(&sent);
    assert_eq!((event.consumed, event.refunded), (1_111, 0));
    assert_eq!(event.earned.iter().sum::<u64>(), 1_111);
    assert!(event.earned.windows(2).all(|pair| pair[0] <= pair[1] + 1));
    println!("lease_group_settle (16 members): {} CU", sent.compute_units);
    assert!(sent.compute_units < 100_000);
}

#[test]
fn revenue_must_be_that_of_the_groups_service() {
    let (mut world, group) = world_with(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    for deal in &group.members {
        world.record(&group, deal, 1).expect("recorded");
    }
    let mut revenue: ServiceRevenue = world.revenue_state();
    revenue.service = world.svm.fresh_address();
    let (other, bump) = trestle_credits::address::revenue_address(&revenue.service);
    revenue.bump = bump;
    world.svm.put_pod(other, ID, &revenue);
    let mut ix = world.lease_group_settle(&group);
    ix.accounts[4].pubkey = other;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn a_paused_network_settles() {
    let (mut world, group) = world_with(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    for deal in &group.members {
        world.record(&group, deal, 1).expect("recorded");
    }
    world.pause();
    world.settle_group(&group).expect("settled");
}
