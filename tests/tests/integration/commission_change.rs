//! `commission_change`, by its specification.

use {
    trestle_staking::{error::StakingError, event::CommissionChanged, ID},
    trestle_tests::{
        delegation::delegating,
        staking::{OperatorKeys, World},
        svm::{assert_refused, Sent},
    },
};

const EPOCH_SECONDS: i64 = 3_600;

fn change(world: &mut World, operator: &OperatorKeys, bps: u16) -> Sent {
    let ix = world.commission_change(operator, bps);
    world.svm.must(&[ix], &[&operator.authority])
}

#[track_caller]
fn refused(world: &mut World, operator: &OperatorKeys, bps: u16, error: StakingError) {
    let ix = world.commission_change(operator, bps);
    let outcome = world.svm.send(&[ix], &[&operator.authority]);
    assert_refused(outcome, ID, error);
}

#[test]
fn only_the_operators_controller_can_change_it() {
    let (mut world, operator) = delegating(0, 1_000);
    let mut forged = world.operator_keys("stranger");
    forged.address = operator.address;
    refused(
        &mut world,
        &forged,
        900,
        StakingError::NotOperatorController,
    );

    // The controller of another operator, for this pool.
    let other = world.operator("other", 0);
    let mut ix = world.commission_change(&operator, 900);
    ix.accounts[0].pubkey = solana_signer::Signer::pubkey(&other.authority);
    ix.accounts[2].pubkey = other.address;
    let outcome = world.svm.send(&[ix], &[&other.authority]);
    assert_refused(outcome, ID, StakingError::WrongOperator);
}

#[test]
fn a_lower_commission_counts_at_once_and_cancels_a_pending_one() {
    let (mut world, operator) = delegating(0, 1_000);
    change(&mut world, &operator, 1_300);
    let sent = change(&mut world, &operator, 400);

    assert_eq!(world.commission(&operator), 400);
    let event = sent.event::<CommissionChanged>().expect("an event");
    assert_eq!((event.former_bps, event.commission_bps), (1_000, 400));
    assert_eq!(event.from_epoch, world.epoch());
    world.svm.advance(10 * EPOCH_SECONDS);
    assert_eq!(world.commission(&operator), 400);
}

#[test]
fn a_higher_commission_counts_after_two_whole_epochs_and_replaces_a_pending_one() {
    let (mut world, operator) = delegating(0, 1_000);
    change(&mut world, &operator, 1_500);
    world.svm.advance(EPOCH_SECONDS / 2);
    let sent = change(&mut world, &operator, 1_200);
    let event = sent.event::<CommissionChanged>().expect("an event");
    assert_eq!(event.from_epoch, 3);

    world.svm.advance(EPOCH_SECONDS / 2 + 2 * EPOCH_SECONDS - 1);
    assert_eq!(world.commission(&operator), 1_000);
    world.svm.advance(1);
    assert_eq!((world.epoch(), world.commission(&operator)), (3, 1_200));

    // It has become the one to start from; the same commission again ends what is pending.
    change(&mut world, &operator, 1_700);
    change(&mut world, &operator, 1_200);
    world.svm.advance(10 * EPOCH_SECONDS);
    assert_eq!(world.commission(&operator), 1_200);
}

#[test]
fn one_change_raises_it_by_at_most_500_basis_points() {
    let (mut world, operator) = delegating(0, 1_000);
    refused(&mut world, &operator, 1_501, StakingError::CommissionStep);
    change(&mut world, &operator, 1_500);
    // What is pending does not count yet, so that steps cannot be stacked.
    refused(&mut world, &operator, 2_000, StakingError::CommissionStep);
}

#[test]
fn a_commission_above_the_whole_or_the_same_as_before_is_refused() {
    let (mut world, operator) = delegating(0, 10_000);
    refused(&mut world, &operator, 10_001, StakingError::BadCommission);
    refused(
        &mut world,
        &operator,
        10_000,
        StakingError::CommissionUnchanged,
    );
}
