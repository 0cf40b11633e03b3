//! `delegate_set`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::DelegateSet, state::DelegateParams, ID},
    trestle_tests::{
        billing::{delegate_params, meter_terms},
        credits::CreditsWorld,
        svm::{assert_refused, key},
    },
};

#[test]
fn only_the_customer_sets_limits_for_the_customers_own_account() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let thief = world.customer("thief");
    let delegate = key("delegate").pubkey();
    let mut ix = world.delegate_set(&customer, delegate, delegate_params());
    ix.accounts[0].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(&[ix], &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    let ix = world.delegate_set(&customer, delegate, delegate_params());
    let sent = world.must(ix, &customer.key);
    println!("delegate_set: {} CU", sent.compute_units);
    let event = sent.event::<DelegateSet>().expect("an event");
    assert_eq!((event.key, event.epoch_limit), (delegate, 1_500));
}

#[test]
fn the_customers_own_key_is_no_delegate() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let own = customer.key.pubkey();
    let ix = world.delegate_set(&customer, own, delegate_params());
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::OwnDelegate);
}

#[test]
fn a_delegate_is_limited_to_at_most_four_services() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let service = world.service;
    for (count, is_allowed) in [(4, true), (5, false)] {
        let params = DelegateParams {
            services: vec![service; count],
            ..delegate_params()
        };
        let ix = world.delegate_set(&customer, key("delegate").pubkey(), params);
        let outcome = world.svm.send(&[ix], &[&customer.key]);
        if is_allowed {
            outcome.expect("four services");
        } else {
            assert_refused(outcome, ID, CreditsError::TooManyServices);
        }
    }
}

#[test]
fn new_limits_count_at_once_and_what_was_spent_before_counts_on() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    let delegate = world.svm.funded("delegate");
    let set = world.delegate_set(&customer, delegate.pubkey(), delegate_params());
    world.must(set, &customer.key);
    let open = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    world.svm.must(&[open], &[&delegate, &operator.node]);
    let params = DelegateParams {
        total_limit: 1_200,
        ..delegate_params()
    };
    let set = world.delegate_set(&customer, delegate.pubkey(), params);
    world.must(set, &customer.key);
    assert_eq!(
        world.delegate_state(&customer, &delegate).total_spent,
        1_000
    );
    let ix = world.meter_deposit(&customer, Some(&delegate), &operator, 201);
    let outcome = world.svm.send(&[ix], &[&delegate]);
    assert_refused(outcome, ID, CreditsError::DelegateTotalLimit);
    let ix = world.meter_deposit(&customer, Some(&delegate), &operator, 200);
    world.must(ix, &delegate);
}
