//! `pool_stable_open`, by its specification.

use {
    solana_signer::Signer,
    spl_token_interface::state::Account,
    trestle_rewards::{error::RewardsError, event::PoolStableOpened, state::StableParams, ID},
    trestle_tests::{rewards::RewardsWorld, rewards_more::stable_params, svm::assert_refused},
};

#[test]
fn only_the_networks_authority_opens_the_stable_vault_of_a_pool_once() {
    let mut world = RewardsWorld::new();
    let stranger = world.svm.funded("stranger");
    let ix = world.pool_stable_open(stranger.pubkey(), stable_params());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, RewardsError::NotNetworkAuthority);

    let sent = world.open_stable(stable_params()).expect("a vault");
    let event = sent.event::<PoolStableOpened>().expect("an event");
    assert_eq!(
        (event.pool, event.stable_vault),
        (world.pool, world.stable_vault)
    );
    println!("pool_stable_open: {} CU", sent.compute_units);

    let again = world.open_stable(stable_params());
    assert!(again.is_err(), "a second vault of the same pool");
}

#[test]
fn it_holds_the_networks_stablecoin_and_only_the_pool_can_move_it() {
    let world = RewardsWorld::paying_stable();
    let vault: Account = world.svm.packed(&world.stable_vault);
    assert_eq!((vault.mint, vault.owner), (world.stable_mint, world.pool));
    assert_eq!(world.pool_state().stable_vault, world.stable_vault);

    let mut world = RewardsWorld::new();
    let mut ix = world.pool_stable_open(world.authority.pubkey(), stable_params());
    ix.accounts[3].pubkey = world.token_mint;
    let authority = world.authority_key();
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, RewardsError::WrongMint);
}

#[test]
fn a_breaker_out_of_bounds_is_refused() {
    let mut world = RewardsWorld::new();
    for (breaker_capacity, breaker_window_seconds) in [(0, 60), (1, 59), (1, 2_592_001)] {
        let outcome = world.open_stable(StableParams {
            breaker_capacity,
            breaker_window_seconds,
        });
        assert_refused(outcome, ID, RewardsError::BadBreaker);
    }
}

#[test]
fn a_paused_network_refuses() {
    let mut world = RewardsWorld::new();
    world.pause();
    let outcome = world.open_stable(stable_params());
    assert_refused(outcome, ID, RewardsError::NetworkPaused);
}

#[test]
fn a_pool_that_pays_stablecoin_already_is_refused() {
    let mut world = RewardsWorld::new();
    let (pool, vault) = (world.pool, world.svm.fresh_address());
    world
        .svm
        .edit::<trestle_rewards::state::Pool>(&pool, |pool| pool.stable_vault = vault);
    let outcome = world.open_stable(stable_params());
    assert_refused(outcome, ID, RewardsError::StableOpen);
}
