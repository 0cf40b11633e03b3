//! `service_create`, by its specification.

use {
    anchor_lang::prelude::ProgramError,
    solana_signer::Signer,
    trestle_staking::{
        address::service_address,
        constants::{SERVICES_MAX, STAKE_PER_GIB_MAX},
        error::StakingError,
        event::ServiceCreated,
        state::{Network, Service, ServiceParams},
        ID,
    },
    trestle_tests::{
        staking::{network_params, service_params, World},
        svm::assert_refused,
    },
};

fn without_service() -> World {
    let mut world = World::without_network(&[]);
    world.create_network(network_params()).expect("a network");
    world
}

#[test]
fn only_the_networks_authority_can_create_a_service_and_it_pays_the_rent() {
    let mut world = without_service();
    let stranger = world.svm.funded("stranger");
    let ix = world.service_create(stranger.pubkey(), 0, service_params());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let before = world.svm.lamports(&world.authority.pubkey());
    let sent = world.create_service(service_params()).expect("a service");

    let paid = before - world.svm.lamports(&world.authority.pubkey());
    assert_eq!(paid, world.svm.lamports(&world.service) + sent.fee);
    let event = sent.event::<ServiceCreated>().expect("an event");
    assert_eq!((event.service, event.index), (world.service, 0));
}

#[test]
fn services_are_numbered_from_0_in_the_order_of_their_creation() {
    let mut world = without_service();
    for index in 0..3 {
        world.create_service(service_params()).expect("a service");
        let service: Service = world.svm.get(&service_address(&world.network, index).0);
        assert_eq!((service.index, service.network), (index, world.network));
        assert_eq!(world.network().service_count, index + 1);
    }
    let ix = world.service_create(world.authority.pubkey(), 7, service_params());
    let outcome = world.svm.send(&[ix], &[&world.authority]);
    assert_refused(outcome, ID, ProgramError::InvalidSeeds);
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    type Change = fn(&mut ServiceParams);
    use StakingError::{
        BadAnswerDeadline, BadDetection, BadNotice, BadServiceKind, BadSlashSchedule,
        BadStakePerGib,
    };
    let bad: [(Change, StakingError); 13] = [
        (|params| params.kind = 0, BadServiceKind),
        (|params| params.kind = 2, BadServiceKind),
        (|params| params.stake_per_gib = 0, BadStakePerGib),
        (
            |params| params.stake_per_gib = STAKE_PER_GIB_MAX + 1,
            BadStakePerGib,
        ),
        (|params| params.missing_bps = 99, BadDetection),
        (|params| params.missing_bps = 10_001, BadDetection),
        (|params| params.detect_bps = 0, BadDetection),
        (|params| params.detect_bps = 10_000, BadDetection),
        (|params| params.lost_slash_bps = 10_001, BadSlashSchedule),
        (|params| params.answer_deadline_ms = 249, BadAnswerDeadline),
        (
            |params| params.answer_deadline_ms = 60_001,
            BadAnswerDeadline,
        ),
        (|params| params.notice_epochs = 0, BadNotice),
        (|params| params.notice_epochs = 91, BadNotice),
    ];
    let mut world = without_service();
    for (change, error) in bad {
        let mut params = service_params();
        change(&mut params);
        let outcome = world.create_service(params);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn a_proven_loss_costs_at_least_three_times_a_miss() {
    let good = service_params();
    let mut world = without_service();
    let two_times = ServiceParams {
        miss_slash_bps: 100,
        lost_slash_bps: 299,
        ..good
    };
    let outcome = world.create_service(two_times);
    assert_refused(outcome, ID, StakingError::BadSlashSchedule);
    let free_of_charge = ServiceParams {
        miss_slash_bps: 0,
        lost_slash_bps: 0,
        ..good
    };
    let outcome = world.create_service(free_of_charge);
    assert_refused(outcome, ID, StakingError::BadSlashSchedule);

    let three_times = ServiceParams {
        miss_slash_bps: 100,
        lost_slash_bps: 300,
        ..good
    };
    world.create_service(three_times).expect("a service");
}

#[test]
fn a_network_lists_at_most_1024_services() {
    let mut world = without_service();
    world.svm.edit::<Network>(&world.network, |network| {
        network.service_count = SERVICES_MAX
    });

    let outcome = world.create_service(service_params());

    assert_refused(outcome, ID, StakingError::TooManyServices);
}
