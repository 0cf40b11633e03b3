//! Every account of every instruction about delegation, replaced by a wrong one.

use {
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_staking::{
        address::{delegator_stable_vault_address, delegator_vault_address},
        constants::DISTRIBUTOR,
    },
    trestle_tests::{
        delegation::{delegating, units, UNBONDING, UNIT},
        final_roots::Roots,
        matrix::{Fault, Matrix},
        staking::World,
        svm::key,
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
fn delegator_vaults_open() {
    let mut world = World::new(&[]);
    let payer = key("authority");
    let ix = world.delegator_vaults_open(payer.pubkey());
    // Anybody may pay the rent.
    let free = [(payer.pubkey(), Fault::Stranger)];
    check(&mut world, "delegator_vaults_open", ix, &[&payer], &free);
}

#[test]
fn delegation_pool_open_and_commission_change() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let ix = world.delegation_pool_open(&keys, 100);
    check(
        &mut world,
        "delegation_pool_open",
        ix,
        &[&keys.authority],
        &[],
    );
    let ix = world.commission_change(&keys, 50);
    check(&mut world, "commission_change", ix, &[&keys.authority], &[]);
}

#[test]
fn delegation_deposit_unbond_and_withdraw() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegator("delegator");
    // Any token account of the delegator can be source or destination.
    let free = [(keys.purse, Fault::Twin)];
    for name in ["delegation_deposit, first", "delegation_deposit, again"] {
        let ix = world.delegation_deposit(&keys, operator.address, UNIT);
        check(&mut world, name, ix, &[&keys.key], &free);
    }
    let ix = world.delegation_unbond(&keys, operator.address, UNIT);
    check(&mut world, "delegation_unbond", ix, &[&keys.key], &[]);
    world.svm.advance(UNBONDING);
    let ix = world.delegation_withdraw(&keys, operator.address, keys.purse);
    check(&mut world, "delegation_withdraw", ix, &[&keys.key], &free);
}

#[test]
fn delegation_fund_claim_and_close() {
    let (mut world, operator) = delegating(0, 0);
    let keys = world.delegated("delegator", &operator, UNIT);
    let network = world.network;
    world.donate(delegator_vault_address(&network).0, 10);
    world.donate(delegator_stable_vault_address(&network).0, 10);
    let ix = world.delegation_fund(DISTRIBUTOR, operator.address, 10, 10);
    check(&mut world, "delegation_fund", ix, &[], &[]);
    world.svm.advance(UNBONDING);
    let ix = world.delegation_claim(&keys, operator.address);
    let free = [(keys.purse, Fault::Twin), (keys.stable, Fault::Twin)];
    check(&mut world, "delegation_claim", ix, &[&keys.key], &free);
    world.unbond_all(&keys, &operator).expect("an exit");
    world.svm.advance(UNBONDING);
    world.withdraw(&keys, &operator).expect("a withdrawal");
    let ix = world.delegation_close(&keys, operator.address);
    check(&mut world, "delegation_close", ix, &[&keys.key], &[]);
}

#[test]
fn slash_apply_of_an_operator_with_delegations_and_its_release() {
    let (mut world, operator) = delegating(units(101), 0);
    world.delegated("delegator", &operator, UNIT);
    let counters = LeafCounters {
        slashed: UNIT,
        ..LeafCounters::default()
    };
    let mut roots = Roots::new(&mut world.svm, world.service);
    roots.publish(&mut world.svm, 1, &[(operator.address, counters)], 1);
    let leaf = roots.leaf(1, &operator.address);
    let ix = world.slash_apply(operator.address, roots.ring, leaf);
    check(&mut world, "slash_apply", ix, &[], &[]);
    world.svm.advance(UNBONDING);
    let ix = world.operator_release(&operator);
    check(
        &mut world,
        "operator_release",
        ix,
        &[&operator.authority],
        &[],
    );
}
