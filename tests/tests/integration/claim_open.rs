//! `claim_open`, by its specification.

use {
    solana_signer::Signer,
    trestle_rewards::{address::claim_address, error::RewardsError, event::ClaimOpened, ID},
    trestle_staking::state::Operator,
    trestle_tests::{rewards::RewardsWorld, svm::assert_refused},
};

#[test]
fn anybody_can_open_the_claim_of_an_operator_of_the_pools_service_once() {
    let mut world = RewardsWorld::new();
    let operator = world.operator("operator", 0);
    let stranger = world.svm.funded("stranger");
    let ix = world.claim_open(stranger.pubkey(), operator.address);
    let sent = world.svm.must(std::slice::from_ref(&ix), &[&stranger]);
    let event = sent.event::<ClaimOpened>().expect("an event");
    assert_eq!((event.pool, event.operator), (world.pool, operator.address));
    println!("claim_open: {} CU", sent.compute_units);

    let again = world.svm.send(&[ix], &[&stranger]);
    assert!(again.is_err(), "a claim is opened once");
}

#[test]
fn it_pays_to_the_operators_payout_account_and_knows_since_when_the_operator_is_registered() {
    let mut world = RewardsWorld::new();
    world.run_to(3);
    let payee = world.payee("operator");
    let claim = world.claim_state(&payee);
    assert_eq!(claim.registered_epoch, 3);
    assert_eq!(claim.payout, payee.keys.purse);
    assert_eq!((claim.claimed_tokens, claim.claimed_stable), (0, 0));
}

#[test]
fn an_operator_of_another_service_is_refused() {
    let mut world = RewardsWorld::new();
    let operator = world.operator("operator", 0);
    // As if it had registered with another service: at the address which that service gives.
    let mut state: Operator = world.svm.get(&operator.address);
    let service = world.svm.fresh_address();
    let (address, bump) =
        trestle_staking::address::operator_address(&service, &operator.authority.pubkey());
    state.service = service;
    state.bump = bump;
    world.svm.put_pod(address, trestle_staking::ID, &state);

    let stranger = world.svm.funded("stranger");
    let mut ix = world.claim_open(stranger.pubkey(), address);
    ix.accounts[3].pubkey = claim_address(&world.pool, &address).0;
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, RewardsError::WrongService);
}
