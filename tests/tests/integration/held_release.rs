//! `held_release`, by its specification, and what payments hold back.

use {
    trestle_core::leaf::{LeafCounters, Totals},
    trestle_rewards::{
        error::RewardsError,
        event::{HeldReleased, RewardClaimed},
        ID,
    },
    trestle_staking::state::Operator,
    trestle_tests::{
        final_roots::earned,
        rewards::{Payee, RewardsWorld},
        staking::PURSE,
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

/// Epochs that count as a month in these tests.
const MONTH: u64 = 2;

/// A pool that holds back, and an operator that registered in epoch 0 and has earned 100 tokens.
fn holding() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::holding(2);
    let payee = world.payee("operator");
    world.allow(100 * TOKEN);
    world.publish(0, &[(payee.keys.address, earned(100 * TOKEN))], 1);
    (world, payee)
}

fn release(world: &mut RewardsWorld, payee: &Payee) -> Outcome {
    let ix = world.held_release(payee);
    world.svm.send(&[ix], &[])
}

#[test]
fn a_new_operator_gets_a_quarter_at_once_and_the_rest_is_held() {
    let (mut world, payee) = holding();
    let sent = world.claim(&payee, 0).expect("paid");
    let event = sent.event::<RewardClaimed>().expect("an event");
    assert_eq!(
        (event.paid, event.held, event.left),
        (25 * TOKEN, 75 * TOKEN, 0)
    );
    assert_eq!(event.claimed_tokens, 100 * TOKEN);
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 25 * TOKEN);
    let claim = world.claim_state(&payee);
    assert_eq!((claim.held, claim.held_base), (75 * TOKEN, 100 * TOKEN));
    // What is held stays in the vault and is still owed.
    assert_eq!(world.pool_state().paid_total, 25 * TOKEN);
    assert_eq!(world.svm.tokens(&world.vault), 75 * TOKEN);
    let again = world.claim(&payee, 0);
    assert_refused(again, ID, RewardsError::NothingToClaim);
}

#[test]
fn the_rate_is_that_of_the_operators_age_in_the_epoch_of_the_leaf() {
    for (epoch, held) in [(5, 75), (6, 50), (11, 50), (12, 25), (17, 25), (18, 0)] {
        let (mut world, payee) = holding();
        world.publish(epoch, &[(payee.keys.address, earned(100 * TOKEN))], 1);
        let sent = world.claim(&payee, epoch).expect("paid");
        let event = sent.event::<RewardClaimed>().expect("an event");
        assert_eq!(event.held, held * TOKEN, "epoch {epoch}");
    }
}

#[test]
fn a_push_holds_back_too() {
    let (mut world, payee) = holding();
    let ix = world.reward_push(0, &[&payee]);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 25 * TOKEN);
    assert_eq!(world.claim_state(&payee).held, 75 * TOKEN);
}

#[test]
fn anybody_can_release_for_an_operator_the_pay_goes_to_its_payout_account() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(3 * MONTH);
    let sent = release(&mut world, &payee).expect("the relayer releases");
    let event = sent.event::<HeldReleased>().expect("an event");
    assert_eq!(
        (event.operator, event.payout),
        (payee.keys.address, payee.keys.purse)
    );
    assert_eq!((event.paid, event.held), (25 * TOKEN, 50 * TOKEN));
    assert_eq!(event.paid_total, 50 * TOKEN);
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 50 * TOKEN);
    println!("held_release: {} CU", sent.compute_units);
}

#[test]
fn what_is_held_beyond_the_present_rate_of_all_pay_that_was_held_from_is_paid() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    // In the fourth month half of what is earned is held.
    world.publish(6, &[(payee.keys.address, earned(140 * TOKEN))], 1);
    world.allow(40 * TOKEN);
    world.run_to(3 * MONTH);
    world.claim(&payee, 6).expect("paid");
    let claim = world.claim_state(&payee);
    assert_eq!((claim.held, claim.held_base), (95 * TOKEN, 140 * TOKEN));
    release(&mut world, &payee).expect("released");
    assert_eq!(world.claim_state(&payee).held, 70 * TOKEN);
    world.run_to(6 * MONTH);
    release(&mut world, &payee).expect("released");
    assert_eq!(world.claim_state(&payee).held, 35 * TOKEN);
}

#[test]
fn after_nine_months_everything_is_paid() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(9 * MONTH);
    release(&mut world, &payee).expect("released");
    let claim = world.claim_state(&payee);
    assert_eq!((claim.held, claim.held_base), (0, 0));
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 100 * TOKEN);
    assert_eq!(world.pool_state().paid_total, 100 * TOKEN);
}

#[test]
fn before_the_rate_falls_and_again_at_the_same_rate_a_release_is_refused() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(3 * MONTH - 1);
    let early = release(&mut world, &payee);
    assert_refused(early, ID, RewardsError::NothingToRelease);
    world.run_to(3 * MONTH);
    release(&mut world, &payee).expect("released");
    let again = release(&mut world, &payee);
    assert_refused(again, ID, RewardsError::NothingToRelease);
}

#[test]
fn a_jailed_operator_gets_nothing_until_it_is_free() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(9 * MONTH);
    let (operator, now) = (payee.keys.address, world.svm.now());
    world
        .svm
        .edit::<Operator>(&operator, |state| state.jailed_until = now + 1);
    let jailed = release(&mut world, &payee);
    assert_refused(jailed, ID, RewardsError::Jailed);
    world.svm.advance(1);
    release(&mut world, &payee).expect("free again");
}

#[test]
fn all_payments_together_stay_within_the_newest_final_root_and_what_was_allotted() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(9 * MONTH);
    let leaves = [(payee.keys.address, earned(100 * TOKEN))];
    let totals = Totals {
        tokens: 99 * TOKEN,
        ..Totals::default()
    };
    world.publish_with_totals(1, &leaves, 1, totals);
    let outcome = release(&mut world, &payee);
    assert_refused(outcome, ID, RewardsError::PaidBeyondRoot);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(9 * MONTH);
    world.pause();
    release(&mut world, &payee).expect("an exit");
}

#[test]
fn an_operator_that_owes_a_slash_for_which_its_pay_was_asked_gets_nothing_until_all_of_it_is_taken()
{
    let (mut world, payee) = holding();
    world.claim(&payee, 0).expect("paid");
    world.run_to(9 * MONTH);
    let slashed = LeafCounters {
        slashed: 10 * TOKEN,
        ..earned(100 * TOKEN)
    };
    // A root that grants no more than was paid, so that the pool cannot pay and nobody is jailed.
    let leaves = [(payee.keys.address, slashed)];
    world.publish_with_totals(1, &leaves, 1, Totals::default());
    world.slash_held(&payee, 1).expect("asked");
    let owing = release(&mut world, &payee);
    assert_refused(owing, ID, RewardsError::SlashOwed);
    world.publish(2, &leaves, 1);
    world.slash_held(&payee, 2).expect("slashed");
    world.svm.advance(86_400);
    release(&mut world, &payee).expect("free again");
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + 90 * TOKEN);
}
