//! Each account of each instruction of the rewards program, replaced by a wrong one.

use {
    solana_signer::Signer,
    trestle_tests::{
        final_roots::earned,
        matrix::{Fault, Matrix},
        rewards::{pool_params, RewardsWorld},
        tokens::TOKEN,
    },
};

#[test]
fn pool_open() {
    let mut world = RewardsWorld::without_pool();
    let authority = world.authority_key();
    Matrix {
        name: "pool_open",
        instruction: world.pool_open(authority.pubkey(), pool_params()),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn pool_fund() {
    let mut world = RewardsWorld::new();
    let funder = world.funder.authority.insecure_clone();
    let purse = world.funder.purse;
    Matrix {
        name: "pool_fund",
        instruction: world.pool_fund(funder.pubkey(), purse, TOKEN),
        signers: vec![&funder],
        // Any account of the funder may pay.
        free: vec![(purse, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn epoch_allot() {
    let mut world = RewardsWorld::new();
    world.fund(TOKEN);
    // What an emission and stablecoin need is not read in a pool that has neither.
    let mut free: Vec<_> = [world.sales.market, world.sales.price_account]
        .into_iter()
        .flat_map(|address| [(address, Fault::Twin), (address, Fault::ForeignOwner)])
        .collect();
    free.push((world.sales.market, Fault::OtherVersion));
    let instruction = world.epoch_allot(0);
    for meta in &instruction.accounts[6..] {
        free.push((meta.pubkey, Fault::Stranger));
    }
    Matrix {
        name: "epoch_allot",
        instruction,
        signers: vec![],
        free,
    }
    .check(&mut world.svm);
}

#[test]
fn claim_open() {
    let mut world = RewardsWorld::new();
    let operator = world.operator("operator", 0);
    let payer = world.svm.funded("payer");
    Matrix {
        name: "claim_open",
        instruction: world.claim_open(payer.pubkey(), operator.address),
        signers: vec![&payer],
        // Anybody may pay the rent.
        free: vec![(payer.pubkey(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn claim_migrate() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.age_claim(&payee);
    Matrix {
        name: "claim_migrate",
        instruction: world.claim_migrate(&payee),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn claim_sync() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    let instruction = world.claim_sync(&payee);
    let pool = instruction.accounts[3].pubkey;
    Matrix {
        name: "claim_sync",
        instruction,
        signers: vec![],
        // The operator has no delegation pool, so that none is read.
        free: vec![(pool, Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn reward_claim() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 3);
    let leaf = world.roots.leaf(0, &payee.keys.address);
    Matrix {
        name: "reward_claim",
        instruction: world.reward_claim(&payee, leaf),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn reward_push() {
    let mut world = RewardsWorld::new();
    let payees = [world.payee("first"), world.payee("second")];
    world.allow(3 * TOKEN);
    let leaves = [
        (payees[0].keys.address, earned(TOKEN)),
        (payees[1].keys.address, earned(2 * TOKEN)),
    ];
    world.publish(0, &leaves, 3);
    Matrix {
        name: "reward_push",
        instruction: world.reward_push(0, &[&payees[0], &payees[1]]),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}
