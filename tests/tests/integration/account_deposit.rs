//! `account_deposit`, by its specification.

use {
    trestle_credits::{error::CreditsError, event::AccountDeposited, ID},
    trestle_tests::{credits::CreditsWorld, svm::assert_refused},
};

#[test]
fn the_wallets_credits_fall_by_what_the_accounts_balance_grows() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let buy = world.credits_buy_stable(&customer, 100, u64::MAX);
    world.must(buy, &customer.key);
    let ix = world.account_deposit(&customer, 30);
    let sent = world.must(ix, &customer.key);
    assert_eq!(world.credits(&customer), 70);
    assert_eq!(world.credit_supply(), 70);
    assert_eq!(world.account_state(&customer).balance, 30);
    let market = world.market_state();
    assert_eq!((market.minted, market.held), (100, 30));
    let event = sent.event::<AccountDeposited>().expect("an event");
    assert_eq!((event.credits, event.balance), (30, 30));
    println!("account_deposit: {} CU", sent.compute_units);
}

#[test]
fn only_the_accounts_own_customer_deposits() {
    let mut world = CreditsWorld::new();
    let (customer, other) = (world.customer("customer"), world.customer("other"));
    let buy = world.credits_buy_stable(&other, 100, u64::MAX);
    world.must(buy, &other.key);
    let mut ix = world.account_deposit(&other, 30);
    ix.accounts[6].pubkey = customer.account;
    let outcome = world.svm.send(&[ix], &[&other.key]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
}

#[test]
fn a_wallet_with_fewer_credits_is_refused() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let buy = world.credits_buy_stable(&customer, 100, u64::MAX);
    world.must(buy, &customer.key);
    let ix = world.account_deposit(&customer, 101);
    assert!(world.svm.send(&[ix], &[&customer.key]).is_err());
    let ix = world.account_deposit(&customer, 0);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::ZeroCredits);
    assert_eq!(world.account_state(&customer).balance, 0);
}

#[test]
fn a_paused_network_takes_no_deposit() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let buy = world.credits_buy_stable(&customer, 100, u64::MAX);
    world.must(buy, &customer.key);
    world.pause();
    let ix = world.account_deposit(&customer, 1);
    let outcome = world.svm.send(&[ix], &[&customer.key]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
