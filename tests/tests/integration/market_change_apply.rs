//! `market_change_apply`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        address::market_change_address, error::CreditsError, event::MarketChanged,
        state::MarketTerms, ID,
    },
    trestle_tests::{billing::market_terms, credits::CreditsWorld, svm::assert_refused},
};

fn other_terms() -> MarketTerms {
    MarketTerms {
        biller_cap: 7,
        max_age_seconds: 30,
        max_conf_bps: 50,
        protocol_fee_bps: 600,
        insurance_fee_bps: 0,
    }
}

/// A world in whose epoch 0 other rules were proposed.
fn proposed() -> CreditsWorld {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let ix = world.market_change_propose(authority.pubkey(), other_terms());
    world.must(ix, &authority);
    world
}

#[test]
fn anybody_applies_a_change_that_is_due() {
    let mut world = proposed();
    world.reach(3);
    assert_eq!(world.market_state().terms(), market_terms());
    let ix = world.market_change_apply(world.authority.pubkey());
    let sent = world.svm.must(&[ix], &[]);
    println!("market_change_apply: {} CU", sent.compute_units);
    assert_eq!(world.market_state().terms(), other_terms());
    let event = sent.event::<MarketChanged>().expect("an event");
    assert_eq!((event.biller_cap, event.protocol_fee_bps), (7, 600));
}

#[test]
fn a_change_whose_delay_has_not_passed_or_that_has_lapsed_is_refused() {
    let mut world = proposed();
    let ix = world.market_change_apply(world.authority.pubkey());
    for (epoch, error) in [
        (0, CreditsError::ChangeNotDue),
        (2, CreditsError::ChangeNotDue),
        (33, CreditsError::ChangeLapsed),
    ] {
        world.reach(epoch);
        assert_refused(world.svm.send(std::slice::from_ref(&ix), &[]), ID, error);
    }
    assert_eq!(world.market_state().terms(), market_terms());
}

#[test]
fn the_changes_rent_goes_back_to_whoever_proposed_it() {
    let mut world = proposed();
    world.reach(3);
    let (authority, change) = (
        world.authority.pubkey(),
        market_change_address(&world.market).0,
    );
    let (before, rent) = (world.svm.lamports(&authority), world.svm.lamports(&change));
    let ix = world.market_change_apply(authority);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.svm.lamports(&authority), before + rent);
    assert!(world.svm.raw(&change).is_none());
}
