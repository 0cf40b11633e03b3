//! `slash_apply`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_staking::{error::StakingError, event::SlashApplied, state::UnbondTicket, ID},
    trestle_tests::{
        roots::{empty_ring, ring_address, Root},
        staking::{OperatorKeys, World},
        svm::{assert_refused, key, program_id},
        tokens::TOKEN,
    },
};

/// A root in which this operator, beside two others, was slashed by `slashed` in all.
fn root(epoch: u64, operator: &OperatorKeys, slashed: u64) -> Root {
    let counters = |slashed| LeafCounters {
        slashed,
        tokens: 9,
        ..LeafCounters::default()
    };
    Root::new(
        epoch,
        &[
            (operator.address, counters(slashed)),
            (key("other").pubkey(), counters(1)),
            (key("third").pubkey(), counters(0)),
        ],
    )
}

#[test]
fn anybody_can_apply_it_with_the_leaf_of_the_operator_in_a_root_of_the_ring() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let old = root(1, &operator, TOKEN);
    let new = root(2, &operator, 3 * TOKEN);
    world.finalize(&old);
    let ring = world.finalize(&new);

    for (root, stake) in [(&old, 9 * TOKEN), (&new, 7 * TOKEN)] {
        let ix = world.slash_apply(operator.address, ring, root.leaf(&operator.address));
        world.svm.must(&[ix], &[]);
        assert_eq!(world.operator_state(&operator).stake, stake);
    }
}

#[test]
fn the_counter_less_what_was_taken_before_is_taken_from_stake_first_then_from_tickets() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    for amount in [4 * TOKEN, 5 * TOKEN] {
        let ix = world.stake_unbond(&operator, amount);
        world.svm.must(&[ix], &[&operator.authority]);
    }
    let ring = world.finalize(&root(1, &operator, 3 * TOKEN));
    let leaf = root(1, &operator, 3 * TOKEN).leaf(&operator.address);
    let ix = world.slash_apply(operator.address, ring, leaf);

    let sent = world.svm.must(&[ix], &[]);

    let state = world.operator_state(&operator);
    assert_eq!(state.stake, 0);
    assert_eq!(
        state.tickets.map(|ticket| ticket.amount),
        [2 * TOKEN, 5 * TOKEN, 0, 0]
    );
    assert_eq!(state.slashed_applied, 3 * TOKEN);
    assert_eq!(world.network().total_stake, 7 * TOKEN);
    let event = sent.event::<SlashApplied>().expect("an event");
    assert_eq!((event.epoch, event.amount, event.stake), (1, 3 * TOKEN, 0));
    assert_eq!(
        (event.slashed_applied, event.total_stake),
        (3 * TOKEN, 7 * TOKEN)
    );
}

#[test]
fn what_stake_and_tickets_do_not_cover_stays_owed() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let ix = world.stake_unbond(&operator, 4 * TOKEN);
    world.svm.must(&[ix], &[&operator.authority]);
    let root = root(1, &operator, 25 * TOKEN);
    let ring = world.finalize(&root);
    let ix = world.slash_apply(operator.address, ring, root.leaf(&operator.address));
    world.svm.must(std::slice::from_ref(&ix), &[]);
    let state = world.operator_state(&operator);
    assert_eq!((state.stake, state.slashed_applied), (0, 10 * TOKEN));
    assert_eq!(state.tickets, [UnbondTicket::default(); 4]);
    assert_eq!(world.svm.tokens(&world.stake_vault), 0);

    world.deposit(&operator, 20 * TOKEN);
    world.svm.must(&[ix], &[]);

    let state = world.operator_state(&operator);
    assert_eq!(
        (state.stake, state.slashed_applied),
        (5 * TOKEN, 25 * TOKEN)
    );
}

#[test]
fn the_burn_share_is_burned_the_rest_goes_to_the_insurance_vault() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let supply = world.svm.supply(&world.token_mint);
    // An odd amount: the unit that cannot be split is burned.
    let slashed = 3 * TOKEN + 1;
    let root = root(1, &operator, slashed);
    let ring = world.finalize(&root);
    let ix = world.slash_apply(operator.address, ring, root.leaf(&operator.address));

    let sent = world.svm.must(&[ix], &[]);

    let event = sent.event::<SlashApplied>().expect("an event");
    assert_eq!(
        (event.burned, event.insured),
        (slashed / 2 + 1, slashed / 2)
    );
    assert_eq!(world.svm.supply(&world.token_mint), supply - event.burned);
    assert_eq!(world.svm.tokens(&world.insurance_vault), event.insured);
    assert_eq!(world.svm.tokens(&world.stake_vault), 10 * TOKEN - slashed);
}

#[test]
fn a_leaf_whose_slashes_have_all_been_taken_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let (old, new) = (root(1, &operator, TOKEN), root(2, &operator, 2 * TOKEN));
    world.finalize(&old);
    let ring = world.finalize(&new);
    let apply = world.slash_apply(operator.address, ring, new.leaf(&operator.address));
    world.svm.must(std::slice::from_ref(&apply), &[]);

    // The same once more, and an older root after a newer one.
    let older = world.slash_apply(operator.address, ring, old.leaf(&operator.address));
    for ix in [apply, older] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::NothingToSlash);
    }
    assert_eq!(world.operator_state(&operator).stake, 8 * TOKEN);
}

#[test]
fn an_operator_with_nothing_left_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    let root = root(1, &operator, TOKEN);
    let ring = world.finalize(&root);
    let ix = world.slash_apply(operator.address, ring, root.leaf(&operator.address));

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, StakingError::NothingToTake);
}

#[test]
fn a_leaf_that_is_not_in_the_root_or_a_root_that_is_not_in_the_ring_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let victim = world.operator("victim", 10 * TOKEN);
    let root = root(1, &operator, TOKEN);
    let ring = world.finalize(&root);
    let good = root.leaf(&operator.address);

    let mut raised = good.clone();
    raised.counters.slashed += 1;
    let mut moved = good.clone();
    moved.index += 1;
    let mut outside = good.clone();
    outside.index = 3;
    let mut short = good.clone();
    short.proof.pop();
    let mut long = good.clone();
    long.proof.push([0; 32]);
    for leaf in [raised, moved, outside, short, long] {
        let ix = world.slash_apply(operator.address, ring, leaf);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::LeafNotProven);
    }
    let ix = world.slash_apply(victim.address, ring, good.clone());
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::LeafNotProven);

    let mut unknown = good;
    unknown.epoch = 2;
    let ix = world.slash_apply(operator.address, ring, unknown);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::RootNotFound);
}

#[test]
fn the_ring_of_another_service_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let root = root(1, &operator, TOKEN);
    let elsewhere: Address = world.svm.fresh_address();
    let mut ring = empty_ring(&elsewhere);
    ring.0.push(&root.record()).expect("a root");
    let address = ring_address(&elsewhere).0;
    world.svm.put_pod(address, program_id("proofs"), &ring);
    let ix = world.slash_apply(operator.address, address, root.leaf(&operator.address));

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, StakingError::WrongRing);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let root = root(1, &operator, TOKEN);
    let ring = world.finalize(&root);
    world.pause();
    let ix = world.slash_apply(operator.address, ring, root.leaf(&operator.address));

    world.svm.must(&[ix], &[]);
}
