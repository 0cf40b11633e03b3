//! `topup_run`, by its specification.

use {
    trestle_credits::{error::CreditsError, event::ToppedUp, ID},
    trestle_tests::{
        billing::topup_params,
        credits::{CreditsWorld, DOLLARS},
        svm::assert_refused,
    },
};

#[test]
fn the_account_buys_the_agreed_amount_at_par_when_its_balance_is_below_the_floor() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let run = world.topup_run(&customer);
    let sent = world.svm.must(&[run], &[]);
    println!("topup_run: {} CU", sent.compute_units);
    let event = sent.event::<ToppedUp>().expect("an event");
    assert_eq!(
        (event.credits, event.stable_paid, event.balance),
        (500, 5_000, 500)
    );
    assert_eq!(world.account_state(&customer).balance, 500);
    assert_eq!(world.svm.tokens(&customer.stable), DOLLARS - 5_000);
    assert_eq!(world.svm.tokens(&world.revenue_vault), 5_000);
    let market = world.market_state();
    assert_eq!(
        (market.minted, market.held, market.stable_received),
        (500, 500, 5_000)
    );
}

#[test]
fn a_balance_at_the_floor_or_above_buys_nothing() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let buy = world.credits_buy_stable(&customer, 100, u64::MAX);
    let deposit = world.account_deposit(&customer, 100);
    world.svm.must(&[buy, deposit], &[&customer.key]);
    let run = world.topup_run(&customer);
    let outcome = world.svm.send(std::slice::from_ref(&run), &[]);
    assert_refused(outcome, ID, CreditsError::TopupNotNeeded);
    let ix = world.account_withdraw(&customer, 1);
    world.must(ix, &customer.key);
    world.svm.must(&[run], &[]);
}

#[test]
fn no_more_than_one_topup_happens_in_a_period() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let run = world.topup_run(&customer);
    for epoch in 0..9 {
        world.reach(epoch);
        // Whoever wants to drain the customer empties the account each time.
        let outcome = world.svm.send(std::slice::from_ref(&run), &[]);
        if epoch % 3 == 0 {
            outcome.expect("the top-up of this period");
            let ix = world.account_withdraw(&customer, 500);
            world.must(ix, &customer.key);
        } else {
            assert_refused(outcome, ID, CreditsError::TopupTooEarly);
        }
    }
    assert_eq!(world.svm.tokens(&customer.stable), DOLLARS - 3 * 5_000);
}

#[test]
fn only_the_named_stablecoin_account_pays_within_what_the_customer_approved() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let approve = world.approve(&customer, 4_999);
    world.must(approve, &customer.key);
    let run = world.topup_run(&customer);
    assert!(world.svm.send(std::slice::from_ref(&run), &[]).is_err());
    assert_eq!(world.account_state(&customer).balance, 0);

    let victim = world.stranger("victim");
    let mut other = run.clone();
    other.accounts[4].pubkey = victim.stable;
    let outcome = world.svm.send(&[other], &[]);
    assert_refused(outcome, ID, CreditsError::WrongTopupSource);
    // A customer who names somebody else's account gets nothing: it approved nothing.
    let set = world.topup_set(&customer, victim.stable, topup_params());
    world.must(set, &customer.key);
    let mut other = run.clone();
    other.accounts[4].pubkey = victim.stable;
    assert!(world.svm.send(&[other], &[]).is_err());
    assert_eq!(world.svm.tokens(&victim.stable), DOLLARS);

    let set = world.topup_set(&customer, customer.stable, topup_params());
    let approve = world.approve(&customer, 5_000);
    world
        .svm
        .must(&[set, approve, run.clone()], &[&customer.key]);
    // The approved amount is used up.
    let ix = world.account_withdraw(&customer, 500);
    world.must(ix, &customer.key);
    world.reach(3);
    assert!(world.svm.send(&[run], &[]).is_err());
}

#[test]
fn a_paused_network_buys_nothing() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    world.pause();
    let run = world.topup_run(&customer);
    let outcome = world.svm.send(&[run], &[]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
