//! Every account of the instructions that govern a network, replaced by a wrong one.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_staking::state::{NetworkChange, NetworkParams, ServiceChange, ServiceParams},
    trestle_tests::{
        matrix::{Fault, Matrix},
        staking::{network_params, open_network, service_params, World, BOND_MIN},
        svm::key,
        tokens::TOKEN,
    },
};

fn check(
    world: &mut World,
    name: &str,
    instruction: Instruction,
    signers: &[&Keypair],
    free: &[(Address, Fault)],
) {
    let matrix = Matrix {
        name,
        instruction,
        signers: signers.to_vec(),
        free: free.to_vec(),
    };
    matrix.check(&mut world.svm);
}

#[test]
fn network_change() {
    let mut world = World::new(&[]);
    let authority = key("authority");
    let params = NetworkParams {
        bond_slash_bps: 1,
        ..network_params()
    };
    let propose = world.network_change_propose(authority.pubkey(), params);
    check(
        &mut world,
        "network_change_propose",
        propose.clone(),
        &[&authority],
        &[],
    );
    let cancel = world.network_change_cancel(authority.pubkey(), authority.pubkey());
    check(
        &mut world,
        "network_change_cancel",
        cancel,
        &[&authority],
        &[],
    );
    world.svm.must(&[propose], &[&authority]);
    let change: NetworkChange = world.svm.get(&world.network_change());
    world.reach_epoch(change.due_epoch);
    let apply = world.network_change_apply(authority.pubkey());
    check(&mut world, "network_change_apply", apply, &[], &[]);
}

#[test]
fn service_change() {
    let mut world = World::new(&[]);
    let authority = key("authority");
    let params = ServiceParams {
        notice_epochs: 9,
        ..service_params()
    };
    let propose = world.service_change_propose(authority.pubkey(), params);
    check(
        &mut world,
        "service_change_propose",
        propose.clone(),
        &[&authority],
        &[],
    );
    let cancel = world.service_change_cancel(authority.pubkey(), authority.pubkey());
    check(
        &mut world,
        "service_change_cancel",
        cancel,
        &[&authority],
        &[],
    );
    world.svm.must(&[propose], &[&authority]);
    let change: ServiceChange = world.svm.get(&world.service_change());
    world.reach_epoch(change.due_epoch);
    let apply = world.service_change_apply(authority.pubkey());
    check(&mut world, "service_change_apply", apply, &[], &[]);
}

#[test]
fn operator_keys_devices_and_exit() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", TOKEN);
    let (wallet, candidate) = (keys.authority.pubkey(), world.svm.funded("candidate"));
    let ix = world.operator_devices_set(&keys, [1; 32], 1);
    check(
        &mut world,
        "operator_devices_set",
        ix,
        &[&keys.authority],
        &[],
    );
    let ix = world.operator_key_propose(keys.address, wallet, candidate.pubkey());
    check(
        &mut world,
        "operator_key_propose",
        ix,
        &[&keys.authority],
        &[],
    );
    let ix = world.operator_key_accept(keys.address, candidate.pubkey());
    check(&mut world, "operator_key_accept", ix, &[&candidate], &[]);
    let ix = world.operator_exit(keys.address, candidate.pubkey());
    check(&mut world, "operator_exit", ix, &[&candidate], &[]);
}

#[test]
fn verifier_bond_add_and_remove() {
    let mut world = World::new(&[]);
    let (authority, keys) = (key("authority"), world.verifier("verifier", BOND_MIN));
    let ix = world.verifier_bond_add(&keys, TOKEN);
    // Any account of the verifier can be the source.
    let free = [(keys.purse, Fault::Twin)];
    check(&mut world, "verifier_bond_add", ix, &[&keys.key], &free);
    let ix = world.verifier_remove(authority.pubkey(), keys.key.pubkey());
    check(&mut world, "verifier_remove", ix, &[&authority], &[]);
}

#[test]
fn verifier_displace() {
    let mut world = World::new(&[]);
    world.verifier("small", BOND_MIN);
    world.change_network(open_network());
    let keys = world.verifier_keys("newcomer");
    let ix = world.verifier_displace(&keys, 2 * BOND_MIN);
    // Any account of the newcomer can be the source.
    let free = [(keys.purse, Fault::Twin)];
    check(&mut world, "verifier_displace", ix, &[&keys.key], &free);
}
