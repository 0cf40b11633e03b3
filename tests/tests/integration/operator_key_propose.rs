//! `operator_key_propose`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::OperatorKeyProposed, ID},
    trestle_tests::{staking::World, svm::assert_refused},
};

#[test]
fn only_the_operators_controller_can_propose() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let candidate = world.svm.funded("candidate");
    for key in [&keys.node, &candidate] {
        let ix = world.operator_key_propose(keys.address, key.pubkey(), candidate.pubkey());
        let outcome = world.svm.send_relayed(&[ix], &[key]);
        assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
    }

    let wallet = keys.authority.pubkey();
    let ix = world.operator_key_propose(keys.address, wallet, candidate.pubkey());
    let sent = world.svm.must(&[ix], &[&keys.authority]);

    let event = sent.event::<OperatorKeyProposed>().expect("an event");
    assert_eq!(
        (event.controller, event.candidate),
        (wallet, candidate.pubkey())
    );
    let state = world.operator_state(&keys);
    assert_eq!(state.controller, wallet, "nothing changes yet");
    assert_eq!(state.pending_controller, candidate.pubkey());
}

#[test]
fn a_second_proposal_replaces_the_first() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let (first, second) = (world.svm.funded("first"), world.svm.funded("second"));
    for candidate in [&first, &second] {
        let ix =
            world.operator_key_propose(keys.address, keys.authority.pubkey(), candidate.pubkey());
        world.svm.must(&[ix], &[&keys.authority]);
    }
    let ix = world.operator_key_accept(keys.address, first.pubkey());
    let outcome = world.svm.send(&[ix], &[&first]);
    assert_refused(outcome, ID, StakingError::NotPendingController);
    let ix = world.operator_key_accept(keys.address, second.pubkey());
    world.svm.must(&[ix], &[&second]);
}

#[test]
fn proposing_the_zero_address_withdraws_the_proposal() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let candidate = world.svm.funded("candidate");
    let wallet = keys.authority.pubkey();
    for address in [candidate.pubkey(), Address::default()] {
        let ix = world.operator_key_propose(keys.address, wallet, address);
        world.svm.must(&[ix], &[&keys.authority]);
    }
    let ix = world.operator_key_accept(keys.address, candidate.pubkey());
    let outcome = world.svm.send(&[ix], &[&candidate]);
    assert_refused(outcome, ID, StakingError::NotPendingController);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    world.pause();
    let wallet = keys.authority.pubkey();
    let ix = world.operator_key_propose(keys.address, wallet, wallet);
    world.svm.must(&[ix], &[&keys.authority]);
}
