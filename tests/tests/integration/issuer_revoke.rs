//! `issuer_revoke`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::IssuerRevoked,
        state::{Issuer, Network},
        ID,
    },
    trestle_tests::{staking::World, svm::assert_refused},
};

#[test]
fn only_the_networks_authority_can_revoke_an_issuer_of_the_network() {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    let ix = world.issuer_revoke(issuer.key.pubkey(), issuer.address);
    let outcome = world.svm.send(&[ix], &[&issuer.key]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    // The authority of another network.
    let other = world.svm.fresh_address();
    let mut network: Network = world.network();
    network.token_mint = other;
    let (address, bump) = trestle_staking::address::network_address(&other);
    network.bump = bump;
    world.svm.put_pod(address, ID, &network);
    let mut ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);
    ix.accounts[1].pubkey = address;
    let outcome = world.svm.send(&[ix], &[&world.authority]);
    assert_refused(outcome, ID, StakingError::WrongNetwork);

    let ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);
    let sent = world.svm.must(&[ix], &[&world.authority]);
    assert_eq!(world.issuer_state(&issuer.address).revoked, 1);
    let event = sent.event::<IssuerRevoked>().expect("an event");
    assert_eq!(
        (event.network, event.issuer),
        (world.network, issuer.address)
    );
}

#[test]
fn an_issuer_that_is_revoked_already_is_refused() {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    let ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);
    world
        .svm
        .must(std::slice::from_ref(&ix), &[&world.authority]);

    let outcome = world.svm.send(&[ix], &[&world.authority]);

    assert_refused(outcome, ID, StakingError::IssuerRevoked);
}

#[test]
fn a_broken_issuer_is_noticed() {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    world
        .svm
        .edit::<Issuer>(&issuer.address, |issuer| issuer.kinds = 0);
    let ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);

    let outcome = world.svm.send(&[ix], &[&world.authority]);

    assert_refused(outcome, ID, StakingError::InvariantViolated);
}
