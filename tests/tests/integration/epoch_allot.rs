//! `epoch_allot`, by its specification.

use {
    trestle_rewards::{
        error::RewardsError,
        event::EpochAllotted,
        state::{Pool, PoolParams},
        ID,
    },
    trestle_tests::{
        rewards::{pool_params, RewardsWorld, PER_EPOCH},
        rewards_more::{earned_stable, DOLLAR},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

#[test]
fn anybody_can_allot_an_epoch_that_has_begun() {
    let mut world = RewardsWorld::new();
    world.fund(PER_EPOCH);
    let sent = world.allot(0);
    let event = sent.event::<EpochAllotted>().expect("an event");
    assert_eq!(
        (event.epoch, event.tokens, event.allotted_total),
        (0, PER_EPOCH, PER_EPOCH)
    );
    assert_eq!((event.vault_balance, event.paid_total), (PER_EPOCH, 0));
    println!("epoch_allot: {} CU", sent.compute_units);
}

#[test]
fn epochs_are_allotted_one_after_another_each_once() {
    let mut world = RewardsWorld::new();
    world.fund(10 * PER_EPOCH);
    world.svm.advance(5 * 3_600);
    for (epoch, refused) in [(0, 1), (1, 0), (2, 4), (3, 5), (4, 3)] {
        let ix = world.epoch_allot(refused);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::WrongEpoch);
        world.allot(epoch);
    }
    let pool = world.pool_state();
    assert_eq!((pool.allot_count, pool.last_allotted_epoch), (5, 4));
    assert_eq!(pool.allotted_total, 5 * PER_EPOCH);
    let allotted = pool.state().allotted_between(Some(1), 3).expect("kept");
    assert_eq!(allotted.tokens, 2 * PER_EPOCH);
}

#[test]
fn the_first_epoch_is_that_of_the_schedule() {
    let mut world = RewardsWorld::with(PoolParams {
        first_epoch: 2,
        ..pool_params()
    });
    world.fund(PER_EPOCH);
    world.svm.advance(2 * 3_600);
    let ix = world.epoch_allot(1);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongEpoch);
    world.allot(2);
}

#[test]
fn a_funded_pool_allots_what_the_schedule_grants_as_far_as_the_vault_carries() {
    let mut world = RewardsWorld::new();
    world.fund(PER_EPOCH + TOKEN);
    world.svm.advance(3 * 3_600);
    for (epoch, tokens) in [(0, PER_EPOCH), (1, TOKEN), (2, 0)] {
        let event = world.allot(epoch).event::<EpochAllotted>().expect("one");
        assert_eq!(event.tokens, tokens);
    }
    world.fund(2 * TOKEN);
    let event = world.allot(3).event::<EpochAllotted>().expect("one");
    assert_eq!(event.tokens, 2 * TOKEN);
}

#[test]
fn stablecoin_in_the_stable_vault_that_no_epoch_was_allotted_yet_goes_to_this_one() {
    let mut world = RewardsWorld::paying_stable();
    world.fund(10 * PER_EPOCH);
    world.release_stable(30 * DOLLAR);
    let event = world.allot(0).event::<EpochAllotted>().expect("one");
    assert_eq!(event.stable, 30 * DOLLAR);
    world.run_to(2);
    let event = world.allot(1).event::<EpochAllotted>().expect("one");
    assert_eq!(event.stable, 0, "all of it was allotted");

    // What was paid no longer counts, neither as held nor as owed.
    let payee = world.payee("operator");
    let payout = world.set_stable_payout(&payee);
    world.publish(0, &[(payee.keys.address, earned_stable(20 * DOLLAR))], 1);
    world.claim_stable(&payee, payout, 0).expect("paid");
    world.release_stable(5 * DOLLAR);
    let event = world.allot(2).event::<EpochAllotted>().expect("one");
    assert_eq!(
        (event.stable, event.stable_paid_total),
        (5 * DOLLAR, 20 * DOLLAR)
    );
    let pool = world.pool_state();
    let sums = pool.state().allotted_between(Some(0), 2).expect("kept");
    assert_eq!(sums.stable, 5 * DOLLAR);
    assert_eq!(pool.state().stable_allotted_total().0, 35 * DOLLAR);
}

#[test]
fn the_stable_vault_of_somebody_else_is_refused() {
    let mut world = RewardsWorld::paying_stable();
    let (mint, owner) = (world.stable_mint, world.svm.fresh_address());
    let mut ix = world.epoch_allot(0);
    ix.accounts[6].pubkey = world.svm.put_tokens(mint, owner, DOLLAR);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongVault);
}

#[test]
fn an_epoch_to_come_is_refused() {
    let mut world = RewardsWorld::new();
    world.fund(2 * PER_EPOCH);
    world.svm.advance(3_599);
    world.allot(0);
    let ix = world.epoch_allot(1);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, RewardsError::EpochNotBegun);
    world.svm.advance(1);
    world.svm.must(&[ix], &[]);
}

#[test]
fn a_paused_network_refuses_the_epochs_are_allotted_when_it_resumes() {
    let mut world = RewardsWorld::new();
    world.fund(2 * PER_EPOCH);
    world.pause();
    let ix = world.epoch_allot(0);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::NetworkPaused);

    world.svm.advance(3_600);
    let authority = world.authority_key();
    let resume = world.network_pause(
        solana_signer::Signer::pubkey(&authority),
        trestle_core::pause::ALL,
        false,
    );
    world.svm.must(&[resume], &[&authority]);
    world.allot(0);
    world.allot(1);
}

#[test]
fn the_ring_of_allotments_wraps_and_keeps_the_sums() {
    let mut world = RewardsWorld::new();
    world.fund(70 * PER_EPOCH);
    world.svm.advance(70 * 3_600);
    for epoch in 0..70 {
        world.allot(epoch);
    }
    let pool = world.pool_state();
    assert_eq!(pool.allot_count, 70);
    let state = pool.state();
    assert_eq!(state.allotted_through(5), None, "out of the ring");
    let sums = state.allotted_through(6).expect("the oldest kept");
    assert_eq!(sums.tokens, 7 * PER_EPOCH);
}

#[test]
fn sums_that_contradict_one_another_are_noticed() {
    let mut world = RewardsWorld::new();
    world.fund(PER_EPOCH);
    let pool = world.pool;
    world.svm.edit::<Pool>(&pool, |pool| pool.paid_total = 1);
    let ix = world.epoch_allot(0);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::InvariantViolated);
}
