//! `delegation_pay`, by its specification, and what payments set aside.

use {
    trestle_core::leaf::{LeafCounters, Totals},
    trestle_rewards::{
        error::RewardsError,
        event::{ClaimSynced, DelegatorsPaid, RewardClaimed},
        ID,
    },
    trestle_staking::{
        address::{
            delegation_pool_address, delegator_stable_vault_address, delegator_vault_address,
        },
        state::DelegationPool,
    },
    trestle_tests::{
        final_roots::earned,
        rewards::{Payee, RewardsWorld},
        rewards_more::DOLLAR,
        staking::OperatorKeys,
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

/// A pool, and an operator with 100 tokens of its own and 300 of others, a fifth commission.
fn delegated() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.delegated_payee(100 * TOKEN, 300 * TOKEN, 2_000);
    (world, payee)
}

/// Another operator that can be delegated to.
fn other(world: &mut RewardsWorld) -> OperatorKeys {
    let other = world.operator("other", TOKEN);
    let ix = world.delegation_pool_open(&other, 0);
    world.svm.must(&[ix], &[&other.authority]);
    other
}

/// Syncs the claim, and pays the operator 100 tokens and as many dollars.
fn pay_operator(world: &mut RewardsWorld, payee: &Payee) {
    let ix = world.claim_sync(payee);
    world.svm.must(&[ix], &[]);
    world.release_stable(100 * DOLLAR);
    world.allow(100 * TOKEN);
    let both = LeafCounters {
        tokens: 100 * TOKEN,
        stable: 100 * DOLLAR,
        ..LeafCounters::default()
    };
    world.publish(0, &[(payee.keys.address, both)], 1);
    let sent = world.claim(payee, 0).expect("paid");
    let event = sent.event::<RewardClaimed>().expect("an event");
    assert_eq!((event.paid, event.delegators), (40 * TOKEN, 60 * TOKEN));
    let payout = world.set_stable_payout(payee);
    world.claim_stable(payee, payout, 0).expect("paid");
    assert_eq!(world.svm.tokens(&payout), 40 * DOLLAR);
}

fn pay(world: &mut RewardsWorld, payee: &Payee) -> Outcome {
    let ix = world.delegation_pay(payee);
    world.svm.send(&[ix], &[])
}

#[test]
fn a_sync_takes_over_the_share_that_delegated_stake_and_commission_give() {
    let (mut world, payee) = delegated();
    let ix = world.claim_sync(&payee);
    let sent = world.svm.must(&[ix], &[]);
    let event = sent.event::<ClaimSynced>().expect("an event");
    // Three quarters of the stake, less a fifth.
    assert_eq!(
        (event.delegators_bps_before, event.delegators_bps),
        (0, 6_000)
    );
    assert_eq!(world.claim_state(&payee).delegators_bps, 6_000);
    println!("claim_sync (delegated): {} CU", sent.compute_units);

    let other = other(&mut world);
    let mut ix = world.claim_sync(&payee);
    ix.accounts[3].pubkey = delegation_pool_address(&other.address).0;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongDelegationPool);
}

#[test]
fn anybody_can_pay_the_delegators_of_an_operator_the_money_goes_to_its_delegation_pool() {
    let (mut world, payee) = delegated();
    pay_operator(&mut world, &payee);
    assert_eq!(world.pool_state().paid_total, 40 * TOKEN);
    let sent = pay(&mut world, &payee).expect("the relayer pays");
    let event = sent.event::<DelegatorsPaid>().expect("an event");
    assert_eq!((event.tokens, event.stable), (60 * TOKEN, 60 * DOLLAR));
    assert_eq!(
        (event.paid_total, event.stable_paid_total),
        (100 * TOKEN, 100 * DOLLAR)
    );
    let tokens = delegator_vault_address(&world.network).0;
    let stable = delegator_stable_vault_address(&world.network).0;
    assert_eq!(world.svm.tokens(&tokens), 60 * TOKEN);
    assert_eq!(world.svm.tokens(&stable), 60 * DOLLAR);
    let pool: DelegationPool = world
        .svm
        .get(&delegation_pool_address(&payee.keys.address).0);
    assert_eq!(
        (pool.tokens.owed, pool.stable.owed),
        (60 * TOKEN, 60 * DOLLAR)
    );
    println!("delegation_pay: {} CU", sent.compute_units);
}

#[test]
fn all_that_was_set_aside_is_paid_tokens_and_stablecoin() {
    let (mut world, payee) = delegated();
    pay_operator(&mut world, &payee);
    pay(&mut world, &payee).expect("paid");
    let claim = world.claim_state(&payee);
    assert_eq!(
        (claim.delegators_due_tokens, claim.delegators_due_stable),
        (0, 0)
    );
    assert_eq!(world.svm.tokens(&world.vault), 0);
    assert_eq!(world.svm.tokens(&world.stable_vault), 0);
}

#[test]
fn a_pool_without_stablecoin_pays_tokens_alone() {
    let mut world = RewardsWorld::new();
    let payee = world.delegated_payee(100 * TOKEN, 100 * TOKEN, 0);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    world.allow(10 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(10 * TOKEN))], 1);
    world.claim(&payee, 0).expect("paid");
    let sent = pay(&mut world, &payee).expect("paid");
    let event = sent.event::<DelegatorsPaid>().expect("an event");
    assert_eq!((event.tokens, event.stable), (5 * TOKEN, 0));
}

#[test]
fn paying_again_is_refused_until_something_was_set_aside_again() {
    let (mut world, payee) = delegated();
    let early = pay(&mut world, &payee);
    assert_refused(early, ID, RewardsError::NothingForDelegators);
    pay_operator(&mut world, &payee);
    pay(&mut world, &payee).expect("paid");
    let again = pay(&mut world, &payee);
    assert_refused(again, ID, RewardsError::NothingForDelegators);
}

#[test]
fn another_operators_delegation_pool_is_refused() {
    let (mut world, payee) = delegated();
    pay_operator(&mut world, &payee);
    let other = other(&mut world);
    let mut ix = world.delegation_pay(&payee);
    let own = delegation_pool_address(&payee.keys.address).0;
    let theirs = delegation_pool_address(&other.address).0;
    for meta in &mut ix.accounts {
        if meta.pubkey == own {
            meta.pubkey = theirs;
        }
    }
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongDelegationPool);
}

#[test]
fn all_payments_together_stay_within_the_newest_final_root_and_what_was_allotted() {
    let (mut world, payee) = delegated();
    pay_operator(&mut world, &payee);
    let leaves = [(payee.keys.address, earned(100 * TOKEN))];
    let totals = Totals {
        tokens: 99 * TOKEN,
        stable: 100 * DOLLAR,
        ..Totals::default()
    };
    world.publish_with_totals(1, &leaves, 1, totals);
    let outcome = pay(&mut world, &payee);
    assert_refused(outcome, ID, RewardsError::PaidBeyondRoot);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, payee) = delegated();
    pay_operator(&mut world, &payee);
    world.pause();
    pay(&mut world, &payee).expect("an exit");
}
