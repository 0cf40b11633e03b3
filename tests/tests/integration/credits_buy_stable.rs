//! `credits_buy_stable`, by its specification.

use {
    trestle_credits::{error::CreditsError, event::CreditsBoughtByStable, ID},
    trestle_tests::{
        credits::{CreditsWorld, DOLLARS},
        svm::assert_refused,
    },
};

#[test]
fn the_buyer_gets_exactly_the_credits_asked_for() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_stable(&buyer, 7, 70);
    let sent = world.must(ix, &buyer.key);
    assert_eq!(world.credits(&buyer), 7);
    let event = sent.event::<CreditsBoughtByStable>().expect("an event");
    assert_eq!(
        (event.credits, event.stable_paid, event.minted_total),
        (7, 70, 7)
    );
    println!("credits_buy_stable: {} CU", sent.compute_units);
}

#[test]
fn the_buyer_pays_ten_base_units_of_the_stablecoin_for_each_credit_into_the_revenue_vault() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_stable(&buyer, 123_456, u64::MAX);
    world.must(ix, &buyer.key);
    assert_eq!(world.svm.tokens(&world.revenue_vault), 1_234_560);
    assert_eq!(world.svm.tokens(&buyer.stable), DOLLARS - 1_234_560);
    let market = world.market_state();
    assert_eq!(
        (market.minted, market.stable_received, market.tokens_burned),
        (123_456, 1_234_560, 0)
    );
}

#[test]
fn a_price_above_the_buyers_maximum_is_refused() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_stable(&buyer, 7, 69);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::CostAboveMaximum);
}

#[test]
fn a_paused_network_sells_nothing() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    world.pause();
    let ix = world.credits_buy_stable(&buyer, 7, 70);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}

#[test]
fn no_credits_and_too_many_are_refused() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    for (credits, error) in [
        (0, CreditsError::ZeroCredits),
        (u64::MAX, CreditsError::MathOverflow),
        (u64::MAX / 10 + 1, CreditsError::MathOverflow),
    ] {
        let ix = world.credits_buy_stable(&buyer, credits, u64::MAX);
        let outcome = world.svm.send(&[ix], &[&buyer.key]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn money_that_the_buyer_does_not_have_buys_nothing() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_stable(&buyer, DOLLARS / 10 + 1, u64::MAX);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert!(outcome.is_err());
    assert_eq!(world.market_state().minted, 0);
    // And the network's token is no stablecoin.
    let mut ix = world.credits_buy_stable(&buyer, 1, u64::MAX);
    for meta in &mut ix.accounts {
        if meta.pubkey == buyer.stable {
            meta.pubkey = buyer.tokens;
        }
    }
    assert!(world.svm.send(&[ix], &[&buyer.key]).is_err());
}
