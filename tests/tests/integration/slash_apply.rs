//! `slash_apply`, by its specification.

use {
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_staking::{error::StakingError, event::SlashApplied, state::UnbondTicket, ID},
    trestle_tests::{
        final_roots::Roots,
        staking::{OperatorKeys, World},
        svm::{assert_refused, key},
        tokens::TOKEN,
    },
};

/// Makes roots final in which the operator, beside two others, was slashed by so much in all: one
/// root for each amount, from epoch 1 on.
fn finalize(world: &mut World, operator: &OperatorKeys, slashed: &[u64]) -> Roots {
    let counters = |slashed| LeafCounters {
        slashed,
        tokens: 9,
        ..LeafCounters::default()
    };
    let mut roots = Roots::new(&mut world.svm, world.service);
    for (epoch, slashed) in (1..).zip(slashed) {
        let leaves = [
            (operator.address, counters(*slashed)),
            (key("other").pubkey(), counters(1)),
            (key("third").pubkey(), counters(0)),
        ];
        roots.publish(&mut world.svm, epoch, &leaves, leaves.len());
    }
    roots
}

fn apply(world: &World, operator: &OperatorKeys, roots: &Roots, epoch: u64) -> Instruction {
    let leaf = roots.leaf(epoch, &operator.address);
    world.slash_apply(operator.address, roots.ring, leaf)
}

#[test]
fn anybody_can_apply_it_with_the_leaf_of_the_operator_in_a_root_of_the_ring() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let roots = finalize(&mut world, &operator, &[TOKEN, 3 * TOKEN]);

    for (epoch, stake) in [(1, 9 * TOKEN), (2, 7 * TOKEN)] {
        let ix = apply(&world, &operator, &roots, epoch);
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
    let roots = finalize(&mut world, &operator, &[3 * TOKEN]);
    let ix = apply(&world, &operator, &roots, 1);

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
    let roots = finalize(&mut world, &operator, &[25 * TOKEN]);
    let ix = apply(&world, &operator, &roots, 1);
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
    let roots = finalize(&mut world, &operator, &[slashed]);
    let ix = apply(&world, &operator, &roots, 1);

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
    let roots = finalize(&mut world, &operator, &[TOKEN, 2 * TOKEN]);
    let newest = apply(&world, &operator, &roots, 2);
    world.svm.must(std::slice::from_ref(&newest), &[]);

    // The same once more, and an older root after a newer one.
    let older = apply(&world, &operator, &roots, 1);
    for ix in [newest, older] {
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::NothingToSlash);
    }
    assert_eq!(world.operator_state(&operator).stake, 8 * TOKEN);
}

#[test]
fn an_operator_with_nothing_left_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 0);
    let roots = finalize(&mut world, &operator, &[TOKEN]);
    let ix = apply(&world, &operator, &roots, 1);

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, StakingError::NothingToTake);
}

#[test]
fn a_leaf_that_is_not_in_the_root_or_a_root_that_is_not_in_the_ring_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let victim = world.operator("victim", 10 * TOKEN);
    let roots = finalize(&mut world, &operator, &[TOKEN]);
    let good = roots.leaf(1, &operator.address);

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
        let ix = world.slash_apply(operator.address, roots.ring, leaf);
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, StakingError::LeafNotProven);
    }
    let ix = world.slash_apply(victim.address, roots.ring, good.clone());
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::LeafNotProven);

    let mut unknown = good;
    unknown.epoch = 2;
    let ix = world.slash_apply(operator.address, roots.ring, unknown);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::RootNotFound);
}

#[test]
fn the_ring_of_another_service_is_refused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let elsewhere = world.svm.fresh_address();
    let mut forged = Roots::new(&mut world.svm, elsewhere);
    let slashed = LeafCounters {
        slashed: TOKEN,
        ..LeafCounters::default()
    };
    forged.publish(&mut world.svm, 1, &[(operator.address, slashed)], 1);
    let ix = apply(&world, &operator, &forged, 1);

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, StakingError::WrongRing);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let operator = world.operator("operator", 10 * TOKEN);
    let roots = finalize(&mut world, &operator, &[TOKEN]);
    world.pause();
    let ix = apply(&world, &operator, &roots, 1);

    world.svm.must(&[ix], &[]);
}
