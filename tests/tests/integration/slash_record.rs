//! `slash_record`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_rewards::state::Pool,
    trestle_staking::{error::StakingError, event::SlashRecorded, ID},
    trestle_tests::{
        rewards::{Payee, RewardsWorld},
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

/// An operator of a service with a pool, on a chain where the pool's signature can be made up.
fn world() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 100 * TOKEN);
    world.svm.trust_signatures();
    (world, payee)
}

fn record(world: &mut RewardsWorld, payee: &Payee, slashed: u64, amount: u64) -> Outcome {
    let ix = world.slash_record(world.pool, payee.keys.address, slashed, amount);
    world.svm.send(&[ix], &[])
}

#[test]
fn only_the_rewards_program_can_call_it() {
    let (mut world, payee) = world();
    let stranger = world.svm.funded("stranger");
    let ix = world.slash_record(stranger.pubkey(), payee.keys.address, 1, 1);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, StakingError::NotServicePool);

    // Nor can it by another account of its own, or for an operator of another service.
    let ix = world.slash_record(payee.claim, payee.keys.address, 1, 1);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::NotServicePool);
    let elsewhere = world.svm.fresh_address();
    let operator = payee.keys.address;
    let twin = twin_pool(&mut world, elsewhere);
    let ix = world.slash_record(twin, operator, 1, 1);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::NotServicePool);
}

/// The pool of another service.
fn twin_pool(world: &mut RewardsWorld, service: Address) -> Address {
    let (address, bump) = trestle_rewards::address::pool_address(&service);
    let mut pool: Pool = world.pool_state();
    (pool.service, pool.bump) = (service, bump);
    world.svm.put_pod(address, trestle_rewards::ID, &pool);
    address
}

#[test]
fn what_was_taken_counts_as_slashed_and_never_more_than_the_leafs_counter_says() {
    let (mut world, payee) = world();
    for (amount, applied) in [(3, 3), (4, 7)] {
        let sent = record(&mut world, &payee, 10, amount).expect("recorded");
        let event = sent.event::<SlashRecorded>().expect("an event");
        assert_eq!((event.operator, event.amount), (payee.keys.address, amount));
        assert_eq!(event.slashed_applied, applied);
        let state = world.operator_state(&payee.keys);
        assert_eq!((state.slashed_applied, state.stake), (applied, 100 * TOKEN));
    }
    let outcome = record(&mut world, &payee, 10, 4);
    assert_refused(outcome, ID, StakingError::NothingToSlash);
    let outcome = record(&mut world, &payee, 10, 0);
    assert_refused(outcome, ID, StakingError::ZeroAmount);
    let outcome = record(&mut world, &payee, 6, 1);
    assert_refused(outcome, ID, StakingError::NothingToSlash);
}

#[test]
fn the_operator_is_jailed_as_by_a_slash_of_its_stake_once_for_one_counter() {
    const DAY: i64 = 86_400;
    let (mut world, payee) = world();
    let now = world.svm.now();
    for (slashed, days, count) in [(10, 1, 1), (10, 1, 1), (11, 2, 2)] {
        let sent = record(&mut world, &payee, slashed, 1).expect("recorded");
        let event = sent.event::<SlashRecorded>().expect("an event");
        assert_eq!(
            (event.jailed_until, event.jail_count),
            (now + days * DAY, count)
        );
        let state = world.operator_state(&payee.keys);
        assert_eq!(
            (state.jailed_until, state.jail_count),
            (now + days * DAY, count)
        );
    }
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, payee) = world();
    world.pause();
    record(&mut world, &payee, 1, 1).expect("recorded");
}
