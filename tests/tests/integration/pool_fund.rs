//! `pool_fund`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{error::RewardsError, event::PoolFunded, state::Pool, ID},
    trestle_tests::{
        rewards::{RewardsWorld, PER_EPOCH},
        staking::PURSE,
        svm::assert_refused,
        tokens::TOKEN,
    },
};

#[test]
fn anybody_can_fund_a_pool() {
    let mut world = RewardsWorld::new();
    let friend = world.operator_keys("friend");
    let ix = world.pool_fund(friend.authority.pubkey(), friend.purse, TOKEN);
    let sent = world.svm.must(&[ix], &[&friend.authority]);
    let event = sent.event::<PoolFunded>().expect("an event");
    assert_eq!(
        (event.funder, event.amount, event.funded_total),
        (friend.authority.pubkey(), TOKEN, TOKEN)
    );
    println!("pool_fund: {} CU", sent.compute_units);
}

#[test]
fn the_amount_moves_from_the_source_account_into_the_vault() {
    let mut world = RewardsWorld::new();
    world.fund(3 * TOKEN);
    assert_eq!(world.svm.tokens(&world.vault), 3 * TOKEN);
    assert_eq!(world.svm.tokens(&world.funder.purse), PURSE - 3 * TOKEN);
    assert_eq!(world.pool_state().funded_total, 3 * TOKEN);
}

#[test]
fn an_amount_of_zero_is_refused() {
    let mut world = RewardsWorld::new();
    let funder = world.funder.authority.insecure_clone();
    let ix = world.pool_fund(funder.pubkey(), world.funder.purse, 0);
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, RewardsError::ZeroAmount);
}

#[test]
fn a_pool_that_mints_takes_no_funding() {
    let mut world = RewardsWorld::new();
    let pool = world.pool;
    world.svm.edit::<Pool>(&pool, |pool| pool.mode = 2);
    let funder = world.funder.authority.insecure_clone();
    let ix = world.pool_fund(funder.pubkey(), world.funder.purse, TOKEN);
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, RewardsError::NotFunded);
}

#[test]
fn a_paused_network_refuses() {
    let mut world = RewardsWorld::new();
    world.pause();
    let funder = world.funder.authority.insecure_clone();
    let ix = world.pool_fund(funder.pubkey(), world.funder.purse, TOKEN);
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, RewardsError::NetworkPaused);
}

#[test]
fn another_token_is_refused() {
    let mut world = RewardsWorld::new();
    let funder = world.funder.authority.insecure_clone();
    let mint = world.stable_mint;
    let stable = world.svm.put_tokens(mint, funder.pubkey(), TOKEN);
    let ix = world.pool_fund(funder.pubkey(), stable, TOKEN);
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, RewardsError::WrongMint);
}

#[test]
fn a_total_beyond_64_bits_is_refused() {
    let mut world = RewardsWorld::new();
    let pool = world.pool;
    world
        .svm
        .edit::<Pool>(&pool, |pool| pool.funded_total = u64::MAX);
    let funder = world.funder.authority.insecure_clone();
    let ix = world.pool_fund(funder.pubkey(), world.funder.purse, 1);
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, RewardsError::MathOverflow);
}

#[test]
fn a_broken_pool_or_vault_is_noticed() {
    let mut world = RewardsWorld::new();
    let pool = world.pool;
    world
        .svm
        .edit::<Pool>(&pool, |pool| pool.breaker_value = u64::MAX);
    let funder = world.funder.authority.insecure_clone();
    let ix = world.pool_fund(funder.pubkey(), world.funder.purse, 1);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[&funder]);
    assert_refused(outcome, ID, RewardsError::InvariantViolated);

    world.svm.edit::<Pool>(&pool, |pool| {
        pool.breaker_value = 0;
        pool.allotted_total = PER_EPOCH;
    });
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, RewardsError::VaultShortfall);
}
