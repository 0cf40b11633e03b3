//! `lease_group_close`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseGroupClosed,
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

fn close(world: &mut CreditsWorld, group: &Group) -> Outcome {
    let ix = world.lease_group_close(group);
    world.svm.send(&[ix], &[])
}

#[test]
fn a_settled_group_is_closed_and_its_rent_goes_to_the_customer() {
    let (mut world, group) = world_with(group_terms_with(LeaseTerms {
        epochs: 1,
        ..terms()
    }));
    world.settle_period(&group, 1, &[(3, 4), (3, 4), (0, 4)]);
    let rent = world.svm.lamports(&group.address);
    let before = world.svm.lamports(&group.customer.key.pubkey());

    let sent = close(&mut world, &group).expect("closed");

    assert!(world.svm.raw(&group.address).is_none());
    let after = world.svm.lamports(&group.customer.key.pubkey());
    assert_eq!(after, before + rent);
    let account = world.account_state(&group.customer);
    assert_eq!((account.lease_count, account.escrowed), (0, 0));
    let event = sent.event::<LeaseGroupClosed>().expect("an event");
    assert_eq!((event.refunded, event.timed_out), (0, 0));
    assert_eq!((event.consumed_total, event.refunded_total), (1_350, 650));
    println!("lease_group_close: {} CU", sent.compute_units);
}

#[test]
fn a_group_that_ended_before_it_began_gives_everything_back() {
    let (mut world, group) = world_with(group_terms());
    let end = world.lease_group_end(group.customer.key.pubkey(), &group, 1);
    let close = world.lease_group_close(&group);
    let sent = world.svm.must(&[end, close], &[&group.customer.key]);
    let event = sent.event::<LeaseGroupClosed>().expect("an event");
    assert_eq!((event.refunded, event.consumed_total), (20_000, 0));
    assert_eq!(world.account_state(&group.customer).balance, 100_000);
}

#[test]
fn a_group_that_too_few_operators_joined_gives_everything_back_once_it_should_have_begun() {
    let mut world = CreditsWorld::new();
    let terms = GroupTerms {
        start_epoch: 3,
        ..group_terms()
    };
    let group = world.group_without_members(terms);
    let deal = world.deal("only", &group.customer);
    world.join(&group, &deal, terms).expect("a member");
    world.reach(2);
    let outcome = close(&mut world, &group);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);
    world.reach(3);
    let sent = close(&mut world, &group).expect("closed");
    let event = sent.event::<LeaseGroupClosed>().expect("an event");
    assert_eq!((event.refunded, event.timed_out), (20_000, 1));
    assert_eq!(world.account_state(&group.customer).balance, 100_000);
}

#[test]
fn a_group_that_nobody_settled_for_sixteen_epochs_after_its_end_gives_back_what_is_left() {
    let (mut world, group) = world_with(group_terms());
    world.settle_period(&group, 1, &[(1, 1); 3]);
    // The group ends with epoch 10.
    world.reach(26);
    let outcome = close(&mut world, &group);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);
    world.reach(27);
    let sent = close(&mut world, &group).expect("closed");
    let event = sent.event::<LeaseGroupClosed>().expect("an event");
    assert_eq!((event.refunded, event.consumed_total), (18_000, 2_000));
    assert_eq!(event.timed_out, 1);
    let market = world.market_state();
    assert_eq!((market.held, market.escrowed), (98_000, 0));
}

#[test]
fn a_group_that_can_still_be_settled_is_not_closed() {
    let (mut world, group) = world_with(group_terms());
    world.reach(3);
    let outcome = close(&mut world, &group);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);
    let end = world.lease_group_end(group.customer.key.pubkey(), &group, 1);
    world.must(end, &group.customer.key);
    let outcome = close(&mut world, &group);
    assert_refused(outcome, ID, CreditsError::LeaseNotFinished);
}

#[test]
fn the_rent_and_the_rest_go_to_nobody_else() {
    let (mut world, group) = world_with(group_terms());
    let thief = world.customer("thief");
    let end = world.lease_group_end(group.customer.key.pubkey(), &group, 1);
    world.must(end, &group.customer.key);
    let mut rent = world.lease_group_close(&group);
    rent.accounts[4].pubkey = thief.key.pubkey();
    let mut rest = world.lease_group_close(&group);
    rest.accounts[2].pubkey = thief.account;
    for ix in [rent, rest] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, CreditsError::NotCustomer);
    }
}

#[test]
fn a_paused_network_lets_groups_close() {
    let (mut world, group) = world_with(group_terms());
    world.pause();
    let end = world.lease_group_end(group.customer.key.pubkey(), &group, 1);
    let close = world.lease_group_close(&group);
    world.svm.must(&[end, close], &[&group.customer.key]);
}
