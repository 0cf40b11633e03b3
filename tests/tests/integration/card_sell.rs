//! `card_sell`, by its specification.

use {
    trestle_credits::{
        constants::PAYMENT_AGE_SECONDS_MAX, error::CreditsError, event::CardSold, ID,
    },
    trestle_tests::{
        billing::{payment, Seller, CHARGEBACK, DAILY_CAP},
        credits::{CreditsWorld, Customer, DOLLARS},
        svm::assert_refused,
    },
};

fn world() -> (CreditsWorld, Seller, Customer) {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    (world, seller, customer)
}

#[test]
fn only_the_markets_biller_sells_up_to_its_daily_cap() {
    let (mut world, seller, customer) = world();
    let thief = Seller {
        key: customer.key.insecure_clone(),
        stable: customer.stable,
    };
    let outcome = world.sell(&thief, &customer, 1, 100);
    assert_refused(outcome, ID, CreditsError::NotBiller);
    let outcome = world.sell(&seller, &customer, 1, DAILY_CAP + 1);
    assert_refused(outcome, ID, CreditsError::BillerCapReached);
    world.sell(&seller, &customer, 1, DAILY_CAP).expect("all");
    let outcome = world.sell(&seller, &customer, 2, 1);
    assert_refused(outcome, ID, CreditsError::BillerCapReached);
    world.svm.advance(86_400);
    world.sell(&seller, &customer, 2, DAILY_CAP).expect("more");
}

#[test]
fn the_biller_pays_ten_base_units_of_the_stablecoin_for_each_credit_into_the_revenue_vault() {
    let (mut world, seller, customer) = world();
    let sent = world.sell(&seller, &customer, 1, 1_234).expect("a sale");
    println!("card_sell: {} CU", sent.compute_units);
    assert_eq!(world.svm.tokens(&world.revenue_vault), 12_340);
    assert_eq!(world.svm.tokens(&seller.stable), DOLLARS - 12_340);
    let market = world.market_state();
    assert_eq!(
        (
            market.minted,
            market.held,
            market.pending,
            market.stable_received
        ),
        (1_234, 1_234, 1_234, 12_340)
    );
}

#[test]
fn the_customers_account_gets_exactly_the_credits_that_were_paid_for() {
    let (mut world, seller, customer) = world();
    let sent = world.sell(&seller, &customer, 1, 1_234).expect("a sale");
    assert_eq!(world.account_state(&customer).balance, 1_234);
    let event = sent.event::<CardSold>().expect("an event");
    assert_eq!(
        (event.payment_id, event.credits, event.balance),
        (payment(1), 1_234, 1_234)
    );
    assert_eq!(event.final_at, world.svm.now() + i64::from(CHARGEBACK));
    let outcome = world.sell(&seller, &customer, 2, 0);
    assert_refused(outcome, ID, CreditsError::ZeroCredits);
}

#[test]
fn a_payment_sells_once_the_same_sale_again_succeeds_without_effect() {
    let (mut world, seller, customer) = world();
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    for _ in 0..3 {
        world.svm.advance(86_400);
        let again = world.sell(&seller, &customer, 1, 100).expect("no effect");
        assert!(again.event::<CardSold>().is_none());
    }
    assert_eq!(world.account_state(&customer).balance, 100);
    assert_eq!(world.svm.tokens(&world.revenue_vault), 1_000);
    assert_eq!(world.market_state().minted, 100);
}

#[test]
fn the_payment_of_another_sale_is_refused() {
    let (mut world, seller, customer) = world();
    let other = world.customer("other");
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    for (to, credits) in [(&customer, 101), (&other, 100)] {
        let outcome = world.sell(&seller, to, 1, credits);
        assert_refused(outcome, ID, CreditsError::PaymentDiffers);
    }
}

#[test]
fn a_payment_older_than_three_days_or_from_the_future_is_refused() {
    let (mut world, seller, customer) = world();
    let now = world.svm.now();
    for (paid_at, error) in [
        (
            now - PAYMENT_AGE_SECONDS_MAX - 1,
            CreditsError::PaymentTooOld,
        ),
        (i64::MIN, CreditsError::PaymentTooOld),
        (now + 601, CreditsError::PaymentInFuture),
        (i64::MAX, CreditsError::PaymentInFuture),
    ] {
        let ix = world.card_sell(&seller, &customer, payment(1), 100, paid_at);
        assert_refused(world.svm.send(&[ix], &[&seller.key]), ID, error);
    }
    for (number, paid_at) in [(1, now - PAYMENT_AGE_SECONDS_MAX), (2, now + 600)] {
        let ix = world.card_sell(&seller, &customer, payment(number), 100, paid_at);
        world.must(ix, &seller.key);
    }
}

#[test]
fn a_paused_network_sells_nothing() {
    let (mut world, seller, customer) = world();
    world.pause();
    let outcome = world.sell(&seller, &customer, 1, 100);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
