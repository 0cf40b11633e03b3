//! `biller_set`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        address::biller_address, error::CreditsError, event::BillerSet, state::Biller,
        state::BillerParams, ID,
    },
    trestle_tests::{
        billing::{Seller, DAILY_CAP},
        credits::CreditsWorld,
        svm::assert_refused,
    },
};

#[test]
fn only_the_networks_authority_sets_the_biller() {
    let mut world = CreditsWorld::new();
    let (authority, stranger) = (world.authority_key(), world.svm.funded("stranger"));
    let params = world.biller_params(&stranger);
    let ix = world.biller_set(stranger.pubkey(), params);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, CreditsError::NotNetworkAuthority);
    let ix = world.biller_set(authority.pubkey(), params);
    let sent = world.must(ix, &authority);
    println!("biller_set: {} CU", sent.compute_units);
    let event = sent.event::<BillerSet>().expect("an event");
    assert_eq!((event.key, event.daily_cap), (stranger.pubkey(), DAILY_CAP));
}

#[test]
fn a_cap_above_the_markets_and_a_chargeback_time_out_of_bounds_are_refused() {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let good = world.biller_params(&authority);
    let bad = [
        (
            BillerParams {
                daily_cap: 2 * DAILY_CAP + 1,
                ..good
            },
            CreditsError::CapAboveMarket,
        ),
        (
            BillerParams {
                chargeback_seconds: 7 * 86_400 - 1,
                ..good
            },
            CreditsError::BadChargebackTime,
        ),
        (
            BillerParams {
                chargeback_seconds: 180 * 86_400 + 1,
                ..good
            },
            CreditsError::BadChargebackTime,
        ),
    ];
    for (params, error) in bad {
        let ix = world.biller_set(authority.pubkey(), params);
        assert_refused(world.svm.send(&[ix], &[&authority]), ID, error);
    }
}

#[test]
fn a_new_key_or_cap_counts_at_once_and_what_was_sold_today_counts_on() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 600).expect("a sale");
    let other = world.stranger("other seller");
    let authority = world.authority_key();
    let params = BillerParams {
        daily_cap: 1_000,
        ..world.biller_params(&other.key)
    };
    let ix = world.biller_set(authority.pubkey(), params);
    world.must(ix, &authority);
    let outcome = world.sell(&seller, &customer, 2, 100);
    assert_refused(outcome, ID, CreditsError::NotBiller);
    let other = Seller {
        key: other.key,
        stable: other.stable,
    };
    let outcome = world.sell(&other, &customer, 2, 401);
    assert_refused(outcome, ID, CreditsError::BillerCapReached);
    world.sell(&other, &customer, 2, 400).expect("a sale");
    let biller: Biller = world.svm.get(&biller_address(&world.market).0);
    assert_eq!((biller.sold_today, biller.sold), (1_000, 1_000));
}
