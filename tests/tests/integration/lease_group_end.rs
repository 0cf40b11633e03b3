//! `lease_group_end`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseGroupEnded,
        state::{GroupTerms, LeaseTerms},
        ID,
    },
    trestle_tests::{
        credits::{terms, CreditsWorld},
        lease_groups::{group_terms, group_terms_with, Group},
        svm::{assert_refused, Outcome},
    },
};

fn world_with(terms: GroupTerms) -> (CreditsWorld, Group) {
    let mut world = CreditsWorld::new();
    let group = world.group(terms);
    (world, group)
}

fn end(world: &mut CreditsWorld, group: &Group, reason: u8) -> Outcome {
    let ix = world.lease_group_end(group.customer.key.pubkey(), group, reason);
    world.svm.send(&[ix], &[&group.customer.key])
}

#[test]
fn only_the_customer_ends_a_group() {
    let (mut world, group) = world_with(group_terms());
    let operator = group.members[0].operator.authority.insecure_clone();
    let ix = world.lease_group_end(operator.pubkey(), &group, 1);
    let outcome = world.svm.send(&[ix], &[&operator]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    world.reach(3);
    let sent = end(&mut world, &group, 2).expect("an end");
    let event = sent.event::<LeaseGroupEnded>().expect("an event");
    assert_eq!((event.end_epoch_before, event.end_epoch), (10, 3));
    let state = world.group_state(&group);
    assert_eq!((state.end_epoch, state.status, state.reason), (3, 2, 2));
    println!("lease_group_end: {} CU", sent.compute_units);
}

#[test]
fn a_group_ends_after_its_notice() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        notice_epochs: 4,
        ..terms()
    }));
    world.settle_period(&group, 1, &[(1, 1); 3]);
    world.reach(3);
    end(&mut world, &group, 1).expect("an end");
    assert_eq!(world.group_state(&group).end_epoch, 7);
    // The members serve the notice and are paid for it.
    for epoch in 2..=7 {
        let count = u32::try_from(epoch).expect("an early epoch");
        world.settle_period(&group, epoch, &[(count, count); 3]);
    }
    let state = world.group_state(&group);
    assert_eq!((state.consumed, state.refunded), (14_000, 6_000));
    world.check_group_sums(&group);
}

#[test]
fn a_group_that_has_not_begun_by_then_never_begins() {
    let (mut world, group) = world_with(GroupTerms {
        start_epoch: 5,
        ..group_terms_with(LeaseTerms {
            notice_epochs: 4,
            ..terms()
        })
    });
    end(&mut world, &group, 1).expect("an end");
    let state = world.group_state(&group);
    assert_eq!((state.start_epoch, state.end_epoch), (5, 4));
    let close = world.lease_group_close(&group);
    world.svm.must(&[close], &[]);
    assert_eq!(world.account_state(&group.customer).balance, 100_000);
}

#[test]
fn an_end_is_only_ever_moved_forward() {
    let (mut world, group) = world_with(group_terms());
    world.reach(3);
    end(&mut world, &group, 1).expect("an end");
    let outcome = end(&mut world, &group, 2);
    assert_refused(outcome, ID, CreditsError::LeaseEndsAlready);
    let (mut world, group) = world_with(group_terms());
    world.reach(10);
    let outcome = end(&mut world, &group, 1);
    assert_refused(outcome, ID, CreditsError::LeaseEndsAlready);
}

#[test]
fn a_reason_is_one_that_a_party_can_give() {
    let (mut world, group) = world_with(group_terms());
    for reason in [0, 6, 7, 255] {
        let outcome = end(&mut world, &group, reason);
        assert_refused(outcome, ID, CreditsError::BadReason);
    }
}

#[test]
fn a_settled_group_has_ended() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        epochs: 1,
        ..terms()
    }));
    world.settle_period(&group, 1, &[(1, 1); 3]);
    let outcome = end(&mut world, &group, 1);
    assert_refused(outcome, ID, CreditsError::LeaseSettled);
}

#[test]
fn a_paused_network_lets_groups_end() {
    let (mut world, group) = world_with(group_terms());
    world.pause();
    end(&mut world, &group, 1).expect("an end");
}
