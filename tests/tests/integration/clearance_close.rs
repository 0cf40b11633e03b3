//! `clearance_close`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::ClearanceClosed, ID},
    trestle_tests::{
        clearance::{full_terms, IssuerKeys, YEAR},
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
fn anybody_can_close_it_when_it_has_expired_or_was_revoked() {
    let (mut world, issuer, clearance) = cleared();
    world.svm.advance(YEAR - 1);
    let ix = world.clearance_close(&issuer, clearance);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, StakingError::ClearanceLive);
    world.svm.advance(1);
    let sent = world.svm.must(&[ix], &[]);
    assert!(world.svm.raw(&clearance).is_none());
    let event = sent.event::<ClearanceClosed>().expect("an event");
    assert_eq!((event.clearance, event.issuer), (clearance, issuer.address));

    let terms = full_terms(world.svm.now());
    let clearance = world.clear(&issuer, key("subject").pubkey(), terms);
    let revoke = world.clearance_revoke(&issuer, clearance);
    world.svm.must(&[revoke], &[&issuer.key]);
    let ix = world.clearance_close(&issuer, clearance);
    world.svm.must(&[ix], &[]);
    assert!(world.svm.raw(&clearance).is_none());
}

#[test]
fn the_rent_goes_back_to_the_issuers_key_which_paid_it() {
    let (mut world, issuer, clearance) = cleared();
    world.svm.advance(YEAR);
    let thief = world.svm.funded("thief");
    let mut ix = world.clearance_close(&issuer, clearance);
    ix.accounts[0].pubkey = thief.pubkey();
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::WrongRecipient);

    let before = world.svm.lamports(&issuer.key.pubkey());
    let rent = world.svm.lamports(&clearance);
    let ix = world.clearance_close(&issuer, clearance);
    world.svm.must(&[ix], &[]);

    assert_eq!(world.svm.lamports(&issuer.key.pubkey()), before + rent);
}
