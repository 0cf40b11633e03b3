//! `delegation_fund`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        address::delegator_vault_address, constants::DISTRIBUTOR, error::StakingError,
        event::DelegationFunded, ID,
    },
    trestle_tests::{
        delegation::{delegating, units, UNBONDING, UNIT},
        svm::assert_refused,
    },
};

#[test]
fn only_the_rewards_program_can_call_it() {
    let (mut world, operator) = delegating(0, 0);
    let stranger = world.svm.funded("stranger");
    let ix = world.delegation_fund(stranger.pubkey(), operator.address, 0, 0);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, StakingError::NotDistributor);
}

#[test]
fn what_is_funded_is_owed_to_the_pools_delegators_in_both_assets() {
    let (mut world, operator) = delegating(0, 0);
    world.delegated("delegator", &operator, UNIT);
    world.fund(&operator, 70, 7).expect("funding");
    let end = world.svm.now() + UNBONDING;

    let sent = world.fund(&operator, 30, 3).expect("funding");

    let pool = world.pool(&operator);
    assert_eq!((pool.tokens.owed, pool.stable.owed), (100, 10));
    let vaults = world.delegator_vaults();
    assert_eq!((vaults.owed_tokens, vaults.owed_stable), (100, 10));
    let event = sent.event::<DelegationFunded>().expect("an event");
    assert_eq!((event.tokens, event.stable), (30, 3));
    assert_eq!((event.owed_tokens, event.owed_stable), (100, 10));
    assert_eq!((event.tokens_end_at, event.stable_end_at), (end, end));
}

#[test]
fn it_reaches_the_shares_evenly_over_the_networks_unbonding_time() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    world.fund(&operator, 0, 864_000).expect("funding");
    for claimed in [216_000, 432_000, 648_000, 864_000] {
        world.svm.advance(UNBONDING / 4);
        world.claim(&keys, &operator).expect("a claim");
        assert_eq!(world.svm.tokens(&keys.stable), claimed);
    }
    world.svm.advance(UNBONDING);
    let outcome = world.claim(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingEarned);
}

#[test]
fn while_nobody_has_a_share_it_waits() {
    let (mut world, operator) = delegating(0, 0);
    world.fund(&operator, 0, 1_000).expect("funding");
    world.svm.advance(10 * UNBONDING);
    let keys = world.delegated("delegator", &operator, units(1));
    world.svm.advance(UNBONDING / 2);
    world.claim(&keys, &operator).expect("a claim");
    assert_eq!(world.svm.tokens(&keys.stable), 500);
}

#[test]
fn the_vaults_must_hold_what_they_owe_after_it() {
    let (mut world, operator) = delegating(0, 0);
    for (amount, stable) in [(1, 0), (0, 1)] {
        let ix = world.delegation_fund(DISTRIBUTOR, operator.address, amount, stable);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::VaultShortfall);
    }
    // A payment that was counted before does not cover a second one.
    world.fund(&operator, 5, 0).expect("funding");
    let ix = world.delegation_fund(DISTRIBUTOR, operator.address, 1, 0);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::VaultShortfall);
    assert_eq!(
        world.svm.tokens(&delegator_vault_address(&world.network).0),
        5
    );
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, operator) = delegating(0, 0);
    world.delegated("delegator", &operator, UNIT);
    world.pause();
    world.fund(&operator, 1, 1).expect("funding");
}
