//! `service_escape`, by its specification, and what it lets people do.

use {
    solana_signer::Signer,
    trestle_credits::constants::LEASE_TIMEOUT_EPOCHS,
    trestle_proofs::{
        address::commitment_address, constants::ESCAPE_EPOCHS, error::ProofsError,
        event::ServiceEscaped, ID,
    },
    trestle_staking::constants::CHALLENGE_WINDOW_EPOCHS_MAX,
    trestle_tests::{
        proofs::{Draft, Stage},
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

fn escape(stage: &mut Stage) -> Outcome {
    let ix = stage.service_escape();
    stage.world.svm.send(&[ix], &[])
}

fn pass_epochs(stage: &mut Stage, count: u64) {
    for _ in 0..count {
        stage.next_epoch();
    }
}

/// A stage in which epoch 0 is final and nothing has come since; it stands in epoch 17.
fn stalled() -> Stage {
    let mut stage = Stage::new();
    stage.settle(&Draft::honest(0, 3, 10));
    pass_epochs(&mut stage, ESCAPE_EPOCHS);
    stage
}

#[test]
fn anybody_can_declare_it_when_16_epochs_have_passed_without_a_final_root() {
    let mut stage = Stage::new();
    stage.settle(&Draft::honest(0, 3, 10));
    pass_epochs(&mut stage, ESCAPE_EPOCHS - 1);
    assert_eq!(stage.world.epoch(), 16);
    let outcome = escape(&mut stage);
    assert_refused(outcome, ID, ProofsError::NotStalled);

    stage.next_epoch();
    let sent = escape(&mut stage).expect("a declaration");

    assert!(stage.ring_state().is_stalled());
    let event = sent.event::<ServiceEscaped>().expect("an event");
    assert_eq!((event.epoch, event.latest_epoch, event.epochs), (17, 0, 17));
    println!(
        "service_escape: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_service_that_had_no_root_yet_counts_from_its_oldest_seed_and_cannot_stall_without_one() {
    let mut stage = Stage::new();
    pass_epochs(&mut stage, 100);
    let outcome = escape(&mut stage);
    assert_refused(outcome, ID, ProofsError::NotStalled);

    stage.record_seed().expect("a seed");
    pass_epochs(&mut stage, ESCAPE_EPOCHS);
    stage.record_seed().expect("a later seed");
    let outcome = escape(&mut stage);
    assert_refused(outcome, ID, ProofsError::NotStalled);
    stage.next_epoch();
    escape(&mut stage).expect("a declaration");
}

#[test]
fn the_oldest_seed_that_the_ring_holds_counts() {
    let mut stage = Stage::new();
    for _ in 0..70 {
        stage.record_seed().expect("a seed");
        stage.next_epoch();
    }
    let seeds = stage.seeds_state();
    // Epochs 1 to 70 were recorded, the last 64 are kept.
    assert_eq!(seeds.oldest().map(|seed| seed.epoch), Some(7));
    let sent = escape(&mut stage).expect("a declaration");
    let event = sent.event::<ServiceEscaped>().expect("an event");
    assert_eq!((event.epoch, event.epochs), (71, 64));
}

#[test]
fn a_service_that_is_declared_stalled_already_is_refused() {
    let mut stage = stalled();
    escape(&mut stage).expect("a declaration");

    let outcome = escape(&mut stage);

    assert_refused(outcome, ID, ProofsError::ServiceStalled);
}

#[test]
fn operators_end_their_commitments_at_once_and_nobody_makes_new_ones() {
    let mut stage = stalled();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let (bound, free) = ([1; 32], [2; 32]);
    for root in [bound, free] {
        stage
            .commit(&operator, &customer, root, 1_000)
            .expect("a commitment");
    }
    let end = |stage: &mut Stage, root| {
        let commitment = commitment_address(&operator.address, root).0;
        let ix = stage.commitment_end(operator.authority.pubkey(), commitment);
        stage.world.svm.must(&[ix], &[&operator.authority]);
        stage.commitment_state(&commitment).ended_epoch
    };
    assert_eq!(end(&mut stage, &bound), 17 + 2, "two epochs of notice");

    escape(&mut stage).expect("a declaration");

    // Also for who has given notice before.
    assert_eq!(end(&mut stage, &free), 17);
    assert_eq!(end(&mut stage, &bound), 17);
    let outcome = stage.commit(&operator, &customer, [3; 32], 1_000);
    assert_refused(outcome, ID, ProofsError::ServiceStalled);
    let ix = stage.world.stake_unbond(&operator, 100 * TOKEN);
    stage.world.svm.must(&[ix], &[&operator.authority]);
}

#[test]
fn the_next_final_root_ends_the_stall() {
    let mut stage = stalled();
    escape(&mut stage).expect("a declaration");
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");

    stage.settle(&Draft::honest(16, 3, 20));

    assert!(!stage.ring_state().is_stalled());
    stage
        .commit(&operator, &customer, [1; 32], 1_000)
        .expect("a commitment");
    let commitment = commitment_address(&operator.address, &[1; 32]).0;
    let ix = stage.commitment_end(operator.authority.pubkey(), commitment);
    stage.world.svm.must(&[ix], &[&operator.authority]);
    let ended = stage.commitment_state(&commitment).ended_epoch;
    assert_eq!(ended, 17 + 2, "notice is owed again");
    let outcome = escape(&mut stage);
    assert_refused(outcome, ID, ProofsError::NotStalled);
}

#[test]
fn what_was_ended_meanwhile_stays_ended() {
    let mut stage = stalled();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage
        .commit(&operator, &customer, [1; 32], 1_000)
        .expect("a commitment");
    escape(&mut stage).expect("a declaration");
    let commitment = commitment_address(&operator.address, &[1; 32]).0;
    let ix = stage.commitment_end(operator.authority.pubkey(), commitment);
    stage.world.svm.must(&[ix], &[&operator.authority]);

    stage.settle(&Draft::honest(16, 3, 20));

    assert_eq!(stage.commitment_state(&commitment).ended_epoch, 17);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut stage = stalled();
    stage.world.pause();

    escape(&mut stage).expect("a declaration");
}

/// Epochs after its own in which a root of the slowest network becomes final: an epoch to attest,
/// the longest window, the longest dispute.
const SLOWEST_EPOCHS: u64 = 1 + CHALLENGE_WINDOW_EPOCHS_MAX as u64 + 1;

#[test]
fn no_dispute_delays_a_root_until_leases_time_out_and_those_do_before_a_service_is_stalled() {
    // A root that is lost in a dispute is made up for by that of the next epoch.
    let with_one_lost = SLOWEST_EPOCHS + 1;
    assert!(with_one_lost < LEASE_TIMEOUT_EPOCHS);
    const { assert!(2 * LEASE_TIMEOUT_EPOCHS <= ESCAPE_EPOCHS) };
}
