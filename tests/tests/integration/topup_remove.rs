//! `topup_remove`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{address::topup_address, error::CreditsError, event::TopupRemoved, ID},
    trestle_tests::{credits::CreditsWorld, svm::assert_refused},
};

#[test]
fn only_the_customer_removes_the_topup_of_the_customers_own_account() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let thief = world.customer("thief");
    let mut ix = world.topup_remove(&customer);
    ix.accounts[0].pubkey = thief.key.pubkey();
    let outcome = world.svm.send(&[ix], &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
    let ix = world.topup_remove(&customer);
    let sent = world.must(ix, &customer.key);
    println!("topup_remove: {} CU", sent.compute_units);
    assert!(sent.event::<TopupRemoved>().is_some());
    let run = world.topup_run(&customer);
    assert!(world.svm.send(&[run], &[]).is_err());
}

#[test]
fn the_rent_goes_back_to_the_customer() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    let rent = world.svm.lamports(&topup_address(&customer.account).0);
    let before = world.svm.lamports(&customer.key.pubkey());
    let ix = world.topup_remove(&customer);
    let sent = world.must(ix, &customer.key);
    let after = world.svm.lamports(&customer.key.pubkey());
    assert_eq!(after, before + rent - sent.fee);
}
