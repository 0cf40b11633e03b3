//! `market_change_cancel`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        address::market_change_address, error::CreditsError, event::MarketChangeCancelled,
        state::MarketTerms, ID,
    },
    trestle_tests::{billing::market_terms, credits::CreditsWorld, svm::assert_refused},
};

/// A world in whose epoch 0 a lower fee was proposed.
fn proposed() -> CreditsWorld {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let terms = MarketTerms {
        protocol_fee_bps: 0,
        ..market_terms()
    };
    let ix = world.market_change_propose(authority.pubkey(), terms);
    world.must(ix, &authority);
    world
}

#[test]
fn only_the_networks_authority_cancels_a_change_also_one_that_is_due_or_has_lapsed() {
    for epoch in [0, 3, 40] {
        let mut world = proposed();
        world.reach(epoch);
        let (authority, stranger) = (world.authority_key(), world.svm.funded("stranger"));
        let ix = world.market_change_cancel(stranger.pubkey());
        let outcome = world.svm.send(&[ix], &[&stranger]);
        assert_refused(outcome, ID, CreditsError::NotNetworkAuthority);
        let ix = world.market_change_cancel(authority.pubkey());
        let sent = world.must(ix, &authority);
        let event = sent.event::<MarketChangeCancelled>().expect("an event");
        assert_eq!(event.due_epoch, 3);
        println!("market_change_cancel: {} CU", sent.compute_units);
    }
}

#[test]
fn the_changes_rent_goes_to_the_authority() {
    let mut world = proposed();
    let authority = world.authority_key();
    let change = market_change_address(&world.market).0;
    let rent = world.svm.lamports(&change);
    let before = world.svm.lamports(&authority.pubkey());
    let ix = world.market_change_cancel(authority.pubkey());
    let sent = world.must(ix, &authority);
    let after = world.svm.lamports(&authority.pubkey());
    assert_eq!(after, before + rent - sent.fee);
    // And another change can be proposed.
    let ix = world.market_change_propose(authority.pubkey(), market_terms());
    world.must(ix, &authority);
}

#[test]
fn the_markets_fee_counts_again_as_it_is() {
    let mut world = proposed();
    assert_eq!(world.market_state().protocol_fee_floor_bps, 0);
    let authority = world.authority_key();
    let ix = world.market_change_cancel(authority.pubkey());
    world.must(ix, &authority);
    assert_eq!(world.market_state().protocol_fee_floor_bps, 500);
}
