//! `market_change_propose`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        address::market_change_address, error::CreditsError, event::MarketChangeProposed,
        state::MarketChange, state::MarketTerms, ID,
    },
    trestle_tests::{billing::market_terms, credits::CreditsWorld, svm::assert_refused},
};

#[test]
fn only_the_networks_authority_proposes_a_change_one_at_a_time() {
    let mut world = CreditsWorld::new();
    let (authority, stranger) = (world.authority_key(), world.svm.funded("stranger"));
    let ix = world.market_change_propose(stranger.pubkey(), market_terms());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, CreditsError::NotNetworkAuthority);

    let ix = world.market_change_propose(authority.pubkey(), market_terms());
    let sent = world.must(ix.clone(), &authority);
    println!("market_change_propose: {} CU", sent.compute_units);
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, CreditsError::ChangePending);
}

#[test]
fn the_rules_to_come_are_within_the_bounds_of_a_new_market() {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let bad = [
        (
            MarketTerms {
                max_age_seconds: 9,
                ..market_terms()
            },
            CreditsError::BadPriceAge,
        ),
        (
            MarketTerms {
                max_conf_bps: 0,
                ..market_terms()
            },
            CreditsError::BadPriceConf,
        ),
        (
            MarketTerms {
                protocol_fee_bps: 2_001,
                ..market_terms()
            },
            CreditsError::BadFee,
        ),
        (
            MarketTerms {
                biller_cap: u64::MAX,
                ..market_terms()
            },
            CreditsError::BadBillerCap,
        ),
    ];
    for (terms, error) in bad {
        let ix = world.market_change_propose(authority.pubkey(), terms);
        assert_refused(world.svm.send(&[ix], &[&authority]), ID, error);
    }
}

#[test]
fn the_change_can_be_applied_after_two_whole_epochs() {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    world.reach(4);
    let ix = world.market_change_propose(authority.pubkey(), market_terms());
    let sent = world.must(ix, &authority);
    let event = sent.event::<MarketChangeProposed>().expect("an event");
    assert_eq!((event.market, event.due_epoch), (world.market, 7));
    let change: MarketChange = world.svm.get(&market_change_address(&world.market).0);
    assert_eq!((change.due_epoch, change.terms()), (7, market_terms()));
}

#[test]
fn from_now_on_no_emission_counts_on_a_higher_fee_than_the_lower_of_the_two() {
    for (fee, floor) in [(400, 400), (600, 500)] {
        let mut world = CreditsWorld::new();
        assert_eq!(world.market_state().protocol_fee_floor_bps, 500);
        let authority = world.authority_key();
        let terms = MarketTerms {
            protocol_fee_bps: fee,
            ..market_terms()
        };
        let ix = world.market_change_propose(authority.pubkey(), terms);
        world.must(ix, &authority);
        let market = world.market_state();
        assert_eq!(market.protocol_fee_bps, 500, "nothing changed yet");
        assert_eq!(market.protocol_fee_floor_bps, floor);
        world.reach(3);
        let apply = world.market_change_apply(authority.pubkey());
        world.must(apply, &authority);
        assert_eq!(world.market_state().protocol_fee_floor_bps, fee);
    }
}
