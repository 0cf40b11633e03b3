//! `commitment_register`, by its specification.

use {
    anchor_lang::{programs::System, Error, Id},
    solana_signer::Signer,
    trestle_core::storage::{leaf_count, LEAF_BYTES},
    trestle_proofs::{
        address::{commitment_address, load_address},
        constants::{ESCAPE_EPOCHS, GIB},
        error::ProofsError,
        event::CommitmentRegistered,
        state::{CommitmentStatus, NEVER},
        ID,
    },
    trestle_staking::state::{Operator, PolicyRules},
    trestle_tests::{
        clearance::known_parties,
        proofs::Stage,
        staking::profile,
        svm::{assert_refused, key},
        tokens::TOKEN,
    },
};

/// Root of some data.
const ROOT: [u8; 32] = [1; 32];
/// Root of other data.
const ROOT_3: [u8; 32] = [3; 32];
/// Bytes of it.
const SIZE: u64 = 1_000_000;

#[test]
fn the_customer_and_the_operators_node_both_sign_and_the_customer_pays_the_rent() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let before = stage.world.svm.lamports(&customer.pubkey());

    let sent = stage
        .commit(&operator, &customer, ROOT, SIZE)
        .expect("a commitment");

    let address = commitment_address(&operator.address, &ROOT).0;
    let state = stage.commitment_state(&address);
    assert_eq!(state.status, CommitmentStatus::Active as u8);
    assert_eq!(
        (state.service, state.operator, state.customer),
        (stage.world.service, operator.address, customer.pubkey())
    );
    assert_eq!((state.root, state.size_bytes), (ROOT, SIZE));
    assert_eq!((state.registered_epoch, state.ended_epoch), (1, NEVER));
    // The first commitment of an operator opens the account of its load too.
    let load = load_address(&operator.address).0;
    let svm = &stage.world.svm;
    let rent = svm.lamports(&address) + svm.lamports(&load);
    let after = stage.world.svm.lamports(&customer.pubkey());
    assert_eq!(after, before - rent - sent.fee);
    let event = sent.event::<CommitmentRegistered>().expect("an event");
    assert_eq!((event.commitment, event.root), (address, ROOT));
    assert_eq!((event.size_bytes, event.registered_epoch), (SIZE, 1));
    println!(
        "commitment_register: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_key_that_is_not_the_nodes_is_refused() {
    let mut stage = Stage::new();
    let mut operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    operator.node = key("another node");

    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);

    assert_refused(outcome, ID, ProofsError::WrongNodeKey);
}

#[test]
fn the_number_of_leaves_follows_from_the_size() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let leaf = LEAF_BYTES as u64;
    for (number, size) in [1, leaf, leaf + 1, SIZE].into_iter().enumerate() {
        let root = [number as u8; 32];

        stage
            .commit(&operator, &customer, root, size)
            .expect("a commitment");

        let address = commitment_address(&operator.address, &root).0;
        let leaves = stage.commitment_state(&address).leaf_count;
        assert_eq!(Ok(leaves), leaf_count(size));
    }
}

#[test]
fn a_size_of_zero_or_above_the_operators_capacity_is_refused() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let mut small = profile(operator.node.pubkey());
    small.capacity_gib = 1;
    let ix = stage
        .world
        .operator_update(&operator, operator.purse, small);
    stage.world.svm.must(&[ix], &[&operator.authority]);

    for size in [0, GIB + 1, u64::MAX] {
        let outcome = stage.commit(&operator, &customer, ROOT, size);
        assert_refused(outcome, ID, ProofsError::BadSize);
    }
    stage
        .commit(&operator, &customer, ROOT, GIB)
        .expect("a commitment of the whole capacity");
}

#[test]
fn what_the_operator_has_committed_to_in_all_stays_within_its_capacity() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let mut small = profile(operator.node.pubkey());
    small.capacity_gib = 1;
    let ix = stage
        .world
        .operator_update(&operator, operator.purse, small.clone());
    stage.world.svm.must(&[ix], &[&operator.authority]);
    // A KiB that is begun counts whole: these take up all but one KiB.
    for (number, size) in [(1, GIB / 2), (2, GIB / 2 - 2_047)] {
        stage
            .commit(&operator, &customer, [number; 32], size)
            .expect("a commitment");
    }
    let load = stage.load_state(&operator.address);
    assert_eq!((load.commitments, load.committed_kib), (2, (1 << 20) - 1));

    let outcome = stage.commit(&operator, &customer, [3; 32], 1_025);
    assert_refused(outcome, ID, ProofsError::CapacityExceeded);
    stage
        .commit(&operator, &customer, [3; 32], 1_024)
        .expect("a commitment that fits");
    let outcome = stage.commit(&operator, &customer, [4; 32], 1);
    assert_refused(outcome, ID, ProofsError::CapacityExceeded);

    small.capacity_gib = 2;
    let ix = stage
        .world
        .operator_update(&operator, operator.purse, small);
    stage.world.svm.must(&[ix], &[&operator.authority]);
    stage
        .commit(&operator, &customer, [4; 32], 1)
        .expect("a commitment after the capacity grew");
    // Another operator has a load of its own.
    let other = stage.world.operator("other", 100 * TOKEN);
    stage
        .commit(&other, &customer, [4; 32], GIB)
        .expect("a commitment of another operator");
}

#[test]
fn an_operator_whose_stake_does_not_cover_all_its_commitments_is_refused() {
    let mut stage = Stage::new();
    // A token a GiB: enough for two of the hundred that it offers.
    let operator = stage.world.operator("operator", 2 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    for root in [[1; 32], [2; 32]] {
        stage
            .commit(&operator, &customer, root, GIB)
            .expect("a commitment");
    }

    let outcome = stage.commit(&operator, &customer, ROOT_3, 1);

    assert_refused(outcome, ID, ProofsError::OperatorUnderstaked);
    // A KiB of a GiB, rounded up.
    let missing = TOKEN.div_ceil(1 << 20);
    stage.world.deposit(&operator, missing - 1);
    let outcome = stage.commit(&operator, &customer, ROOT_3, 1);
    assert_refused(outcome, ID, ProofsError::OperatorUnderstaked);
    stage.world.deposit(&operator, 1);
    stage
        .commit(&operator, &customer, ROOT_3, 1)
        .expect("a commitment");
}

#[test]
fn an_operator_that_is_jailed_or_has_unbonded_its_whole_stake_is_refused() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let until = stage.world.svm.now() + 60;
    stage
        .world
        .svm
        .edit(&operator.address, |state: &mut Operator| {
            state.jailed_until = until;
        });
    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);
    assert_refused(outcome, ID, ProofsError::OperatorJailed);
    stage.world.svm.advance(59);
    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);
    assert_refused(outcome, ID, ProofsError::OperatorJailed);
    stage.world.svm.advance(1);
    stage
        .commit(&operator, &customer, ROOT, SIZE)
        .expect("a commitment after its time");

    let ix = stage.world.stake_unbond(&operator, 100 * TOKEN);
    stage.world.svm.must(&[ix], &[&operator.authority]);
    let outcome = stage.commit(&operator, &customer, ROOT_3, SIZE);
    assert_refused(outcome, ID, ProofsError::OperatorExiting);
}

#[test]
fn a_stalled_service_takes_no_commitments() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage.record_seed().expect("a seed");
    for _ in 0..=ESCAPE_EPOCHS {
        stage.next_epoch();
    }
    let ix = stage.service_escape();
    stage.world.svm.must(&[ix], &[]);

    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);

    assert_refused(outcome, ID, ProofsError::ServiceStalled);
}

#[test]
fn a_root_that_the_operator_has_committed_to_already_is_refused() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage
        .commit(&operator, &customer, ROOT, SIZE)
        .expect("a commitment");

    let outcome = stage.commit(&operator, &customer, ROOT, SIZE + 1);

    assert_refused(outcome, System::id(), Error::Custom(0));
    let other = stage.world.operator("other", 100 * TOKEN);
    stage
        .commit(&other, &customer, ROOT, SIZE)
        .expect("a commitment of another operator");
}

#[test]
fn a_service_with_a_policy_admits_only_with_the_clearances_that_it_asks_for() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage.world.impose(known_parties());

    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);

    // `admission` tries every way to be refused and to be admitted.
    assert_refused(outcome, ID, ProofsError::WrongIssuer);
    stage.world.impose(PolicyRules::default());
    stage
        .commit(&operator, &customer, ROOT, SIZE)
        .expect("a commitment under a policy that asks for nothing");
}

#[test]
fn a_paused_network_refuses() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage.world.pause();

    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);

    assert_refused(outcome, ID, ProofsError::NetworkPaused);
}
