//! `operator_devices_set`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::{
        device::DeviceKey,
        merkle::{Tree, MAX_LEAVES},
    },
    trestle_staking::{error::StakingError, event::OperatorDevicesChanged, ID},
    trestle_tests::{
        staking::{OperatorKeys, World},
        svm::assert_refused,
    },
};

#[test]
fn only_the_operators_controller_can_name_the_devices() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let forged = OperatorKeys {
        authority: keys.node.insecure_clone(),
        node: keys.node.insecure_clone(),
        ..keys
    };
    let ix = world.operator_devices_set(&forged, [1; 32], 1);
    let outcome = world.svm.send_relayed(&[ix], &[&forged.authority]);
    assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
}

#[test]
fn root_and_number_are_replaced_as_a_whole() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let devices: Vec<DeviceKey> = (0..5).map(|n| DeviceKey::Ed25519([n; 32])).collect();
    let tree = Tree::build(devices.iter().map(DeviceKey::leaf_hash).collect()).expect("a tree");
    let ix = world.operator_devices_set(&keys, tree.root(), tree.leaf_count());

    let sent = world.svm.must(&[ix], &[&keys.authority]);

    let state = world.operator_state(&keys);
    let event = sent.event::<OperatorDevicesChanged>().expect("an event");
    assert_eq!((event.root, event.count), (tree.root(), 5));
    let proof = tree.proof(3).expect("a device");
    devices[3]
        .verify(&state.device_root, state.device_count, 3, &proof)
        .expect("a device of the operator");

    let ix = world.operator_devices_set(&keys, [0; 32], 0);
    world.svm.must(&[ix], &[&keys.authority]);
    let state = world.operator_state(&keys);
    assert_eq!((state.device_root, state.device_count), ([0; 32], 0));
}

#[test]
fn no_devices_have_the_zero_root_and_any_others_another() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    for (root, count) in [([0; 32], 1), ([1; 32], 0), ([1; 32], MAX_LEAVES + 1)] {
        let ix = world.operator_devices_set(&keys, root, count);
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, StakingError::BadDevices);
    }
}

#[test]
fn it_works_while_the_network_is_paused_the_key_of_a_stolen_device_must_be_replaceable() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    world.pause();
    let ix = world.operator_devices_set(&keys, [1; 32], 1);
    world.svm.must(&[ix], &[&keys.authority]);
    assert_eq!(world.operator_state(&keys).device_count, 1);
    assert_eq!(
        keys.authority.pubkey(),
        world.operator_state(&keys).controller
    );
}
