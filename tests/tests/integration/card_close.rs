//! `card_close`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{address::card_sale_address, error::CreditsError, event::CardSaleClosed, ID},
    trestle_tests::{
        billing::{payment, Seller, CHARGEBACK},
        credits::{CreditsWorld, Customer},
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
fn a_sale_is_closed_once_its_chargeback_time_has_passed() {
    let (mut world, seller, customer) = sold();
    let paid_at = world.svm.now();
    let ix = world.card_close(seller.key.pubkey(), 1);
    world.svm.advance(i64::from(CHARGEBACK) - 1);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, CreditsError::SaleNotFinal);
    world.svm.advance(1);
    let sent = world.svm.must(&[ix], &[]);
    println!("card_close: {} CU", sent.compute_units);
    let event = sent.event::<CardSaleClosed>().expect("an event");
    assert_eq!((event.credits, event.pending_total), (1_000, 0));
    assert_eq!(world.market_state().pending, 0);
    // Its notice, delivered once more, is too old to sell it again.
    let ix = world.card_sell(&seller, &customer, payment(1), 1_000, paid_at);
    let outcome = world.svm.send(&[ix], &[&seller.key]);
    assert_refused(outcome, ID, CreditsError::PaymentTooOld);
}

#[test]
fn while_a_chargeback_is_undecided_the_sale_stays() {
    let (mut world, seller, customer) = sold();
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    world.must(ix, &seller.key);
    world.svm.advance(i64::from(CHARGEBACK));
    let close = world.card_close(seller.key.pubkey(), 1);
    let outcome = world.svm.send(std::slice::from_ref(&close), &[]);
    assert_refused(outcome, ID, CreditsError::SaleNotOpen);
    let lost = world.card_chargeback_resolve(seller.key.pubkey(), &seller, &customer, 1, true);
    world.must(lost, &seller.key);
    let sent = world.svm.must(&[close], &[]);
    let event = sent.event::<CardSaleClosed>().expect("an event");
    assert_eq!(event.credits, 0);
}

#[test]
fn the_sales_rent_goes_back_to_whoever_paid_it() {
    let (mut world, seller, _) = sold();
    world.svm.advance(i64::from(CHARGEBACK));
    let sale = card_sale_address(&world.market, &payment(1)).0;
    let (before, rent) = (
        world.svm.lamports(&seller.key.pubkey()),
        world.svm.lamports(&sale),
    );
    let ix = world.card_close(seller.key.pubkey(), 1);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.svm.lamports(&seller.key.pubkey()), before + rent);
}

#[test]
fn a_paused_network_closes() {
    let (mut world, seller, _) = sold();
    world.svm.advance(i64::from(CHARGEBACK));
    world.pause();
    let ix = world.card_close(seller.key.pubkey(), 1);
    world.svm.must(&[ix], &[]);
}
