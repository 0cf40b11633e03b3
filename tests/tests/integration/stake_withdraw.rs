//! `stake_withdraw`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::StakeWithdrawn,
        state::{Network, UnbondTicket},
        ID,
    },
    trestle_tests::{
        staking::{OperatorKeys, World, PURSE},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

const UNBONDING: i64 = 86_400;

/// An operator with a stake of 10 tokens of which these amounts unbond, an hour apart.
fn unbonding(world: &mut World, amounts: &[u64]) -> OperatorKeys {
    let keys = world.operator("operator", 10 * TOKEN);
    for amount in amounts {
        let ix = world.stake_unbond(&keys, *amount);
        world.svm.must(&[ix], &[&keys.authority]);
        world.svm.advance(3_600);
    }
    keys
}

#[test]
fn only_the_operators_authority_can_withdraw_to_a_token_account_of_its_own() {
    let mut world = World::new(&[]);
    let keys = unbonding(&mut world, &[TOKEN]);
    world.svm.advance(UNBONDING);
    let mut forged = world.operator_keys("stranger");
    forged.address = keys.address;
    let ix = world.stake_withdraw(&forged, forged.purse);
    let outcome = world.svm.send(&[ix], &[&forged.authority]);
    assert_refused(outcome, ID, StakingError::NotOperatorAuthority);

    let ix = world.stake_withdraw(&keys, forged.purse);
    let outcome = world.svm.send(&[ix], &[&keys.authority]);
    assert_refused(outcome, ID, StakingError::NotDestinationOwner);

    let stable = world
        .svm
        .put_tokens(world.stable_mint, keys.authority.pubkey(), 0);
    let ix = world.stake_withdraw(&keys, stable);
    let outcome = world.svm.send(&[ix], &[&keys.authority]);
    assert_refused(outcome, ID, StakingError::WrongMint);
}

#[test]
fn all_matured_tickets_are_paid_and_become_free_the_others_stay() {
    let mut world = World::new(&[]);
    let keys = unbonding(&mut world, &[TOKEN, 2 * TOKEN, 3 * TOKEN]);
    let third = world.operator_state(&keys).tickets[2];
    world.svm.set_time(third.unlock_at - 1);
    let ix = world.stake_withdraw(&keys, keys.purse);

    let sent = world.svm.must(&[ix], &[&keys.authority]);

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - 7 * TOKEN);
    assert_eq!(world.svm.tokens(&world.stake_vault), 7 * TOKEN);
    assert_eq!(world.network().total_stake, 7 * TOKEN);
    let free = UnbondTicket::default();
    let operator = world.operator_state(&keys);
    assert_eq!(operator.tickets, [free, free, third, free]);
    assert_eq!(operator.stake, 4 * TOKEN);
    let event = sent.event::<StakeWithdrawn>().expect("an event");
    assert_eq!((event.amount, event.destination), (3 * TOKEN, keys.purse));
    assert_eq!((event.stake, event.total_stake), (4 * TOKEN, 7 * TOKEN));
}

#[test]
fn a_ticket_matures_at_its_unlock_time_not_a_second_earlier() {
    let mut world = World::new(&[]);
    let keys = unbonding(&mut world, &[TOKEN]);
    let unlock_at = world.operator_state(&keys).tickets[0].unlock_at;
    let ix = world.stake_withdraw(&keys, keys.purse);
    world.svm.set_time(unlock_at - 1);
    let outcome = world
        .svm
        .send(std::slice::from_ref(&ix), &[&keys.authority]);
    assert_refused(outcome, ID, StakingError::NothingMatured);

    world.svm.set_time(unlock_at);
    world.svm.must(&[ix], &[&keys.authority]);
}

#[test]
fn when_nothing_has_matured_it_is_refused() {
    let mut world = World::new(&[]);
    let keys = unbonding(&mut world, &[TOKEN]);
    world.svm.advance(UNBONDING);
    let ix = world.stake_withdraw(&keys, keys.purse);
    world
        .svm
        .must(std::slice::from_ref(&ix), &[&keys.authority]);

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::NothingMatured);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = unbonding(&mut world, &[TOKEN]);
    world.svm.advance(UNBONDING);
    world.pause();
    let ix = world.stake_withdraw(&keys, keys.purse);

    world.svm.must(&[ix], &[&keys.authority]);

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - 9 * TOKEN);
}

#[test]
fn an_insolvent_vault_refuses() {
    let mut world = World::new(&[]);
    let keys = unbonding(&mut world, &[TOKEN]);
    world.svm.advance(UNBONDING);
    world
        .svm
        .edit::<Network>(&world.network, |network| network.total_stake += 1);
    let ix = world.stake_withdraw(&keys, keys.purse);

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::VaultShortfall);
}
