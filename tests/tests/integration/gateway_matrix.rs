//! Each account of each instruction of the prepaid gateway, replaced by a wrong one.

use {
    solana_signer::Signer,
    trestle_tests::{
        credits::terms,
        final_roots::windows,
        gateway::GatewayWorld,
        matrix::{Fault, Matrix},
    },
};

#[test]
fn gateway_open() {
    let mut world = GatewayWorld::without_gateway();
    let owner = world.owner.insecure_clone();
    let create = world.wallet_create();
    world.must(create, &owner);
    Matrix {
        name: "gateway_open",
        instruction: world.gateway_open(0),
        signers: vec![&owner],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn gateway_withdraw() {
    let mut world = GatewayWorld::new();
    let owner = world.owner.insecure_clone();
    let to = world.owner_stable;
    Matrix {
        name: "gateway_withdraw",
        instruction: world.gateway_withdraw(owner.pubkey(), to, 1),
        signers: vec![&owner],
        // The owner chooses where it withdraws to.
        free: vec![(to, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn plan_open() {
    let mut world = GatewayWorld::new();
    let user = world.user.insecure_clone();
    let (stable, wallet) = (world.user_stable, world.wallet);
    Matrix {
        name: "plan_open",
        instruction: world.plan_open(10_000),
        signers: vec![&user],
        // Any token account of the user pays, and any credit account of the customer receives.
        free: vec![(stable, Fault::Twin), (wallet, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn plan_cancel() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let user = world.user.insecure_clone();
    let stable = world.user_stable;
    Matrix {
        name: "plan_cancel",
        instruction: world.plan_cancel(),
        signers: vec![&user],
        // Any account of the user receives.
        free: vec![(stable, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn plan_lease() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let deal = world.plan_deal("operator");
    let user = world.user.insecure_clone();
    Matrix {
        name: "plan_lease",
        instruction: world.plan_lease(&deal, terms()),
        signers: vec![&user, &deal.operator.node],
        // Without a policy nobody looks for one.
        free: vec![(world.policy(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn plan_settle() {
    let (mut world, deal) = GatewayWorld::leased();
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    Matrix {
        name: "plan_settle",
        instruction: world.plan_settle(&deal, leaf),
        signers: vec![],
        // A commitment without its owner is one that is gone: the lease ends.
        free: vec![(deal.commitment, Fault::ForeignOwner)],
    }
    .check(&mut world.svm);
}

#[test]
fn plan_end() {
    let (mut world, deal) = GatewayWorld::leased();
    let user = world.user.insecure_clone();
    Matrix {
        name: "plan_end",
        instruction: world.plan_end(&deal),
        signers: vec![&user],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn plan_close() {
    let (mut world, deal) = GatewayWorld::leased();
    for epoch in 1..=10 {
        world.settle_with(&deal, epoch.into(), (epoch, epoch));
    }
    let user = world.user.insecure_clone();
    let stable = world.user_stable;
    let instruction = world.plan_close(&deal, true);
    let commitment = instruction.accounts[11].pubkey;
    Matrix {
        name: "plan_close",
        instruction,
        signers: vec![&user],
        // Any account of the user receives. Of the commitment only its presence counts.
        free: vec![(stable, Fault::Twin), (commitment, Fault::OtherVersion)],
    }
    .check(&mut world.svm);
}
