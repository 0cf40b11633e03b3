//! `delegation_withdraw`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::DelegationWithdrawn,
        state::{Network, ShareTicket},
        ID,
    },
    trestle_tests::{
        delegation::{delegating, units, DelegatorKeys, UNBONDING, UNIT},
        final_roots::Roots,
        staking::{OperatorKeys, World, PURSE},
        svm::assert_refused,
    },
};

/// A delegator of 10 tokens of which these amounts unbond, an hour apart.
fn unbonding(amounts: &[u64]) -> (World, OperatorKeys, DelegatorKeys) {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, units(10));
    for amount in amounts {
        world.unbond(&keys, &operator, *amount).expect("an exit");
        world.svm.advance(3_600);
    }
    (world, operator, keys)
}

#[test]
fn only_the_delegator_can_withdraw_to_a_token_account_of_its_own() {
    let (mut world, operator, keys) = unbonding(&[UNIT]);
    world.svm.advance(UNBONDING);
    let stranger = world.delegator("stranger");
    let mut ix = world.delegation_withdraw(&stranger, operator.address, stranger.purse);
    let last = ix.accounts.len() - 1;
    ix.accounts[last].pubkey = world.delegation_of(&keys, &operator);
    let outcome = world.svm.send(&[ix], &[&stranger.key]);
    assert_refused(outcome, ID, StakingError::NotDelegator);

    let ix = world.delegation_withdraw(&keys, operator.address, stranger.purse);
    let outcome = world.svm.send(&[ix], &[&keys.key]);
    assert_refused(outcome, ID, StakingError::NotDestinationOwner);

    let ix = world.delegation_withdraw(&keys, operator.address, keys.stable);
    let outcome = world.svm.send(&[ix], &[&keys.key]);
    assert_refused(outcome, ID, StakingError::WrongMint);
}

#[test]
fn all_matured_tickets_are_paid_what_slashes_have_left_of_them_and_become_free_the_others_stay() {
    let (mut world, operator, keys) = unbonding(&[UNIT, units(2), units(3)]);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(5));
    let third = world.delegation(&keys, &operator).tickets[2];
    world.svm.set_time(third.unlock_at - 1);

    let sent = world.withdraw(&keys, &operator).expect("a withdrawal");

    // Half of everything was slashed.
    let paid = units(3) / 2;
    assert_eq!(world.svm.tokens(&keys.purse), PURSE - units(10) + paid);
    assert_eq!(world.svm.tokens(&world.stake_vault), units(5) - paid);
    assert_eq!(world.network().total_stake, units(5) - paid);
    let free = ShareTicket::default();
    assert_eq!(
        world.delegation(&keys, &operator).tickets,
        [free, free, third, free]
    );
    let event = sent.event::<DelegationWithdrawn>().expect("an event");
    assert_eq!((event.amount, event.destination), (paid, keys.purse));
    assert_eq!(event.delegator, keys.key.pubkey());
    assert_eq!(event.total_stake, units(5) - paid);
}

#[test]
fn a_ticket_matures_at_its_unlock_time_not_a_second_earlier() {
    let (mut world, operator, keys) = unbonding(&[UNIT]);
    let unlock_at = world.delegation(&keys, &operator).tickets[0].unlock_at;
    world.svm.set_time(unlock_at - 1);
    let outcome = world.withdraw(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingMatured);

    world.svm.set_time(unlock_at);
    world.withdraw(&keys, &operator).expect("a withdrawal");
}

#[test]
fn tickets_that_slashes_left_without_worth_become_free_and_pay_nothing() {
    let (mut world, operator, keys) = unbonding(&[UNIT]);
    let mut roots = Roots::new(&mut world.svm, world.service);
    world.slash(&mut roots, &operator, 1, units(10));
    world.svm.advance(UNBONDING);

    world.withdraw(&keys, &operator).expect("a withdrawal");

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - units(10));
    let tickets = world.delegation(&keys, &operator).tickets;
    assert_eq!(tickets, [ShareTicket::default(); 4]);
}

#[test]
fn when_nothing_has_matured_it_is_refused() {
    let (mut world, operator, keys) = unbonding(&[]);
    let outcome = world.withdraw(&keys, &operator);
    assert_refused(outcome, ID, StakingError::NothingMatured);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, operator, keys) = unbonding(&[UNIT]);
    world.svm.advance(UNBONDING);
    world.pause();
    world.withdraw(&keys, &operator).expect("a withdrawal");
    assert_eq!(world.svm.tokens(&keys.purse), PURSE - units(9));
}

#[test]
fn an_insolvent_vault_refuses() {
    let (mut world, operator, keys) = unbonding(&[UNIT]);
    world.svm.advance(UNBONDING);
    world
        .svm
        .edit::<Network>(&world.network, |network| network.total_stake += 1);
    let outcome = world.withdraw(&keys, &operator);
    assert_refused(outcome, ID, StakingError::VaultShortfall);
}
