//! `stake_unbond`, by its specification.

use {
    trestle_staking::{error::StakingError, event::StakeUnbonded, state::UnbondTicket, ID},
    trestle_tests::{staking::World, svm::assert_refused, tokens::TOKEN},
};

#[test]
fn only_the_operators_authority_can_unbond() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 5 * TOKEN);
    let mut forged = world.operator_keys("stranger");
    forged.address = keys.address;
    let ix = world.stake_unbond(&forged, TOKEN);

    let outcome = world.svm.send(&[ix], &[&forged.authority]);

    assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
}

#[test]
fn the_amount_leaves_the_stake_and_waits_in_a_free_ticket_for_the_unbonding_time() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 5 * TOKEN);
    let ix = world.stake_unbond(&keys, 2 * TOKEN);

    let sent = world.svm.must(&[ix], &[&keys.authority]);

    let unlock_at = world.svm.now() + 86_400;
    let operator = world.operator_state(&keys);
    assert_eq!(operator.stake, 3 * TOKEN);
    assert_eq!(
        operator.tickets[0],
        UnbondTicket {
            amount: 2 * TOKEN,
            unlock_at
        }
    );
    assert_eq!(
        world.network().total_stake,
        5 * TOKEN,
        "the vault still owes all of it"
    );
    assert_eq!(world.svm.tokens(&world.stake_vault), 5 * TOKEN);
    let event = sent.event::<StakeUnbonded>().expect("an event");
    assert_eq!(
        (event.amount, event.stake, event.unlock_at),
        (2 * TOKEN, 3 * TOKEN, unlock_at)
    );
}

#[test]
fn more_than_the_stake_is_refused_and_so_is_zero() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 5 * TOKEN);
    for (amount, error) in [
        (5 * TOKEN + 1, StakingError::InsufficientStake),
        (u64::MAX, StakingError::InsufficientStake),
        (0, StakingError::ZeroAmount),
    ] {
        let ix = world.stake_unbond(&keys, amount);
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, error);
    }
    let all = world.stake_unbond(&keys, 5 * TOKEN);
    world.svm.must(&[all], &[&keys.authority]);
    assert_eq!(world.operator_state(&keys).stake, 0);
}

#[test]
fn a_fifth_ticket_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 5 * TOKEN);
    let ix = world.stake_unbond(&keys, TOKEN);
    for _ in 0..4 {
        world
            .svm
            .must(std::slice::from_ref(&ix), &[&keys.authority]);
    }

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::NoFreeTicket);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 5 * TOKEN);
    world.pause();
    let ix = world.stake_unbond(&keys, TOKEN);

    world.svm.must(&[ix], &[&keys.authority]);

    assert_eq!(world.operator_state(&keys).stake, 4 * TOKEN);
}
