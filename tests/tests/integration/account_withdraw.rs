//! `account_withdraw`, by its specification.

use {
    trestle_credits::{error::CreditsError, event::AccountWithdrawn, ID},
    trestle_tests::{
        credits::{terms, CreditsWorld},
        svm::assert_refused,
    },
};

#[test]
fn the_wallets_credits_grow_by_what_the_accounts_balance_falls() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100);
    let ix = world.account_withdraw(&customer, 40);
    let sent = world.must(ix, &customer.key);
    assert_eq!((world.credits(&customer), world.credit_supply()), (40, 40));
    assert_eq!(world.account_state(&customer).balance, 60);
    assert_eq!(world.market_state().held, 60);
    let event = sent.event::<AccountWithdrawn>().expect("an event");
    assert_eq!((event.credits, event.balance), (40, 60));
    println!("account_withdraw: {} CU", sent.compute_units);
}

#[test]
fn only_the_accounts_own_customer_withdraws() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100);
    let thief = world.customer("thief");
    let mut ix = world.account_withdraw(&thief, 40);
    ix.accounts[6].pubkey = customer.account;
    let outcome = world.svm.send(&[ix], &[&thief.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
}

#[test]
fn more_than_the_free_balance_is_refused() {
    let mut world = CreditsWorld::new();
    let (customer, _) = world.lease(terms());
    for credits in [90_001, u64::MAX] {
        let ix = world.account_withdraw(&customer, credits);
        let outcome = world.svm.send(&[ix], &[&customer.key]);
        assert_refused(outcome, ID, CreditsError::InsufficientCredits);
    }
    let ix = world.account_withdraw(&customer, 0);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::ZeroCredits);
    let ix = world.account_withdraw(&customer, 90_000);
    world.must(ix, &customer.key);
}

#[test]
fn a_paused_network_lets_credits_out() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100);
    world.pause();
    let ix = world.account_withdraw(&customer, 100);
    world.must(ix, &customer.key);
}
