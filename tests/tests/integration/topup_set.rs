//! `topup_set`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        address::topup_address, error::CreditsError, event::TopupSet, state::Topup,
        state::TopupParams, ID,
    },
    trestle_tests::{billing::topup_params, credits::CreditsWorld, svm::assert_refused},
};

#[test]
fn only_the_customer_sets_the_topup_of_the_customers_own_account() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let thief = world.customer("thief");
    let mut ix = world.topup_set(&customer, thief.stable, topup_params());
    ix.accounts[0].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(&[ix], &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    let ix = world.topup_set(&customer, customer.stable, topup_params());
    let sent = world.must(ix, &customer.key);
    println!("topup_set: {} CU", sent.compute_units);
    let event = sent.event::<TopupSet>().expect("an event");
    assert_eq!(
        (event.customer, event.source, event.amount),
        (customer.key.pubkey(), customer.stable, 500)
    );
}

#[test]
fn rules_out_of_bounds_are_refused() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let good = topup_params();
    let bad = [
        (TopupParams { amount: 0, ..good }, CreditsError::BadTopup),
        (
            TopupParams {
                floor: u64::MAX,
                ..good
            },
            CreditsError::BadTopup,
        ),
        (
            TopupParams {
                period_epochs: 0,
                ..good
            },
            CreditsError::BadTopupPeriod,
        ),
        (
            TopupParams {
                period_epochs: 366,
                ..good
            },
            CreditsError::BadTopupPeriod,
        ),
    ];
    for (params, error) in bad {
        let ix = world.topup_set(&customer, customer.stable, params);
        assert_refused(world.svm.send(&[ix], &[&customer.key]), ID, error);
    }
}

#[test]
fn new_rules_count_at_once_and_the_time_of_the_last_topup_counts_on() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let run = world.topup_run(&customer);
    world.svm.must(&[run], &[]);
    let params = TopupParams {
        floor: 1_000,
        ..topup_params()
    };
    let ix = world.topup_set(&customer, customer.stable, params);
    world.must(ix, &customer.key);
    let topup: Topup = world.svm.get(&topup_address(&customer.account).0);
    assert_eq!(
        (topup.floor, topup.next_epoch, topup.bought),
        (1_000, 3, 500)
    );
    let run = world.topup_run(&customer);
    let outcome = world.svm.send(&[run], &[]);
    assert_refused(outcome, ID, CreditsError::TopupTooEarly);
}
