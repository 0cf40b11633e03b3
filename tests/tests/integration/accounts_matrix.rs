//! Every account of every instruction of the staking program, replaced by a wrong one.

use {
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::{leaf::LeafCounters, pause},
    trestle_staking::{
        address::{delegation_pool_address, service_address},
        constants::SLASHER,
    },
    trestle_tests::{
        final_roots::Roots,
        matrix::{Fault, Matrix},
        staking::{network_params, profile, service_params, World, BOND_MIN},
        svm::key,
        tokens::TOKEN,
    },
};

fn check(
    world: &mut World,
    name: &str,
    instruction: solana_instruction::Instruction,
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
fn network_create() {
    let mut world = World::without_network(&[]);
    let authority = key("authority");
    let ix = world.network_create(authority.pubkey(), network_params());
    // Which stablecoin a network names is its creator's choice.
    let free = [(world.stable_mint, Fault::Twin)];
    check(&mut world, "network_create", ix, &[&authority], &free);
}

#[test]
fn network_pause() {
    let mut world = World::new(&[]);
    let guardian = key("guardian");
    let ix = world.network_pause(guardian.pubkey(), pause::ALL, true);
    check(&mut world, "network_pause", ix, &[&guardian], &[]);
}

#[test]
fn authority_propose_and_accept() {
    let mut world = World::new(&[]);
    let (authority, candidate) = (key("authority"), world.svm.funded("candidate"));
    let ix = world.authority_propose(authority.pubkey(), candidate.pubkey());
    check(&mut world, "authority_propose", ix, &[&authority], &[]);
    let ix = world.authority_accept(candidate.pubkey());
    check(&mut world, "authority_accept", ix, &[&candidate], &[]);
}

#[test]
fn service_create() {
    let mut world = World::new(&[]);
    let authority = key("authority");
    let ix = world.service_create(authority.pubkey(), 1, service_params());
    assert_eq!(ix.accounts[2].pubkey, service_address(&world.network, 1).0);
    check(&mut world, "service_create", ix, &[&authority], &[]);
}

#[test]
fn operator_register_and_update() {
    let mut world = World::new(&[]);
    let keys = world.operator_keys("operator");
    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));
    // Where rewards go is the operator's choice.
    let free = [(keys.purse, Fault::Twin)];
    check(
        &mut world,
        "operator_register",
        ix,
        &[&keys.authority],
        &free,
    );
    let ix = world.operator_update(&keys, keys.purse, profile(keys.node.pubkey()));
    check(&mut world, "operator_update", ix, &[&keys.authority], &free);
}

#[test]
fn stake_deposit() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", TOKEN);
    let ix = world.stake_deposit(keys.address, keys.authority.pubkey(), keys.purse, TOKEN);
    // Any account of the depositor can be the source.
    let free = [(keys.purse, Fault::Twin)];
    check(&mut world, "stake_deposit", ix, &[&keys.authority], &free);
}

#[test]
fn stake_unbond_and_withdraw() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 2 * TOKEN);
    let ix = world.stake_unbond(&keys, TOKEN);
    check(&mut world, "stake_unbond", ix, &[&keys.authority], &[]);
    world.svm.advance(86_400);
    let ix = world.stake_withdraw(&keys, keys.purse);
    // Any account of the operator can be the destination.
    let free = [(keys.purse, Fault::Twin)];
    check(&mut world, "stake_withdraw", ix, &[&keys.authority], &free);
}

#[test]
fn verifier_register_exit_and_withdraw() {
    let mut world = World::new(&[]);
    let (authority, keys) = (key("authority"), world.verifier_keys("verifier"));
    let free = [(keys.purse, Fault::Twin)];
    let ix = world.verifier_register(&keys, authority.pubkey(), BOND_MIN);
    check(
        &mut world,
        "verifier_register",
        ix,
        &[&keys.key, &authority],
        &free,
    );
    let ix = world.verifier_exit(keys.key.pubkey());
    check(&mut world, "verifier_exit", ix, &[&keys.key], &[]);
    world.svm.advance(86_400);
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);
    check(&mut world, "verifier_withdraw", ix, &[], &free);
}

#[test]
fn slash_apply() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);
    let counters = LeafCounters {
        slashed: TOKEN,
        ..LeafCounters::default()
    };
    let mut roots = Roots::new(&mut world.svm, world.service);
    roots.publish(&mut world.svm, 1, &[(keys.address, counters)], 1);
    let leaf = roots.leaf(1, &keys.address);
    let ix = world.slash_apply(keys.address, roots.ring, leaf);
    // Of an operator without delegations the pool is not looked at.
    let pool = delegation_pool_address(&keys.address).0;
    let free = [(pool, Fault::Stranger)];
    check(&mut world, "slash_apply", ix, &[], &free);
}

#[test]
fn bond_slash() {
    let mut world = World::new(&[]);
    world.verifier("verifier", BOND_MIN);
    let purse = world.verifier_keys("challenger").purse;
    world.svm.trust_signatures();
    let ix = world.bond_slash(SLASHER, purse, 1, 0);
    // Whom a challenge pays, the proofs program decides.
    let free = [(purse, Fault::Twin)];
    check(&mut world, "bond_slash", ix, &[], &free);
}
