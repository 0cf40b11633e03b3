//! `network_create`, by its specification.

use {
    anchor_lang::prelude::ProgramError,
    solana_address::Address,
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_staking::{
        address::network_address, error::StakingError, event::NetworkCreated, state::NetworkParams,
        ID,
    },
    trestle_tests::{
        staking::{network_params, World},
        svm::{assert_refused, START},
        tokens::{STABLE_DECIMALS, TOKEN_DECIMALS},
    },
};

#[test]
fn only_the_mints_authority_can_create_the_network_of_a_token() {
    let mut world = World::without_network(&[]);
    let squatter = world.svm.funded("squatter");
    let ix = world.network_create(squatter.pubkey(), network_params());

    let outcome = world.svm.send(&[ix], &[&squatter]);

    assert_refused(outcome, ID, StakingError::NotMintAuthority);
    assert!(world.create_network(network_params()).is_ok());
}

#[test]
fn of_a_mint_without_an_authority_anybody_can_create_the_network() {
    let mut world = World::without_network(&[]);
    world.svm.put_mint(world.token_mint, TOKEN_DECIMALS, None);
    let somebody = world.svm.funded("somebody");
    let ix = world.network_create(somebody.pubkey(), network_params());

    world.svm.must(&[ix], &[&somebody]);

    assert_eq!(world.network().authority, somebody.pubkey());
}

#[test]
fn the_signer_becomes_authority_and_pays_the_rent() {
    let mut world = World::without_network(&[]);
    let before = world.svm.lamports(&world.authority.pubkey());

    let sent = world.create_network(network_params()).expect("a network");

    let network = world.network();
    assert_eq!(network.authority, world.authority.pubkey());
    assert_eq!(network.guardian, world.guardian.pubkey());
    assert_eq!(
        (network.token_mint, network.token_decimals),
        (world.token_mint, TOKEN_DECIMALS)
    );
    assert_eq!(network.stable_mint, world.stable_mint);
    assert_eq!(network.stake_vault, world.stake_vault);
    assert_eq!(network.bond_vault, world.bond_vault);
    assert_eq!(network.insurance_vault, world.insurance_vault);
    assert_eq!(world.verifier_set().network, world.network);
    let created = [
        world.network,
        world.verifiers,
        world.stake_vault,
        world.bond_vault,
        world.insurance_vault,
    ];
    let rent: u64 = created
        .iter()
        .map(|address| world.svm.lamports(address))
        .sum();
    let paid = before - world.svm.lamports(&world.authority.pubkey());
    assert_eq!(paid, rent + sent.fee);
}

#[test]
fn epoch_0_begins_now() {
    let mut world = World::without_network(&[]);
    world.svm.advance(12_345);

    let sent = world.create_network(network_params()).expect("a network");

    assert_eq!(world.network().genesis, START + 12_345);
    assert_eq!(world.epoch(), 0);
    assert_eq!(
        sent.event::<NetworkCreated>().expect("an event").genesis,
        START + 12_345
    );
    world.svm.advance(3_599);
    assert_eq!(world.epoch(), 0);
    world.svm.advance(1);
    assert_eq!(world.epoch(), 1);
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    type Change = fn(&mut NetworkParams);
    use StakingError::{
        BadBondMinimum, BadBondSlash, BadChallengeWindow, BadDisplacementMargin, BadEpochSeconds,
        BadGuardian, BadSlashShares, BadUnbonding,
    };
    let bad: [(Change, StakingError); 16] = [
        (|params| params.epoch_seconds = 59, BadEpochSeconds),
        (|params| params.epoch_seconds = 604_801, BadEpochSeconds),
        (
            |params| params.challenge_window_seconds = 9,
            BadChallengeWindow,
        ),
        (
            |params| params.challenge_window_seconds = 14_401,
            BadChallengeWindow,
        ),
        (|params| params.unbonding_seconds = 4_800, BadUnbonding),
        (|params| params.unbonding_seconds = 31_536_001, BadUnbonding),
        (|params| params.unbonding_seconds = 0, BadUnbonding),
        (|params| params.verifier_bond_min = 0, BadBondMinimum),
        (|params| params.bond_slash_bps = 0, BadBondSlash),
        (|params| params.bond_slash_bps = 10_001, BadBondSlash),
        (|params| params.burn_bps = 0, BadSlashShares),
        (|params| params.burn_bps = 4_999, BadSlashShares),
        (|params| params.insurance_bps = 3_001, BadSlashShares),
        (|params| params.challenger_bps = u16::MAX, BadSlashShares),
        (
            |params| params.displacement_margin_bps = 10_001,
            BadDisplacementMargin,
        ),
        (|params| params.guardian = Address::default(), BadGuardian),
    ];
    let mut world = World::without_network(&[]);
    for (change, error) in bad {
        let mut params = network_params();
        change(&mut params);
        let outcome = world.create_network(params);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn parameters_at_their_bounds_are_accepted() {
    let good = network_params();
    let fastest = NetworkParams {
        epoch_seconds: 60,
        challenge_window_seconds: 10,
        unbonding_seconds: 81,
        verifier_bond_min: 1,
        bond_slash_bps: 1,
        burn_bps: 10_000,
        insurance_bps: 0,
        challenger_bps: 0,
        ..good
    };
    let slowest = NetworkParams {
        epoch_seconds: 604_800,
        challenge_window_seconds: 4 * 604_800,
        unbonding_seconds: 31_536_000,
        verifier_bond_min: u64::MAX,
        bond_slash_bps: 10_000,
        burn_bps: 0,
        insurance_bps: 0,
        challenger_bps: 10_000,
        ..good
    };
    for params in [fastest, slowest] {
        let mut world = World::without_network(&[]);
        world.create_network(params).expect("a network");
    }
}

#[test]
fn the_stablecoin_is_another_mint_with_6_decimals() {
    let mut world = World::without_network(&[]);
    world
        .svm
        .put_mint(world.stable_mint, STABLE_DECIMALS + 1, None);
    let outcome = world.create_network(network_params());
    assert_refused(outcome, ID, StakingError::BadStableMint);

    world.svm.put_mint(
        world.token_mint,
        STABLE_DECIMALS,
        Some(world.authority.pubkey()),
    );
    world.stable_mint = world.token_mint;
    let outcome = world.create_network(network_params());
    assert_refused(outcome, ID, StakingError::BadStableMint);
}

#[test]
fn a_second_network_of_the_same_token_is_refused() {
    let mut world = World::new(&[]);

    let refused = world
        .create_network(network_params())
        .expect_err("a refusal");

    // The system program refuses to create what exists.
    assert_eq!(
        refused.instruction_error(),
        Some(&InstructionError::Custom(0))
    );
}

#[test]
fn a_network_at_another_address_is_refused() {
    let mut world = World::without_network(&[]);
    world.network = network_address(&world.stable_mint).0;

    let outcome = world.create_network(network_params());

    assert_refused(outcome, ID, ProgramError::InvalidSeeds);
}
