//! `policy_create`, by its specification.

use {
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_core::clearance::{KINDS_ALL, KIND_KYC, KIND_REGION, MODE_ALLOW, MODE_REFUSE},
    trestle_staking::{
        error::StakingError,
        event::PolicyCreated,
        state::{PolicyRules, Service},
        ID,
    },
    trestle_tests::{
        clearance::{asking, known_parties, listing},
        staking::World,
        svm::assert_refused,
    },
};

/// Rules that neither creation nor a change accepts.
pub fn bad_rules() -> Vec<(PolicyRules, StakingError)> {
    let region = asking(KIND_REGION, 0);
    vec![
        (asking(KINDS_ALL + 1, 0), StakingError::BadKinds),
        (asking(0, KINDS_ALL + 1), StakingError::BadKinds),
        (
            listing(region, MODE_ALLOW, &[b"DE", b"AT"]),
            StakingError::BadJurisdictions,
        ),
        (
            listing(region, MODE_REFUSE, &[]),
            StakingError::BadJurisdictions,
        ),
        (listing(region, 3, &[b"DE"]), StakingError::BadJurisdictions),
        // Nobody has to state a country.
        (
            listing(known_parties(), MODE_ALLOW, &[b"DE"]),
            StakingError::BadJurisdictions,
        ),
        (
            PolicyRules {
                audit_tier_min: 1,
                ..known_parties()
            },
            StakingError::BadAuditTier,
        ),
    ]
}

#[test]
fn only_the_networks_authority_can_create_the_policy_of_a_service_and_it_pays_the_rent() {
    let mut world = World::new(&[]);
    let thief = world.svm.funded("thief");
    let ix = world.policy_create(thief.pubkey(), known_parties());
    let outcome = world.svm.send(&[ix], &[&thief]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let before = world.svm.lamports(&world.authority.pubkey());
    let ix = world.policy_create(world.authority.pubkey(), known_parties());
    let sent = world.svm.must(&[ix], &[&world.authority]);

    let paid = before - world.svm.lamports(&world.authority.pubkey());
    assert_eq!(paid, world.svm.lamports(&world.policy()) + sent.fee);
    assert_eq!(world.policy_state().service, world.service);
    assert_eq!(world.svm.get::<Service>(&world.service).has_policy, 1);
}

#[test]
fn the_rules_of_a_service_without_operators_hold_at_once() {
    let mut world = World::new(&[]);
    let rules = listing(asking(KIND_REGION, KIND_KYC), MODE_ALLOW, &[b"AT", b"DE"]);
    let ix = world.policy_create(world.authority.pubkey(), rules);
    let sent = world.svm.must(&[ix], &[&world.authority]);

    let policy = world.policy_state();
    assert_eq!((policy.rules, policy.changes), (rules, 1));
    assert_eq!(
        (policy.pending, policy.due_epoch),
        (PolicyRules::default(), 0)
    );
    let event = sent.event::<PolicyCreated>().expect("an event");
    assert_eq!((event.rules, event.due_epoch), (rules, 0));
}

#[test]
fn the_rules_of_a_service_with_operators_hold_after_the_delay_of_a_change() {
    let mut world = World::new(&[]);
    world.operator("operator", 0);
    world.svm.advance(4 * 3_600);
    let ix = world.policy_create(world.authority.pubkey(), known_parties());
    let sent = world.svm.must(&[ix], &[&world.authority]);

    let policy = world.policy_state();
    assert_eq!((policy.rules, policy.changes), (PolicyRules::default(), 0));
    assert_eq!((policy.pending, policy.due_epoch), (known_parties(), 7));
    let event = sent.event::<PolicyCreated>().expect("an event");
    assert_eq!((event.rules, event.due_epoch), (known_parties(), 7));
}

#[test]
fn kinds_that_do_not_exist_jurisdictions_out_of_order_and_rules_that_bind_nobody_are_refused() {
    let mut world = World::new(&[]);
    for (rules, error) in bad_rules() {
        let ix = world.policy_create(world.authority.pubkey(), rules);
        let outcome = world.svm.send(&[ix], &[&world.authority]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn a_service_has_one_policy() {
    let mut world = World::new(&[]);
    world.impose(known_parties());
    let ix = world.policy_create(world.authority.pubkey(), asking(0, KIND_KYC));

    let refused = world
        .svm
        .send(&[ix], &[&world.authority])
        .expect_err("a refusal");

    // The system program refuses to create what exists.
    assert_eq!(
        refused.instruction_error(),
        Some(&InstructionError::Custom(0))
    );
}
