//! `delegation_pool_open`, by its specification.

use {
    anchor_lang::{prelude::ProgramError, programs::System, Id},
    solana_signer::Signer,
    trestle_core::units::{Bps, Epoch},
    trestle_staking::{
        address::delegation_pool_address, error::StakingError, event::DelegationPoolOpened, ID,
    },
    trestle_tests::{
        delegation::{delegating, units},
        staking::World,
        svm::assert_refused,
    },
};

#[test]
fn only_the_operators_controller_can_open_its_pool_and_pays_the_rent() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    let mut forged = world.operator_keys("stranger");
    forged.address = operator.address;
    let ix = world.delegation_pool_open(&forged, 500);
    let outcome = world.svm.send(&[ix], &[&forged.authority]);
    assert_refused(outcome, ID, StakingError::NotOperatorController);

    let before = world.svm.lamports(&operator.authority.pubkey());
    let ix = world.delegation_pool_open(&operator, 500);
    let sent = world.svm.must(&[ix], &[&operator.authority]);
    let event = sent.event::<DelegationPoolOpened>().expect("an event");
    assert_eq!(
        (event.operator, event.commission_bps),
        (operator.address, 500)
    );
    let rent = world.svm.lamports(&event.pool);
    let after = world.svm.lamports(&operator.authority.pubkey());
    assert_eq!(after, before - rent - sent.fee);
}

#[test]
fn the_commission_holds_from_the_start() {
    let (world, operator) = delegating(units(50), 2_000);
    let mut pool = world.pool(&operator);
    assert_eq!(
        (pool.operator, pool.network),
        (operator.address, world.network)
    );
    assert_eq!(pool.commission_at(Epoch(0)).get(), 2_000);
    pool.amount = units(50);
    let share = pool.delegators_bps(units(50), Epoch(0));
    assert_eq!(share, Bps::new(4_000).expect("a share"));
}

#[test]
fn a_commission_above_the_whole_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    let ix = world.delegation_pool_open(&operator, 10_001);
    let outcome = world.svm.send(&[ix], &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::BadCommission);
}

#[test]
fn the_operator_remembers_its_pool() {
    let (world, operator) = delegating(0, 0);
    let (_, bump) = delegation_pool_address(&operator.address);
    assert_eq!(world.operator_state(&operator).delegation_bump, bump);
}

#[test]
fn a_second_pool_is_refused() {
    let (mut world, operator) = delegating(0, 0);
    let ix = world.delegation_pool_open(&operator, 0);
    let outcome = world.svm.send(&[ix], &[&operator.authority]);
    // The system program refuses to create what exists.
    assert_refused(outcome, System::id(), ProgramError::Custom(0));
}

#[test]
fn a_paused_network_refuses() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    world.pause();
    let ix = world.delegation_pool_open(&operator, 0);
    let outcome = world.svm.send(&[ix], &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
