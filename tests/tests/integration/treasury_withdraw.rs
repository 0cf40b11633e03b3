//! `treasury_withdraw`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::TreasuryWithdrawn, ID},
    trestle_tests::{credits::CreditsWorld, svm::assert_refused},
};

/// A world whose treasury holds 500, and a token account to withdraw to.
fn world() -> (CreditsWorld, Address) {
    let mut world = CreditsWorld::new();
    let [treasury, _, _] = world.revenue_targets();
    let mut state: spl_token_interface::state::Account = world.svm.packed(&treasury);
    state.amount = 500;
    world.svm.put_packed(treasury, &state);
    let (mint, owner) = (world.stable_mint, world.svm.fresh_address());
    let destination = world.svm.put_tokens(mint, owner, 0);
    (world, destination)
}

#[test]
fn only_the_networks_authority_withdraws_to_whatever_token_account_it_names() {
    let (mut world, destination) = world();
    let (authority, stranger) = (world.authority_key(), world.svm.funded("stranger"));
    let ix = world.treasury_withdraw(stranger.pubkey(), destination, 1);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, CreditsError::NotNetworkAuthority);

    let ix = world.treasury_withdraw(authority.pubkey(), destination, 200);
    let sent = world.must(ix, &authority);
    println!("treasury_withdraw: {} CU", sent.compute_units);
    assert_eq!(world.svm.tokens(&destination), 200);
    let event = sent.event::<TreasuryWithdrawn>().expect("an event");
    assert_eq!((event.amount, event.balance), (200, 300));
}

#[test]
fn nothing_or_more_than_the_treasury_holds_is_refused() {
    let (mut world, destination) = world();
    let authority = world.authority_key();
    for amount in [0, 501] {
        let ix = world.treasury_withdraw(authority.pubkey(), destination, amount);
        let outcome = world.svm.send(&[ix], &[&authority]);
        assert_refused(outcome, ID, CreditsError::BadAmount);
    }
}

#[test]
fn a_paused_network_lets_the_treasury_out() {
    let (mut world, destination) = world();
    let authority = world.authority_key();
    world.pause();
    let ix = world.treasury_withdraw(authority.pubkey(), destination, 500);
    world.must(ix, &authority);
}

#[test]
fn the_insurance_is_not_the_treasury() {
    let (mut world, destination) = world();
    let authority = world.authority_key();
    let mut ix = world.treasury_withdraw(authority.pubkey(), destination, 1);
    let insurance = trestle_credits::address::insurance_stable_vault_address(&world.market).0;
    ix.accounts[3].pubkey = insurance;
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, CreditsError::WrongTreasury);
}
