//! `reward_claim_stable`, by its specification.

use {
    trestle_core::leaf::Totals,
    trestle_rewards::{
        error::RewardsError,
        event::RewardStableClaimed,
        state::{Claim, StableParams},
        ID,
    },
    trestle_tests::{
        rewards::{Payee, RewardsWorld},
        rewards_more::{earned_stable, stable_params, DOLLAR},
        svm::assert_refused,
    },
};

/// A pool whose epoch 0 was allotted so much stablecoin, and an operator that can be paid.
fn paying(dollars: u64) -> (RewardsWorld, Payee, solana_address::Address) {
    paying_with(dollars, stable_params())
}

fn paying_with(
    dollars: u64,
    params: StableParams,
) -> (RewardsWorld, Payee, solana_address::Address) {
    let mut world = RewardsWorld::new();
    world.open_stable(params).expect("a stable vault");
    world.release_stable(dollars);
    world.allot(0);
    let payee = world.payee("operator");
    let payout = world.set_stable_payout(&payee);
    (world, payee, payout)
}

#[test]
fn anybody_can_claim_for_an_operator_the_pay_goes_to_the_stable_payout_account_of_its_claim() {
    let (mut world, payee, payout) = paying(7 * DOLLAR);
    world.publish(
        0,
        &[(payee.keys.address, earned_stable(7 * DOLLAR))],
        1 << 20,
    );
    let sent = world.claim_stable(&payee, payout, 0).expect("the relayer");
    assert_eq!(world.svm.tokens(&payout), 7 * DOLLAR);
    let event = sent.event::<RewardStableClaimed>().expect("an event");
    assert_eq!((event.operator, event.payout), (payee.keys.address, payout));
    assert_eq!(
        (event.paid, event.left, event.delegators),
        (7 * DOLLAR, 0, 0)
    );
    assert_eq!(event.stable_paid_total, 7 * DOLLAR);
    println!("reward_claim_stable (depth 20): {} CU", sent.compute_units);
    assert!(sent.compute_units <= 10_000);
}

#[test]
fn a_claim_that_was_not_synced_since_the_leafs_epoch_ended_is_refused() {
    let (mut world, payee, payout) = paying(DOLLAR);
    world.publish_unsynced(0, &[(payee.keys.address, earned_stable(DOLLAR))], 1);
    let outcome = world.claim_stable(&payee, payout, 0);
    assert_refused(outcome, ID, RewardsError::NotSynced);
    let sync = world.claim_sync(&payee);
    world.svm.must(&[sync], &[]);
    world.claim_stable(&payee, payout, 0).expect("paid");
}

#[test]
fn the_leafs_stablecoin_less_what_was_paid_before_is_paid() {
    let (mut world, payee, payout) = paying(9 * DOLLAR);
    world.publish(0, &[(payee.keys.address, earned_stable(2 * DOLLAR))], 3);
    world.claim_stable(&payee, payout, 0).expect("paid");
    world.publish(1, &[(payee.keys.address, earned_stable(9 * DOLLAR))], 3);
    let sent = world.claim_stable(&payee, payout, 1).expect("paid");
    let event = sent.event::<RewardStableClaimed>().expect("an event");
    assert_eq!((event.paid, event.claimed_stable), (7 * DOLLAR, 9 * DOLLAR));
    assert_eq!(world.claim_state(&payee).claimed_tokens, 0);
}

#[test]
fn the_delegators_share_of_it_is_set_aside_nothing_is_held_back() {
    let (mut world, payee, payout) = paying(100 * DOLLAR);
    let (pool, claim) = (world.pool, payee.claim);
    world
        .svm
        .edit::<trestle_rewards::state::Pool>(&pool, |pool| pool.epochs_per_month = 1);
    world.publish(0, &[(payee.keys.address, earned_stable(100 * DOLLAR))], 1);
    world
        .svm
        .edit::<Claim>(&claim, |claim| claim.delegators_bps = 3_000);
    let sent = world.claim_stable(&payee, payout, 0).expect("paid");
    let event = sent.event::<RewardStableClaimed>().expect("an event");
    assert_eq!((event.paid, event.delegators), (70 * DOLLAR, 30 * DOLLAR));
    let claim = world.claim_state(&payee);
    assert_eq!((claim.delegators_due_stable, claim.held), (30 * DOLLAR, 0));
    assert_eq!(world.svm.tokens(&world.stable_vault), 30 * DOLLAR);
    // What is set aside stays owed: the next epoch gets none of it.
    world.run_to(1);
    world.allot(1);
    assert_eq!(
        world.pool_state().state().stable_allotted_total().0,
        100 * DOLLAR
    );
}

#[test]
fn claiming_again_with_the_same_or_an_older_leaf_is_refused() {
    let (mut world, payee, payout) = paying(9 * DOLLAR);
    world.publish(0, &[(payee.keys.address, earned_stable(DOLLAR))], 2);
    world.publish(1, &[(payee.keys.address, earned_stable(3 * DOLLAR))], 2);
    world.claim_stable(&payee, payout, 1).expect("paid");
    for epoch in [1, 0] {
        let outcome = world.claim_stable(&payee, payout, epoch);
        assert_refused(outcome, ID, RewardsError::NothingToClaim);
    }
}

#[test]
fn the_breaker_pays_in_part_and_what_it_holds_back_can_be_claimed_later() {
    let breaker = StableParams {
        breaker_capacity: 10 * DOLLAR,
        breaker_window_seconds: 3_600,
    };
    let (mut world, payee, payout) = paying_with(15 * DOLLAR, breaker);
    world.publish(0, &[(payee.keys.address, earned_stable(15 * DOLLAR))], 1);
    let sent = world.claim_stable(&payee, payout, 0).expect("in part");
    let event = sent.event::<RewardStableClaimed>().expect("an event");
    assert_eq!((event.paid, event.left), (10 * DOLLAR, 5 * DOLLAR));
    let outcome = world.claim_stable(&payee, payout, 0);
    assert_refused(outcome, ID, RewardsError::BreakerExhausted);
    world.svm.advance(1_800);
    world.claim_stable(&payee, payout, 0).expect("the rest");
    assert_eq!(world.svm.tokens(&payout), 15 * DOLLAR);
}

#[test]
fn all_payments_together_stay_within_the_newest_final_root() {
    let (mut world, payee, payout) = paying(9 * DOLLAR);
    let totals = Totals {
        stable: 2 * DOLLAR,
        ..Totals::default()
    };
    let leaves = [(payee.keys.address, earned_stable(3 * DOLLAR))];
    world.publish_with_totals(0, &leaves, 2, totals);
    let outcome = world.claim_stable(&payee, payout, 0);
    assert_refused(outcome, ID, RewardsError::PaidBeyondRoot);
}

#[test]
fn all_payments_together_stay_within_what_was_allotted() {
    let (mut world, payee, payout) = paying(2 * DOLLAR);
    world.release_stable(9 * DOLLAR);
    world.publish(0, &[(payee.keys.address, earned_stable(3 * DOLLAR))], 1);
    let outcome = world.claim_stable(&payee, payout, 0);
    assert_refused(outcome, ID, RewardsError::PaidBeyondAllotment);
}

#[test]
fn a_claim_that_names_no_stable_payout_account_is_refused() {
    let (mut world, _, payout) = paying(2 * DOLLAR);
    let other = world.payee("other");
    world.publish(0, &[(other.keys.address, earned_stable(DOLLAR))], 1);
    let outcome = world.claim_stable(&other, payout, 0);
    assert_refused(outcome, ID, RewardsError::NoStablePayout);
}

#[test]
fn a_leaf_that_is_not_in_the_root_or_a_root_that_is_not_in_the_ring_is_refused() {
    let (mut world, payee, payout) = paying(9 * DOLLAR);
    world.publish(0, &[(payee.keys.address, earned_stable(DOLLAR))], 4);
    let mut leaf = world.roots.leaf(0, &payee.keys.address);
    leaf.counters.stable += 1;
    let ix = world.reward_claim_stable(&payee, payout, leaf.clone());
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::LeafNotProven);
    leaf.epoch = 1;
    let ix = world.reward_claim_stable(&payee, payout, leaf);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::RootNotFound);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, payee, payout) = paying(DOLLAR);
    world.publish(0, &[(payee.keys.address, earned_stable(DOLLAR))], 1);
    world.pause();
    world.claim_stable(&payee, payout, 0).expect("an exit");
}

#[test]
fn a_pool_that_pays_no_stablecoin_is_refused() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    let payout = world.set_stable_payout(&payee);
    world.publish(0, &[(payee.keys.address, earned_stable(DOLLAR))], 1);
    let (mint, pool) = (world.stable_mint, world.pool);
    let leaf = world.roots.leaf(0, &payee.keys.address);
    let mut ix = world.reward_claim_stable(&payee, payout, leaf);
    ix.accounts[1].pubkey = world.svm.put_tokens(mint, pool, DOLLAR);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::NoStable);
}
