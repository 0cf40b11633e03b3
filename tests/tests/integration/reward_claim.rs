//! `reward_claim`, by its specification.

use {
    trestle_core::leaf::{LeafCounters, Totals},
    trestle_rewards::{
        error::RewardsError,
        event::RewardClaimed,
        state::{Pool, PoolParams},
        ID,
    },
    trestle_tests::{
        final_roots::{earned, Roots},
        rewards::{pool_params, RewardsWorld, PER_EPOCH},
        staking::PURSE,
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// Leaves of the tree that costs are measured on: depth 20.
const MANY: usize = 1 << 20;
/// Compute units that a claim at that depth may cost.
const CLAIM_CU_MAX: u64 = 10_000;

#[test]
fn anybody_can_claim_for_an_operator_the_pay_goes_to_its_payout_account() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 3);

    let sent = world.claim(&payee, 0).expect("the relayer claims");

    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + TOKEN);
    let event = sent.event::<RewardClaimed>().expect("an event");
    assert_eq!(
        (event.operator, event.payout),
        (payee.keys.address, payee.keys.purse)
    );
    assert_eq!((event.epoch, event.paid, event.left), (0, TOKEN, 0));
    assert_eq!((event.claimed_tokens, event.paid_total), (TOKEN, TOKEN));
}

#[test]
fn the_leafs_tokens_less_what_was_paid_before_are_paid() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(5 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(2 * TOKEN))], 3);
    world.claim(&payee, 0).expect("paid");
    world.publish(1, &[(payee.keys.address, earned(5 * TOKEN))], 4);

    let sent = world.claim(&payee, 1).expect("paid");

    let event = sent.event::<RewardClaimed>().expect("an event");
    assert_eq!((event.paid, event.claimed_tokens), (3 * TOKEN, 5 * TOKEN));
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 5 * TOKEN);
}

#[test]
fn claiming_again_with_the_same_or_an_older_leaf_is_refused() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(5 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(2 * TOKEN))], 3);
    world.publish(1, &[(payee.keys.address, earned(5 * TOKEN))], 3);
    world.claim(&payee, 1).expect("paid");

    for epoch in [1, 0] {
        let outcome = world.claim(&payee, epoch);
        assert_refused(outcome, ID, RewardsError::NothingToClaim);
    }
    let twice = world.reward_claim(&payee, world.roots.leaf(1, &payee.keys.address));
    let outcome = world.svm.send(&[twice.clone(), twice], &[]);
    assert_refused(outcome, ID, RewardsError::NothingToClaim);
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 5 * TOKEN);
}

#[test]
fn the_breaker_pays_in_part_and_what_it_holds_back_can_be_claimed_later() {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity: 10 * TOKEN,
        ..pool_params()
    });
    let payee = world.payee("operator");
    world.allow(25 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(25 * TOKEN))], 2);

    let mut paid = Vec::new();
    for seconds in [0, 1_800, 3_600] {
        world.svm.advance(seconds);
        let event = world.claim(&payee, 0).expect("paid in part");
        let event = event.event::<RewardClaimed>().expect("an event");
        assert_eq!(event.left, 25 * TOKEN - event.claimed_tokens);
        paid.push(event.paid);
    }

    assert_eq!(paid, [10 * TOKEN, 5 * TOKEN, 10 * TOKEN].to_vec());
}

#[test]
fn a_claim_that_was_not_synced_since_the_leafs_epoch_ended_is_refused() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(2 * TOKEN);
    let early = world.claim_sync(&payee);
    world.svm.must(&[early], &[]);
    world.publish_unsynced(0, &[(payee.keys.address, earned(TOKEN))], 1);
    let outcome = world.claim(&payee, 0);
    assert_refused(outcome, ID, RewardsError::NotSynced);

    let sync = world.claim_sync(&payee);
    let claim = world.reward_claim(&payee, world.roots.leaf(0, &payee.keys.address));
    world.svm.must(&[sync, claim], &[]);
    world.publish_unsynced(1, &[(payee.keys.address, earned(2 * TOKEN))], 1);
    let outcome = world.claim(&payee, 1);
    assert_refused(outcome, ID, RewardsError::NotSynced);
}

#[test]
fn an_operator_cannot_claim_before_its_delegators_share_is_known() {
    let mut world = RewardsWorld::new();
    let payee = world.delegated_payee(TOKEN, TOKEN, 0);
    world.allow(TOKEN);
    world.publish_unsynced(0, &[(payee.keys.address, earned(TOKEN))], 1);
    assert_eq!(world.claim_state(&payee).delegators_bps, 0);
    let outcome = world.claim(&payee, 0);
    assert_refused(outcome, ID, RewardsError::NotSynced);
}

#[test]
fn an_exhausted_breaker_is_refused() {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity: TOKEN,
        ..pool_params()
    });
    let (greedy, late) = (world.payee("greedy"), world.payee("late"));
    world.allow(3 * TOKEN);
    let leaves = [
        (greedy.keys.address, earned(2 * TOKEN)),
        (late.keys.address, earned(TOKEN)),
    ];
    world.publish(0, &leaves, 2);
    world.claim(&greedy, 0).expect("all that the breaker holds");

    let outcome = world.claim(&late, 0);

    assert_refused(outcome, ID, RewardsError::BreakerExhausted);
    world.svm.advance(3_600);
    world.claim(&late, 0).expect("the breaker has refilled");
}

#[test]
fn all_payments_together_stay_within_the_newest_final_root() {
    let mut world = RewardsWorld::new();
    let (first, second) = (world.payee("first"), world.payee("second"));
    world.allow(4 * TOKEN);
    // A root whose leaves sum up to more than its totals say.
    let leaves = [
        (first.keys.address, earned(2 * TOKEN)),
        (second.keys.address, earned(2 * TOKEN)),
    ];
    let totals = Totals {
        tokens: 3 * TOKEN,
        ..Totals::default()
    };
    world.publish_with_totals(0, &leaves, 2, totals);

    world.claim(&first, 0).expect("within the totals");
    let outcome = world.claim(&second, 0);

    assert_refused(outcome, ID, RewardsError::PaidBeyondRoot);
}

#[test]
fn all_payments_together_stay_within_what_was_allotted() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.fund(10 * PER_EPOCH);
    world.allot(0);
    world.publish(0, &[(payee.keys.address, earned(PER_EPOCH + 1))], 2);

    let outcome = world.claim(&payee, 0);

    assert_refused(outcome, ID, RewardsError::PaidBeyondAllotment);
}

#[test]
fn a_leaf_that_is_not_in_the_root_or_a_root_that_is_not_in_the_ring_is_refused() {
    let mut world = RewardsWorld::new();
    let (payee, other) = (world.payee("operator"), world.payee("other"));
    world.allow(10 * TOKEN);
    let leaves = [
        (payee.keys.address, earned(TOKEN)),
        (other.keys.address, earned(5 * TOKEN)),
    ];
    world.publish(0, &leaves, 6);
    let good = world.roots.leaf(0, &payee.keys.address);
    let theirs = world.roots.leaf(0, &other.keys.address);

    let mut bad = Vec::new();
    let mut leaf = good.clone();
    leaf.counters.tokens += 1;
    bad.push(leaf);
    let mut leaf = good.clone();
    leaf.index ^= 1;
    bad.push(leaf);
    let mut leaf = good.clone();
    leaf.proof.pop();
    bad.push(leaf);
    let mut leaf = good.clone();
    leaf.proof.push([0; 32]);
    bad.push(leaf);
    let mut leaf = good.clone();
    leaf.index = 6;
    bad.push(leaf);
    // The leaf of another operator is not this claim's.
    bad.push(theirs);
    for leaf in bad {
        let ix = world.reward_claim(&payee, leaf);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::LeafNotProven);
    }

    let mut leaf = good;
    leaf.epoch = 1;
    let ix = world.reward_claim(&payee, leaf);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::RootNotFound);
}

#[test]
fn a_claim_works_while_the_network_is_paused() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 1);
    world.pause();
    world.claim(&payee, 0).expect("claims are exits");
}

#[test]
fn a_root_that_left_the_ring_pays_by_a_newer_one() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(66 * TOKEN);
    for epoch in 0..66 {
        world.publish(
            epoch,
            &[(payee.keys.address, earned((epoch + 1) * TOKEN))],
            1,
        );
    }
    let outcome = world.claim(&payee, 1);
    assert_refused(outcome, ID, RewardsError::RootNotFound);
    world.claim(&payee, 2).expect("the oldest kept");
    world.claim(&payee, 65).expect("the newest");
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 66 * TOKEN);
}

#[test]
fn the_ring_of_another_service_is_refused() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(PER_EPOCH);
    let service = world.svm.fresh_address();
    let mut forged = Roots::new(&mut world.svm, service);
    let leaves = [(payee.keys.address, earned(PER_EPOCH))];
    forged.publish(&mut world.svm, 0, &leaves, 1);
    let mut ix = world.reward_claim(&payee, forged.leaf(0, &payee.keys.address));
    ix.accounts[2].pubkey = forged.ring;

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, RewardsError::WrongService);
}

#[test]
fn an_insolvent_vault_is_noticed() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    let pool = world.pool;
    world
        .svm
        .edit::<Pool>(&pool, |pool| pool.allotted_total = TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 1);
    let outcome = world.claim(&payee, 0);
    assert_refused(outcome, ID, RewardsError::VaultShortfall);
}

#[test]
fn the_largest_amounts_are_paid_exactly() {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity: u64::MAX,
        ..pool_params()
    });
    let payee = world.payee("operator");
    let (pool, vault, mint) = (world.pool, world.vault, world.token_mint);
    let rest = u64::MAX - world.svm.supply(&mint);
    let mut state: spl_token_interface::state::Account = world.svm.packed(&vault);
    state.amount = rest;
    world.svm.put_packed(vault, &state);
    world
        .svm
        .edit::<Pool>(&pool, |pool| pool.allotted_total = rest);
    world.publish(0, &[(payee.keys.address, earned(u64::MAX))], 1);
    let outcome = world.claim(&payee, 0);
    assert_refused(outcome, ID, RewardsError::PaidBeyondAllotment);

    world.publish(1, &[(payee.keys.address, earned(rest))], 1);
    world.claim(&payee, 1).expect("all that there is");
    assert_eq!(world.svm.tokens(&vault), 0);
}

#[test]
fn a_claim_at_depth_20_stays_within_its_target() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(3 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], MANY);
    let first = world.claim(&payee, 0).expect("paid");
    world.publish(1, &[(payee.keys.address, earned(2 * TOKEN))], MANY);
    let steady = world.claim(&payee, 1).expect("paid");

    println!(
        "reward_claim (depth 20): {} CU, then {} CU, {} bytes",
        first.compute_units, steady.compute_units, steady.size
    );
    assert!(steady.compute_units <= CLAIM_CU_MAX);
    assert!(first.compute_units <= CLAIM_CU_MAX);
}

#[test]
fn an_operator_that_owes_a_slash_by_the_leaf_or_by_one_before_is_not_paid() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(10 * TOKEN);
    let slashed = LeafCounters {
        slashed: 9 * TOKEN,
        ..earned(4 * TOKEN)
    };
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 2);
    world.publish(1, &[(payee.keys.address, slashed)], 2);
    let outcome = world.claim(&payee, 1);
    assert_refused(outcome, ID, RewardsError::SlashOwed);
    world.slash_held(&payee, 1).expect("all of the pay");
    // Five tokens are still owed: what it earns goes there, by whatever leaf.
    let more = LeafCounters {
        tokens: 10 * TOKEN,
        ..slashed
    };
    world.publish(2, &[(payee.keys.address, more)], 2);
    for epoch in [0, 1, 2] {
        let outcome = world.claim(&payee, epoch);
        assert_refused(outcome, ID, RewardsError::SlashOwed);
    }
    world.slash_held(&payee, 2).expect("five of six");
    world.publish(
        3,
        &[(
            payee.keys.address,
            LeafCounters {
                tokens: 10 * TOKEN + 1,
                ..slashed
            },
        )],
        2,
    );
    world.allow(1);
    world.claim(&payee, 3).expect("nothing is owed any more");
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 1);
    assert_eq!(world.claim_state(&payee).held, TOKEN);
}
