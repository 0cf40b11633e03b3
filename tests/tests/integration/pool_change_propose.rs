//! `pool_change_propose`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{
        error::RewardsError,
        event::PoolChangeProposed,
        instructions::ChangeArgs,
        state::{EmissionParams, PoolTerms},
        ID,
    },
    trestle_tests::{
        rewards::{RewardsWorld, PER_EPOCH},
        rewards_more::emission_params,
        svm::assert_refused,
        tokens::TOKEN,
    },
};

fn args(world: &RewardsWorld) -> ChangeArgs {
    ChangeArgs {
        terms: world.terms(),
        emission: emission_params(),
    }
}

#[test]
fn only_the_networks_authority_proposes_one_change_of_a_pool_at_a_time() {
    let mut world = RewardsWorld::new();
    let stranger = world.svm.funded("stranger");
    let ix = world.pool_change_propose(stranger.pubkey(), args(&world));
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, RewardsError::NotNetworkAuthority);

    let mut wanted = args(&world);
    wanted.terms.breaker_capacity = 7 * TOKEN;
    let sent = world.propose(wanted.clone()).expect("a change");
    let event = sent.event::<PoolChangeProposed>().expect("an event");
    assert_eq!((event.pool, event.terms), (world.pool, wanted.terms));
    assert_eq!((event.due_epoch, event.step_count), (3, 0));
    assert_ne!(
        world.pool_state().breaker_capacity,
        7 * TOKEN,
        "nothing changed yet"
    );
    println!("pool_change_propose: {} CU", sent.compute_units);

    let second = args(&world);
    assert!(
        world.propose(second).is_err(),
        "a second change of the same pool"
    );
}

#[test]
fn it_can_be_applied_after_two_whole_epochs() {
    let mut world = RewardsWorld::minting(emission_params());
    world.run_to(5);
    let wanted = args(&world);
    world.propose(wanted).expect("a change");
    let change = world.change_state();
    assert_eq!((change.proposed_epoch, change.due_epoch), (5, 8));
    assert_eq!(change.emission(), emission_params());
}

#[test]
fn parameters_that_the_pool_could_not_be_opened_with_are_refused() {
    let mut world = RewardsWorld::minting(emission_params());
    let good = world.terms();
    let bad_terms = [
        (
            PoolTerms {
                breaker_capacity: 0,
                ..good
            },
            RewardsError::BadBreaker,
        ),
        (
            PoolTerms {
                breaker_window_seconds: 59,
                ..good
            },
            RewardsError::BadBreaker,
        ),
        (
            PoolTerms {
                epochs_per_month: 44_641,
                ..good
            },
            RewardsError::BadMonth,
        ),
        (
            PoolTerms {
                tokens_per_epoch: 0,
                ..good
            },
            RewardsError::BadSchedule,
        ),
    ];
    for (terms, error) in bad_terms {
        let mut args = args(&world);
        args.terms = terms;
        assert_refused(world.propose(args), ID, error);
    }
    let bad_emissions = [
        (
            EmissionParams {
                rho_bps: 1_000,
                ..emission_params()
            },
            RewardsError::RhoNotBelowFee,
        ),
        (
            EmissionParams {
                steps: vec![],
                ..emission_params()
            },
            RewardsError::BadSteps,
        ),
        (
            EmissionParams {
                base: PER_EPOCH + 1,
                ..emission_params()
            },
            RewardsError::AboveCeiling,
        ),
    ];
    for (emission, error) in bad_emissions {
        let mut args = args(&world);
        args.emission = emission;
        assert_refused(world.propose(args), ID, error);
    }
    let mut stable = RewardsWorld::paying_stable();
    let mut args = args(&stable);
    args.terms.stable_breaker_capacity = 0;
    assert_refused(stable.propose(args), ID, RewardsError::BadBreaker);
}

#[test]
fn the_tokens_an_epoch_of_a_pool_that_mints_are_its_ceiling_for_good() {
    let mut world = RewardsWorld::minting(emission_params());
    for tokens_per_epoch in [PER_EPOCH - 1, PER_EPOCH + 1] {
        let mut args = args(&world);
        args.terms.tokens_per_epoch = tokens_per_epoch;
        assert_refused(world.propose(args), ID, RewardsError::CeilingFixed);
    }
    let mut funded = RewardsWorld::new();
    let mut args = args(&funded);
    args.terms.tokens_per_epoch = PER_EPOCH + 1;
    funded.propose(args).expect("a funded pool may");
}

#[test]
fn a_paused_network_refuses() {
    let mut world = RewardsWorld::new();
    world.pause();
    let wanted = args(&world);
    assert_refused(world.propose(wanted), ID, RewardsError::NetworkPaused);
}
