//! `service_change_propose`, by its specification.

use {
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::ServiceChangeProposed,
        state::{Service, ServiceChange, ServiceParams},
        ID,
    },
    trestle_tests::{
        staking::{service_params, World},
        svm::{assert_refused, Outcome},
    },
};

/// Other parameters than the service has.
fn other() -> ServiceParams {
    ServiceParams {
        notice_epochs: 5,
        ..service_params()
    }
}

fn propose(world: &mut World, params: ServiceParams) -> Outcome {
    let ix = world.service_change_propose(world.authority.pubkey(), params);
    world.svm.send(&[ix], &[&world.authority])
}

#[test]
fn only_the_networks_authority_can_propose_and_it_pays_the_rent() {
    let mut world = World::new(&[]);
    let before = world.svm.lamports(&world.authority.pubkey());
    let guardian = world.guardian.insecure_clone();
    let ix = world.service_change_propose(guardian.pubkey(), other());
    let outcome = world.svm.send(&[ix], &[&guardian]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let sent = propose(&mut world, other()).expect("a proposal");

    let rent = world.svm.lamports(&world.service_change());
    let after = world.svm.lamports(&world.authority.pubkey());
    assert_eq!(before - after, rent + sent.fee);
    let change: ServiceChange = world.svm.get(&world.service_change());
    let service: Service = world.svm.get(&world.service);
    assert_eq!(change.params(&service), other());
    assert_eq!(service.params(), service_params(), "nothing yet");
}

#[test]
fn the_proposal_names_every_parameter_within_the_bounds_of_creation() {
    let mut world = World::new(&[]);
    let good = other();
    let cases = [
        (
            ServiceParams {
                stake_per_gib: 0,
                ..good
            },
            StakingError::BadStakePerGib,
        ),
        (
            ServiceParams {
                missing_bps: 99,
                ..good
            },
            StakingError::BadDetection,
        ),
        (
            ServiceParams {
                lost_slash_bps: 299,
                ..good
            },
            StakingError::BadSlashSchedule,
        ),
        (
            ServiceParams {
                answer_deadline_ms: 249,
                ..good
            },
            StakingError::BadAnswerDeadline,
        ),
        (
            ServiceParams {
                notice_epochs: 91,
                ..good
            },
            StakingError::BadNotice,
        ),
    ];
    for (params, error) in cases {
        assert_refused(propose(&mut world, params), ID, error);
    }
}

#[test]
fn the_kind_of_a_service_cannot_change() {
    // There is one kind yet, so a service of another is made by hand.
    let mut world = World::new(&[]);
    let service = world.service;
    world
        .svm
        .edit::<Service>(&service, |service| service.kind = 2);
    let outcome = propose(&mut world, other());
    assert_refused(outcome, ID, StakingError::KindFixed);
}

#[test]
fn it_is_due_after_two_whole_epochs_and_the_notice_that_operators_have_to_give() {
    let mut world = World::new(&[]);
    world.reach_epoch(7);
    let sent = propose(&mut world, other()).expect("a proposal");
    let event = sent.event::<ServiceChangeProposed>().expect("an event");
    assert_eq!(event.due_epoch, 7 + 1 + 2 + 2, "the notice that holds now");
    assert_eq!(event.notice_epochs, 5);
}

#[test]
fn what_is_in_force_already_is_refused_a_change_changes_something() {
    let mut world = World::new(&[]);
    let outcome = propose(&mut world, service_params());
    assert_refused(outcome, ID, StakingError::ChangeEmpty);
}

#[test]
fn while_one_change_is_pending_a_second_is_refused_cancel_the_first() {
    let mut world = World::new(&[]);
    propose(&mut world, other()).expect("a proposal");
    let second = ServiceParams {
        miss_slash_bps: 3_000,
        lost_slash_bps: 10_000,
        ..other()
    };

    let refused = propose(&mut world, second).expect_err("a refusal");

    // The system program refuses to create what exists.
    let error = InstructionError::Custom(0);
    assert_eq!(refused.instruction_error(), Some(&error));
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    world.pause();
    propose(&mut world, other()).expect("a proposal");
}
