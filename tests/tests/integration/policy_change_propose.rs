//! `policy_change_propose`, by its specification.

use {
    crate::policy_create::bad_rules,
    solana_signer::Signer,
    trestle_core::clearance::{KIND_KYC, KIND_REGION, MODE_ALLOW, MODE_REFUSE},
    trestle_staking::{
        error::StakingError,
        event::PolicyChangeProposed,
        state::{PolicyRules, ServicePolicy},
        ID,
    },
    trestle_tests::{
        clearance::{asking, known_parties, listing},
        staking::World,
        svm::{assert_refused, Outcome},
    },
};

/// A service with an operator and a policy.
fn governed(rules: PolicyRules) -> World {
    let mut world = World::new(&[]);
    world.operator("operator", 0);
    world.impose(rules);
    world
}

fn propose(world: &mut World, rules: PolicyRules) -> Outcome {
    let ix = world.policy_change_propose(world.authority.pubkey(), rules);
    world.svm.send(&[ix], &[&world.authority])
}

#[test]
fn only_the_networks_authority_can_propose() {
    let mut world = governed(known_parties());
    let thief = world.svm.funded("thief");
    let ix = world.policy_change_propose(thief.pubkey(), asking(0, 0));

    let outcome = world.svm.send(&[ix], &[&thief]);

    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);
}

#[test]
fn rules_that_admit_everybody_whom_the_present_ones_admit_hold_at_once() {
    let region = asking(KIND_REGION | KIND_KYC, KIND_KYC);
    let mut world = governed(listing(region, MODE_ALLOW, &[b"DE"]));
    let steps = [
        listing(region, MODE_ALLOW, &[b"AT", b"DE"]),
        listing(region, MODE_REFUSE, &[b"US"]),
        region,
        asking(KIND_KYC, 0),
        PolicyRules::default(),
    ];
    for (number, rules) in (2..).zip(steps) {
        let sent = propose(&mut world, rules).expect("a change");
        let policy = world.policy_state();
        assert_eq!((policy.rules, policy.due_epoch), (rules, 0));
        assert_eq!(policy.changes, number);
        let event = sent.event::<PolicyChangeProposed>().expect("an event");
        assert_eq!((event.rules, event.due_epoch), (rules, 0));
        assert_eq!(event.changes, number);
    }
}

#[test]
fn any_other_rules_wait_for_the_delay_of_a_change_and_the_present_ones_hold_meanwhile() {
    let mut world = governed(known_parties());
    world.svm.advance(3_600);
    // One side looser, the other one stricter.
    let mixed = asking(0, KIND_KYC | KIND_REGION);
    let sent = propose(&mut world, mixed).expect("a proposal");

    let policy = world.policy_state();
    assert_eq!((policy.rules, policy.changes), (known_parties(), 1));
    assert_eq!((policy.pending, policy.due_epoch), (mixed, 4));
    let event = sent.event::<PolicyChangeProposed>().expect("an event");
    assert_eq!((event.rules, event.due_epoch), (mixed, 4));
}

#[test]
fn a_proposal_takes_the_place_of_one_that_waits() {
    let mut world = governed(known_parties());
    let (first, second) = (
        asking(KIND_REGION, KIND_KYC),
        asking(KIND_KYC, KIND_KYC | KIND_REGION),
    );
    propose(&mut world, first).expect("a proposal");
    world.svm.advance(3_600);
    propose(&mut world, second).expect("a proposal");
    let policy = world.policy_state();
    assert_eq!((policy.pending, policy.due_epoch), (second, 4));
    // One that holds at once as well.
    propose(&mut world, asking(KIND_KYC, 0)).expect("a change");
    let policy = world.policy_state();
    assert_eq!(
        (policy.pending, policy.due_epoch),
        (PolicyRules::default(), 0)
    );
}

#[test]
fn the_rules_that_hold_already_are_refused_and_so_are_rules_that_policy_create_refuses() {
    let mut world = governed(known_parties());
    let outcome = propose(&mut world, known_parties());
    assert_refused(outcome, ID, StakingError::ChangeEmpty);
    for (rules, error) in bad_rules() {
        let outcome = propose(&mut world, rules);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn the_service_must_be_that_of_the_policy() {
    let mut world = governed(known_parties());
    let policy = world.policy();
    let other = world.svm.fresh_address();
    let (address, bump) = trestle_staking::address::policy_address(&other);
    let mut foreign: ServicePolicy = world.policy_state();
    foreign.service = other;
    foreign.bump = bump;
    world.svm.put_pod(address, ID, &foreign);
    let mut ix = world.policy_change_propose(world.authority.pubkey(), asking(0, 0));
    let place = ix.accounts.iter_mut().find(|meta| meta.pubkey == policy);
    place.expect("the policy").pubkey = address;

    let outcome = world.svm.send(&[ix], &[&world.authority]);

    assert_refused(outcome, ID, StakingError::WrongService);
}
