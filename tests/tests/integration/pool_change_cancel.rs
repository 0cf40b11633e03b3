//! `pool_change_cancel`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{
        error::RewardsError, event::PoolChangeCancelled, instructions::ChangeArgs, ID,
    },
    trestle_tests::{rewards::RewardsWorld, rewards_more::emission_params, svm::assert_refused},
};

fn proposed() -> RewardsWorld {
    let mut world = RewardsWorld::new();
    let args = ChangeArgs {
        terms: world.terms(),
        emission: emission_params(),
    };
    world.propose(args).expect("a change");
    world
}

#[test]
fn only_the_networks_authority_cancels_a_change_also_one_that_has_lapsed() {
    let mut world = proposed();
    world.run_to(40);
    let stranger = world.svm.funded("stranger");
    let ix = world.pool_change_cancel(stranger.pubkey());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, RewardsError::NotNetworkAuthority);

    let authority = world.authority_key();
    let ix = world.pool_change_cancel(authority.pubkey());
    let sent = world.svm.must(&[ix], &[&authority]);
    let event = sent.event::<PoolChangeCancelled>().expect("an event");
    assert_eq!((event.pool, event.by), (world.pool, authority.pubkey()));
    println!("pool_change_cancel: {} CU", sent.compute_units);
    let args = ChangeArgs {
        terms: world.terms(),
        emission: emission_params(),
    };
    world.propose(args).expect("another change");
}

#[test]
fn the_account_is_closed_and_its_rent_goes_back_to_whoever_proposed() {
    let mut world = proposed();
    let rent = world.svm.lamports(&world.change);
    let authority = world.authority_key();
    let before = world.svm.lamports(&authority.pubkey());
    let ix = world.pool_change_cancel(authority.pubkey());
    world
        .svm
        .send_relayed(&[ix], &[&authority])
        .expect("cancelled");
    assert!(world.svm.raw(&world.change).is_none());
    assert_eq!(world.svm.lamports(&authority.pubkey()), before + rent);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = proposed();
    world.pause();
    let authority = world.authority_key();
    let ix = world.pool_change_cancel(authority.pubkey());
    world.svm.must(&[ix], &[&authority]);
}
