//! `held_slash`, by its specification.

use {
    trestle_core::leaf::{LeafCounters, Totals},
    trestle_rewards::{
        error::RewardsError,
        event::{HeldReleased, HeldSlashed},
        state::{Pool, PoolParams},
        ID,
    },
    trestle_staking::event::SlashRecorded,
    trestle_tests::{
        final_roots::earned,
        rewards::{pool_params, Payee, RewardsWorld},
        staking::PURSE,
        svm::{assert_refused, Sent},
        tokens::TOKEN,
    },
};

/// Epochs that count as a month in these tests.
const MONTH: u64 = 2;
const DAY: i64 = 86_400;

fn leaf(tokens: u64, slashed: u64) -> LeafCounters {
    LeafCounters {
        slashed: slashed * TOKEN,
        ..earned(tokens * TOKEN)
    }
}

/// An operator with 100 tokens at stake and 75 held of 100 that it has earned, whose newest leaf is
/// that of epoch 1: so many tokens slashed.
fn holding(slashed: u64) -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::holding(2);
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 100 * TOKEN);
    world.allow(100 * TOKEN);
    world.publish(0, &[(payee.keys.address, leaf(100, 0))], 3);
    world.claim(&payee, 0).expect("paid");
    world.publish(1, &[(payee.keys.address, leaf(100, slashed))], 3);
    (world, payee)
}

/// An operator past its first months with 100 tokens at stake that has claimed nothing of the 100
/// tokens of its leaf, of which so many are slashed.
fn unclaimed(slashed: u64, breaker_capacity: u64) -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity,
        ..pool_params()
    });
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 100 * TOKEN);
    world.allow(100 * TOKEN);
    world.publish(0, &[(payee.keys.address, leaf(100, slashed))], 3);
    (world, payee)
}

fn event(sent: &Sent) -> HeldSlashed {
    sent.event().expect("an event")
}

#[test]
fn a_claim_that_was_not_synced_since_the_leafs_epoch_ended_is_refused() {
    let (mut world, payee) = holding(30);
    world.publish_unsynced(2, &[(payee.keys.address, leaf(100, 40))], 3);
    let outcome = world.slash_held(&payee, 2);
    assert_refused(outcome, ID, RewardsError::NotSynced);
    let sync = world.claim_sync(&payee);
    world.svm.must(&[sync], &[]);
    world.slash_held(&payee, 2).expect("slashed");
}

/// What the operator has at stake, and what was taken of its slashes.
fn stake(world: &RewardsWorld, payee: &Payee) -> (u64, u64) {
    let state = world.operator_state(&payee.keys);
    (state.stake / TOKEN, state.slashed_applied / TOKEN)
}

#[test]
fn anybody_can_apply_it_with_the_leaf_of_the_operator_in_a_root_of_the_ring() {
    let (mut world, payee) = holding(30);
    let sent = world.slash_held(&payee, 1).expect("the relayer slashes");
    let event = event(&sent);
    assert_eq!(
        (event.pool, event.operator),
        (world.pool, payee.keys.address)
    );
    assert_eq!((event.epoch, event.amount), (1, 30 * TOKEN));
    assert_eq!((event.held, event.owed), (45 * TOKEN, 0));
    assert_eq!(stake(&world, &payee), (100, 30));
    println!("held_slash: {} CU, {} bytes", sent.compute_units, sent.size);
}

#[test]
fn pay_that_nobody_has_claimed_is_held_first_as_far_as_the_breaker_lets_it_out() {
    let (mut world, payee) = unclaimed(30, 1_000 * TOKEN);
    let sent = world.slash_held(&payee, 0).expect("slashed");
    let all = event(&sent);
    assert_eq!((all.withheld, all.amount), (100 * TOKEN, 30 * TOKEN));
    assert_eq!(all.claimed_tokens, 100 * TOKEN);
    assert_eq!(world.claim_state(&payee).held, 70 * TOKEN);
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE - 100 * TOKEN);

    let (mut world, payee) = unclaimed(30, 20 * TOKEN);
    let sent = world.slash_held(&payee, 0).expect("slashed");
    let part = event(&sent);
    assert_eq!((part.withheld, part.amount), (20 * TOKEN, 20 * TOKEN));
    assert_eq!((part.held, part.owed), (0, 10 * TOKEN));
    assert_eq!(part.claimed_tokens, 20 * TOKEN);
}

#[test]
fn the_delegators_share_of_that_pay_is_set_aside_not_slashed() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.delegated_payee(TOKEN, 3 * TOKEN, 0);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    world.allow(100 * TOKEN);
    world.publish(0, &[(payee.keys.address, leaf(100, 30))], 1);
    let sent = world.slash_held(&payee, 0).expect("slashed");
    let event = event(&sent);
    assert_eq!((event.delegators, event.withheld), (75 * TOKEN, 25 * TOKEN));
    assert_eq!((event.amount, event.owed), (25 * TOKEN, 5 * TOKEN));
    assert_eq!(world.claim_state(&payee).delegators_due_tokens, 75 * TOKEN);
    let ix = world.delegation_pay(&payee);
    world.svm.must(&[ix], &[]);
}

#[test]
fn the_leafs_slashes_less_what_was_taken_before_are_taken_of_what_is_held() {
    let (mut world, payee) = holding(10);
    world.publish(2, &[(payee.keys.address, leaf(100, 25))], 3);
    for (epoch, taken, held) in [(1, 10, 65), (2, 15, 50)] {
        let sent = world.slash_held(&payee, epoch).expect("slashed");
        assert_eq!(event(&sent).amount, taken * TOKEN);
        let claim = world.claim_state(&payee);
        assert_eq!((claim.held, claim.held_base), (held * TOKEN, 100 * TOKEN));
    }
    assert_eq!(stake(&world, &payee), (100, 25));
}

#[test]
fn the_burn_share_is_burned_the_rest_goes_to_the_insurance_vault() {
    let (mut world, payee) = holding(0);
    // An odd amount: the unit that cannot be split is burned.
    let slashed = 30 * TOKEN + 1;
    let counters = LeafCounters {
        slashed,
        ..leaf(100, 0)
    };
    world.publish(2, &[(payee.keys.address, counters)], 3);
    let supply = world.svm.supply(&world.token_mint);
    let sent = world.slash_held(&payee, 2).expect("slashed");
    let event = event(&sent);
    assert_eq!(
        (event.burned, event.insured),
        (slashed / 2 + 1, slashed / 2)
    );
    assert_eq!(world.svm.supply(&world.token_mint), supply - event.burned);
    assert_eq!(world.svm.tokens(&world.insurance_vault), event.insured);
    assert_eq!(world.svm.tokens(&world.vault), 75 * TOKEN - slashed);
    assert_eq!(world.pool_state().paid_total, 25 * TOKEN + slashed);
    assert_eq!(event.paid_total, 25 * TOKEN + slashed);
}

#[test]
fn what_was_taken_counts_as_slashed_in_the_staking_program_which_jails_the_operator() {
    let (mut world, payee) = holding(30);
    let sent = world.slash_held(&payee, 1).expect("slashed");
    let recorded = sent.event::<SlashRecorded>().expect("an event");
    let state = world.operator_state(&payee.keys);
    assert_eq!(recorded.operator, payee.keys.address);
    assert_eq!(
        (recorded.amount, recorded.slashed_applied),
        (30 * TOKEN, 30 * TOKEN)
    );
    assert_eq!(state.jailed_until, world.svm.now() + DAY);
    assert_eq!(recorded.jailed_until, state.jailed_until);
    assert_eq!((recorded.jail_count, state.jail_count), (1, 1));
    assert_eq!(world.claim_state(&payee).slashed_applied, 30 * TOKEN);
}

#[test]
fn what_the_pay_does_not_cover_stays_owed_and_slash_apply_can_take_it_from_then_on() {
    let (mut world, payee) = holding(90);
    let sent = world.slash_held(&payee, 1).expect("slashed");
    let event = event(&sent);
    assert_eq!((event.amount, event.owed), (75 * TOKEN, 15 * TOKEN));
    let claim = world.claim_state(&payee);
    assert_eq!((claim.held, claim.held_base), (0, 0));
    assert_eq!(stake(&world, &payee), (100, 75));
    world.slash_stake(&payee, 1).expect("the rest");
    assert_eq!(stake(&world, &payee), (85, 90));
    // Fifteen and 75 tokens, half of each burned and half insured.
    assert_eq!(world.svm.tokens(&world.insurance_vault), 45 * TOKEN);
}

/// Something that keeps a pool from paying.
type Trouble = fn(&mut RewardsWorld, &Payee);

/// The vault has nothing, which cannot happen.
fn empty(world: &mut RewardsWorld, _: &Payee) {
    set_vault(world, |vault| vault.amount = 0);
}

/// The token's freeze authority has frozen the vault.
fn freeze(world: &mut RewardsWorld, _: &Payee) {
    set_vault(world, |vault| {
        vault.state = spl_token_interface::state::AccountState::Frozen;
    });
}

/// The newest root grants in all no more than was paid.
fn grant_nothing(world: &mut RewardsWorld, payee: &Payee) {
    let leaves = [(payee.keys.address, leaf(100, 30))];
    world.publish_with_totals(2, &leaves, 3, Totals::default());
}

/// The breaker is full.
fn exhaust(world: &mut RewardsWorld, _: &Payee) {
    let (pool, now) = (world.pool, world.svm.now());
    world.svm.edit::<Pool>(&pool, |pool| {
        (pool.breaker_value, pool.breaker_ts) = (pool.breaker_capacity, now);
    });
}

fn set_vault(
    world: &mut RewardsWorld,
    change: impl FnOnce(&mut spl_token_interface::state::Account),
) {
    let vault = world.vault;
    let mut state = world.svm.packed(&vault);
    change(&mut state);
    world.svm.put_packed(vault, &state);
}

#[test]
fn a_pool_that_can_pay_nothing_is_asked_all_the_same() {
    let troubles: [Trouble; 4] = [empty, freeze, grant_nothing, exhaust];
    for (number, trouble) in troubles.into_iter().enumerate() {
        let (mut world, payee) = unclaimed(30, 1_000 * TOKEN);
        world.publish(1, &[(payee.keys.address, leaf(100, 30))], 3);
        trouble(&mut world, &payee);
        let outcome = world.slash_stake(&payee, 1);
        assert!(outcome.is_err(), "trouble {number}: the pay was not asked");
        let sent = world.slash_held(&payee, 1).expect("asked");
        let event = event(&sent);
        assert_eq!((event.amount, event.withheld), (0, 0), "trouble {number}");
        let state = world.operator_state(&payee.keys);
        assert_eq!((state.slashed_applied, state.jail_count), (0, 0));
        world.slash_stake(&payee, 1).expect("nothing shields it");
        assert_eq!(stake(&world, &payee), (70, 30), "trouble {number}");
    }
}

#[test]
fn what_is_left_is_released_by_the_operators_age_when_it_is_free_and_owes_nothing() {
    let (mut world, payee) = holding(40);
    world.slash_held(&payee, 1).expect("slashed");
    world.run_to(6 * MONTH);
    let ix = world.held_release(&payee);
    let jailed = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(jailed, ID, RewardsError::Jailed);
    world.svm.advance(DAY);
    let sent = world.svm.must(&[ix], &[]);
    let event = sent.event::<HeldReleased>().expect("an event");
    assert_eq!((event.paid, event.held), (35 * TOKEN, 0));
}

#[test]
fn a_slash_takes_first_what_would_come_free_first() {
    let (mut world, payee) = holding(30);
    world.slash_held(&payee, 1).expect("slashed");
    let keys = payee.keys.address;
    world
        .svm
        .edit::<trestle_staking::state::Operator>(&keys, |state| state.jailed_until = 0);
    // Of 100 tokens 50 may still be held after three months, and 25 after six: 45 are.
    for (months, held) in [(3, None), (6, Some(25)), (9, Some(0))] {
        world.run_to(months * MONTH);
        let ix = world.held_release(&payee);
        match (world.svm.send(&[ix], &[]), held) {
            (outcome, None) => {
                assert_refused(outcome, ID, RewardsError::NothingToRelease);
            }
            (outcome, Some(held)) => {
                outcome.expect("released");
                assert_eq!(world.claim_state(&payee).held, held * TOKEN);
            }
        }
    }
}

#[test]
fn a_leaf_whose_slashes_have_all_been_taken_is_refused() {
    let (mut world, payee) = holding(30);
    world.slash_held(&payee, 1).expect("slashed");
    // The same once more, and one that has none.
    for epoch in [1, 0] {
        let outcome = world.slash_held(&payee, epoch);
        assert_refused(outcome, ID, RewardsError::NothingToSlash);
    }
}

#[test]
fn asking_again_is_refused_unless_there_is_more_to_take_or_to_hold() {
    let (mut world, payee) = holding(200);
    world.slash_held(&payee, 1).expect("slashed");
    let again = world.slash_held(&payee, 1);
    assert_refused(again, ID, RewardsError::NothingHeld);
    // It earns on, and all of that is taken too.
    world.allow(10 * TOKEN);
    world.publish(2, &[(payee.keys.address, leaf(110, 200))], 3);
    let sent = world.slash_held(&payee, 2).expect("slashed");
    assert_eq!(event(&sent).amount, 10 * TOKEN);
    assert_eq!(stake(&world, &payee), (100, 85));
}

#[test]
fn a_leaf_that_is_not_in_the_root_or_a_root_that_is_not_in_the_ring_is_refused() {
    let (mut world, payee) = holding(30);
    let victim = world.payee("victim");
    let good = world.roots.leaf(1, &payee.keys.address);
    let mut raised = good.clone();
    raised.counters.slashed += 1;
    let mut moved = good.clone();
    moved.index ^= 1;
    let mut short = good.clone();
    short.proof.pop();
    for leaf in [raised, moved, short] {
        let ix = world.held_slash(&payee, leaf);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::LeafNotProven);
    }
    let ix = world.held_slash(&victim, good.clone());
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::LeafNotProven);
    let mut unknown = good;
    unknown.epoch = 2;
    let ix = world.held_slash(&payee, unknown);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::RootNotFound);
}

#[test]
fn all_payments_together_stay_within_the_newest_final_root_and_what_was_allotted() {
    let (mut world, payee) = holding(60);
    let leaves = [(payee.keys.address, leaf(100, 60))];
    // 25 tokens were paid before.
    let totals = Totals {
        tokens: 40 * TOKEN,
        ..Totals::default()
    };
    world.publish_with_totals(2, &leaves, 3, totals);
    let sent = world.slash_held(&payee, 2).expect("slashed in part");
    assert_eq!(event(&sent).amount, 15 * TOKEN);
    assert_eq!(world.pool_state().paid_total, 40 * TOKEN);

    let (mut world, payee) = holding(60);
    let pool = world.pool;
    world
        .svm
        .edit::<Pool>(&pool, |pool| pool.allotted_total = 30 * TOKEN);
    let sent = world.slash_held(&payee, 1).expect("slashed in part");
    assert_eq!(event(&sent).amount, 5 * TOKEN);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, payee) = holding(30);
    world.pause();
    world.slash_held(&payee, 1).expect("slashed");
}
