//! `lease_group_record`, by its specification.

use {
    trestle_credits::{
        address::maintenance_address,
        error::CreditsError,
        state::{GroupTerms, LeaseTerms},
        ID,
    },
    trestle_proofs::state::Commitment,
    trestle_tests::{
        credits::{terms, CreditsWorld},
        final_roots::{any_leaf, windows, Roots},
        lease_groups::{group_terms, group_terms_with, recorded, settled, Group},
        svm::{assert_refused, Sent},
    },
};

/// What is recorded, as events store it.
const END: u8 = 0;
const BASELINE: u8 = 1;
const PERIOD: u8 = 2;
const LATER: u8 = 3;
/// Leaves of the tree that costs are measured on: depth 20.
const MANY: usize = 1 << 20;

fn world_with(terms: GroupTerms) -> (CreditsWorld, Group) {
    let mut world = CreditsWorld::new();
    let group = world.group(terms);
    (world, group)
}

/// Publishes a root in which these windows of each member were good.
fn publish(world: &mut CreditsWorld, group: &Group, epoch: u64, counters: &[(u32, u32)]) {
    world.publish(epoch, &group.leaves(counters));
}

fn kind(sent: &Sent) -> u8 {
    recorded(sent).recorded
}

#[test]
fn a_period_has_one_root_the_oldest_final_root_that_reaches_its_end_and_no_other() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        period_epochs: 3,
        ..terms()
    }));
    publish(&mut world, &group, 1, &[(1, 1); 3]);
    publish(&mut world, &group, 2, &[(2, 2); 3]);
    let outcome = world.record(&group, &group.members[0], 2);
    assert_refused(outcome, ID, CreditsError::SettlementNotDue);
    // Epoch 3 has no root: 4 is the oldest that reaches the end of the period.
    publish(&mut world, &group, 4, &[(4, 4); 3]);
    publish(&mut world, &group, 5, &[(5, 5); 3]);
    for epoch in [1, 2, 5] {
        let outcome = world.record(&group, &group.members[0], epoch);
        assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    }
    let sent = world
        .record(&group, &group.members[0], 4)
        .expect("recorded");
    let event = recorded(&sent);
    assert_eq!(
        (event.epoch, event.windows_ok, event.windows_total),
        (4, 4, 4)
    );
    let outcome = world.record(&group, &group.members[1], 5);
    assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    for deal in &group.members[1..] {
        world.record(&group, deal, 4).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!((event.epoch, event.epochs, event.consumed), (4, 4, 8_000));
}

#[test]
fn a_period_whose_root_has_left_the_ring_records_nobody_any_more() {
    let (mut world, group) = world_with(group_terms());
    publish(&mut world, &group, 1, &[(1, 1); 3]);
    world
        .record(&group, &group.members[0], 1)
        .expect("recorded");
    for epoch in 2..70 {
        publish(&mut world, &group, epoch, &[(2, 2); 3]);
    }
    let second = &group.members[1];
    world.record(&group, second, 6).expect("its baseline");
    for epoch in [6, 69] {
        let outcome = world.record(&group, second, epoch);
        assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    }
}

#[test]
fn the_first_record_of_a_member_takes_the_baseline_from_the_newest_root_before_the_group() {
    let mut world = CreditsWorld::new();
    let terms = GroupTerms {
        start_epoch: 4,
        ..group_terms()
    };
    let group = world.group(terms);
    // A bad record before the group must not weigh on it.
    for epoch in [1, 2] {
        publish(&mut world, &group, epoch, &[(0, 10), (1, 20), (2, 30)]);
    }
    let first = &group.members[0];
    let outcome = world.record(&group, first, 2);
    assert_refused(outcome, ID, CreditsError::SettlementNotDue);
    publish(&mut world, &group, 3, &[(0, 40), (1, 40), (2, 40)]);
    publish(&mut world, &group, 4, &[(1, 41), (2, 42), (2, 41)]);
    for epoch in [2, 4] {
        let outcome = world.record(&group, first, epoch);
        assert_refused(outcome, ID, CreditsError::WrongSettlementEpoch);
    }
    for deal in &group.members {
        let sent = world.record(&group, deal, 3).expect("the baseline");
        assert_eq!(kind(&sent), BASELINE);
    }
    assert_eq!(world.group_state(&group).round_open, 0);
    for deal in &group.members {
        let sent = world.record(&group, deal, 4).expect("the period");
        assert_eq!(kind(&sent), PERIOD);
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    // One and a half of two, less a tenth because that is below the service level.
    assert_eq!(event.earned[..3], [900, 450, 0]);
    assert_eq!((event.consumed, event.credit), (1_350, 150));
}

#[test]
fn an_operator_without_a_leaf_before_the_group_starts_from_zero() {
    let mut world = CreditsWorld::new();
    let veteran = world.operator("veteran", 0);
    world.publish(0, &[(veteran.address, windows(5, 5))]);
    world.publish(1, &[(veteran.address, windows(6, 6))]);
    // Its members register in epoch 2, after all roots that there are.
    let group = world.group(GroupTerms {
        start_epoch: 3,
        ..group_terms()
    });
    let mut leaves = group.leaves(&[(2, 2); 3]);
    leaves.push((veteran.address, windows(9, 9)));
    world.publish(3, &leaves);
    let sent = world.record(&group, &group.members[0], 3);
    assert_eq!(kind(&sent.expect("recorded")), PERIOD);
}

#[test]
fn epochs_whose_baseline_has_left_the_ring_are_not_paid_to_the_member() {
    let (mut world, group) = world_with(group_terms());
    for epoch in 0..70 {
        let count = u32::try_from(epoch).expect("an early epoch") + 1;
        publish(&mut world, &group, epoch, &[(count, count); 3]);
    }
    // Epochs 6 to 69 are in the ring; the group runs from 1 to 10.
    for deal in &group.members {
        for expected in [BASELINE, LATER] {
            let sent = world.record(&group, deal, 6).expect("the oldest");
            assert_eq!(kind(&sent), expected);
        }
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!((event.epochs, event.consumed), (6, 0));
    for deal in &group.members {
        world.record(&group, deal, 7).expect("as usual");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!((event.epochs, event.consumed), (1, 2_000));
    world.check_group_sums(&group);
}

#[test]
fn a_member_is_recorded_once_in_a_period() {
    let (mut world, group) = world_with(group_terms());
    publish(&mut world, &group, 1, &[(1, 1); 3]);
    publish(&mut world, &group, 2, &[(2, 2); 3]);
    let first = &group.members[0];
    world.record(&group, first, 1).expect("recorded");
    for epoch in [1, 2] {
        let outcome = world.record(&group, first, epoch);
        assert_refused(outcome, ID, CreditsError::MemberRecorded);
    }
}

#[test]
fn a_member_serves_until_its_commitment_ends() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        period_epochs: 4,
        sla_bps: 0,
        credit_bps: 0,
        ..terms()
    }));
    let leaver = &group.members[0];
    world.end_commitment(leaver, 2);
    // The end is noted at once, while the account still tells it.
    let leaf = any_leaf();
    let ix = world.lease_group_record(&group, leaver, leaf);
    let event = recorded(&world.svm.must(&[ix], &[]));
    assert_eq!((event.recorded, event.epoch), (END, 2));
    world.remove_commitment(leaver);
    let event = world.settle_period(&group, 4, &[(8, 8), (4, 8), (0, 8)]);
    // Two whole epochs of four, four epochs of half the windows, and nothing.
    assert_eq!(event.earned[..3], [2_000, 2_000, 0]);
    assert_eq!((event.consumed, event.refunded), (4_000, 4_000));
    // It need not be recorded any more.
    publish(&mut world, &group, 8, &[(8, 8), (8, 16), (0, 8)]);
    for deal in &group.members[1..] {
        world.record(&group, deal, 8).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!(event.earned[..3], [0, 2_000, 0]);
}

#[test]
fn a_member_that_serves_only_after_the_period_is_recorded_without_a_leaf() {
    let (mut world, mut group) = world_with(group_terms());
    let late = world.deal("late", &group.customer);
    world.end_commitment(&group.members[2], 1);
    let ix = world.lease_group_record(&group, &group.members[2], any_leaf());
    world.svm.must(&[ix], &[]);
    world.settle_period(&group, 1, &[(1, 1); 3]);
    world.join(&group, &late, group_terms()).expect("a member");
    group.members[2] = late;
    // It has no leaf in the root that epoch 2 is settled with, and alone opens the period by it.
    world.publish(2, &group.leaves(&[(2, 2), (2, 2)]));
    for times in 0..2 {
        let ix = world.lease_group_record(&group, &group.members[2], any_leaf());
        let outcome = world.svm.send(&[ix], &[]);
        if times == 1 {
            assert_refused(outcome, ID, CreditsError::MemberRecorded);
            continue;
        }
        let event = recorded(&outcome.expect("recorded"));
        assert_eq!((event.recorded, event.epoch), (LATER, 2));
        assert_eq!((event.windows_ok, event.windows_total), (0, 0));
    }
    for deal in &group.members[..2] {
        world.record(&group, deal, 2).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!(event.earned[..3], [1_000, 1_000, 0]);
}

#[test]
fn what_a_member_missed_in_declared_maintenance_is_not_paid_and_gives_no_service_credit() {
    let (mut world, group) = world_with(GroupTerms {
        members_max: 2,
        ..group_terms()
    });
    let away = &group.members[0];
    world.declare(&away.operator, 4, 1).expect("a window");
    for epoch in 1..4 {
        let count = u32::try_from(epoch).expect("an early epoch");
        world.settle_period(&group, epoch, &[(count, count); 2]);
    }
    publish(&mut world, &group, 4, &[(3, 4), (4, 4)]);
    // Nobody hides the declaration by showing another account, or none.
    let others = maintenance_address(&group.members[1].operator.address).0;
    for other in [others, world.svm.fresh_address()] {
        let leaf = world.roots.leaf(4, &away.operator.address);
        let mut ix = world.lease_group_record(&group, away, leaf);
        ix.accounts[4].pubkey = other;
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, CreditsError::WrongMaintenance);
    }
    let sent = world.record(&group, away, 4).expect("recorded");
    let event = recorded(&sent);
    assert_eq!((event.windows_ok, event.excused_epochs), (0, 1));
    world
        .record(&group, &group.members[1], 4)
        .expect("recorded");
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!((event.consumed, event.credit), (1_000, 0));
    assert_eq!(event.earned[..2], [0, 1_000]);
    // The same miss without a declaration.
    let event = world.settle_period(&group, 5, &[(3, 5), (5, 5)]);
    assert_eq!((event.consumed, event.credit), (900, 100));
    world.check_group_sums(&group);
}

/// The customer ends the commitments of these members with an epoch, which is noted.
fn cut(world: &mut CreditsWorld, group: &Group, members: usize, last_epoch: u64) {
    for deal in &group.members[..members] {
        world.leave_commitment(deal, last_epoch);
        let ix = world.lease_group_record(group, deal, any_leaf());
        let event = recorded(&world.svm.must(&[ix], &[]));
        assert_eq!((event.recorded, event.epoch), (END, last_epoch));
    }
}

#[test]
fn a_notice_that_the_customer_cut_short_by_ending_a_commitment_is_paid() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        period_epochs: 5,
        notice_epochs: 2,
        ..terms()
    }));
    cut(&mut world, &group, 2, 1);
    let event = world.settle_period(&group, 5, &[(1, 1), (0, 1), (0, 5)]);
    // Epochs 2 and 3 are owed to both; epoch 1 was served well by one of them.
    assert_eq!(event.earned[..3], [3_000, 2_000, 0]);
    world.check_group_sums(&group);
}

#[test]
fn what_a_customer_cuts_by_ending_commitments_gives_no_service_credit() {
    let (mut world, group) = world_with(group_terms());
    cut(&mut world, &group, 2, 1);
    // The third serves on alone, and well.
    let event = world.settle_period(&group, 1, &[(1, 1); 3]);
    assert_eq!((event.consumed, event.credit), (2_000, 0));
    let event = world.settle_period(&group, 2, &[(1, 1), (1, 1), (2, 2)]);
    assert_eq!((event.consumed, event.credit), (1_000, 0));
    assert_eq!(event.earned[..3], [0, 0, 1_000]);
    world.check_group_sums(&group);
}

#[test]
fn a_member_whose_commitment_is_gone_serves_no_longer() {
    let (mut world, group) = world_with(group_terms());
    world.settle_period(&group, 1, &[(1, 1); 3]);
    publish(&mut world, &group, 2, &[(2, 2); 3]);
    let stranger = world.svm.fresh_address();
    // Somebody else commits the same data after this customer's commitment was closed.
    let commitment = group.members[0].commitment;
    world
        .svm
        .edit::<Commitment>(&commitment, |state| state.customer = stranger);
    world.remove_commitment(&group.members[1]);
    for deal in &group.members[..2] {
        let event = recorded(&world.record(&group, deal, 2).expect("its end"));
        assert_eq!((event.recorded, event.epoch), (END, 1));
    }
    for deal in &group.members {
        world.record(&group, deal, 2).expect("the period");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    // One of two operators, less a tenth.
    assert_eq!(event.earned[..3], [0, 0, 900]);
}

#[test]
fn a_group_that_too_few_operators_joined_records_nobody() {
    let mut world = CreditsWorld::new();
    let mut group = world.group_without_members(group_terms());
    let deal = world.deal("only", &group.customer);
    world.join(&group, &deal, group_terms()).expect("a member");
    group.members.push(deal);
    publish(&mut world, &group, 1, &[(1, 1)]);
    let outcome = world.record(&group, &group.members[0], 1);
    assert_refused(outcome, ID, CreditsError::GroupTooSmall);
}

#[test]
fn a_leaf_that_is_not_in_the_root_is_refused() {
    let (mut world, group) = world_with(group_terms());
    publish(&mut world, &group, 1, &[(1, 2), (2, 2), (2, 2)]);
    let deal = &group.members[0];
    let good = world.roots.leaf(1, &deal.operator.address);
    let mut better = good.clone();
    better.counters.windows_ok = 2;
    let mut longer = good;
    longer.proof.push([0; 32]);
    let theirs = world.roots.leaf(1, &group.members[1].operator.address);
    for leaf in [better, longer, theirs] {
        let ix = world.lease_group_record(&group, deal, leaf);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, CreditsError::LeafNotProven);
    }
}

#[test]
fn the_roots_of_another_service_record_nobody() {
    let (mut world, group) = world_with(group_terms());
    let service = world.svm.fresh_address();
    let mut forged = Roots::new(&mut world.svm, service);
    let operator = group.members[0].operator.address;
    forged.publish(&mut world.svm, 1, &[(operator, windows(1, 1))], 1);
    let mut ix = world.lease_group_record(&group, &group.members[0], forged.leaf(1, &operator));
    ix.accounts[2].pubkey = forged.ring;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn the_commitment_of_no_member_records_nobody() {
    let (mut world, group) = world_with(group_terms());
    let stranger = world.deal("stranger", &group.customer);
    let mut leaves = group.leaves(&[(1, 1); 3]);
    leaves.push((stranger.operator.address, windows(1, 1)));
    world.publish(1, &leaves);
    let outcome = world.record(&group, &stranger, 1);
    assert_refused(outcome, ID, CreditsError::WrongCommitment);
}

#[test]
fn counters_that_fell_record_nobody() {
    let (mut world, group) = world_with(group_terms());
    world.settle_period(&group, 1, &[(5, 5); 3]);
    publish(&mut world, &group, 2, &[(4, 6); 3]);
    let outcome = world.record(&group, &group.members[0], 2);
    assert_refused(outcome, ID, CreditsError::CounterFell);
}

#[test]
fn a_paused_network_records() {
    let (mut world, group) = world_with(group_terms());
    publish(&mut world, &group, 1, &[(1, 1); 3]);
    world.pause();
    world
        .record(&group, &group.members[0], 1)
        .expect("recorded");
}

#[test]
fn recording_at_depth_20_is_measured() {
    let (mut world, group) = world_with(group_terms());
    world.reach(2);
    let leaves = group.leaves(&[(1, 1); 3]);
    let CreditsWorld { staking, roots, .. } = &mut world;
    roots.publish(&mut staking.svm, 1, &leaves, MANY);
    let sent = world
        .record(&group, &group.members[0], 1)
        .expect("recorded");
    println!(
        "lease_group_record (depth 20): {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    assert!(sent.size <= 1_232);
}
