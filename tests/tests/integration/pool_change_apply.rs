//! `pool_change_apply`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{
        error::RewardsError,
        event::{EmissionGranted, PoolChangeApplied},
        instructions::ChangeArgs,
        state::EmissionParams,
        ID,
    },
    trestle_tests::{
        rewards::{RewardsWorld, PER_EPOCH},
        rewards_more::emission_params,
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

/// A minting pool that is to get half the base and a month of seven epochs.
fn proposed() -> RewardsWorld {
    let mut world = RewardsWorld::minting(emission_params());
    let mut terms = world.terms();
    terms.breaker_capacity = TOKEN;
    terms.epochs_per_month = 7;
    let emission = EmissionParams {
        base: 50 * TOKEN,
        ..emission_params()
    };
    world
        .propose(ChangeArgs { terms, emission })
        .expect("a change");
    world
}

/// Allots every epoch up to one.
fn allot_through(world: &mut RewardsWorld, epoch: u64) {
    while world.pool_state().next_epoch().expect("an epoch") <= epoch {
        let next = world.pool_state().next_epoch().expect("an epoch");
        world.allot_at(next);
    }
}

fn apply(world: &mut RewardsWorld) -> Outcome {
    let ix = world.pool_change_apply();
    world.svm.send(&[ix], &[])
}

#[test]
fn anybody_can_apply_a_change_that_is_due() {
    let mut world = proposed();
    allot_through(&mut world, 3);
    let sent = apply(&mut world).expect("the relayer applies");
    let event = sent.event::<PoolChangeApplied>().expect("an event");
    assert_eq!((event.epoch, event.params_version), (4, 1));
    let pool = world.pool_state();
    assert_eq!((pool.breaker_capacity, pool.epochs_per_month), (TOKEN, 7));
    assert_eq!(pool.tokens_per_epoch, PER_EPOCH);
    let sent = world.allot_at(4);
    let record = sent.event::<EmissionGranted>().expect("an event").record;
    assert_eq!((record.base, record.params_version), (50 * TOKEN, 1));
    println!("pool_change_apply: {} CU", sent.compute_units);
}

#[test]
fn before_its_delay_has_passed_and_once_it_has_lapsed_a_change_is_refused() {
    let mut world = proposed();
    allot_through(&mut world, 2);
    assert_refused(apply(&mut world), ID, RewardsError::ChangeNotDue);
    world.run_to(33);
    assert_refused(apply(&mut world), ID, RewardsError::ChangeLapsed);
}

#[test]
fn what_its_bounds_no_longer_allow_is_refused_the_markets_fee_can_have_fallen_meanwhile() {
    let mut world = proposed();
    allot_through(&mut world, 3);
    let RewardsWorld { staking, sales, .. } = &mut world;
    sales.charge(&mut staking.svm, 700);
    assert_refused(apply(&mut world), ID, RewardsError::RhoNotBelowFee);
}

#[test]
fn a_running_epoch_that_is_not_allotted_yet_is_allotted_first_by_the_old_parameters() {
    let mut world = proposed();
    allot_through(&mut world, 2);
    world.run_to(3);
    assert_refused(apply(&mut world), ID, RewardsError::EpochNotAllotted);
    let sent = world.allot_at(3);
    let record = sent.event::<EmissionGranted>().expect("an event").record;
    assert_eq!((record.base, record.params_version), (100 * TOKEN, 0));
    apply(&mut world).expect("applied");
}

#[test]
fn the_account_is_closed_and_its_rent_goes_back_to_whoever_proposed() {
    let mut world = proposed();
    allot_through(&mut world, 3);
    let rent = world.svm.lamports(&world.change);
    let before = world.svm.lamports(&world.authority.pubkey());
    apply(&mut world).expect("applied");
    assert!(world.svm.raw(&world.change).is_none());
    assert_eq!(world.svm.lamports(&world.authority.pubkey()), before + rent);
}

#[test]
fn the_change_of_another_pool_or_another_recipient_is_refused() {
    let mut world = proposed();
    allot_through(&mut world, 3);
    let mut ix = world.pool_change_apply();
    ix.accounts[0].pubkey = world.svm.funded("stranger").pubkey();
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongChange);
}

#[test]
fn a_paused_network_refuses() {
    let mut world = proposed();
    allot_through(&mut world, 3);
    world.pause();
    assert_refused(apply(&mut world), ID, RewardsError::NetworkPaused);
}

#[test]
fn a_funded_pool_changes_without_an_emission() {
    let mut world = RewardsWorld::paying_stable();
    let mut terms = world.terms();
    terms.tokens_per_epoch = 2 * PER_EPOCH;
    terms.stable_breaker_capacity = 5;
    let emission = emission_params();
    world
        .propose(ChangeArgs { terms, emission })
        .expect("a change");
    allot_through(&mut world, 3);
    apply(&mut world).expect("applied");
    let pool = world.pool_state();
    assert_eq!(pool.tokens_per_epoch, 2 * PER_EPOCH);
    assert_eq!(pool.stable_breaker_capacity, 5);
}
