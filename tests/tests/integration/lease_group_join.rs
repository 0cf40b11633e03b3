//! `lease_group_join`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseGroupJoined,
        state::{GroupTerms, LeaseTerms},
        ID,
    },
    trestle_staking::{
        address::service_address,
        state::{Operator, PolicyRules},
    },
    trestle_tests::{
        clearance::known_parties,
        credits::{terms, CreditsWorld, Deal},
        lease_groups::{group_terms, group_terms_with, Group},
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

#[test]
fn nobody_joins_a_group_that_has_begun_or_is_ending() {
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
