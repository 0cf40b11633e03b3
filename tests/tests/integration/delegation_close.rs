//! `delegation_close`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::DelegationClosed, ID},
    trestle_tests::{
        delegation::{delegating, UNBONDING, UNIT},
        svm::assert_refused,
    },
};

#[test]
fn only_the_delegator_can_close_it_and_gets_the_rent_back() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    world.unbond_all(&keys, &operator).expect("an exit");
    world.svm.advance(UNBONDING);
    world.withdraw(&keys, &operator).expect("a withdrawal");
    let stranger = world.delegator("stranger");
    let address = world.delegation_of(&keys, &operator);
    let mut ix = world.delegation_close(&stranger, operator.address);
    ix.accounts[1].pubkey = address;
    let outcome = world.svm.send(&[ix], &[&stranger.key]);
    assert_refused(outcome, ID, StakingError::NotDelegator);

    let rent = world.svm.lamports(&address);
    let before = world.svm.lamports(&keys.key.pubkey());
    let ix = world.delegation_close(&keys, operator.address);
    let sent = world.svm.must(&[ix], &[&keys.key]);
    assert_eq!(
        world.svm.lamports(&keys.key.pubkey()),
        before + rent - sent.fee
    );
    assert!(world.svm.raw(&address).is_none());
    let event = sent.event::<DelegationClosed>().expect("an event");
    assert_eq!(event.delegator, keys.key.pubkey());
}

#[test]
fn a_delegation_with_shares_tickets_or_unpaid_rewards_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let close = world.delegation_close(&keys, operator.address);
    world.fund(&operator, 5, 0).expect("funding");
    world.svm.advance(UNBONDING);
    for step in 0..3 {
        let outcome = world.svm.send(std::slice::from_ref(&close), &[&keys.key]);
        assert_refused(outcome, ID, StakingError::DelegationInUse);
        match step {
            0 => world.unbond_all(&keys, &operator).expect("an exit"),
            1 => {
                world.svm.advance(UNBONDING);
                world.withdraw(&keys, &operator).expect("a withdrawal")
            }
            _ => world.claim(&keys, &operator).expect("a claim"),
        };
    }
    world.svm.must(&[close], &[&keys.key]);
}

#[test]
fn it_can_be_opened_again_by_a_later_deposit_and_closing_works_while_paused() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    world.unbond_all(&keys, &operator).expect("an exit");
    world.svm.advance(UNBONDING);
    world.withdraw(&keys, &operator).expect("a withdrawal");
    let close = world.delegation_close(&keys, operator.address);
    world.svm.must(&[close], &[&keys.key]);
    // Rewards that came meanwhile are not its own.
    world.delegated("other", &operator, UNIT);
    world.fund(&operator, 100, 0).expect("funding");
    world.svm.advance(UNBONDING);
    world.delegate(&keys, &operator, UNIT).expect("a deposit");
    let outcome = world.claim(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingEarned);

    world.unbond_all(&keys, &operator).expect("an exit");
    world.svm.advance(UNBONDING);
    world.withdraw(&keys, &operator).expect("a withdrawal");
    world.pause();
    let close = world.delegation_close(&keys, operator.address);
    world.svm.must(&[close], &[&keys.key]);
}
