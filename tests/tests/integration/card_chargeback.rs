//! `card_chargeback`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::CardChargebackOpened, ID},
    trestle_tests::{
        billing::{meter_terms, Seller, CHARGEBACK},
        credits::{terms, CreditsWorld, Customer},
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
fn only_the_markets_biller_opens_a_chargeback_once_before_the_sale_is_final() {
    let (mut world, seller, customer) = sold();
    let ix = world.card_chargeback(customer.key.pubkey(), &customer, 1);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::NotBiller);
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    let sent = world.must(ix.clone(), &seller.key);
    println!("card_chargeback: {} CU", sent.compute_units);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::SaleNotOpen);

    world.sell(&seller, &customer, 2, 1_000).expect("a sale");
    world.svm.advance(i64::from(CHARGEBACK));
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 2);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::SaleFinal);
}

#[test]
fn the_customers_free_credits_are_frozen_as_far_as_they_go_up_to_the_sales() {
    for (withdrawn, bought, frozen) in [(0, 0, 1_000), (400, 0, 600), (0, 500, 1_000)] {
        let (mut world, seller, customer) = sold();
        if withdrawn > 0 {
            let ix = world.account_withdraw(&customer, withdrawn);
            world.must(ix, &customer.key);
        }
        if bought > 0 {
            let buy = world.credits_buy_stable(&customer, bought, u64::MAX);
            let deposit = world.account_deposit(&customer, bought);
            world.svm.must(&[buy, deposit], &[&customer.key]);
        }
        let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
        let sent = world.must(ix, &seller.key);
        let event = sent.event::<CardChargebackOpened>().expect("an event");
        let rest = 1_000 - withdrawn + bought - frozen;
        assert_eq!((event.frozen, event.balance), (frozen, rest));
        let (account, market) = (world.account_state(&customer), world.market_state());
        assert_eq!((account.frozen, account.balance), (frozen, rest));
        assert_eq!((market.frozen, market.held), (frozen, rest));
        assert_eq!(world.sale_state(1).frozen, frozen);
    }
}

#[test]
fn frozen_credits_cannot_be_withdrawn_leased_or_metered() {
    let (mut world, seller, customer) = sold();
    let deal = world.deal("operator", &customer);
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    world.must(ix, &seller.key);
    let withdraw = world.account_withdraw(&customer, 1);
    let outcome = world.svm.send(&[withdraw], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
    let lease = world.lease_open(&customer, &deal, terms());
    let meter = world.meter_open(&customer, None, &deal.operator, meter_terms());
    for ix in [lease, meter] {
        let outcome = world.svm.send(&[ix], &[&customer.key, &deal.operator.node]);
        assert_refused(outcome, ID, CreditsError::InsufficientCredits);
    }
}

#[test]
fn a_paused_network_freezes() {
    let (mut world, seller, customer) = sold();
    world.pause();
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    world.must(ix, &seller.key);
}

#[test]
fn a_sale_of_another_account_is_refused() {
    let (mut world, seller, _) = sold();
    let other = world.rich_customer("other", 1_000);
    let ix = world.card_chargeback(seller.key.pubkey(), &other, 1);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::WrongSale);
}
