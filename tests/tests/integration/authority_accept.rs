//! `authority_accept`, by its specification.

use {
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::AuthorityAccepted, ID},
    trestle_tests::{staking::World, svm::assert_refused},
};

fn with_proposal(world: &mut World) -> Keypair {
    let candidate = world.svm.funded("candidate");
    let ix = world.authority_propose(world.authority.pubkey(), candidate.pubkey());
    world.svm.must(&[ix], &[&world.authority]);
    candidate
}

#[test]
fn only_the_proposed_authority_can_accept() {
    let mut world = World::new(&[]);
    let candidate = with_proposal(&mut world);
    let stranger = world.svm.funded("stranger");
    let ix = world.authority_accept(stranger.pubkey());
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, StakingError::NotPendingAuthority);

    let ix = world.authority_accept(candidate.pubkey());
    let sent = world.svm.must(&[ix], &[&candidate]);

    let event = sent.event::<AuthorityAccepted>().expect("an event");
    assert_eq!(
        (event.former, event.authority),
        (world.authority.pubkey(), candidate.pubkey())
    );
    assert_eq!(world.network().authority, candidate.pubkey());
}

#[test]
fn the_former_authority_loses_its_power_at_once() {
    let mut world = World::new(&[]);
    let candidate = with_proposal(&mut world);
    let ix = world.authority_accept(candidate.pubkey());
    world.svm.must(&[ix], &[&candidate]);
    let ix = world.authority_propose(world.authority.pubkey(), world.authority.pubkey());

    let outcome = world.svm.send(&[ix], &[&world.authority]);

    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);
}

#[test]
fn a_proposal_can_be_accepted_once() {
    let mut world = World::new(&[]);
    let candidate = with_proposal(&mut world);
    let ix = world.authority_accept(candidate.pubkey());
    world.svm.must(std::slice::from_ref(&ix), &[&candidate]);
    assert_eq!(world.network().pending_authority, Address::default());

    let outcome = world.svm.send(&[ix], &[&candidate]);

    assert_refused(outcome, ID, StakingError::NotPendingAuthority);
}
