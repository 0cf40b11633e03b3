//! `operator_update`, by its specification.

use {
    super::operator_register::bad_profiles,
    solana_signer::Signer,
    trestle_proofs::address::load_address,
    trestle_staking::{error::StakingError, event::OperatorUpdated, state::OperatorProfile, ID},
    trestle_tests::{
        proofs::Stage,
        staking::{profile, World},
        svm::{assert_refused, key},
        tokens::TOKEN,
    },
};

#[test]
fn only_the_operators_authority_can_update_it() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let mut forged = world.operator_keys("stranger");
    forged.address = keys.address;
    let ix = world.operator_update(&forged, forged.purse, profile(forged.node.pubkey()));

    let outcome = world.svm.send(&[ix], &[&forged.authority]);

    assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
}

#[test]
fn the_whole_profile_and_the_payout_account_are_replaced() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let payout = world
        .svm
        .put_tokens(world.token_mint, key("vault owner").pubkey(), 0);
    let new = OperatorProfile {
        node_key: key("new node").pubkey(),
        zone: 8,
        capacity_gib: 5,
        endpoint: "https://b".to_string(),
    };
    let ix = world.operator_update(&keys, payout, new.clone());

    let sent = world.svm.must(&[ix], &[&keys.authority]);

    let operator = world.operator_state(&keys);
    assert_eq!((operator.node_key, operator.payout), (new.node_key, payout));
    assert_eq!((operator.zone, operator.capacity_gib), (8, 5));
    assert_eq!(operator.endpoint_str(), "https://b");
    assert!(
        operator.endpoint[9..].iter().all(|byte| *byte == 0),
        "nothing of the old URL is left"
    );
    let event = sent.event::<OperatorUpdated>().expect("an event");
    assert_eq!(
        (event.operator, event.payout, event.zone),
        (keys.address, payout, 8)
    );
}

#[test]
fn another_node_key_counts_from_the_next_epoch_on_the_same_one_from_when_it_did() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let registered = world.operator_state(&keys).node_key_epoch;
    assert_eq!(registered, 0, "it registered with it");
    let update = |world: &mut World, node: &str| {
        let profile = profile(key(node).pubkey());
        let ix = world.operator_update(&keys, keys.purse, profile);
        world.svm.must(&[ix], &[&keys.authority]);
        world.operator_state(&keys).node_key_epoch
    };
    let first = world.epoch() + 1;
    assert_eq!(update(&mut world, "new node"), first);
    world
        .svm
        .advance(10 * i64::from(world.network().epoch_seconds));
    assert_eq!(update(&mut world, "new node"), first);
    assert_eq!(update(&mut world, "newer node"), first + 10);
}

#[test]
fn the_payout_account_holds_the_networks_token_and_is_none_of_the_networks_vaults() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let stable = world
        .svm
        .put_tokens(world.stable_mint, keys.authority.pubkey(), 0);
    for payout in [stable, world.stake_vault] {
        let ix = world.operator_update(&keys, payout, profile(keys.node.pubkey()));
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, StakingError::BadPayout);
    }
}

#[test]
fn the_profile_has_a_node_key_a_capacity_in_bounds_and_an_http_url() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    for (profile, error) in bad_profiles() {
        let ix = world.operator_update(&keys, keys.purse, profile);
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn stake_tickets_and_what_was_slashed_stay_as_they_are() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);
    let ix = world.stake_unbond(&keys, 2 * TOKEN);
    world.svm.must(&[ix], &[&keys.authority]);
    let before = world.operator_state(&keys);
    world.pause();
    let ix = world.operator_update(&keys, keys.purse, profile(key("new node").pubkey()));

    world.svm.must(&[ix], &[&keys.authority]);

    let after = world.operator_state(&keys);
    assert_eq!((after.stake, after.tickets), (before.stake, before.tickets));
    assert_eq!(after.slashed_applied, before.slashed_applied);
    assert_eq!(after.registered_epoch, before.registered_epoch);
}

#[test]
fn the_capacity_does_not_fall_below_what_the_operator_has_committed_to() {
    let mut stage = Stage::new();
    let keys = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let with = |capacity_gib| OperatorProfile {
        capacity_gib,
        ..profile(keys.node.pubkey())
    };
    // A byte more than two GiB.
    stage
        .commit(&keys, &customer, [1; 32], (2 << 30) + 1)
        .expect("a commitment");
    for (capacity, is_enough) in [(1, false), (2, false), (3, true)] {
        let ix = stage
            .world
            .operator_update(&keys, keys.purse, with(capacity));
        let outcome = stage.world.svm.send(&[ix], &[&keys.authority]);
        if is_enough {
            outcome.expect("an update");
        } else {
            assert_refused(outcome, ID, StakingError::CapacityCommitted);
        }
    }
    // Nobody hides the commitments by showing an address where nothing is, or somebody else's.
    let other = stage.world.operator("other", 100 * TOKEN);
    stage
        .commit(&other, &customer, [2; 32], 1_000)
        .expect("a commitment");
    for load in [
        stage.world.svm.fresh_address(),
        load_address(&other.address).0,
    ] {
        let mut ix = stage.world.operator_update(&keys, keys.purse, with(1));
        ix.accounts[4].pubkey = load;
        let outcome = stage.world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, StakingError::WrongAddress);
    }
}
