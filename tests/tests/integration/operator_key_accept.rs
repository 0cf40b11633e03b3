//! `operator_key_accept`, by its specification.

use {
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_proofs::{address::commitment_address, error::ProofsError, ID as PROOFS_ID},
    trestle_staking::{error::StakingError, event::OperatorKeyAccepted, ID},
    trestle_tests::{
        credits::{terms, CreditsWorld},
        proofs::Stage,
        staking::{profile, OperatorKeys, World, PURSE},
        svm::{assert_refused, program_id},
        tokens::TOKEN,
    },
};

fn propose(world: &mut World, keys: &OperatorKeys, name: &str) -> Keypair {
    let candidate = world.svm.funded(name);
    let wallet = keys.authority.pubkey();
    let ix = world.operator_key_propose(keys.address, wallet, candidate.pubkey());
    world.svm.must(&[ix], &[&keys.authority]);
    candidate
}

/// Hands over, and returns the operator as its new controller sees it and its former wallet.
fn handed_over(world: &mut World, keys: OperatorKeys) -> (OperatorKeys, Keypair) {
    let candidate = propose(world, &keys, "new controller");
    let ix = world.operator_key_accept(keys.address, candidate.pubkey());
    world.svm.must(&[ix], &[&candidate]);
    let purse = world
        .svm
        .put_tokens(world.token_mint, candidate.pubkey(), PURSE);
    let former = keys.authority.insecure_clone();
    let keys = OperatorKeys {
        authority: candidate,
        purse,
        ..keys
    };
    (keys, former)
}

#[test]
fn only_the_proposed_controller_can_accept() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let candidate = propose(&mut world, &keys, "candidate");
    let ix = world.operator_key_accept(keys.address, keys.authority.pubkey());
    let outcome = world.svm.send(&[ix], &[&keys.authority]);
    assert_refused(outcome, ID, StakingError::NotPendingController);

    let ix = world.operator_key_accept(keys.address, candidate.pubkey());
    let sent = world.svm.must(&[ix], &[&candidate]);

    let event = sent.event::<OperatorKeyAccepted>().expect("an event");
    assert_eq!(event.former, keys.authority.pubkey());
    assert_eq!(event.controller, candidate.pubkey());
    let state = world.operator_state(&keys);
    assert_eq!(state.controller, candidate.pubkey());
    assert_eq!(state.authority, keys.authority.pubkey(), "its address");
}

#[test]
fn the_former_controller_loses_its_power_at_once_also_where_it_is_the_registering_wallet() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);
    let old = OperatorKeys {
        authority: keys.authority.insecure_clone(),
        node: keys.node.insecure_clone(),
        ..keys
    };
    let (new, former) = handed_over(&mut world, keys);
    let unbond = |world: &World, keys| world.stake_unbond(keys, TOKEN);
    let update = |world: &World, keys: &OperatorKeys| {
        world.operator_update(keys, keys.purse, profile(keys.node.pubkey()))
    };
    for ix in [
        unbond(&world, &old),
        update(&world, &old),
        world.operator_exit(old.address, former.pubkey()),
        world.operator_devices_set(&old, [1; 32], 1),
        world.operator_key_propose(old.address, former.pubkey(), former.pubkey()),
    ] {
        let outcome = world.svm.send(&[ix], &[&former]);
        assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
    }
    for ix in [unbond(&world, &new), update(&world, &new)] {
        world.svm.must(&[ix], &[&new.authority]);
    }
    world.svm.advance(86_400);
    let ix = world.stake_withdraw(&old, old.purse);
    let outcome = world.svm.send(&[ix], &[&former]);
    assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
    let ix = world.stake_withdraw(&new, new.purse);
    world.svm.must(&[ix], &[&new.authority]);
    assert_eq!(world.svm.tokens(&new.purse), PURSE + TOKEN);
}

#[test]
fn commitments_are_ended_by_the_controller() {
    let mut stage = Stage::new();
    let keys = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage
        .commit(&keys, &customer, [1; 32], 1_000)
        .expect("a commitment");
    let commitment = commitment_address(&keys.address, &[1; 32]).0;
    let (new, former) = handed_over(&mut stage.world, keys);
    let ix = stage.commitment_end(former.pubkey(), commitment);
    let outcome = stage.world.svm.send(&[ix], &[&former]);
    assert_refused(outcome, PROOFS_ID, ProofsError::NotParty);

    let ix = stage.commitment_end(new.authority.pubkey(), commitment);
    stage.world.svm.must(&[ix], &[&new.authority]);
}

#[test]
fn leases_are_ended_by_the_controller() {
    let mut world = CreditsWorld::new();
    let (_, mut deal) = world.lease(terms());
    let purse = deal.operator.purse;
    let keys = OperatorKeys {
        authority: deal.operator.authority.insecure_clone(),
        node: deal.operator.node.insecure_clone(),
        address: deal.operator.address,
        purse,
    };
    let (new, former) = handed_over(&mut world.staking, keys);
    let ix = world.lease_end(former.pubkey(), &deal, 5);
    let outcome = world.svm.send(&[ix], &[&former]);
    let error = trestle_credits::error::CreditsError::NotLeaseParty;
    assert_refused(outcome, program_id("credits"), error);

    deal.operator = new;
    let party = deal.operator.authority.insecure_clone();
    let ix = world.lease_end(party.pubkey(), &deal, 5);
    world.must(ix, &party);
}

#[test]
fn a_proposal_can_be_accepted_once() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let candidate = propose(&mut world, &keys, "candidate");
    let ix = world.operator_key_accept(keys.address, candidate.pubkey());
    world.svm.must(std::slice::from_ref(&ix), &[&candidate]);

    let outcome = world.svm.send(&[ix], &[&candidate]);

    assert_refused(outcome, ID, StakingError::NotPendingController);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    world.pause();
    handed_over(&mut world, keys);
}
