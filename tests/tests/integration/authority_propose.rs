//! `authority_propose`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::AuthorityProposed, ID},
    trestle_tests::{
        staking::World,
        svm::{assert_refused, key},
    },
};

#[test]
fn only_the_authority_can_propose() {
    let mut world = World::new(&[]);
    let candidate = key("candidate").pubkey();
    let stranger = world.svm.funded("stranger");
    let ix = world.authority_propose(stranger.pubkey(), candidate);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let ix = world.authority_propose(world.authority.pubkey(), candidate);
    let sent = world.svm.must(&[ix], &[&world.authority]);

    let event = sent.event::<AuthorityProposed>().expect("an event");
    assert_eq!(
        (event.authority, event.candidate),
        (world.authority.pubkey(), candidate)
    );
    let network = world.network();
    assert_eq!(network.pending_authority, candidate);
    assert_eq!(
        network.authority,
        world.authority.pubkey(),
        "nothing changes before acceptance"
    );
}

#[test]
fn a_second_proposal_replaces_the_first() {
    let mut world = World::new(&[]);
    for name in ["first", "second"] {
        let ix = world.authority_propose(world.authority.pubkey(), key(name).pubkey());
        world.svm.must(&[ix], &[&world.authority]);
    }
    let first = world.svm.funded("first");
    let ix = world.authority_accept(first.pubkey());

    let outcome = world.svm.send(&[ix], &[&first]);

    assert_refused(outcome, ID, StakingError::NotPendingAuthority);
}

#[test]
fn proposing_the_zero_address_withdraws_the_proposal() {
    let mut world = World::new(&[]);
    let candidate = world.svm.funded("candidate");
    for address in [candidate.pubkey(), Address::default()] {
        let ix = world.authority_propose(world.authority.pubkey(), address);
        world.svm.must(&[ix], &[&world.authority]);
    }
    let ix = world.authority_accept(candidate.pubkey());

    let outcome = world.svm.send(&[ix], &[&candidate]);

    assert_refused(outcome, ID, StakingError::NotPendingAuthority);
}
