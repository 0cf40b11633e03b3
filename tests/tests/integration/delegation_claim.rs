//! `delegation_claim`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::DelegationClaimed, ID},
    trestle_tests::{
        delegation::{delegating, units, UNBONDING, UNIT},
        staking::PURSE,
        svm::assert_refused,
    },
};

#[test]
fn only_the_delegator_can_claim_to_token_accounts_of_its_own() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    world.fund(&operator, 10, 10).expect("funding");
    world.svm.advance(UNBONDING);
    let stranger = world.delegator("stranger");
    let mut ix = world.delegation_claim(&stranger, operator.address);
    let last = ix.accounts.len() - 2;
    ix.accounts[last].pubkey = world.delegation_of(&keys, &operator);
    let outcome = world.svm.send(&[ix], &[&stranger.key]);
    assert_refused(outcome, ID, StakingError::NotDelegator);

    for (position, account) in [(1, stranger.purse), (2, stranger.stable)] {
        let mut ix = world.delegation_claim(&keys, operator.address);
        ix.accounts[position].pubkey = account;
        let outcome = world.svm.send(&[ix], &[&keys.key]);
        assert_refused(outcome, ID, StakingError::NotDestinationOwner);
    }
    let mut ix = world.delegation_claim(&keys, operator.address);
    ix.accounts[1].pubkey = keys.stable;
    ix.accounts[2].pubkey = keys.purse;
    let outcome = world.svm.send(&[ix], &[&keys.key]);
    assert_refused(outcome, ID, StakingError::WrongMint);
}

#[test]
fn it_pays_what_has_reached_its_shares_since_its_last_claim_in_both_assets_once() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, units(1));
    world.delegated("other", &operator, units(3));
    for _ in 0..5 {
        world.fund(&operator, 400, 40).expect("funding");
        world.svm.advance(UNBONDING);
    }

    let sent = world.claim(&keys, &operator).expect("a claim");

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - units(1) + 500);
    assert_eq!(world.svm.tokens(&keys.stable), 50);
    let vaults = world.delegator_vaults();
    assert_eq!((vaults.owed_tokens, vaults.owed_stable), (1_500, 150));
    let event = sent.event::<DelegationClaimed>().expect("an event");
    assert_eq!(event.delegator, keys.key.pubkey());
    assert_eq!((event.tokens, event.stable), (500, 50));
    assert_eq!((event.owed_tokens, event.owed_stable), (1_500, 150));
    let outcome = world.claim(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingEarned);
}

#[test]
fn what_was_funded_a_moment_ago_has_not_reached_the_shares_yet() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    world.fund(&operator, 86_400, 0).expect("funding");
    let outcome = world.claim(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingEarned);
    world.svm.advance(100);
    world.claim(&keys, &operator).expect("a claim");
    assert_eq!(world.svm.tokens(&keys.purse), PURSE - UNIT + 100);
}

#[test]
fn when_nothing_has_been_earned_it_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let outcome = world.claim(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingEarned);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    world.fund(&operator, 10, 10).expect("funding");
    world.svm.advance(UNBONDING);
    world.pause();
    world.claim(&keys, &operator).expect("a claim");
}
