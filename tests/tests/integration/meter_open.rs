//! `meter_open`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError, event::MeterOpened, state::DelegateParams, state::MeterTerms, ID,
    },
    trestle_tests::{
        billing::{delegate_params, meter_terms},
        credits::{CreditsWorld, Customer},
        staking::OperatorKeys,
        svm::assert_refused,
    },
};

fn world() -> (CreditsWorld, Customer, OperatorKeys) {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    (world, customer, operator)
}

#[test]
fn the_operators_node_signs_and_the_customer_or_a_delegate_within_its_limits() {
    let (mut world, customer, operator) = world();
    let thief = world.rich_customer("thief", 10_000);
    let ix = world.meter_open(&customer, Some(&thief.key), &operator, meter_terms());
    let mut alone = ix.clone();
    alone.accounts[4].pubkey = ID;
    alone.accounts[4].is_writable = false;
    let outcome = world.svm.send(&[alone], &[&thief.key, &operator.node]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    // The customer's delegate is not the thief.
    let delegate = world.svm.funded("delegate");
    let set = world.delegate_set(&customer, delegate.pubkey(), delegate_params());
    world.must(set, &customer.key);
    let mut ix = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    ix.accounts[0].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(&[ix], &[&thief.key, &operator.node]);
    assert_refused(outcome, ID, CreditsError::WrongDelegate);
    let mut ix = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    let other = world.svm.funded("other node");
    ix.accounts[5].pubkey = other.pubkey();
    let outcome = world.svm.send(&[ix], &[&delegate, &other]);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);

    let ix = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    world.svm.must(&[ix], &[&delegate, &operator.node]);
    let meter = world.meter_state(&customer, &operator);
    assert_eq!(meter.signer, delegate.pubkey());
    let state = world.delegate_state(&customer, &delegate);
    assert_eq!((state.epoch_spent, state.total_spent), (1_000, 1_000));
}

#[test]
fn a_delegate_beyond_its_limits_is_refused() {
    let service = CreditsWorld::new().service;
    let cases = [
        (
            DelegateParams {
                epoch_limit: 999,
                ..delegate_params()
            },
            CreditsError::DelegateEpochLimit,
        ),
        (
            DelegateParams {
                total_limit: 999,
                ..delegate_params()
            },
            CreditsError::DelegateTotalLimit,
        ),
        (
            DelegateParams {
                services: vec![solana_address::Address::new_from_array([9; 32])],
                ..delegate_params()
            },
            CreditsError::DelegateService,
        ),
    ];
    for (params, error) in cases {
        let (mut world, customer, operator) = world();
        let delegate = world.svm.funded("delegate");
        let set = world.delegate_set(&customer, delegate.pubkey(), params);
        world.must(set, &customer.key);
        let ix = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
        let outcome = world.svm.send(&[ix], &[&delegate, &operator.node]);
        assert_refused(outcome, ID, error);
    }
    let (mut world, customer, operator) = world();
    let delegate = world.svm.funded("delegate");
    let params = DelegateParams {
        services: vec![service],
        ..delegate_params()
    };
    let set = world.delegate_set(&customer, delegate.pubkey(), params);
    world.must(set, &customer.key);
    world.reach(11);
    let ix = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    let outcome = world.svm.send(&[ix], &[&delegate, &operator.node]);
    assert_refused(outcome, ID, CreditsError::DelegateExpired);
}

#[test]
fn the_deposit_leaves_the_free_balance() {
    let (mut world, customer, operator) = world();
    let ix = world.meter_open(&customer, None, &operator, meter_terms());
    let sent = world.svm.must(&[ix], &[&customer.key, &operator.node]);
    println!("meter_open: {} CU", sent.compute_units);
    let event = sent.event::<MeterOpened>().expect("an event");
    assert_eq!(
        (event.deposit, event.balance, event.signer),
        (1_000, 9_000, customer.key.pubkey())
    );
    let (account, market) = (world.account_state(&customer), world.market_state());
    assert_eq!((account.balance, account.escrowed), (9_000, 1_000));
    assert_eq!((market.held, market.escrowed), (9_000, 1_000));
    assert_eq!((account.meter_count, account.meters_opened), (1, 1));
    let (poor, second) = (
        world.customer("poor"),
        world.staking.operator("second operator", 0),
    );
    let ix = world.meter_open(&poor, None, &second, meter_terms());
    let outcome = world.svm.send(&[ix], &[&poor.key, &second.node]);
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
}

#[test]
fn an_account_has_one_meter_at_a_time_with_an_operator() {
    let (mut world, customer, operator) = world();
    let ix = world.meter_open(&customer, None, &operator, meter_terms());
    let signers = [&customer.key, &operator.node];
    world.svm.must(std::slice::from_ref(&ix), &signers);
    assert!(world.svm.send(&[ix], &signers).is_err());
    let second = world.staking.operator("second operator", 0);
    let ix = world.meter_open(&customer, None, &second, meter_terms());
    world.svm.must(&[ix], &[&customer.key, &second.node]);
    assert_eq!(world.meter_state(&customer, &second).number, 1);
}

#[test]
fn terms_out_of_bounds_are_refused() {
    let (mut world, customer, operator) = world();
    let good = meter_terms();
    let bad = [
        (MeterTerms { price: 0, ..good }, CreditsError::BadUnitPrice),
        (
            MeterTerms {
                epoch_cap: 2,
                ..good
            },
            CreditsError::BadMeterCap,
        ),
        (MeterTerms { deposit: 0, ..good }, CreditsError::ZeroCredits),
        (
            MeterTerms {
                notice_epochs: 0,
                ..good
            },
            CreditsError::BadMeterNotice,
        ),
        (
            MeterTerms {
                notice_epochs: 33,
                ..good
            },
            CreditsError::BadMeterNotice,
        ),
    ];
    for (terms, error) in bad {
        let ix = world.meter_open(&customer, None, &operator, terms);
        let outcome = world.svm.send(&[ix], &[&customer.key, &operator.node]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn an_operator_that_has_left_its_service_is_refused() {
    let (mut world, customer, operator) = world();
    let leave = world.operator_exit(operator.address, operator.authority.pubkey());
    world.must(leave, &operator.authority);
    let ix = world.meter_open(&customer, None, &operator, meter_terms());
    let outcome = world.svm.send(&[ix], &[&customer.key, &operator.node]);
    assert_refused(outcome, ID, CreditsError::OperatorExited);
}

#[test]
fn a_paused_network_opens_no_meter() {
    let (mut world, customer, operator) = world();
    world.pause();
    let ix = world.meter_open(&customer, None, &operator, meter_terms());
    let outcome = world.svm.send(&[ix], &[&customer.key, &operator.node]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
