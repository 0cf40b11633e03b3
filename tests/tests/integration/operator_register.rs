//! `operator_register`, by its specification.

use {
    solana_address::Address,
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::OperatorRegistered,
        state::{OperatorProfile, Service},
        ID,
    },
    trestle_tests::{
        staking::{profile, World},
        svm::{assert_refused, key},
    },
};

/// Profiles that neither registration nor update accepts.
pub fn bad_profiles() -> Vec<(OperatorProfile, StakingError)> {
    let good = profile(key("node").pubkey());
    let url = |endpoint: &str| OperatorProfile {
        endpoint: endpoint.to_string(),
        ..good.clone()
    };
    let mut bad = vec![
        (
            OperatorProfile {
                node_key: Address::default(),
                ..good.clone()
            },
            StakingError::BadNodeKey,
        ),
        (
            OperatorProfile {
                capacity_gib: 0,
                ..good.clone()
            },
            StakingError::BadCapacity,
        ),
        (
            OperatorProfile {
                capacity_gib: 1_048_577,
                ..good.clone()
            },
            StakingError::BadCapacity,
        ),
    ];
    let too_long = format!("https://{}", "a".repeat(88));
    for endpoint in [
        "",
        "http://",
        "ftp://host",
        "https:///path",
        "http://a b",
        "http://ä",
        "host",
        &too_long,
    ] {
        bad.push((url(endpoint), StakingError::BadEndpoint));
    }
    bad
}

#[test]
fn anybody_can_register_and_pays_the_rent() {
    let mut world = World::new(&[]);
    world.svm.advance(2 * 3_600);
    let keys = world.operator_keys("operator");
    let before = world.svm.lamports(&keys.authority.pubkey());
    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));

    let sent = world.svm.must(&[ix], &[&keys.authority]);

    let paid = before - world.svm.lamports(&keys.authority.pubkey());
    assert_eq!(paid, world.svm.lamports(&keys.address) + sent.fee);
    let operator = world.operator_state(&keys);
    assert_eq!(
        (operator.service, operator.network),
        (world.service, world.network)
    );
    assert_eq!(operator.authority, keys.authority.pubkey());
    assert_eq!(
        (operator.payout, operator.node_key),
        (keys.purse, keys.node.pubkey())
    );
    assert_eq!(
        (operator.zone, operator.capacity_gib, operator.stake),
        (7, 100, 0)
    );
    assert_eq!(operator.registered_epoch, 2);
    assert_eq!(operator.endpoint_str(), "http://127.0.0.1:7070");
    assert_eq!(world.svm.get::<Service>(&world.service).operator_count, 1);
    let event = sent.event::<OperatorRegistered>().expect("an event");
    assert_eq!((event.operator, event.registered_epoch), (keys.address, 2));
}

#[test]
fn a_wallet_registers_once_with_a_service() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));

    let refused = world
        .svm
        .send(&[ix], &[&keys.authority])
        .expect_err("a refusal");

    // The system program refuses to create what exists.
    assert_eq!(
        refused.instruction_error(),
        Some(&InstructionError::Custom(0))
    );
}

#[test]
fn the_payout_account_holds_the_networks_token_and_is_none_of_the_networks_vaults() {
    let mut world = World::new(&[]);
    let mut keys = world.operator_keys("operator");
    let stable = world
        .svm
        .put_tokens(world.stable_mint, keys.authority.pubkey(), 0);
    for payout in [
        stable,
        world.stake_vault,
        world.bond_vault,
        world.insurance_vault,
    ] {
        keys.purse = payout;
        let ix = world.operator_register(&keys, profile(keys.node.pubkey()));
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, StakingError::BadPayout);
    }
}

#[test]
fn the_profile_has_a_node_key_a_capacity_in_bounds_and_an_http_url() {
    let mut world = World::new(&[]);
    let keys = world.operator_keys("operator");
    for (profile, error) in bad_profiles() {
        let ix = world.operator_register(&keys, profile);
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        assert_refused(outcome, ID, error);
    }
    let longest = OperatorProfile {
        endpoint: format!("https://{}", "a".repeat(87)),
        capacity_gib: 1_048_576,
        ..profile(keys.node.pubkey())
    };
    let ix = world.operator_register(&keys, longest.clone());
    world.svm.must(&[ix], &[&keys.authority]);
    assert_eq!(world.operator_state(&keys).endpoint_str(), longest.endpoint);
}

#[test]
fn a_paused_network_refuses() {
    let mut world = World::new(&[]);
    world.pause();
    let keys = world.operator_keys("operator");
    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
