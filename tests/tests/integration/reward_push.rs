//! `reward_push`, by its specification.

use {
    anchor_lang::{AnchorDeserialize, Discriminator},
    base64::{prelude::BASE64_STANDARD, Engine},
    solana_address::Address,
    trestle_core::leaf::LeafCounters,
    trestle_rewards::{
        error::RewardsError,
        event::{Payment, RewardsPushed},
        state::PoolParams,
        ID,
    },
    trestle_tests::{
        final_roots::earned,
        rewards::{pool_params, Payee, RewardsWorld, PER_EPOCH},
        staking::PURSE,
        svm::{assert_refused, Sent},
        tokens::TOKEN,
    },
};

/// Compute units that a push may cost for each operator.
const PUSH_CU_MAX: u64 = 4_000;
/// Lamports of fee that a push may cost for each operator.
const PUSH_FEE_MAX: u64 = 180;
/// Bytes of an ordinary transaction, and of a large one.
const BYTES_MAX: usize = 1_232;
const LARGE_BYTES_MAX: usize = 4_096;
/// Operators in one large transaction.
const LARGE: usize = 28;

/// Operators that can be paid.
fn payees(world: &mut RewardsWorld, count: usize) -> Vec<Payee> {
    (0..count)
        .map(|number| world.payee(&format!("operator {number}")))
        .collect()
}

/// A leaf for each, the first with this many tokens and each next with one token more.
fn leaves(payees: &[Payee], first: u64) -> Vec<(Address, LeafCounters)> {
    (first..)
        .zip(payees)
        .map(|(tokens, payee)| (payee.keys.address, earned(tokens * TOKEN)))
        .collect()
}

fn all(payees: &[Payee]) -> Vec<&Payee> {
    payees.iter().collect()
}

fn gained(world: &RewardsWorld, payee: &Payee) -> u64 {
    world.svm.tokens(&payee.keys.purse) - PURSE
}

/// The event of a push, which is of variable length.
fn event(sent: &Sent) -> (u64, u64, Vec<Payment>) {
    #[derive(AnchorDeserialize)]
    struct Pushed {
        _pool: Address,
        epoch: u64,
        paid: u64,
        _paid_total: u64,
        payments: Vec<(Address, u64, u64)>,
    }
    let bytes = sent
        .logs
        .iter()
        .find_map(|line| {
            BASE64_STANDARD
                .decode(line.strip_prefix("Program data: ")?)
                .ok()
        })
        .expect("an event");
    let body = bytes
        .strip_prefix(RewardsPushed::DISCRIMINATOR)
        .expect("a push");
    let pushed: Pushed =
        anchor_lang::wincode::config::deserialize(body, anchor_lang::BORSH_CONFIG).expect("whole");
    let payments = pushed
        .payments
        .into_iter()
        .map(|(operator, paid, kept)| Payment {
            operator,
            paid,
            kept,
        })
        .collect();
    (pushed.epoch, pushed.paid, payments)
}

#[test]
fn each_operator_gets_its_leafs_tokens_less_what_it_was_paid_before() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 5);
    world.allow(60 * TOKEN);
    let first = leaves(&payees, 1);
    world.publish(0, &first, 6);
    world.claim(&payees[2], 0).expect("claimed by itself");
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(&[ix], &[]);
    let second = leaves(&payees, 3);
    world.publish(1, &second, 7);

    let ix = world.reward_push(1, &all(&payees));
    let sent = world.svm.must(&[ix], &[]);

    for (payee, (_, leaf)) in payees.iter().zip(&second) {
        assert_eq!(gained(&world, payee), leaf.tokens);
        assert_eq!(world.claim_state(payee).claimed_tokens, leaf.tokens);
    }
    let (epoch, paid, payments) = event(&sent);
    assert_eq!((epoch, paid, payments.len()), (1, 10 * TOKEN, 5));
    assert!(payments.iter().all(|payment| payment.paid == 2 * TOKEN));
}

#[test]
fn an_operator_that_nothing_is_due_to_or_that_the_breaker_has_nothing_left_for_is_passed_over() {
    let mut world = RewardsWorld::with(PoolParams {
        breaker_capacity: 4 * TOKEN,
        ..pool_params()
    });
    let payees = payees(&mut world, 3);
    world.allow(60 * TOKEN);
    world.publish(0, &leaves(&payees, 2), 3);
    world
        .claim(&payees[0], 0)
        .expect("2 of the 4 that the breaker lets out");

    let ix = world.reward_push(0, &all(&payees));
    let sent = world.svm.must(&[ix], &[]);

    let (_, paid, payments) = event(&sent);
    assert_eq!(paid, 2 * TOKEN);
    let first = payments
        .iter()
        .find(|p| p.operator == payees[0].keys.address);
    assert_eq!(first.expect("one for each leaf").paid, 0);
    let got: u64 = payees.iter().map(|payee| gained(&world, payee)).sum();
    assert_eq!(got, 4 * TOKEN);

    world.svm.advance(2 * 3_600);
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(&[ix], &[]);
    world.svm.advance(2 * 3_600);
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(&[ix], &[]);
    let got: Vec<u64> = payees.iter().map(|payee| gained(&world, payee)).collect();
    assert_eq!(got, [2 * TOKEN, 3 * TOKEN, 4 * TOKEN]);
}

#[test]
fn a_push_that_pays_nobody_is_refused() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 2);
    world.allow(10 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 2);
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(std::slice::from_ref(&ix), &[]);

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, RewardsError::NothingToPush);
}

#[test]
fn leaves_come_in_ascending_order_each_once_and_at_most_28() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 2);
    world.allow(10 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 2);
    let (args, order) = world.push_args(0, &all(&payees));

    let mut reversed = args.clone();
    reversed.leaves.reverse();
    let swapped = [order[1], order[0]];
    let mut doubled = args.clone();
    doubled.leaves[1] = doubled.leaves[0];
    let twice = [order[0], order[0]];
    let mut none = args.clone();
    none.leaves.clear();
    let mut many = args.clone();
    many.leaves = vec![args.leaves[0]; LARGE + 1];
    for (args, payees) in [
        (reversed, &swapped[..]),
        (doubled, &twice[..]),
        (none, &[][..]),
        (many, &[][..]),
    ] {
        let ix = world.reward_push_with(args, payees);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::BadLeaves);
    }
    assert!(payees.iter().all(|payee| gained(&world, payee) == 0));
}

#[test]
fn each_leaf_has_its_claim_and_that_claims_payout_account() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 2);
    world.allow(10 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 2);
    let (args, order) = world.push_args(0, &all(&payees));
    let good = world.reward_push_with(args.clone(), &order);

    let mut short = good.clone();
    short.accounts.pop();
    let mut long = good.clone();
    long.accounts.push(good.accounts[4].clone());
    for ix in [short, long] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::BadPushAccounts);
    }

    let mut redirected = good.clone();
    redirected.accounts[7] = redirected.accounts[5].clone();
    let outcome = world.svm.send(&[redirected], &[]);
    assert_refused(outcome, ID, RewardsError::WrongPayout);

    let mut exchanged = good.clone();
    exchanged.accounts.swap(4, 6);
    exchanged.accounts.swap(5, 7);
    let outcome = world.svm.send(&[exchanged], &[]);
    assert_refused(outcome, ID, RewardsError::LeafNotProven);
    world.svm.must(&[good], &[]);
}

#[test]
fn one_leaf_that_is_not_in_the_root_refuses_the_whole_push() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 3);
    world.allow(PER_EPOCH);
    world.publish(0, &leaves(&payees, 1), 5);
    let (args, order) = world.push_args(0, &all(&payees));

    let mut richer = args.clone();
    richer.leaves[1].counters.tokens += 1;
    let mut shorter = args.clone();
    shorter.proof.pop();
    let mut longer = args.clone();
    longer.proof.push([7; 32]);
    let mut outside = args.clone();
    outside.leaves[2].index = 5;
    for args in [richer, shorter, longer, outside] {
        let ix = world.reward_push_with(args, &order);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::LeafNotProven);
    }
    let mut unknown = args;
    unknown.epoch = 3;
    let ix = world.reward_push_with(unknown, &order);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::RootNotFound);
    assert!(payees.iter().all(|payee| gained(&world, payee) == 0));
}

#[test]
fn all_payments_together_stay_within_the_newest_final_root_and_what_was_allotted() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 2);
    world.allow(2 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 2);
    let ix = world.reward_push(0, &all(&payees));
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::PaidBeyondAllotment);

    let RewardsWorld { staking, roots, .. } = &mut world;
    roots.tamper(&mut staking.svm, |ring| {
        ring.entries[0].totals.tokens = 2 * TOKEN;
    });
    let ix = world.reward_push(0, &all(&payees));
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::PaidBeyondRoot);
}

#[test]
fn a_push_works_while_the_network_is_paused() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 2);
    world.allow(10 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 2);
    world.pause();
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(&[ix], &[]);
}

#[test]
fn a_claim_with_another_pool_is_refused() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 1);
    world.allow(10 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 1);
    // The claim of the same operator with another pool, where nothing was paid yet.
    let other = world.svm.fresh_address();
    let (address, bump) = trestle_rewards::address::claim_address(&other, &payees[0].keys.address);
    let mut claim = world.claim_state(&payees[0]);
    claim.pool = other;
    claim.bump = bump;
    world.svm.put_pod(address, ID, &claim);
    let mut push = world.reward_push(0, &all(&payees));
    push.accounts[4].pubkey = address;
    let mut single = world.reward_claim(&payees[0], world.roots.leaf(0, &payees[0].keys.address));
    single.accounts[4].pubkey = address;
    for ix in [push, single] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, RewardsError::WrongPool);
    }
}

#[test]
fn one_claim_that_was_not_synced_since_the_leaves_epoch_ended_refuses_the_whole_push() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 2);
    world.allow(10 * TOKEN);
    world.publish_unsynced(0, &leaves(&payees, 1), 2);
    let first = world.claim_sync(&payees[0]);
    world.svm.must(&[first], &[]);
    let push = world.reward_push(0, &all(&payees));
    let outcome = world.svm.send(std::slice::from_ref(&push), &[]);
    assert_refused(outcome, ID, RewardsError::NotSynced);
    let second = world.claim_sync(&payees[1]);
    world.svm.must(&[second, push], &[]);
    assert_eq!(gained(&world, &payees[0]), TOKEN);
}

#[test]
fn two_operators_may_share_a_payout_account() {
    let mut world = RewardsWorld::new();
    let mut payees = payees(&mut world, 2);
    let shared = payees[0].keys.purse;
    let keys = &payees[1].keys;
    let profile = trestle_tests::staking::profile(solana_signer::Signer::pubkey(&keys.node));
    let update = world.operator_update(keys, shared, profile);
    let sync = world.claim_sync(&payees[1]);
    let authority = keys.authority.insecure_clone();
    world.svm.must(&[update, sync], &[&authority]);
    payees[1].keys.purse = shared;
    world.allow(10 * TOKEN);
    world.publish(0, &leaves(&payees, 1), 2);
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(&[ix], &[]);
    assert_eq!(world.svm.tokens(&shared), PURSE + 3 * TOKEN);
}

#[test]
fn five_operators_fit_into_an_ordinary_transaction() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 5);
    world.allow(100 * TOKEN);
    // Side by side in a tree of 1,024: where a service's sixth to tenth operator may stand.
    world.publish(0, &leaves(&payees, 1), 1 << 10);
    let ix = world.reward_push(0, &all(&payees));
    let sent = world.svm.must(&[ix], &[]);
    println!(
        "reward_push (5 of 1,024): {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    assert!(sent.size <= BYTES_MAX);
}

#[test]
fn twenty_eight_operators_fit_into_a_large_transaction_within_their_target() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, LARGE);
    world.allow(2_000 * TOKEN);
    // The last 28 of a tree of depth 20.
    let many = (1 << 20) - 4;
    world.publish(0, &leaves(&payees, 1), many);
    let payer = world.svm.funded("pusher");
    let ix = world.reward_push(0, &all(&payees));

    let sent = world.svm.send_large(&[ix], &payer).expect("pushed");

    for (payee, (_, leaf)) in payees.iter().zip(leaves(&payees, 1)) {
        assert_eq!(gained(&world, payee), leaf.tokens);
    }
    let each = sent.compute_units.div_ceil(LARGE as u64);
    println!(
        "reward_push (28 of 2^20): {} CU, {each} each, {} bytes, {} lamports",
        sent.compute_units, sent.size, sent.fee
    );
    assert!(sent.size <= LARGE_BYTES_MAX);
    assert!(each <= PUSH_CU_MAX);
    assert!(sent.fee.div_ceil(LARGE as u64) <= PUSH_FEE_MAX);
}

#[test]
fn so_is_an_operator_that_owes_a_slash() {
    let mut world = RewardsWorld::new();
    let payees = payees(&mut world, 3);
    world.allow(10 * TOKEN);
    let mut leaves = leaves(&payees, 1);
    leaves[1].1.slashed = 1;
    world.publish(0, &leaves, 3);
    let ix = world.reward_push(0, &all(&payees));
    world.svm.must(&[ix], &[]);
    let paid: Vec<bool> = payees.iter().map(|one| gained(&world, one) > 0).collect();
    assert_eq!(paid, [true, false, true]);
    // Alone it is not paid by any push, until the slash is taken.
    let ix = world.reward_push(0, &[&payees[1]]);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, RewardsError::NothingToPush);
}
