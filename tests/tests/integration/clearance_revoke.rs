//! `clearance_revoke`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::ClearanceRevoked, ID},
    trestle_tests::{
        clearance::{full_terms, IssuerKeys},
        staking::World,
        svm::{assert_refused, key},
    },
};

fn cleared() -> (World, IssuerKeys, Address) {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    let terms = full_terms(world.svm.now());
    let clearance = world.clear(&issuer, key("subject").pubkey(), terms);
    (world, issuer, clearance)
}

#[test]
fn only_its_issuer_can_revoke_a_clearance() {
    let (mut world, issuer, clearance) = cleared();
    let other = world.issuer("other");
    let ix = world.clearance_revoke(&other, clearance);
    let outcome = world.svm.send(&[ix], &[&other.key]);
    assert_refused(outcome, ID, StakingError::WrongIssuer);
    let mut ix = world.clearance_revoke(&other, clearance);
    ix.accounts[1].pubkey = issuer.address;
    let outcome = world.svm.send(&[ix], &[&other.key]);
    assert_refused(outcome, ID, StakingError::NotIssuer);

    let ix = world.clearance_revoke(&issuer, clearance);
    let sent = world.svm.must(&[ix], &[&issuer.key]);

    assert_eq!(world.clearance_state(&clearance).revoked, 1);
    let event = sent.event::<ClearanceRevoked>().expect("an event");
    assert_eq!(
        (event.issuer, event.subject),
        (issuer.address, key("subject").pubkey())
    );
}

#[test]
fn a_clearance_that_is_revoked_already_is_refused() {
    let (mut world, issuer, clearance) = cleared();
    let ix = world.clearance_revoke(&issuer, clearance);
    world.svm.must(std::slice::from_ref(&ix), &[&issuer.key]);

    let outcome = world.svm.send(&[ix], &[&issuer.key]);

    assert_refused(outcome, ID, StakingError::ClearanceRevoked);
}

#[test]
fn an_issuer_that_the_network_has_revoked_can_still_revoke() {
    let (mut world, issuer, clearance) = cleared();
    let ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);
    world.svm.must(&[ix], &[&world.authority]);

    let ix = world.clearance_revoke(&issuer, clearance);
    world.svm.must(&[ix], &[&issuer.key]);

    assert_eq!(world.clearance_state(&clearance).revoked, 1);
}
