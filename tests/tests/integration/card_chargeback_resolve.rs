//! `card_chargeback_resolve`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        constants::{CHARGEBACK_DECIDED_SECONDS, CHARGEBACK_LOST_SECONDS},
        error::CreditsError,
        event::CardChargebackDecided,
        ID,
    },
    trestle_tests::{
        billing::Seller,
        credits::{CreditsWorld, Customer, DOLLARS},
        svm::assert_refused,
    },
};

/// A customer who bought 1,000 credits by card, withdrew 300, and whose bank disputes the payment.
fn frozen() -> (CreditsWorld, Seller, Customer) {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 1_000).expect("a sale");
    let ix = world.account_withdraw(&customer, 300);
    world.must(ix, &customer.key);
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    world.must(ix, &seller.key);
    (world, seller, customer)
}

#[test]
fn the_biller_decides_a_chargeback_is_lost_no_sooner_than_three_days_after_it_was_opened() {
    let (mut world, seller, customer) = frozen();
    let biller = seller.key.pubkey();
    let lost = world.card_chargeback_resolve(biller, &seller, &customer, 1, true);
    let outcome = world.svm.send(std::slice::from_ref(&lost), &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::DecisionNotDue);
    world.svm.advance(CHARGEBACK_LOST_SECONDS - 1);
    let outcome = world.svm.send(std::slice::from_ref(&lost), &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::DecisionNotDue);
    world.svm.advance(1);
    let sent = world.must(lost, &seller.key);
    println!("card_chargeback_resolve: {} CU", sent.compute_units);
}

#[test]
fn lost_the_frozen_credits_are_burned_and_their_price_goes_from_the_vault_to_the_biller() {
    let (mut world, seller, customer) = frozen();
    world.svm.advance(CHARGEBACK_LOST_SECONDS);
    let ix = world.card_chargeback_resolve(seller.key.pubkey(), &seller, &customer, 1, true);
    let sent = world.must(ix, &seller.key);
    let event = sent.event::<CardChargebackDecided>().expect("an event");
    assert_eq!(
        (
            event.frozen,
            event.stable_paid_back,
            event.balance,
            event.lost
        ),
        (700, 7_000, 0, 1)
    );
    assert_eq!(world.svm.tokens(&world.revenue_vault), 3_000);
    assert_eq!(world.svm.tokens(&seller.stable), DOLLARS - 3_000);
    let (account, market) = (world.account_state(&customer), world.market_state());
    assert_eq!((account.frozen, account.balance), (0, 0));
    assert_eq!(
        (market.frozen, market.held, market.returned, market.pending),
        (0, 0, 700, 0)
    );
    // What was withdrawn stays with the customer.
    let ix = world.account_deposit(&customer, 300);
    world.must(ix, &customer.key);
}

#[test]
fn won_the_frozen_credits_are_free_again() {
    let (mut world, seller, customer) = frozen();
    let ix = world.card_chargeback_resolve(seller.key.pubkey(), &seller, &customer, 1, false);
    world.must(ix, &seller.key);
    let (account, market) = (world.account_state(&customer), world.market_state());
    assert_eq!((account.frozen, account.balance), (0, 700));
    assert_eq!((market.frozen, market.held, market.pending), (0, 700, 0));
    assert_eq!(world.svm.tokens(&world.revenue_vault), 10_000);
    // The sale is final: it cannot be disputed again.
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::SaleNotOpen);
}

#[test]
fn what_nobody_decides_in_90_days_anybody_may_declare_won() {
    let (mut world, seller, customer) = frozen();
    let somebody = customer.key.pubkey();
    let lost = world.card_chargeback_resolve(somebody, &seller, &customer, 1, true);
    let won = world.card_chargeback_resolve(somebody, &seller, &customer, 1, false);
    world.svm.advance(CHARGEBACK_DECIDED_SECONDS - 1);
    let outcome = world.svm.send(std::slice::from_ref(&won), &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::NotBiller);
    world.svm.advance(1);
    let outcome = world.svm.send(&[lost], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::DecisionNotDue);
    world.must(won, &customer.key);
    assert_eq!(world.account_state(&customer).balance, 700);
}

#[test]
fn a_chargeback_is_decided_once() {
    let (mut world, seller, customer) = frozen();
    let ix = world.card_chargeback_resolve(seller.key.pubkey(), &seller, &customer, 1, false);
    world.must(ix.clone(), &seller.key);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::SaleNotFrozen);
}

#[test]
fn a_paused_network_decides() {
    let (mut world, seller, customer) = frozen();
    world.pause();
    let ix = world.card_chargeback_resolve(seller.key.pubkey(), &seller, &customer, 1, false);
    world.must(ix, &seller.key);
}

#[test]
fn a_stolen_key_can_be_replaced_before_it_takes_anything() {
    let (mut world, seller, customer) = frozen();
    let other = world.svm.funded("other seller");
    let authority = world.authority_key();
    let params = world.biller_params(&other);
    let ix = world.biller_set(authority.pubkey(), params);
    world.must(ix, &authority);
    world.svm.advance(CHARGEBACK_LOST_SECONDS);
    let ix = world.card_chargeback_resolve(seller.key.pubkey(), &seller, &customer, 1, true);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::NotBiller);
    let ix = world.card_chargeback_resolve(other.pubkey(), &seller, &customer, 1, false);
    world.must(ix, &other);
    assert_eq!(world.account_state(&customer).balance, 700);
}
