//! `policy_change_apply`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::{
        change::{CHANGE_DELAY_EPOCHS, CHANGE_LAPSE_EPOCHS},
        clearance::{KIND_KYB, KIND_KYC},
    },
    trestle_staking::{error::StakingError, event::PolicyChangeApplied, state::PolicyRules, ID},
    trestle_tests::{
        clearance::{asking, known_parties},
        staking::World,
        svm::{assert_refused, Outcome},
    },
};

/// Seconds of an epoch of the test network.
const EPOCH: i64 = 3_600;

fn stricter() -> PolicyRules {
    asking(KIND_KYC | KIND_KYB, KIND_KYC)
}

/// A policy whose change to stricter rules was proposed in the first second of epoch 0.
fn changing() -> World {
    let mut world = World::new(&[]);
    world.operator("operator", 0);
    world.impose(known_parties());
    let ix = world.policy_change_propose(world.authority.pubkey(), stricter());
    world.svm.must(&[ix], &[&world.authority]);
    world
}

fn apply(world: &mut World) -> Outcome {
    let ix = world.policy_change_apply();
    world.svm.send(&[ix], &[])
}

fn due() -> i64 {
    i64::try_from(CHANGE_DELAY_EPOCHS + 1).expect("a few epochs") * EPOCH
}

#[test]
fn anybody_can_apply_a_change_when_its_epoch_has_begun() {
    let mut world = changing();
    world.svm.advance(due());

    let sent = apply(&mut world).expect("a change");

    let policy = world.policy_state();
    assert_eq!((policy.rules, policy.changes), (stricter(), 2));
    assert_eq!(
        (policy.pending, policy.due_epoch),
        (PolicyRules::default(), 0)
    );
    let event = sent.event::<PolicyChangeApplied>().expect("an event");
    assert_eq!((event.rules, event.changes), (stricter(), 2));
}

#[test]
fn a_change_that_is_not_due_yet_is_refused() {
    let mut world = changing();
    world.svm.advance(due() - 1);
    let outcome = apply(&mut world);
    assert_refused(outcome, ID, StakingError::ChangeNotDue);
    assert_eq!(world.policy_state().rules, known_parties());
}

#[test]
fn a_change_that_nobody_applied_in_time_has_lapsed_and_is_refused() {
    let mut world = changing();
    let lapse = i64::try_from(CHANGE_LAPSE_EPOCHS).expect("a few epochs") * EPOCH;
    world.svm.advance(due() + lapse);
    let outcome = apply(&mut world);
    assert_refused(outcome, ID, StakingError::ChangeLapsed);
    assert_eq!(world.policy_state().rules, known_parties());
}

#[test]
fn without_a_waiting_change_there_is_nothing_to_apply() {
    let mut world = World::new(&[]);
    world.impose(known_parties());
    let outcome = apply(&mut world);
    assert_refused(outcome, ID, StakingError::NoPolicyChange);
}
