//! What somebody might try who sees a change of a market or a pool coming: to buy, use, claim or
//! allot right before and right after it, to apply it twice, or to slip in another one.

use {
    anchor_lang::prelude::ProgramError,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::change::CHANGE_DELAY_EPOCHS,
    trestle_credits::{error::CreditsError, state::MarketTerms, ID as CREDITS},
    trestle_rewards::{
        error::RewardsError, instructions::ChangeArgs, state::PoolParams, ID as REWARDS,
    },
    trestle_tests::{
        billing::market_terms,
        credits::{price, CreditsWorld},
        final_roots::earned,
        governance::{assert_applied_once, assert_undone},
        rewards::{pool_params, RewardsWorld},
        rewards_more::emission_params,
        tokens::TOKEN,
    },
};

fn market_change_due() -> (CreditsWorld, Instruction) {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let terms = MarketTerms {
        max_age_seconds: 3_600,
        max_conf_bps: 1_000,
        protocol_fee_bps: 0,
        ..market_terms()
    };
    let propose = world.market_change_propose(authority.pubkey(), terms);
    world.must(propose, &authority);
    world.reach(3);
    world.post_price(&price(world.svm.now()));
    let apply = world.market_change_apply(authority.pubkey());
    (world, apply)
}

/// Proposes a change of a pool and allots every epoch until it is due.
fn pool_change_due(world: &mut RewardsWorld, args: ChangeArgs) -> Instruction {
    world.propose(args).expect("a change");
    while world.pool_state().next_epoch().expect("an epoch") <= CHANGE_DELAY_EPOCHS + 1 {
        let next = world.pool_state().next_epoch().expect("an epoch");
        world.allot_at(next);
    }
    world.pool_change_apply()
}

#[test]
fn a_change_of_a_market_or_a_pool_is_applied_once_and_the_next_one_waits() {
    let (mut world, apply) = market_change_due();
    let authority = world.authority_key();
    let back = world.market_change_propose(authority.pubkey(), market_terms());
    let why = (
        ProgramError::AccountDataTooSmall,
        CreditsError::ChangeNotDue,
    );
    assert_applied_once(&mut world.svm, &authority, [&apply, &back], why);

    let mut world = RewardsWorld::minting(emission_params());
    let args = world.change_args();
    let apply = pool_change_due(&mut world, args.clone());
    let back = world.pool_change_propose(authority.pubkey(), args);
    let why = (
        ProgramError::AccountDataTooSmall,
        RewardsError::ChangeNotDue,
    );
    assert_applied_once(&mut world.svm, &authority, [&apply, &back], why);
}

#[test]
fn credits_cost_the_same_right_before_and_right_after_a_change_of_the_market() {
    let (mut world, apply) = market_change_due();
    let customer = world.customer("customer");
    let buy = world.credits_buy_burn(&customer, 1_000_000, u64::MAX);
    world.must(buy.clone(), &customer.key);
    let cost = world.market_state().tokens_burned;
    let deposit = world.account_deposit(&customer, 1_000_000);
    let withdraw = world.account_withdraw(&customer, 1_000_000);
    let sandwich = [buy.clone(), deposit, apply, withdraw, buy];
    world.svm.must(&sandwich, &[&customer.key]);
    assert_eq!(world.market_state().tokens_burned, 3 * cost);
    assert_eq!(world.credits(&customer), 3_000_000);
    assert_eq!(world.credit_supply(), 3_000_000);
}

#[test]
fn revenue_is_released_once_whatever_the_fee_before_and_after() {
    let (mut world, apply) = market_change_due();
    world.revenue_targets();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    world.use_up(&customer, &operator, 2_500);
    let release = world.revenue_release();
    let twice = [release.clone(), apply, release];
    assert_undone(
        &mut world.svm,
        &twice,
        &[],
        CREDITS,
        CreditsError::NothingToRelease,
    );
}

/// Credits worth 10,000 dollars.
const SALE: u64 = 1_000_000_000;

/// Lets somebody use up its own service, changes the fee and allots the next epoch: what revenue
/// earned.
fn earns(world: &mut RewardsWorld, change: impl FnOnce(&mut RewardsWorld)) -> u64 {
    let RewardsWorld { staking, sales, .. } = &mut *world;
    sales.consume(&mut staking.svm, SALE);
    change(world);
    let epoch = world.pool_state().next_epoch().expect("an epoch");
    world.allot_at(epoch);
    world
        .emission_state()
        .record(epoch)
        .expect("a record")
        .by_revenue
}

fn charge(world: &mut RewardsWorld, fee_bps: u16) {
    let RewardsWorld { staking, sales, .. } = world;
    sales.charge(&mut staking.svm, fee_bps);
}

fn announce(world: &mut RewardsWorld, fee_bps: u16) {
    let RewardsWorld { staking, sales, .. } = world;
    sales.announce(&mut staking.svm, fee_bps);
}

/// Otherwise: use the service, allot while the fee is high, apply the lower fee, release.
#[test]
fn using_ones_own_service_before_the_fee_falls_earns_no_emission() {
    let mut world = RewardsWorld::minting(emission_params());
    assert!(earns(&mut world, |_| ()) > 0);
    assert_eq!(earns(&mut world, |world| announce(world, 700)), 0);
    assert_eq!(earns(&mut world, |world| charge(world, 700)), 0);
}

/// Otherwise: use the service, release while the fee is low, apply the higher fee, allot.
#[test]
fn using_ones_own_service_before_the_fee_rises_earns_no_emission() {
    let mut world = RewardsWorld::minting(emission_params());
    earns(&mut world, |world| charge(world, 0));
    earns(&mut world, |world| announce(world, 1_000));
    assert_eq!(earns(&mut world, |world| charge(world, 1_000)), 0);
    assert!(earns(&mut world, |_| ()) > 0);
}

/// A price that is missing while the fee is low does not save the revenue for better days.
#[test]
fn revenue_under_a_low_fee_does_not_wait_for_a_price_and_a_higher_fee() {
    let mut world = RewardsWorld::minting(emission_params());
    earns(&mut world, |world| charge(world, 0));
    let RewardsWorld { staking, sales, .. } = &mut world;
    sales.consume(&mut staking.svm, SALE);
    world.run_to(2);
    world.allot(1);
    assert!(
        world
            .emission_state()
            .record(1)
            .expect("a record")
            .price_problem
            != 0
    );
    charge(&mut world, 1_000);
    world.allot_at(2);
    world.allot_at(3);
    for epoch in [1, 2, 3] {
        let record = *world.emission_state().record(epoch).expect("a record");
        assert_eq!(record.by_revenue, 0, "epoch {epoch}");
    }
}

#[test]
fn an_epoch_is_allotted_once_and_by_the_parameters_that_it_began_with() {
    let mut world = RewardsWorld::minting(emission_params());
    let mut args = world.change_args();
    args.emission.base = 200 * TOKEN;
    world.propose(args).expect("a change");
    for epoch in 0..3 {
        world.allot_at(epoch);
    }
    world.run_to(3);
    let (allot, apply) = (world.epoch_allot(3), world.pool_change_apply());
    let first = [apply.clone(), allot.clone()];
    assert_undone(
        &mut world.svm,
        &first,
        &[],
        REWARDS,
        RewardsError::EpochNotAllotted,
    );
    let twice = [allot.clone(), apply.clone(), allot.clone()];
    assert_undone(
        &mut world.svm,
        &twice,
        &[],
        REWARDS,
        RewardsError::WrongEpoch,
    );
    world.svm.must(&[allot, apply], &[]);
    let record = *world.emission_state().record(3).expect("a record");
    assert_eq!(record.granted, emission_params().base);
}

/// A pool whose breaker lets out ten tokens a day, an operator that is owed a thousand, and a
/// change to this breaker that is due.
fn breaker_change_due(
    capacity: u64,
    window: u32,
) -> (RewardsWorld, Instruction, Instruction, Address) {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity: 10 * TOKEN,
        breaker_window_seconds: 86_400,
        ..pool_params()
    });
    let payee = world.payee("operator");
    world.fund(5_000 * TOKEN);
    let mut args = world.change_args();
    args.terms.breaker_capacity = capacity;
    args.terms.breaker_window_seconds = window;
    let apply = pool_change_due(&mut world, args);
    let leaf = (payee.keys.address, earned(1_000 * TOKEN));
    world.publish(2, &[leaf], 1);
    let leaf = world.roots.leaf(2, &payee.keys.address);
    let claim = world.reward_claim(&payee, leaf);
    (world, apply, claim, payee.keys.purse)
}

#[test]
fn claims_around_a_change_of_the_breaker_get_no_more_than_the_larger_breaker_lets_out() {
    let (mut world, apply, claim, purse) = breaker_change_due(15 * TOKEN, 60);
    let before = world.svm.tokens(&purse);
    world.svm.must(&[claim.clone(), apply, claim], &[]);
    assert_eq!(world.svm.tokens(&purse), before + 15 * TOKEN);

    let (mut world, apply, claim, _) = breaker_change_due(5 * TOKEN, 60);
    let claims = [claim.clone(), apply, claim];
    assert_undone(
        &mut world.svm,
        &claims,
        &[],
        REWARDS,
        RewardsError::BreakerExhausted,
    );
}

#[test]
fn a_faster_breaker_does_not_drain_what_was_let_out_before_the_change() {
    let (mut world, apply, claim, purse) = breaker_change_due(10 * TOKEN, 60);
    world.svm.must(std::slice::from_ref(&claim), &[]);
    let before = world.svm.tokens(&purse);
    world.svm.advance(3_000);
    world.svm.must(&[apply, claim], &[]);
    // What the old breaker drained: a day takes ten tokens.
    let drained = 10 * TOKEN * 3_000 / 86_400;
    assert_eq!(world.svm.tokens(&purse), before + drained);
}
