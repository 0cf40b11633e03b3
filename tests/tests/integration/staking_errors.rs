//! The errors of the staking program that its specifications do not name.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        state::{Network, Operator, VerifierSet},
        ID,
    },
    trestle_tests::{
        staking::{network_params, profile, World, BOND_MIN},
        svm::{assert_refused, key},
        tokens::{TOKEN, TOKEN_DECIMALS},
    },
};

/// Another network on the same chain, and its token.
fn other_network(world: &mut World) -> (Address, Address) {
    let (token, other) = (world.token_mint, world.svm.fresh_address());
    let authority = world.authority.pubkey();
    world.svm.put_mint(other, TOKEN_DECIMALS, Some(authority));
    world.switch_to(other);
    world.create_network(network_params()).expect("a network");
    let network = world.network;
    world.switch_to(token);
    (network, other)
}

#[test]
fn an_account_at_an_address_that_its_fields_do_not_give_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let twin = world.svm.fresh_address();
    let state = world.operator_state(&keys);
    world.svm.put_pod(twin, ID, &state);
    let ix = world.stake_deposit(twin, keys.authority.pubkey(), keys.purse, TOKEN);

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::WrongAddress);
}

#[test]
fn an_operator_with_another_network_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", TOKEN);
    let (other, _) = other_network(&mut world);
    let mut ix = world.stake_unbond(&keys, TOKEN);
    ix.accounts[1].pubkey = other;

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::WrongNetwork);
}

#[test]
fn a_vault_of_the_network_in_the_place_of_another_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    let (stake_vault, bond_vault) = (world.stake_vault, world.bond_vault);
    let mut ix = world.stake_deposit(keys.address, keys.authority.pubkey(), keys.purse, TOKEN);
    for meta in &mut ix.accounts {
        if meta.pubkey == stake_vault {
            meta.pubkey = bond_vault;
        }
    }

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::WrongVault);
}

#[test]
fn the_verifier_set_of_another_network_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let (_, other_token) = other_network(&mut world);
    let token = world.token_mint;
    world.switch_to(other_token);
    let others = world.verifiers;
    world.switch_to(token);
    let mut ix = world.verifier_exit(keys.key.pubkey());
    ix.accounts[2].pubkey = others;

    let outcome = world.svm.send(&[ix], &[&keys.key]);

    assert_refused(outcome, ID, StakingError::WrongVerifierSet);
}

#[test]
fn a_clock_before_genesis_is_refused() {
    let mut world = World::new(&[]);
    let keys = world.operator_keys("operator");
    world
        .svm
        .edit::<Network>(&world.network, |network| network.genesis += 1);
    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::BeforeGenesis);
}

#[test]
fn amounts_beyond_64_bits_are_refused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 0);
    world
        .svm
        .edit::<Operator>(&keys.address, |operator| operator.stake = u64::MAX);
    let ix = world.stake_deposit(keys.address, keys.authority.pubkey(), keys.purse, 1);

    let outcome = world.svm.send(&[ix], &[&keys.authority]);

    assert_refused(outcome, ID, StakingError::MathOverflow);
}

#[test]
fn broken_accounts_are_noticed() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", TOKEN);
    world
        .svm
        .edit::<Operator>(&operator.address, |operator| operator.capacity_gib = 0);
    let ix = world.stake_unbond(&operator, TOKEN);
    let outcome = world.svm.send(&[ix], &[&operator.authority]);
    assert_refused(outcome, ID, StakingError::InvariantViolated);

    let verifier = world.verifier("verifier", BOND_MIN);
    world
        .svm
        .edit::<VerifierSet>(&world.verifiers, |set| set.count = 2);
    let ix = world.verifier_exit(verifier.key.pubkey());
    let outcome = world.svm.send(&[ix], &[&verifier.key]);
    assert_refused(outcome, ID, StakingError::InvariantViolated);
}

#[test]
fn an_insolvent_bond_vault_refuses() {
    let mut world = World::new(&[]);
    let keys = world.verifier("verifier", BOND_MIN);
    let exit = world.verifier_exit(keys.key.pubkey());
    world.svm.must(&[exit], &[&keys.key]);
    world.svm.advance(86_400);
    let other = key("other").pubkey();
    world
        .svm
        .edit::<Network>(&world.network, |network| network.total_bond += 1);
    world.svm.edit::<VerifierSet>(&world.verifiers, |set| {
        set.entries[1].authority = other;
        set.entries[1].bond = 1;
        set.count = 2;
    });
    let ix = world.verifier_withdraw(keys.key.pubkey(), keys.purse);

    let outcome = world.svm.send(&[ix], &[&keys.key]);

    assert_refused(outcome, ID, StakingError::VaultShortfall);
}
