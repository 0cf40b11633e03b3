//! `policy_change_cancel`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::clearance::KIND_KYC,
    trestle_staking::{error::StakingError, event::PolicyChangeCancelled, state::PolicyRules, ID},
    trestle_tests::{
        clearance::{asking, known_parties},
        staking::World,
        svm::assert_refused,
    },
};

fn changing() -> World {
    let mut world = World::new(&[]);
    world.operator("operator", 0);
    world.impose(asking(KIND_KYC, 0));
    let ix = world.policy_change_propose(world.authority.pubkey(), known_parties());
    world.svm.must(&[ix], &[&world.authority]);
    world
}

#[test]
fn only_the_networks_authority_can_cancel_a_change_due_lapsed_or_not() {
    for seconds in [0, 3 * 3_600, 100 * 3_600] {
        let mut world = changing();
        world.svm.advance(seconds);
        let thief = world.svm.funded("thief");
        let ix = world.policy_change_cancel(thief.pubkey());
        let outcome = world.svm.send(&[ix], &[&thief]);
        assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

        let ix = world.policy_change_cancel(world.authority.pubkey());
        let sent = world.svm.must(&[ix], &[&world.authority]);

        assert!(!world.policy_state().is_changing());
        let event = sent.event::<PolicyChangeCancelled>().expect("an event");
        assert_eq!((event.policy, event.due_epoch), (world.policy(), 3));
    }
}

#[test]
fn the_rules_that_hold_stay_as_they_are() {
    let mut world = changing();
    let ix = world.policy_change_cancel(world.authority.pubkey());
    world.svm.must(&[ix], &[&world.authority]);
    let policy = world.policy_state();
    assert_eq!((policy.rules, policy.changes), (asking(KIND_KYC, 0), 1));
    assert_eq!(policy.pending, PolicyRules::default());
}

#[test]
fn without_a_waiting_change_there_is_nothing_to_cancel() {
    let mut world = World::new(&[]);
    world.impose(known_parties());
    let ix = world.policy_change_cancel(world.authority.pubkey());

    let outcome = world.svm.send(&[ix], &[&world.authority]);

    assert_refused(outcome, ID, StakingError::NoPolicyChange);
}
