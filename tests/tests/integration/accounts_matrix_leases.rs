//! Each account of what happens to leases after they were opened, replaced by a wrong one.

use trestle_tests::{
    credits::{terms, CreditsWorld},
    matrix::{Fault, Matrix},
};

#[test]
fn lease_renew() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    Matrix {
        name: "lease_renew",
        instruction: world.lease_renew(&customer, &deal, 5, 1_000, true),
        signers: vec![&customer.key, &deal.operator.node],
        // Without a policy nobody looks for one.
        free: vec![(world.policy(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_transfer() {
    let mut world = CreditsWorld::new();
    let (customer, from) = world.lease(terms());
    let to = world.deal("second", &customer);
    Matrix {
        name: "lease_transfer",
        instruction: world.lease_transfer(&customer, &from, &to, terms()),
        signers: vec![&customer.key, &to.operator.node],
        // Without a policy nobody looks for one.
        free: vec![(world.policy(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn maintenance_declare() {
    let mut world = CreditsWorld::new();
    let operator = world.operator("operator", 0);
    Matrix {
        name: "maintenance_declare",
        instruction: world.maintenance_declare(&operator, 10, 1),
        signers: vec![&operator.authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn maintenance_declare_again() {
    let mut world = CreditsWorld::new();
    let operator = world.operator("operator", 0);
    world.declare(&operator, 10, 1).expect("a window");
    Matrix {
        name: "maintenance_declare",
        instruction: world.maintenance_declare(&operator, 20, 1),
        signers: vec![&operator.authority],
        free: vec![],
    }
    .check(&mut world.svm);
}
