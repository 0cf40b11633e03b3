//! `commitment_register`, by its specification.

use {
    anchor_lang::{programs::System, Error, Id},
    solana_signer::Signer,
    trestle_core::storage::{leaf_count, LEAF_BYTES},
    trestle_proofs::{
        address::commitment_address,
        constants::GIB,
        error::ProofsError,
        event::CommitmentRegistered,
        state::{CommitmentStatus, NEVER},
        ID,
    },
    trestle_staking::state::PolicyRules,
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
    let rent = stage.world.svm.lamports(&address);
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
fn an_operator_with_less_stake_than_its_capacity_needs_is_refused() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN - 1);
    let customer = stage.world.svm.funded("customer");

    let outcome = stage.commit(&operator, &customer, ROOT, SIZE);

    assert_refused(outcome, ID, ProofsError::OperatorUnderstaked);
    stage.world.deposit(&operator, 1);
    stage
        .commit(&operator, &customer, ROOT, SIZE)
        .expect("a commitment");
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
