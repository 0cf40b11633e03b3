//! `verifier_displace`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        constants::DISPLACEMENT_SEATS, error::StakingError, event::VerifierDisplaced, ID,
    },
    trestle_tests::{
        staking::{network_params, open_network, VerifierKeys, World, BOND_MIN, PURSE},
        svm::{assert_refused, key, Outcome},
    },
};

/// The least bond that displaces one of the network's smallest, at the margin of a tenth.
const ENOUGH: u64 = BOND_MIN + BOND_MIN / 10;
const UNBONDING: i64 = 86_400;

/// A network that lets verifiers be displaced, with as many as named, each with the smallest bond.
fn open_world(verifiers: &[&str]) -> World {
    let mut world = World::new(&[]);
    world.change_network(open_network());
    for name in verifiers {
        world.verifier(name, BOND_MIN);
    }
    world
}

fn displace(world: &mut World, keys: &VerifierKeys, bond: u64) -> Outcome {
    let ix = world.verifier_displace(keys, bond);
    world.svm.send(&[ix], &[&keys.key])
}

#[test]
fn the_verifier_signs_and_the_authority_does_not() {
    let mut world = open_world(&["small"]);
    let keys = world.verifier_keys("newcomer");

    displace(&mut world, &keys, ENOUGH).expect("a displacement");

    let mut ix = world.verifier_displace(&keys, ENOUGH);
    ix.accounts[0].is_signer = false;
    let outcome = world.svm.send(&[ix], &[&key("authority")]);
    assert!(outcome.is_err());
}

#[test]
fn a_network_without_a_margin_refuses() {
    let mut world = World::new(&[]);
    world.verifier("small", BOND_MIN);
    assert_eq!(network_params().displacement_margin_bps, 0);
    let keys = world.verifier_keys("newcomer");

    let outcome = displace(&mut world, &keys, 5 * BOND_MIN);

    assert_refused(outcome, ID, StakingError::DisplacementClosed);
}

#[test]
fn the_bond_must_exceed_the_smallest_active_bond_by_the_margin_and_be_the_networks_smallest() {
    let mut world = open_world(&["small"]);
    let keys = world.verifier_keys("newcomer");
    for bond in [BOND_MIN, ENOUGH - 1] {
        let outcome = displace(&mut world, &keys, bond);
        assert_refused(outcome, ID, StakingError::BondNotLarger);
    }
    let outcome = displace(&mut world, &keys, BOND_MIN - 1);
    assert_refused(outcome, ID, StakingError::BondTooSmall);

    displace(&mut world, &keys, ENOUGH).expect("a displacement");
}

#[test]
fn the_verifier_with_the_smallest_active_bond_leaves_of_equal_ones_that_with_the_lowest_number() {
    let mut world = open_world(&[]);
    world.verifier("large", 3 * BOND_MIN);
    let first = world.verifier("first small", BOND_MIN);
    world.verifier("second small", BOND_MIN);
    let keys = world.verifier_keys("newcomer");

    let sent = displace(&mut world, &keys, ENOUGH).expect("a displacement");

    let event = sent.event::<VerifierDisplaced>().expect("an event");
    assert_eq!(event.displaced, first.key.pubkey());
    assert_eq!((event.displaced_index, event.index), (1, 3));
    assert_eq!((event.bond, event.displaced_bond), (ENOUGH, BOND_MIN));
    let set = world.verifier_set();
    let active: Vec<bool> = set.entries[..4].iter().map(|one| one.is_active()).collect();
    assert_eq!(active, [true, false, true, true]);
    assert_eq!(set.find(&keys.key.pubkey()), Some(3));
}

#[test]
fn what_it_bonded_unbonds_and_is_slashable_until_it_is_out() {
    let mut world = open_world(&["small"]);
    let keys = world.verifier_keys("newcomer");
    let now = world.svm.now();

    displace(&mut world, &keys, ENOUGH).expect("a displacement");

    let entry = world.verifier_set().entries[0];
    assert_eq!((entry.bond, entry.exiting_bond), (0, BOND_MIN));
    assert_eq!(entry.exit_unlock_at, now + UNBONDING);
    assert_eq!(entry.slashable().expect("a sum"), BOND_MIN);
}

#[test]
fn the_bond_moves_from_the_source_account_into_the_bond_vault() {
    let mut world = open_world(&["small"]);
    let keys = world.verifier_keys("newcomer");

    displace(&mut world, &keys, ENOUGH).expect("a displacement");

    assert_eq!(world.svm.tokens(&keys.purse), PURSE - ENOUGH);
    assert_eq!(world.svm.tokens(&world.bond_vault), BOND_MIN + ENOUGH);
    assert_eq!(world.network().total_bond, BOND_MIN + ENOUGH);
}

#[test]
fn a_key_that_is_in_the_set_already_is_refused_also_when_its_bond_is_the_smallest() {
    let mut world = open_world(&["other"]);
    let keys = world.verifier("own", BOND_MIN);
    let outcome = displace(&mut world, &keys, ENOUGH);
    assert_refused(outcome, ID, StakingError::VerifierExists);

    let mut world = open_world(&[]);
    let alone = world.verifier("alone", BOND_MIN);
    let outcome = displace(&mut world, &alone, ENOUGH);
    assert_refused(outcome, ID, StakingError::VerifierExists);
}

#[test]
fn without_an_active_verifier_there_is_nobody_to_displace() {
    let mut world = open_world(&[]);
    let keys = world.verifier_keys("newcomer");

    let outcome = displace(&mut world, &keys, ENOUGH);

    assert_refused(outcome, ID, StakingError::NoVerifierToDisplace);
}

#[test]
fn a_set_without_a_free_number_refuses_until_a_bond_is_withdrawn() {
    let mut world = open_world(&[]);
    let registered = 32 - DISPLACEMENT_SEATS;
    let first = world.verifier("verifier 0", BOND_MIN);
    for number in 1..registered {
        world.verifier(&format!("verifier {number}"), 2 * BOND_MIN);
    }
    let mut bond = BOND_MIN;
    for number in 0..DISPLACEMENT_SEATS {
        bond = if number == 0 {
            ENOUGH
        } else {
            2 * BOND_MIN + BOND_MIN / 5
        };
        let keys = world.verifier_keys(&format!("newcomer {number}"));
        displace(&mut world, &keys, bond).expect("a displacement");
    }
    let keys = world.verifier_keys("one too many");
    let outcome = displace(&mut world, &keys, 2 * bond);
    assert_refused(outcome, ID, StakingError::VerifierSetFull);

    world.svm.advance(UNBONDING);
    let withdraw = world.verifier_withdraw(first.key.pubkey(), first.purse);
    world.svm.must(&[withdraw], &[&keys.key]);
    displace(&mut world, &keys, 2 * bond).expect("a displacement");
}

#[test]
fn a_paused_network_refuses() {
    let mut world = open_world(&["small"]);
    let keys = world.verifier_keys("newcomer");
    world.pause();

    let outcome = displace(&mut world, &keys, ENOUGH);

    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
