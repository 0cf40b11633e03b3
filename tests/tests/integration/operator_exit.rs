//! `operator_exit`, by its specification.

use {
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_credits::error::CreditsError,
    trestle_proofs::error::ProofsError,
    trestle_staking::{error::StakingError, event::OperatorExited, ID},
    trestle_tests::{
        credits::{terms, CreditsWorld},
        final_roots::Roots,
        proofs::Stage,
        rewards::RewardsWorld,
        staking::{profile, OperatorKeys, World, PURSE},
        svm::{assert_refused, program_id, Outcome, Sent},
        tokens::TOKEN,
    },
};

fn try_exit(world: &mut World, keys: &OperatorKeys) -> Outcome {
    let ix = world.operator_exit(keys.address, keys.authority.pubkey());
    world.svm.send(&[ix], &[&keys.authority])
}

fn exit(world: &mut World, keys: &OperatorKeys) -> Sent {
    try_exit(world, keys).expect("an exit")
}

#[test]
fn only_the_operators_controller_can_exit() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", TOKEN);
    let ix = world.operator_exit(keys.address, keys.node.pubkey());
    let outcome = world.svm.send_relayed(&[ix], &[&keys.node]);
    assert_refused(outcome, ID, StakingError::NotOperatorAuthority);
}

#[test]
fn all_stake_waits_in_one_free_ticket_for_the_unbonding_time_and_can_be_slashed_until_then() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);

    let sent = exit(&mut world, &keys);

    let unlock_at = world.svm.now() + 86_400;
    let event = sent.event::<OperatorExited>().expect("an event");
    assert_eq!((event.amount, event.unlock_at), (9 * TOKEN, unlock_at));
    let state = world.operator_state(&keys);
    assert_eq!((state.stake, state.exited), (0, 1));
    assert_eq!(state.tickets[0].amount, 9 * TOKEN);

    let mut roots = Roots::new(&mut world.svm, world.service);
    let slashed = LeafCounters {
        slashed: 2 * TOKEN,
        ..LeafCounters::default()
    };
    roots.publish(&mut world.svm, 1, &[(keys.address, slashed)], 1);
    let leaf = roots.leaf(1, &keys.address);
    let ix = world.slash_apply(keys.address, roots.ring, leaf);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.operator_state(&keys).tickets[0].amount, 7 * TOKEN);
}

#[test]
fn without_a_free_ticket_it_is_refused_unless_there_is_no_stake() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 5 * TOKEN);
    for _ in 0..4 {
        let ix = world.stake_unbond(&keys, TOKEN);
        world.svm.must(&[ix], &[&keys.authority]);
    }
    let outcome = try_exit(&mut world, &keys);
    assert_refused(outcome, ID, StakingError::NoFreeTicket);

    world.svm.advance(86_400);
    let ix = world.stake_withdraw(&keys, keys.purse);
    world.svm.must(&[ix], &[&keys.authority]);
    for _ in 0..4 {
        let ix = world.stake_unbond(&keys, TOKEN / 4);
        world.svm.must(&[ix], &[&keys.authority]);
    }
    exit(&mut world, &keys);
    assert_eq!(world.operator_state(&keys).exited, 1);
}

#[test]
fn new_deposits_commitments_and_leases_are_refused_afterwards_a_second_exit_is_too() {
    let mut stage = Stage::new();
    let keys = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    exit(&mut stage.world, &keys);
    let outcome = stage.commit(&keys, &customer, [1; 32], 1_000);
    assert_refused(outcome, program_id("proofs"), ProofsError::OperatorExited);
    let world = &mut stage.world;
    let ix = world.stake_deposit(keys.address, keys.authority.pubkey(), keys.purse, TOKEN);
    let outcome = world.svm.send(&[ix], &[&keys.authority]);
    assert_refused(outcome, ID, StakingError::OperatorExited);
    let outcome = try_exit(world, &keys);
    assert_refused(outcome, ID, StakingError::OperatorExited);

    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    exit(&mut world.staking, &deal.operator);
    let outcome = world.open(&customer, &deal, terms());
    assert_refused(outcome, program_id("credits"), CreditsError::OperatorExited);
}

#[test]
fn what_is_due_is_still_paid() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(1_000 * TOKEN);
    let earned = LeafCounters {
        tokens: 700 * TOKEN,
        ..LeafCounters::default()
    };
    exit(&mut world.staking, &payee.keys);
    world.publish(1, &[(payee.keys.address, earned)], 1);

    world.claim(&payee, 1).expect("a claim");

    let paid = world.svm.tokens(&payee.keys.purse);
    assert_eq!(paid, PURSE + 700 * TOKEN);
}

#[test]
fn matured_tickets_can_be_withdrawn_and_the_wallet_cannot_register_again() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);
    exit(&mut world, &keys);
    world.svm.advance(86_400);
    let ix = world.stake_withdraw(&keys, keys.purse);
    world.svm.must(&[ix], &[&keys.authority]);
    assert_eq!(world.svm.tokens(&keys.purse), PURSE);

    let ix = world.operator_register(&keys, profile(keys.node.pubkey()));
    let refused = world
        .svm
        .send(&[ix], &[&keys.authority])
        .expect_err("a refusal");
    // The system program refuses to create what exists.
    let error = InstructionError::Custom(0);
    assert_eq!(refused.instruction_error(), Some(&error));
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", TOKEN);
    world.pause();
    exit(&mut world, &keys);
}
