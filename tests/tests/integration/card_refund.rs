//! `card_refund`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::CardRefunded, ID},
    trestle_tests::{
        billing::{Seller, CHARGEBACK},
        credits::{CreditsWorld, Customer, DOLLARS},
        svm::assert_refused,
    },
};

/// A customer who bought 1,000 credits by card.
fn sold() -> (CreditsWorld, Seller, Customer) {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 1_000).expect("a sale");
    (world, seller, customer)
}

#[test]
fn biller_and_customer_both_sign() {
    let (mut world, seller, customer) = sold();
    let thief = Seller {
        key: world.svm.funded("thief"),
        stable: customer.stable,
    };
    let ix = world.card_refund(&thief, &customer, 1);
    let outcome = world.svm.send(&[ix], &[&thief.key, &customer.key]);
    assert_refused(outcome, ID, CreditsError::NotBiller);
    let mut ix = world.card_refund(&seller, &customer, 1);
    ix.accounts[1].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(&[ix], &[&seller.key, &thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
}

#[test]
fn the_whole_sale_is_refunded_before_it_is_final_and_once() {
    let (mut world, seller, customer) = sold();
    world.sell(&seller, &customer, 2, 500).expect("a sale");
    let signers = [&seller.key, &customer.key];
    let ix = world.card_refund(&seller, &customer, 1);
    let sent = world.svm.must(std::slice::from_ref(&ix), &signers);
    println!("card_refund: {} CU", sent.compute_units);
    let event = sent.event::<CardRefunded>().expect("an event");
    assert_eq!((event.credits, event.balance), (1_000, 500));
    let outcome = world.svm.send(&[ix], &signers);
    assert_refused(outcome, ID, CreditsError::SaleNotOpen);
    world.svm.advance(i64::from(CHARGEBACK));
    let ix = world.card_refund(&seller, &customer, 2);
    let outcome = world.svm.send(&[ix], &signers);
    assert_refused(outcome, ID, CreditsError::SaleFinal);
}

#[test]
fn a_customer_with_fewer_free_credits_than_the_sales_is_refused() {
    let (mut world, seller, customer) = sold();
    let ix = world.account_withdraw(&customer, 1);
    world.must(ix, &customer.key);
    let ix = world.card_refund(&seller, &customer, 1);
    let outcome = world.svm.send(&[ix], &[&seller.key, &customer.key]);
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
}

#[test]
fn the_credits_are_burned_and_their_price_goes_from_the_vault_to_the_biller() {
    let (mut world, seller, customer) = sold();
    let ix = world.card_refund(&seller, &customer, 1);
    world.svm.must(&[ix], &[&seller.key, &customer.key]);
    assert_eq!(world.svm.tokens(&world.revenue_vault), 0);
    assert_eq!(world.svm.tokens(&seller.stable), DOLLARS);
    let market = world.market_state();
    assert_eq!(
        (market.minted, market.held, market.returned, market.pending),
        (1_000, 0, 1_000, 0)
    );
    assert_eq!(world.account_state(&customer).balance, 0);
    // The payment cannot be sold again, but its notice does no harm.
    world.sell(&seller, &customer, 1, 1_000).expect("no effect");
    assert_eq!(world.account_state(&customer).balance, 0);
}

#[test]
fn a_paused_network_refunds() {
    let (mut world, seller, customer) = sold();
    world.pause();
    let ix = world.card_refund(&seller, &customer, 1);
    world.svm.must(&[ix], &[&seller.key, &customer.key]);
}
