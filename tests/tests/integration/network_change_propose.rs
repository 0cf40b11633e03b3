//! `network_change_propose`, by its specification.

use {
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::NetworkChangeProposed,
        state::{NetworkChange, NetworkParams},
        ID,
    },
    trestle_tests::{
        staking::{network_params, World, BOND_MIN},
        svm::{assert_refused, Outcome},
    },
};

/// Other parameters than the network has.
fn other() -> NetworkParams {
    NetworkParams {
        verifier_bond_min: 2 * BOND_MIN,
        ..network_params()
    }
}

fn propose(world: &mut World, params: NetworkParams) -> Outcome {
    let ix = world.network_change_propose(world.authority.pubkey(), params);
    world.svm.send(&[ix], &[&world.authority])
}

#[test]
fn only_the_networks_authority_can_propose_and_it_pays_the_rent() {
    let mut world = World::new(&[]);
    let before = world.svm.lamports(&world.authority.pubkey());
    let guardian = world.guardian.insecure_clone();
    let ix = world.network_change_propose(guardian.pubkey(), other());
    let outcome = world.svm.send(&[ix], &[&guardian]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let sent = propose(&mut world, other()).expect("a proposal");

    let rent = world.svm.lamports(&world.network_change());
    let after = world.svm.lamports(&world.authority.pubkey());
    assert_eq!(before - after, rent + sent.fee);
    let event = sent.event::<NetworkChangeProposed>().expect("an event");
    assert_eq!(event.verifier_bond_min, 2 * BOND_MIN);
    assert_eq!(event.authority, world.authority.pubkey());
    let change: NetworkChange = world.svm.get(&world.network_change());
    assert_eq!(change.params(&world.network()), other());
    assert_eq!(change.payer, world.authority.pubkey());
    assert_eq!(world.network().params(), network_params(), "nothing yet");
}

#[test]
fn the_proposal_names_every_parameter_within_the_bounds_of_creation() {
    let mut world = World::new(&[]);
    let good = other();
    let cases = [
        (
            NetworkParams {
                challenge_window_seconds: 9,
                ..good
            },
            StakingError::BadChallengeWindow,
        ),
        (
            NetworkParams {
                unbonding_seconds: 4_200,
                ..good
            },
            StakingError::BadUnbonding,
        ),
        (
            NetworkParams {
                verifier_bond_min: 0,
                ..good
            },
            StakingError::BadBondMinimum,
        ),
        (
            NetworkParams {
                bond_slash_bps: 10_001,
                ..good
            },
            StakingError::BadBondSlash,
        ),
        (
            NetworkParams {
                burn_bps: 5_001,
                ..good
            },
            StakingError::BadSlashShares,
        ),
        (
            NetworkParams {
                guardian: Default::default(),
                ..good
            },
            StakingError::BadGuardian,
        ),
    ];
    for (params, error) in cases {
        assert_refused(propose(&mut world, params), ID, error);
    }
}

#[test]
fn the_length_of_epochs_cannot_change_the_numbers_of_all_epochs_depend_on_it() {
    let mut world = World::new(&[]);
    let params = NetworkParams {
        epoch_seconds: 3_601,
        ..other()
    };
    assert_refused(propose(&mut world, params), ID, StakingError::EpochFixed);
}

#[test]
fn it_is_due_after_two_whole_epochs_and_as_many_more_as_the_challenge_window_takes() {
    // The window of the test network is shorter than an epoch.
    let mut world = World::new(&[]);
    world.reach_epoch(5);
    let sent = propose(&mut world, other()).expect("a proposal");
    let event = sent.event::<NetworkChangeProposed>().expect("an event");
    assert_eq!(event.due_epoch, 5 + 1 + 2 + 1);

    let mut world = World::without_network(&[]);
    let params = NetworkParams {
        challenge_window_seconds: 4 * 3_600,
        ..network_params()
    };
    world.create_network(params).expect("a network");
    let sent = propose(&mut world, other()).expect("a proposal");
    let event = sent.event::<NetworkChangeProposed>().expect("an event");
    assert_eq!(event.due_epoch, 1 + 2 + 4);
}

#[test]
fn a_window_that_bonds_which_unbond_already_would_not_outlast_is_refused_unbonding_comes_first() {
    let mut world = World::without_network(&[]);
    let params = NetworkParams {
        unbonding_seconds: 2 * 3_600,
        ..network_params()
    };
    world.create_network(params).expect("a network");
    let longer = NetworkParams {
        challenge_window_seconds: 3_600,
        unbonding_seconds: 4 * 3_600,
        ..params
    };
    let outcome = propose(&mut world, longer);
    assert_refused(outcome, ID, StakingError::WindowBeyondUnbonding);

    world.change_network(NetworkParams {
        unbonding_seconds: 4 * 3_600,
        ..params
    });
    world.change_network(longer);
    assert_eq!(world.network().params(), longer);
}

#[test]
fn what_is_in_force_already_is_refused_a_change_changes_something() {
    let mut world = World::new(&[]);
    let outcome = propose(&mut world, network_params());
    assert_refused(outcome, ID, StakingError::ChangeEmpty);
}

#[test]
fn while_one_change_is_pending_a_second_is_refused_cancel_the_first() {
    let mut world = World::new(&[]);
    propose(&mut world, other()).expect("a proposal");
    let second = NetworkParams {
        bond_slash_bps: 10_000,
        ..other()
    };

    let refused = propose(&mut world, second).expect_err("a refusal");

    // The system program refuses to create what exists.
    let error = InstructionError::Custom(0);
    assert_eq!(refused.instruction_error(), Some(&error));
    let change: NetworkChange = world.svm.get(&world.network_change());
    assert_eq!(change.params(&world.network()), other());

    let authority = world.authority.insecure_clone();
    let cancel = world.network_change_cancel(authority.pubkey(), authority.pubkey());
    world.svm.must(&[cancel], &[&authority]);
    propose(&mut world, second).expect("a proposal");
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    world.pause();
    propose(&mut world, other()).expect("a proposal");
}
