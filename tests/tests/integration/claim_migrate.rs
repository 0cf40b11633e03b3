//! `claim_migrate`, by its specification.

use {
    trestle_core::{claim::CLAIM_VERSION, leaf::LeafCounters},
    trestle_rewards::{error::RewardsError, event::ClaimMigrated, state::Claim, ID},
    trestle_staking::error::StakingError,
    trestle_tests::{
        final_roots::earned,
        rewards::{Payee, RewardsWorld},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// A claim of layout 1 by which a token was paid, and a leaf that grants another.
fn aged() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 10 * TOKEN);
    world.allow(2 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 1);
    world.claim(&payee, 0).expect("paid");
    let leaf = LeafCounters {
        slashed: TOKEN,
        ..earned(2 * TOKEN)
    };
    world.publish(1, &[(payee.keys.address, leaf)], 1);
    world.age_claim(&payee);
    (world, payee)
}

#[test]
fn anybody_can_migrate_a_claim_of_layout_1() {
    let (mut world, payee) = aged();
    let ix = world.claim_migrate(&payee);
    let sent = world.svm.must(&[ix], &[]);
    println!("claim_migrate: {} CU", sent.compute_units);
    let event = sent.event::<ClaimMigrated>().expect("an event");
    assert_eq!((event.from, event.to), (1, CLAIM_VERSION));
    assert_eq!(event.operator, payee.keys.address);
}

#[test]
fn it_keeps_all_that_it_knows_and_counts_as_never_synced() {
    let (mut world, payee) = aged();
    let before = world.claim_state(&payee);
    let ix = world.claim_migrate(&payee);
    world.svm.must(&[ix], &[]);
    let after = world.claim_state(&payee);
    assert_eq!(after.synced_epoch, 0);
    assert_eq!(after.claimed_tokens, TOKEN);
    let as_before = Claim {
        version: before.version,
        ..after
    };
    assert_eq!(bytemuck::bytes_of(&as_before), bytemuck::bytes_of(&before));
}

#[test]
fn until_then_no_instruction_pays_by_it_or_slashes_its_pay() {
    let (mut world, payee) = aged();
    let leaf = world.roots.leaf(1, &payee.keys.address);
    for ix in [
        world.claim_sync(&payee),
        world.reward_claim(&payee, leaf.clone()),
        world.reward_push(1, &[&payee]),
        world.held_slash(&payee, leaf),
        world.held_release(&payee),
    ] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::WrongVersion);
    }
    let slash = world.slash_stake(&payee, 1);
    assert_refused(slash, trestle_staking::ID, StakingError::WrongVersion);

    let [migrate, sync] = [world.claim_migrate(&payee), world.claim_sync(&payee)];
    world.svm.must(&[migrate, sync], &[]);
    world.slash_held(&payee, 1).expect("asked");
}

#[test]
fn a_claim_of_any_other_layout_is_refused() {
    let (mut world, payee) = aged();
    for version in [0, CLAIM_VERSION, CLAIM_VERSION + 1] {
        world
            .staking
            .svm
            .edit::<Claim>(&payee.claim, |claim| claim.version = version);
        let ix = world.claim_migrate(&payee);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::WrongVersion);
    }
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, payee) = aged();
    world.pause();
    let ix = world.claim_migrate(&payee);
    world.svm.must(&[ix], &[]);
}
