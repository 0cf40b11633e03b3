//! `lease_group_join`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseGroupJoined,
        state::{GroupTerms, LeaseTerms},
        ID,
    },
    trestle_proofs::state::Commitment,
    trestle_staking::{
        address::service_address,
        state::{Operator, PolicyRules},
    },
    trestle_tests::{
        clearance::known_parties,
        credits::{terms, CreditsWorld, Deal},
        final_roots::any_leaf,
        lease_groups::{group_terms, group_terms_with, settled, Group},
        staking::service_params,
        svm::{assert_refused, key},
    },
};

/// An open group without members, and an operator with a commitment to its customer.
fn world() -> (CreditsWorld, Group, Deal) {
    let mut world = CreditsWorld::new();
    let group = world.group_without_members(group_terms());
    let deal = world.deal("operator", &group.customer);
    (world, group, deal)
}

#[test]
fn customer_and_the_operators_node_both_sign() {
    let (mut world, group, deal) = world();
    let mut ix = world.lease_group_join(&group, &deal, group_terms());
    let impostor = key("impostor");
    ix.accounts[1].pubkey = impostor.pubkey();
    let outcome = world.svm.send(&[ix], &[&group.customer.key, &impostor]);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);
    let mut ix = world.lease_group_join(&group, &deal, group_terms());
    let stranger = world.svm.funded("stranger");
    ix.accounts[0].pubkey = stranger.pubkey();
    let outcome = world.svm.send(&[ix], &[&stranger, &deal.operator.node]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);

    let sent = world.join(&group, &deal, group_terms()).expect("a member");

    let event = sent.event::<LeaseGroupJoined>().expect("an event");
    let operator = deal.operator.address;
    assert_eq!((event.group, event.operator), (group.address, operator));
    assert_eq!((event.commitment, event.member_count), (deal.commitment, 1));
    let state = world.group_state(&group);
    let member = state.members()[0];
    assert_eq!((member.operator, member.first_epoch), (operator, 1));
    assert_eq!(state.members().len(), 1);
    println!(
        "lease_group_join: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn the_commitment_is_between_these_two_and_is_still_served() {
    let (mut world, group, mine) = world();
    let other = world.rich_customer("other", 1);
    let theirs = world.deal("second", &other);
    let mut stolen = world.lease_group_join(&group, &mine, group_terms());
    stolen.accounts[5].pubkey = theirs.commitment;
    let signers = [&group.customer.key, &mine.operator.node];
    let outcome = world.svm.send(&[stolen], &signers);
    assert_refused(outcome, ID, CreditsError::WrongCommitment);

    let mut swapped = world.lease_group_join(&group, &mine, group_terms());
    swapped.accounts[1].pubkey = theirs.operator.node.pubkey();
    swapped.accounts[4].pubkey = theirs.operator.address;
    let signers = [&group.customer.key, &theirs.operator.node];
    let outcome = world.svm.send(&[swapped], &signers);
    assert_refused(outcome, ID, CreditsError::WrongCommitment);

    world.end_commitment(&mine, 5);
    let outcome = world.join(&group, &mine, group_terms());
    assert_refused(outcome, ID, CreditsError::CommitmentEnded);
}

#[test]
fn what_they_sign_are_the_terms_of_the_group() {
    let (mut world, group, deal) = world();
    let dearer = group_terms_with(LeaseTerms {
        rate_per_epoch: 1_001,
        ..terms()
    });
    let longer = group_terms_with(LeaseTerms {
        epochs: 11,
        ..terms()
    });
    let wider = GroupTerms {
        members_max: 2,
        ..group_terms()
    };
    let later = GroupTerms {
        start_epoch: 2,
        ..group_terms()
    };
    for terms in [dearer, longer, wider, later] {
        let outcome = world.join(&group, &deal, terms);
        assert_refused(outcome, ID, CreditsError::GroupTermsDiffer);
    }
    world.join(&group, &deal, group_terms()).expect("a member");
}

#[test]
fn the_operator_works_for_the_groups_service_and_has_not_left_it() {
    let (mut world, group, deal) = world();
    world.create_service(service_params()).expect("a service");
    let other = service_address(&world.network, 1).0;
    let elsewhere = Group::of(group.customer.clone(), 8);
    let mut open = world.lease_group_open(&elsewhere, group_terms());
    open.accounts[4].pubkey = other;
    world.must(open, &group.customer.key);
    for service in [world.service, other] {
        let mut ix = world.lease_group_join(&elsewhere, &deal, group_terms());
        ix.accounts[6].pubkey = service;
        let signers = [&group.customer.key, &deal.operator.node];
        let outcome = world.svm.send(&[ix], &signers);
        assert_refused(outcome, ID, CreditsError::WrongService);
    }

    world
        .svm
        .edit::<Operator>(&deal.operator.address, |state| state.exited = 1);
    let outcome = world.join(&group, &deal, group_terms());
    assert_refused(outcome, ID, CreditsError::OperatorExited);
}

#[test]
fn an_operator_is_a_member_of_a_group_once() {
    let (mut world, group, deal) = world();
    world.join(&group, &deal, group_terms()).expect("a member");
    let outcome = world.join(&group, &deal, group_terms());
    assert_refused(outcome, ID, CreditsError::MemberTwice);
    // A second group is another matter.
    let second = Group::of(group.customer.clone(), 8);
    world.open_group(&second, group_terms()).expect("a group");
    world.join(&second, &deal, group_terms()).expect("a member");
}

#[test]
fn a_group_takes_no_more_members_than_its_terms_say() {
    let mut world = CreditsWorld::new();
    let group = world.group(group_terms());
    let late = world.deal("late", &group.customer);
    let outcome = world.join(&group, &late, group_terms());
    assert_refused(outcome, ID, CreditsError::GroupFull);
}

/// A group of two with room for a third, of which the first epoch is settled.
fn running() -> (CreditsWorld, Group) {
    let mut world = CreditsWorld::new();
    let mut group = world.group_without_members(group_terms());
    for name in ["first", "second"] {
        let deal = world.deal(name, &group.customer);
        world.join(&group, &deal, group_terms()).expect("a member");
        group.members.push(deal);
    }
    world.settle_period(&group, 1, &[(1, 1); 2]);
    (world, group)
}

/// Records a member whose commitment has ended.
fn note_end(world: &mut CreditsWorld, group: &Group, place: usize) {
    let ix = world.lease_group_record(group, &group.members[place], any_leaf());
    world.svm.must(&[ix], &[]);
}

#[test]
fn who_joins_a_running_group_serves_from_the_next_epoch_on() {
    let (mut world, mut group) = running();
    let late = world.deal("late", &group.customer);
    let sent = world.join(&group, &late, group_terms()).expect("a member");
    let event = sent.event::<LeaseGroupJoined>().expect("an event");
    assert_eq!((event.place, event.member_count), (2, 3));
    let member = world.group_state(&group).members()[2];
    assert_eq!((member.first_epoch, member.place_was_cut), (3, 0));
    group.members.push(late);

    // Whatever it does in epoch 2 is not the group's.
    world.publish(2, &group.leaves(&[(2, 2), (1, 2), (7, 7)]));
    for deal in &group.members {
        world.record(&group, deal, 2).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!(event.earned[..3], [900, 0, 0]);
    world.publish(3, &group.leaves(&[(3, 3), (1, 3), (8, 8)]));
    world
        .record(&group, &group.members[2], 2)
        .expect("its baseline");
    for deal in &group.members {
        world.record(&group, deal, 3).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!(event.earned[..3], [1_000, 0, 1_000]);
    world.check_group_sums(&group);
}

#[test]
fn a_member_whose_commitment_has_ended_makes_room_for_another() {
    let mut world = CreditsWorld::new();
    let mut group = world.group(group_terms());
    let late = world.deal("late", &group.customer);
    world.settle_period(&group, 1, &[(1, 1); 3]);
    world.end_commitment(&group.members[0], 2);
    note_end(&mut world, &group, 0);
    // It serves epoch 2 still.
    let outcome = world.join(&group, &late, group_terms());
    assert_refused(outcome, ID, CreditsError::GroupFull);
    let event = world.settle_period(&group, 2, &[(2, 2), (2, 2), (1, 2)]);
    assert_eq!(event.earned[..3], [1_000, 1_000, 0]);
    assert_eq!(world.group_state(&group).places_free(), 1);
    let outcome = world.join(&group, &group.members[1], group_terms());
    assert_refused(outcome, ID, CreditsError::MemberTwice);

    let sent = world.join(&group, &late, group_terms()).expect("a member");

    let event = sent.event::<LeaseGroupJoined>().expect("an event");
    assert_eq!((event.place, event.member_count), (0, 3));
    let member = world.group_state(&group).members()[0];
    assert_eq!(
        (member.operator, member.first_epoch),
        (late.operator.address, 4)
    );
    let leaver = std::mem::replace(&mut group.members[0], late);
    let outcome = world.record(&group, &leaver, 2);
    assert_refused(outcome, ID, CreditsError::WrongCommitment);
    // Epoch 3 has one operator too few, which is nobody's doing but the operators'.
    let event = world.settle_period(&group, 3, &[(0, 0), (3, 3), (1, 3)]);
    assert_eq!((event.consumed, event.credit), (900, 100));
    world.publish(4, &group.leaves(&[(4, 4), (4, 4), (1, 4)]));
    world
        .record(&group, &group.members[0], 3)
        .expect("its baseline");
    for deal in &group.members {
        world.record(&group, deal, 4).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!(event.earned[..3], [1_000, 1_000, 0]);
    world.check_group_sums(&group);
}

#[test]
fn a_member_that_has_left_can_come_back_to_its_own_place() {
    let (mut world, group) = running();
    let leaver = &group.members[0];
    world.end_commitment(leaver, 2);
    note_end(&mut world, &group, 0);
    world.settle_period(&group, 2, &[(2, 2); 2]);
    let before = world.group_state(&group);
    assert_eq!(before.places_free(), 2);
    world.svm.edit::<Commitment>(&leaver.commitment, |state| {
        (state.status, state.ended_by, state.ended_epoch) = (1, 0, u64::MAX);
    });

    let sent = world.join(&group, leaver, group_terms()).expect("a member");

    let event = sent.event::<LeaseGroupJoined>().expect("an event");
    assert_eq!((event.place, event.member_count), (0, 2));
    let member = world.group_state(&group).members()[0];
    assert_eq!((member.first_epoch, member.last_epoch), (4, u64::MAX));
}

#[test]
fn a_member_to_whom_notice_is_owed_has_not_left() {
    let mut world = CreditsWorld::new();
    let terms = group_terms_with(LeaseTerms {
        notice_epochs: 2,
        ..terms()
    });
    let group = world.group(terms);
    let late = world.deal("late", &group.customer);
    world.leave_commitment(&group.members[0], 1);
    note_end(&mut world, &group, 0);
    world.settle_period(&group, 1, &[(1, 1); 3]);
    for epoch in [2, 3] {
        let outcome = world.join(&group, &late, terms);
        assert_refused(outcome, ID, CreditsError::GroupFull);
        let count = u32::try_from(epoch).expect("an early epoch");
        let event = world.settle_period(&group, epoch, &[(1, 1), (count, count), (1, count)]);
        assert_eq!(event.earned[..3], [1_000, 1_000, 0]);
    }
    world.join(&group, &late, terms).expect("a member");
}

#[test]
fn epochs_of_a_place_that_the_customer_emptied_give_no_service_credit() {
    let mut world = CreditsWorld::new();
    let terms = GroupTerms {
        members_max: 2,
        ..group_terms()
    };
    let mut group = world.group(terms);
    let late = world.deal("late", &group.customer);
    world.leave_commitment(&group.members[0], 1);
    note_end(&mut world, &group, 0);
    world.settle_period(&group, 1, &[(1, 1); 2]);
    world.join(&group, &late, terms).expect("a member");
    assert_eq!(world.group_state(&group).members()[0].place_was_cut, 1);
    group.members[0] = late;
    // The place is empty in epoch 2, which the customer wanted; in epoch 3 the newcomer fails.
    let event = world.settle_period(&group, 2, &[(0, 0), (2, 2)]);
    assert_eq!((event.consumed, event.credit), (1_000, 0));
    world.publish(3, &group.leaves(&[(0, 1), (3, 3)]));
    world
        .record(&group, &group.members[0], 2)
        .expect("its baseline");
    for deal in &group.members {
        world.record(&group, deal, 3).expect("recorded");
    }
    let event = settled(&world.settle_group(&group).expect("settled"));
    assert_eq!((event.consumed, event.credit), (900, 100));
    world.check_group_sums(&group);
}

#[test]
fn nobody_joins_a_group_that_began_with_too_few_members_is_ending_or_in_its_last_epoch() {
    let (mut world, group, deal) = world();
    world.reach(1);
    let outcome = world.join(&group, &deal, group_terms());
    assert_refused(outcome, ID, CreditsError::GroupBegun);

    let terms = GroupTerms {
        start_epoch: 3,
        lease: LeaseTerms {
            notice_epochs: 4,
            ..terms()
        },
        ..group_terms()
    };
    let ending = Group::of(group.customer.clone(), 8);
    world.open_group(&ending, terms).expect("a group");
    let end = world.lease_group_end(ending.customer.key.pubkey(), &ending, 1);
    world.must(end, &ending.customer.key);
    assert_eq!(world.group_state(&ending).end_epoch, 5);
    let outcome = world.join(&ending, &deal, terms);
    assert_refused(outcome, ID, CreditsError::LeaseNotRunning);

    let (mut world, group) = running();
    let deal = world.deal("late", &group.customer);
    world.reach(10);
    let outcome = world.join(&group, &deal, group_terms());
    assert_refused(outcome, ID, CreditsError::LeaseNotRunning);
}

#[test]
fn a_service_with_a_policy_admits_only_with_the_clearances_that_it_asks_for() {
    let (mut world, group, deal) = world();
    world.impose(known_parties());
    // `admission_groups` tries every way to be refused and to be admitted.
    let outcome = world.join(&group, &deal, group_terms());
    assert_refused(outcome, ID, CreditsError::WrongIssuer);
    world.impose(PolicyRules::default());
    world.join(&group, &deal, group_terms()).expect("a member");
}

#[test]
fn a_paused_network_lets_nobody_join() {
    let (mut world, group, deal) = world();
    world.pause();
    let outcome = world.join(&group, &deal, group_terms());
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
