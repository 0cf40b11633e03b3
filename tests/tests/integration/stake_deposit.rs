//! `stake_deposit`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::StakeDeposited, ID},
    trestle_tests::{
        staking::{World, PURSE},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

#[test]
fn anybody_can_deposit_for_any_operator() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    let friend = world.operator_keys("friend");
    let ix = world.stake_deposit(
        operator.address,
        friend.authority.pubkey(),
        friend.purse,
        TOKEN,
    );

    let sent = world.svm.must(&[ix], &[&friend.authority]);

    assert_eq!(world.operator_state(&operator).stake, TOKEN);
    let event = sent.event::<StakeDeposited>().expect("an event");
    assert_eq!(event.depositor, friend.authority.pubkey());
}

#[test]
fn the_amount_moves_from_the_source_account_into_the_vault_and_is_added_to_the_stake() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 5 * TOKEN);

    let sent = world.deposit(&operator, 2 * TOKEN);

    assert_eq!(world.svm.tokens(&operator.purse), PURSE - 7 * TOKEN);
    assert_eq!(world.svm.tokens(&world.stake_vault), 7 * TOKEN);
    assert_eq!(world.operator_state(&operator).stake, 7 * TOKEN);
    assert_eq!(world.network().total_stake, 7 * TOKEN);
    let event = sent.event::<StakeDeposited>().expect("an event");
    assert_eq!(
        (event.operator, event.amount),
        (operator.address, 2 * TOKEN)
    );
    assert_eq!((event.stake, event.total_stake), (7 * TOKEN, 7 * TOKEN));
}

#[test]
fn an_amount_of_zero_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    let ix = world.stake_deposit(
        operator.address,
        operator.authority.pubkey(),
        operator.purse,
        0,
    );

    let outcome = world.svm.send(&[ix], &[&operator.authority]);

    assert_refused(outcome, ID, StakingError::ZeroAmount);
}

#[test]
fn a_paused_network_refuses() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    world.pause();
    let ix = world.stake_deposit(
        operator.address,
        operator.authority.pubkey(),
        operator.purse,
        1,
    );

    let outcome = world.svm.send(&[ix], &[&operator.authority]);

    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
