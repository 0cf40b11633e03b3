//! `account_open`, by its specification.

use {
    solana_signer::Signer, trestle_credits::event::AccountOpened,
    trestle_tests::credits::CreditsWorld,
};

#[test]
fn the_customer_pays_for_its_own_account_and_opens_it_once() {
    let mut world = CreditsWorld::new();
    let customer = world.stranger("customer");
    let ix = world.account_open(&customer);
    let before = world.svm.lamports(&customer.key.pubkey());
    let sent = world.must(ix.clone(), &customer.key);
    let rent = world.svm.lamports(&customer.account);
    assert_eq!(
        world.svm.lamports(&customer.key.pubkey()),
        before - rent - sent.fee
    );
    let event = sent.event::<AccountOpened>().expect("an event");
    assert_eq!(
        (event.account, event.network, event.customer),
        (customer.account, world.network, customer.key.pubkey())
    );
    println!("account_open: {} CU", sent.compute_units);

    assert!(world.svm.send(&[ix], &[&customer.key]).is_err());
}

#[test]
fn a_fresh_account_holds_nothing() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let state = world.account_state(&customer);
    assert_eq!(
        (
            state.balance,
            state.escrowed,
            state.consumed,
            state.lease_count
        ),
        (0, 0, 0, 0)
    );
    assert_eq!(state.customer, customer.key.pubkey());
}
