//! `lease_group_open`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseGroupOpened,
        state::{GroupTerms, LeaseTerms},
        ID,
    },
    trestle_staking::{address::service_address, state::Service},
    trestle_tests::{
        credits::{terms, CreditsWorld},
        lease_groups::{group_terms, group_terms_with, Group},
        svm::{assert_refused, program_id},
    },
};

fn world() -> (CreditsWorld, Group) {
    let mut world = CreditsWorld::new();
    let group = Group::of(world.rich_customer("customer", 100_000), 3);
    (world, group)
}

#[test]
fn only_the_customer_opens_a_group_and_pays_from_the_free_balance() {
    let (mut world, group) = world();
    let thief = world.customer("thief");
    let mut ix = world.lease_group_open(&Group::of(thief.clone(), 3), group_terms());
    ix.accounts[3].pubkey = group.customer.account;
    let outcome = world.svm.send(&[ix], &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);

    let sent = world.open_group(&group, group_terms()).expect("a group");

    let event = sent.event::<LeaseGroupOpened>().expect("an event");
    assert_eq!((event.group, event.id), (group.address, 3));
    assert_eq!((event.start_epoch, event.end_epoch), (1, 10));
    assert_eq!((event.needed, event.members_max), (2, 3));
    let state = world.account_state(&group.customer);
    assert_eq!((state.balance, state.lease_count), (80_000, 1));
    assert_eq!(event.balance, state.balance);
    println!("lease_group_open: {} CU", sent.compute_units);
}

#[test]
fn the_price_is_that_of_k_operators_over_the_whole_term() {
    let (mut world, group) = world();
    world.open_group(&group, group_terms()).expect("a group");
    assert_eq!(world.group_state(&group).escrow, 20_000);
    world.check_group_sums(&group);

    let poor = Group::of(world.rich_customer("poor", 19_999), 3);
    let outcome = world.open_group(&poor, group_terms());
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
}

#[test]
fn a_customer_has_one_group_of_a_number_at_a_time() {
    let (mut world, group) = world();
    world.open_group(&group, group_terms()).expect("a group");
    let again = world.open_group(&group, group_terms());
    assert!(again.is_err());
    let other = Group::of(group.customer.clone(), 4);
    world.open_group(&other, group_terms()).expect("another");

    let end = world.lease_group_end(group.customer.key.pubkey(), &group, 1);
    let close = world.lease_group_close(&group);
    world.svm.must(&[end, close], &[&group.customer.key]);
    world.open_group(&group, group_terms()).expect("a next one");
}

#[test]
fn a_group_has_1_to_16_members_and_needs_no_more_than_it_may_have() {
    let (mut world, group) = world();
    let sized = |needed, members_max| GroupTerms {
        needed,
        members_max,
        ..group_terms_with(LeaseTerms {
            rate_per_epoch: 1,
            ..terms()
        })
    };
    for (needed, members_max) in [(0, 0), (0, 3), (4, 3), (2, 17)] {
        let outcome = world.open_group(&group, sized(needed, members_max));
        assert_refused(outcome, ID, CreditsError::BadGroupSize);
    }
    for (id, (needed, members_max)) in [(8, (1, 1)), (9, (16, 16))] {
        let group = Group::of(group.customer.clone(), id);
        let opened = world.open_group(&group, sized(needed, members_max));
        opened.expect("a group");
    }
}

#[test]
fn a_group_begins_1_to_32_epochs_after_the_running_one() {
    let (mut world, group) = world();
    world.reach(5);
    let starting = |start_epoch| GroupTerms {
        start_epoch,
        ..group_terms()
    };
    for start_epoch in [0, 4, 5, 38, u64::MAX] {
        let outcome = world.open_group(&group, starting(start_epoch));
        assert_refused(outcome, ID, CreditsError::BadGroupStart);
    }
    world.open_group(&group, starting(37)).expect("a group");
    let state = world.group_state(&group);
    assert_eq!((state.settled_epoch, state.end_epoch), (36, 46));
}

#[test]
fn terms_of_a_lease_out_of_bounds_are_refused_and_so_is_a_renewal_option() {
    let (mut world, group) = world();
    let with = |change: fn(&mut LeaseTerms)| {
        let mut lease = terms();
        change(&mut lease);
        group_terms_with(lease)
    };
    let bad = [
        (with(|t| t.rate_per_epoch = 0), CreditsError::BadRate),
        (with(|t| t.period_epochs = 33), CreditsError::BadPeriod),
        (with(|t| t.sla_bps = 10_001), CreditsError::BadServiceLevel),
        (
            with(|t| (t.renewal_epochs, t.renewal_rate) = (1, 1)),
            CreditsError::BadRenewal,
        ),
        // What one operator delivers fits 64 bits, and what three deliver does not.
        (
            with(|t| t.rate_per_epoch = u64::MAX / 20),
            CreditsError::MathOverflow,
        ),
    ];
    for (terms, error) in bad {
        let outcome = world.open_group(&group, terms);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn a_paused_network_opens_no_group() {
    let (mut world, group) = world();
    world.pause();
    let outcome = world.open_group(&group, group_terms());
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}

#[test]
fn the_service_must_be_of_the_network() {
    let (mut world, group) = world();
    let network = world.svm.fresh_address();
    let (foreign, bump) = service_address(&network, 0);
    let service = Service {
        network,
        bump,
        ..world.svm.get(&world.service)
    };
    world.svm.put_pod(foreign, program_id("staking"), &service);
    let mut ix = world.lease_group_open(&group, group_terms());
    ix.accounts[4].pubkey = foreign;
    let outcome = world.svm.send(&[ix], &[&group.customer.key]);
    assert_refused(outcome, ID, CreditsError::WrongNetwork);
}
