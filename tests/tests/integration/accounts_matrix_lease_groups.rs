//! Each account of the instructions of lease groups, replaced by a wrong one.

use trestle_tests::{
    credits::CreditsWorld,
    lease_groups::{group_terms, Group},
    matrix::{Fault, Matrix},
};

#[test]
fn lease_group_open() {
    let mut world = CreditsWorld::new();
    let group = Group::of(world.rich_customer("customer", 100_000), 1);
    Matrix {
        name: "lease_group_open",
        instruction: world.lease_group_open(&group, group_terms()),
        signers: vec![&group.customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_group_join() {
    let mut world = CreditsWorld::new();
    let group = world.group_without_members(group_terms());
    let deal = world.deal("operator", &group.customer);
    Matrix {
        name: "lease_group_join",
        instruction: world.lease_group_join(&group, &deal, group_terms()),
        signers: vec![&group.customer.key, &deal.operator.node],
        // Without a policy nobody looks for one.
        free: vec![(world.policy(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_group_record() {
    let mut world = CreditsWorld::new();
    let group = world.group(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    let deal = &group.members[0];
    let leaf = world.roots.leaf(1, &deal.operator.address);
    Matrix {
        name: "lease_group_record",
        instruction: world.lease_group_record(&group, deal, leaf),
        signers: vec![],
        // A commitment without its owner is one that is gone: the member's end is noted.
        free: vec![(deal.commitment, Fault::ForeignOwner)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_group_settle() {
    let mut world = CreditsWorld::new();
    let group = world.group(group_terms());
    world.publish(1, &group.leaves(&[(1, 1); 3]));
    for deal in &group.members {
        world.record(&group, deal, 1).expect("recorded");
    }
    Matrix {
        name: "lease_group_settle",
        instruction: world.lease_group_settle(&group),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_group_end() {
    let mut world = CreditsWorld::new();
    let group = world.group(group_terms());
    let party = solana_signer::Signer::pubkey(&group.customer.key);
    Matrix {
        name: "lease_group_end",
        instruction: world.lease_group_end(party, &group, 1),
        signers: vec![&group.customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_group_close() {
    let mut world = CreditsWorld::new();
    let group = world.group_without_members(group_terms());
    world.reach(1);
    Matrix {
        name: "lease_group_close",
        instruction: world.lease_group_close(&group),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}
