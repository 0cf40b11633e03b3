//! `delegate_remove`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{address::delegate_address, error::CreditsError, event::DelegateRemoved, ID},
    trestle_tests::{
        billing::{delegate_params, meter_terms},
        credits::{CreditsWorld, Customer},
        svm::{assert_refused, key},
    },
};

/// A customer with a delegate.
fn world() -> (CreditsWorld, Customer) {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 10_000);
    let set = world.delegate_set(&customer, key("delegate").pubkey(), delegate_params());
    world.must(set, &customer.key);
    (world, customer)
}

#[test]
fn only_the_customer_removes_a_delegate_of_the_customers_own_account() {
    let (mut world, customer) = world();
    let thief = world.customer("thief");
    let delegate = world.svm.funded("delegate");
    let mut ix = world.delegate_remove(&customer, delegate.pubkey());
    ix.accounts[0].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    ix.accounts[1].pubkey = thief.account;
    let outcome = world.svm.send(&[ix], &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::WrongDelegate);

    let ix = world.delegate_remove(&customer, delegate.pubkey());
    let sent = world.must(ix, &customer.key);
    println!("delegate_remove: {} CU", sent.compute_units);
    assert!(sent.event::<DelegateRemoved>().is_some());
    let operator = world.staking.operator("operator", 0);
    let open = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    let outcome = world.svm.send(&[open], &[&delegate, &operator.node]);
    assert!(outcome.is_err());
}

#[test]
fn the_rent_goes_back_to_the_customer() {
    let (mut world, customer) = world();
    let address = delegate_address(&customer.account, &key("delegate").pubkey()).0;
    let rent = world.svm.lamports(&address);
    let before = world.svm.lamports(&customer.key.pubkey());
    let ix = world.delegate_remove(&customer, key("delegate").pubkey());
    let sent = world.must(ix, &customer.key);
    let after = world.svm.lamports(&customer.key.pubkey());
    assert_eq!(after, before + rent - sent.fee);
}
