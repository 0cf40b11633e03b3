//! `bond_slash`, by its specification. That a proven challenge leads here is tested with the
//! challenges; these tests sign for the slasher with signatures unchecked.

use {
    solana_signer::Signer,
    trestle_staking::{constants::SLASHER, error::StakingError, event::BondSlashed, ID},
    trestle_tests::{
        staking::{World, BOND_MIN},
        svm::{assert_refused, key},
    },
};

/// Three verifiers with one, two and three times the smallest bond, in epoch 0.
fn world_with_verifiers() -> World {
    let mut world = World::new(&[]);
    for (name, times) in [("first", 1), ("second", 2), ("third", 3)] {
        world.verifier(name, times * BOND_MIN);
    }
    world.svm.trust_signatures();
    world
}

fn bonds(world: &World) -> [u64; 3] {
    let set = world.verifier_set();
    [0, 1, 2].map(|index| set.entries[index].bond + set.entries[index].exiting_bond)
}

#[test]
fn only_the_proofs_program_can_call_it_by_the_signature_of_its_slasher_address() {
    let mut world = World::new(&[]);
    world.verifier("first", BOND_MIN);
    let purse = world.verifier_keys("challenger").purse;
    let stranger = world.svm.funded("stranger");
    let ix = world.bond_slash(stranger.pubkey(), purse, 1, 0);
    let outcome = world.svm.send(&[ix], &[&stranger]);
    assert_refused(outcome, ID, StakingError::NotSlasher);

    let mut ix = world.bond_slash(SLASHER, purse, 1, 0);
    ix.accounts[0].is_signer = false;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, anchor_lang::ErrorCode::ConstraintSigner);
}

#[test]
fn each_verifier_in_the_mask_loses_the_networks_share_of_its_bond_also_when_it_is_exiting() {
    let mut world = world_with_verifiers();
    let third = key("third");
    let exit = world.verifier_exit(third.pubkey());
    world.svm.must(&[exit], &[&third]);
    let purse = world.verifier_keys("challenger").purse;
    let ix = world.bond_slash(SLASHER, purse, 0b101, 0);

    let sent = world.svm.must(&[ix], &[]);

    assert_eq!(
        bonds(&world),
        [BOND_MIN / 2, 2 * BOND_MIN, 3 * BOND_MIN / 2]
    );
    let event = sent.event::<BondSlashed>().expect("an event");
    assert_eq!((event.mask, event.amount), (0b101, 2 * BOND_MIN));
    assert_eq!(event.total_bond, 4 * BOND_MIN);
    assert_eq!(world.network().total_bond, 4 * BOND_MIN);
}

#[test]
fn a_verifier_admitted_after_the_vote_is_spared_it_only_took_over_the_number() {
    let mut world = world_with_verifiers();
    let first = key("first");
    let exit = world.verifier_exit(first.pubkey());
    world.svm.must(&[exit], &[&first]);
    world.svm.advance(86_400);
    let destination = world.verifier_keys("first").purse;
    let withdraw = world.verifier_withdraw(first.pubkey(), destination);
    world.svm.must(&[withdraw], &[&first]);
    world.verifier("newcomer", BOND_MIN);
    let purse = world.verifier_keys("challenger").purse;
    let before_its_time = world.epoch() - 1;

    let ix = world.bond_slash(SLASHER, purse, 0b011, before_its_time);
    let sent = world.svm.must(&[ix], &[]);

    assert_eq!(bonds(&world), [BOND_MIN, BOND_MIN, 3 * BOND_MIN]);
    assert_eq!(sent.event::<BondSlashed>().expect("an event").mask, 0b010);
}

#[test]
fn the_shares_go_to_burn_insurance_and_challenger_and_nothing_is_lost() {
    let mut world = world_with_verifiers();
    let supply = world.svm.supply(&world.token_mint);
    let purse = world
        .svm
        .put_tokens(world.token_mint, key("challenger").pubkey(), 0);
    let ix = world.bond_slash(SLASHER, purse, 0b111, 0);

    let sent = world.svm.must(&[ix], &[]);

    let amount = 3 * BOND_MIN;
    let event = sent.event::<BondSlashed>().expect("an event");
    assert_eq!(event.amount, amount);
    assert_eq!(
        (event.burned, event.insured, event.rewarded),
        (amount / 10 * 5, amount / 10 * 3, amount / 10 * 2)
    );
    assert_eq!(world.svm.tokens(&purse), event.rewarded);
    assert_eq!(world.svm.tokens(&world.insurance_vault), event.insured);
    assert_eq!(world.svm.supply(&world.token_mint), supply - event.burned);
    assert_eq!(world.svm.tokens(&world.bond_vault), 3 * BOND_MIN);
}

#[test]
fn a_mask_that_hits_no_bond_is_refused() {
    let mut world = world_with_verifiers();
    let purse = world.verifier_keys("challenger").purse;
    for mask in [0, 0b1000, 1 << 31] {
        let ix = world.bond_slash(SLASHER, purse, mask, 0);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::NoBondToSlash);
    }
}

#[test]
fn the_challenger_must_hold_the_networks_token() {
    let mut world = world_with_verifiers();
    let stable = world
        .svm
        .put_tokens(world.stable_mint, key("challenger").pubkey(), 0);
    let ix = world.bond_slash(SLASHER, stable, 1, 0);

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, StakingError::WrongMint);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = world_with_verifiers();
    world.pause();
    let purse = world.verifier_keys("challenger").purse;
    let ix = world.bond_slash(SLASHER, purse, 1, 0);

    world.svm.must(&[ix], &[]);
}
