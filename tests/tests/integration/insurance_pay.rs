//! `insurance_pay`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        address::insurance_stable_vault_address, error::CreditsError, event::InsurancePaid, ID,
    },
    trestle_tests::{
        credits::{CreditsWorld, Customer},
        svm::assert_refused,
    },
};

/// A world whose insurance holds 500 micro-dollars, and a customer with an account.
pub fn insured() -> (CreditsWorld, Customer) {
    let mut world = CreditsWorld::new();
    world.fund_insurance(500);
    let customer = world.customer("customer");
    (world, customer)
}

#[test]
fn only_the_networks_authority_pays_into_an_account_of_the_network() {
    let (mut world, customer) = insured();
    let (authority, stranger) = (world.authority_key(), world.svm.funded("stranger"));
    let ix = world.insurance_pay(stranger.pubkey(), &customer, 1);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, CreditsError::NotNetworkAuthority);

    let ix = world.insurance_pay(authority.pubkey(), &customer, 1);
    let sent = world.must(ix, &authority);
    println!("insurance_pay: {} CU", sent.compute_units);
}

#[test]
fn the_customers_account_gets_exactly_these_credits() {
    let (mut world, customer) = insured();
    let (authority, before) = (world.authority_key(), world.market_state());
    let ix = world.insurance_pay(authority.pubkey(), &customer, 30);
    let sent = world.must(ix, &authority);
    assert_eq!(world.account_state(&customer).balance, 30);
    let after = world.market_state();
    assert_eq!(
        (after.minted, after.held),
        (before.minted + 30, before.held + 30)
    );
    let event = sent.event::<InsurancePaid>().expect("an event");
    assert_eq!((event.credits, event.balance), (30, 30));
    assert_eq!(event.payment, 0);
    assert_eq!(event.minted_total, after.minted);
}

#[test]
fn ten_base_units_of_stablecoin_for_each_credit_move_from_the_insurance_to_the_revenue_vault() {
    let (mut world, customer) = insured();
    let authority = world.authority_key();
    let (vault, revenue) = (
        insurance_stable_vault_address(&world.market).0,
        world.revenue_vault,
    );
    let before = (world.svm.tokens(&revenue), world.market_state());
    let ix = world.insurance_pay(authority.pubkey(), &customer, 30);
    let sent = world.must(ix, &authority);
    assert_eq!(world.svm.tokens(&vault), 200);
    assert_eq!(world.svm.tokens(&revenue), before.0 + 300);
    let received = world.market_state().stable_received - before.1.stable_received;
    let event = sent.event::<InsurancePaid>().expect("an event");
    assert_eq!(
        (received, event.stable_paid, event.insurance_left),
        (300, 300, 200)
    );
}

#[test]
fn a_payment_has_the_number_of_those_before_it_and_is_made_once() {
    let (mut world, customer) = insured();
    let authority = world.authority_key();
    for payment in 0..2 {
        let early = world.insurance_payment(authority.pubkey(), &customer, 10, payment + 1);
        let outcome = world.svm.send(&[early], &[&authority]);
        assert_refused(outcome, ID, CreditsError::WrongPayment);
        let ix = world.insurance_payment(authority.pubkey(), &customer, 10, payment);
        let sent = world.must(ix.clone(), &authority);
        let event = sent.event::<InsurancePaid>().expect("an event");
        assert_eq!(event.payment, payment);
        // Whoever does not know whether it arrived sends it again.
        let outcome = world.svm.send(&[ix], &[&authority]);
        assert_refused(outcome, ID, CreditsError::WrongPayment);
    }
    assert_eq!(world.account_state(&customer).balance, 20);
    assert_eq!(world.market_state().insurance_payments, 2);
}

#[test]
fn no_credits_or_more_than_the_insurance_can_buy_are_refused() {
    let (mut world, customer) = insured();
    let authority = world.authority_key();
    for (credits, error) in [
        (0, CreditsError::ZeroCredits),
        (51, CreditsError::InsuranceTooSmall),
        (u64::MAX, CreditsError::MathOverflow),
    ] {
        let ix = world.insurance_pay(authority.pubkey(), &customer, credits);
        let outcome = world.svm.send(&[ix], &[&authority]);
        assert_refused(outcome, ID, error);
    }
    let ix = world.insurance_pay(authority.pubkey(), &customer, 50);
    world.must(ix, &authority);
}

#[test]
fn a_paused_network_pays_nothing() {
    let (mut world, customer) = insured();
    let authority = world.authority_key();
    world.pause();
    let ix = world.insurance_pay(authority.pubkey(), &customer, 1);
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
