//! `pool_open`, by its specification.

use {
    anchor_lang::ErrorCode,
    solana_signer::Signer,
    spl_token_interface::state::Mint,
    trestle_rewards::{error::RewardsError, event::PoolOpened, state::PoolParams, ID},
    trestle_staking::state::Network,
    trestle_tests::{
        rewards::{pool_params, RewardsWorld, CAPACITY, PER_EPOCH},
        staking::service_params,
        svm::{assert_refused, program_id},
    },
};

#[test]
fn only_the_networks_authority_opens_a_pool_one_for_each_service() {
    let mut world = RewardsWorld::without_pool();
    let stranger = world.svm.funded("stranger");
    let ix = world.pool_open(stranger.pubkey(), pool_params());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, RewardsError::NotNetworkAuthority);

    let ix = world.pool_open(world.authority.pubkey(), pool_params());
    let authority = world.authority_key();
    let sent = world.svm.must(&[ix], &[&authority]);
    let event = sent.event::<PoolOpened>().expect("an event");
    assert_eq!(
        (event.pool, event.vault, event.service),
        (world.pool, world.vault, world.service)
    );
    let pool = world.pool_state();
    assert_eq!(
        (pool.tokens_per_epoch, pool.breaker_capacity),
        (PER_EPOCH, CAPACITY)
    );
    assert_eq!((pool.allotted_total, pool.paid_total), (0, 0));
    assert_eq!(world.svm.tokens(&world.vault), 0);

    let again = world.open_pool(pool_params());
    assert!(again.is_err(), "a second pool of the same service");

    world.create_service(service_params()).expect("a service");
    println!("pool_open: {} CU", sent.compute_units);
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    let mut world = RewardsWorld::without_pool();
    let good = pool_params();
    let bad = [
        (PoolParams { mode: 0, ..good }, RewardsError::BadMode),
        (PoolParams { mode: 3, ..good }, RewardsError::BadMode),
        (
            PoolParams {
                tokens_per_epoch: 0,
                ..good
            },
            RewardsError::BadSchedule,
        ),
        (
            PoolParams {
                tokens_per_epoch: (1 << 44) + 1,
                ..good
            },
            RewardsError::BadSchedule,
        ),
        (
            PoolParams {
                first_epoch: 367,
                ..good
            },
            RewardsError::BadFirstEpoch,
        ),
        (
            PoolParams {
                breaker_capacity: 0,
                ..good
            },
            RewardsError::BadBreaker,
        ),
        (
            PoolParams {
                epochs_per_month: 44_641,
                ..good
            },
            RewardsError::BadMonth,
        ),
        (
            PoolParams {
                breaker_window_seconds: 59,
                ..good
            },
            RewardsError::BadBreaker,
        ),
        (
            PoolParams {
                breaker_window_seconds: 2_592_001,
                ..good
            },
            RewardsError::BadBreaker,
        ),
    ];
    for (params, error) in bad {
        assert_refused(world.open_pool(params), ID, error);
    }
}

#[test]
fn a_pool_cannot_begin_with_an_epoch_that_is_over() {
    let mut world = RewardsWorld::without_pool();
    world.svm.advance(3_600);
    let outcome = world.open_pool(pool_params());
    assert_refused(outcome, ID, RewardsError::BadFirstEpoch);
}

#[test]
fn a_pool_that_mints_needs_the_mint_authority() {
    let mut world = RewardsWorld::without_pool();
    let minting = PoolParams {
        mode: 2,
        ..pool_params()
    };
    assert_refused(world.open_pool(minting), ID, RewardsError::NotMintAuthority);

    let mut mint: Mint = world.svm.packed(&world.token_mint);
    mint.mint_authority = Some(world.minter).into();
    let address = world.token_mint;
    world.svm.put_packed(address, &mint);
    world.open_pool(minting).expect("a minting pool");
}

#[test]
fn a_paused_network_refuses() {
    let mut world = RewardsWorld::without_pool();
    world.pause();
    assert_refused(
        world.open_pool(pool_params()),
        ID,
        RewardsError::NetworkPaused,
    );
}

#[test]
fn a_network_before_its_genesis_has_no_epoch() {
    let mut world = RewardsWorld::without_pool();
    let network = world.network;
    let now = world.svm.now();
    world
        .svm
        .edit::<Network>(&network, |network| network.genesis = now + 1);
    assert_refused(
        world.open_pool(pool_params()),
        ID,
        RewardsError::BeforeGenesis,
    );
}

#[test]
fn an_unsigned_pool_is_refused() {
    let mut world = RewardsWorld::without_pool();
    let mut ix = world.pool_open(world.authority.pubkey(), pool_params());
    ix.accounts[0].is_signer = false;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, program_id("rewards"), ErrorCode::ConstraintSigner);
}
