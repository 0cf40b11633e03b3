//! `emission_open`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{
        error::RewardsError,
        event::EmissionOpened,
        state::{EmissionParams, EmissionStep},
        ID,
    },
    trestle_staking::state::Service,
    trestle_tests::{
        rewards::{RewardsWorld, PER_EPOCH},
        rewards_more::emission_params,
        sales::PROTOCOL_FEE_BPS,
        svm::assert_refused,
        tokens::TOKEN,
    },
};

fn refuses(params: EmissionParams, error: RewardsError) {
    let mut world = RewardsWorld::minting_without_emission();
    assert_refused(world.open_emission(params), ID, error);
}

fn step(first_epoch: u64, tokens_per_epoch: u64) -> EmissionStep {
    EmissionStep {
        first_epoch,
        tokens_per_epoch,
    }
}

fn with_steps(steps: Vec<EmissionStep>) -> EmissionParams {
    EmissionParams {
        steps,
        ..emission_params()
    }
}

#[test]
fn only_the_networks_authority_opens_an_emission_one_for_each_pool_that_mints() {
    let mut world = RewardsWorld::minting_without_emission();
    let stranger = world.svm.funded("stranger");
    let ix = world.emission_open(stranger.pubkey(), emission_params());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, RewardsError::NotNetworkAuthority);

    let sent = world.open_emission(emission_params()).expect("an emission");
    let event = sent.event::<EmissionOpened>().expect("an event");
    assert_eq!((event.pool, event.step_count), (world.pool, 2));
    let emission = world.emission_state();
    assert_eq!(emission.schedule(), emission_params().steps.as_slice());
    assert_eq!((emission.rho_bps, emission.reemit_bps), (500, 200));
    println!("emission_open: {} CU", sent.compute_units);

    let again = world.open_emission(emission_params());
    assert!(again.is_err(), "a second emission of the same pool");
}

#[test]
fn a_pool_that_is_funded_has_none() {
    let mut world = RewardsWorld::new();
    let outcome = world.open_emission(emission_params());
    assert_refused(outcome, ID, RewardsError::NotMinting);
}

#[test]
fn a_schedule_has_1_to_8_steps_in_ascending_order() {
    refuses(with_steps(vec![]), RewardsError::BadSteps);
    let many = (0..9).map(|epoch| step(epoch, TOKEN)).collect();
    refuses(with_steps(many), RewardsError::BadSteps);
    let twice = vec![step(3, TOKEN), step(3, TOKEN)];
    refuses(with_steps(twice), RewardsError::BadSteps);
    let mut world = RewardsWorld::minting_without_emission();
    let eight = (0..8).map(|epoch| step(epoch, 0)).collect();
    world.open_emission(with_steps(eight)).expect("the most");
}

#[test]
fn base_and_each_step_with_the_re_emission_cap_stay_within_the_pools_tokens_an_epoch() {
    let most = PER_EPOCH - emission_params().reemit_cap;
    refuses(
        with_steps(vec![step(0, TOKEN), step(1, most + 1)]),
        RewardsError::AboveCeiling,
    );
    refuses(
        EmissionParams {
            base: PER_EPOCH + 1,
            ..emission_params()
        },
        RewardsError::AboveCeiling,
    );
    refuses(
        EmissionParams {
            reemit_cap: u64::MAX,
            ..emission_params()
        },
        RewardsError::AboveCeiling,
    );
    let mut world = RewardsWorld::minting_without_emission();
    world
        .open_emission(with_steps(vec![step(0, most)]))
        .expect("the most");
}

#[test]
fn shares_of_revenue_and_burns_that_are_not_together_below_the_markets_protocol_fee_are_refused() {
    for (rho_bps, reemit_bps) in [
        (PROTOCOL_FEE_BPS, 0),
        (800, 200),
        (10_001, 0),
        (0, u16::MAX),
    ] {
        refuses(
            EmissionParams {
                rho_bps,
                reemit_bps,
                ..emission_params()
            },
            RewardsError::RhoNotBelowFee,
        );
    }
    let mut world = RewardsWorld::minting_without_emission();
    let highest = EmissionParams {
        rho_bps: 799,
        ..emission_params()
    };
    world.open_emission(highest).expect("just below the fee");

    // A market without a fee leaves room for no share at all.
    let mut world = RewardsWorld::minting_without_emission();
    let RewardsWorld { staking, sales, .. } = &mut world;
    sales.charge(&mut staking.svm, 0);
    let none = EmissionParams {
        rho_bps: 0,
        reemit_bps: 0,
        ..emission_params()
    };
    world.open_emission(none).expect("base alone");
}

#[test]
fn only_the_pool_of_the_networks_first_service_emits_burns_again() {
    let mut world = RewardsWorld::minting_without_emission();
    let service = world.service;
    world
        .svm
        .edit::<Service>(&service, |service| service.index = 1);
    let outcome = world.open_emission(emission_params());
    assert_refused(outcome, ID, RewardsError::BurnsElsewhere);
    let without = EmissionParams {
        reemit_bps: 0,
        ..emission_params()
    };
    world.open_emission(without).expect("revenue alone");
}

#[test]
fn what_was_paid_and_burned_before_it_was_opened_earns_nothing() {
    let mut world = RewardsWorld::minting_without_emission();
    let RewardsWorld { staking, sales, .. } = &mut world;
    sales.consume(&mut staking.svm, 1_000_000_000);
    sales.burn(&mut staking.svm, 9_000 * TOKEN);
    let sent = world.open_emission(emission_params()).expect("an emission");
    let event = sent.event::<EmissionOpened>().expect("an event");
    assert_eq!(
        (event.revenue_before, event.burned_before),
        (1_000_000_000, 9_000 * TOKEN)
    );
    world.allot(0);
    assert_eq!(world.pool_state().allotted_total, emission_params().base);
}

#[test]
fn a_market_of_another_network_is_refused() {
    let mut world = RewardsWorld::minting_without_emission();
    let market = world.svm.raw(&world.sales.market).expect("a market");
    let twin = world.svm.fresh_address();
    world.svm.put(twin, market.owner, market.data);
    let mut ix = world.emission_open(world.authority.pubkey(), emission_params());
    ix.accounts[4].pubkey = twin;
    let authority = world.authority_key();
    let outcome = world.svm.send(&[ix], &[&authority]);
    assert_refused(outcome, ID, RewardsError::WrongMarket);
}

#[test]
fn a_paused_network_refuses() {
    let mut world = RewardsWorld::minting_without_emission();
    world.pause();
    let outcome = world.open_emission(emission_params());
    assert_refused(outcome, ID, RewardsError::NetworkPaused);
}
