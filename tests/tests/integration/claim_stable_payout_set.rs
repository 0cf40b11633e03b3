//! `claim_stable_payout_set`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{error::RewardsError, event::ClaimStablePayoutChanged, ID},
    trestle_staking::state::Operator,
    trestle_tests::{
        rewards::RewardsWorld,
        rewards_more::{earned_stable, DOLLAR},
        svm::assert_refused,
    },
};

#[test]
fn only_the_operators_controller_sets_the_account() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.payee("operator");
    let stranger = world.svm.funded("stranger");
    let mint = world.stable_mint;
    let payout = world.svm.put_tokens(mint, stranger.pubkey(), 0);
    let mut ix = world.claim_stable_payout_set(&payee, payout);
    ix.accounts[0].pubkey = stranger.pubkey();
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[&stranger]);
    assert_refused(outcome, ID, RewardsError::NotController);

    // Once it has handed over, the registering wallet no longer may, and the new one does.
    let operator = payee.keys.address;
    world
        .svm
        .edit::<Operator>(&operator, |state| state.controller = stranger.pubkey());
    let former = world.claim_stable_payout_set(&payee, payout);
    let outcome = world.svm.send(&[former], &[&payee.keys.authority]);
    assert_refused(outcome, ID, RewardsError::NotController);
    let sent = world.svm.must(&[ix], &[&stranger]);
    let event = sent.event::<ClaimStablePayoutChanged>().expect("an event");
    assert_eq!((event.claim, event.payout), (payee.claim, payout));
    println!("claim_stable_payout_set: {} CU", sent.compute_units);
}

#[test]
fn it_must_hold_the_stablecoin_of_the_pools_network() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.payee("operator");
    let ix = world.claim_stable_payout_set(&payee, payee.keys.purse);
    let outcome = world.svm.send(&[ix], &[&payee.keys.authority]);
    assert_refused(outcome, ID, RewardsError::WrongMint);
}

#[test]
fn stablecoin_goes_to_it_from_then_on() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.payee("operator");
    world.release_stable(DOLLAR);
    world.allot(0);
    world.publish(0, &[(payee.keys.address, earned_stable(DOLLAR))], 1);
    let first = world.set_stable_payout(&payee);
    let second = world.set_stable_payout(&payee);
    let early = world.claim_stable(&payee, first, 0);
    assert_refused(early, ID, RewardsError::WrongPayout);
    world.claim_stable(&payee, second, 0).expect("paid");
    assert_eq!(world.svm.tokens(&second), DOLLAR);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.payee("operator");
    world.pause();
    world.set_stable_payout(&payee);
}
