//! Records and settlements of lease groups that are due.

use crate::world::{network, service, view, EPOCH};
use anchor_lang::bytemuck::Zeroable;
use solana_pubkey::Pubkey;
use std::sync::Arc;
use trestle_attest::chain::{ChainView, Registry};
use trestle_attest::crank::{due_group_settlements, due_records};
use trestle_core::root::FinalRoot;
use trestle_credits::constants::GROUP_SILENT_EPOCHS;
use trestle_proofs::state::NEVER;
use trestle_sdk::fetch::{Commitment, LeaseGroup};
use trestle_sdk::instruction::credits::LeafProof;
use trestle_sdk::instruction::rewards::Counters;

const CUSTOMER: Pubkey = Pubkey::new_from_array([50; 32]);
/// First epoch of the group.
const START: u64 = EPOCH - 1;

fn operator(number: u8) -> Pubkey {
    Pubkey::new_from_array([10 + number; 32])
}

fn commitment(number: u8) -> Pubkey {
    Pubkey::new_from_array([20 + number; 32])
}

/// One of two operators, settled epoch by epoch.
fn group() -> (Pubkey, LeaseGroup) {
    let mut group = LeaseGroup::zeroed();
    group.version = 1;
    group.status = 1;
    (group.needed, group.members_max, group.member_count) = (1, 2, 2);
    (group.network, group.service, group.customer) = (network(), service(), CUSTOMER);
    group.period_epochs = 1;
    group.rate_per_epoch = 10;
    (group.start_epoch, group.settled_epoch) = (START, START - 1);
    group.end_epoch = START + 9;
    (group.deposited, group.escrow) = (100, 100);
    for number in 0..2 {
        let member = &mut group.members[usize::from(number)];
        (member.operator, member.commitment) = (operator(number), commitment(number));
        (member.first_epoch, member.last_epoch) = (START, NEVER);
    }
    (Pubkey::new_from_array([60; 32]), group)
}

/// A chain with both commitments, and final roots of these epochs.
fn chain(epochs: &[u64]) -> ChainView {
    let mut view = view(&[], EPOCH);
    let served = |number| {
        let mut state = Commitment::zeroed();
        (state.status, state.customer) = (1, CUSTOMER);
        state.ended_epoch = NEVER;
        (commitment(number), state)
    };
    view.registry = Arc::new(Registry {
        commitments: (0..2).map(served).collect(),
        ..Registry::default()
    });
    let mut ring = *view.ring;
    for epoch in epochs {
        let root = FinalRoot {
            epoch: *epoch,
            ..FinalRoot::default()
        };
        ring.push(&root).unwrap();
    }
    view.ring = Arc::new(ring);
    view
}

fn keys(view: &ChainView, groups: &[(Pubkey, LeaseGroup)]) -> Vec<String> {
    let leaf = || LeafProof {
        epoch: 0,
        index: 0,
        counters: Counters::default(),
        proof: Vec::new(),
    };
    let records = due_records(view, groups).into_iter();
    records
        .map(|record| record.record(leaf()).action.key)
        .collect()
}

#[test]
fn each_member_is_recorded_once_the_root_of_its_period_is_final() {
    let (address, group) = group();
    let groups = [(address, group)];
    assert!(keys(&chain(&[]), &groups).is_empty());
    assert!(keys(&chain(&[START - 1]), &groups).is_empty());
    // The baselines come first: the root before the group's first epoch shows them.
    let view = chain(&[START - 1, START]);
    let records = due_records(&view, &groups);
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|record| record.root.epoch == START - 1));
    let mut begun = group;
    for member in &mut begun.members {
        member.baseline_known = 1;
    }
    let records = due_records(&view, &[(address, begun)]);
    assert!(records.iter().all(|record| record.root.epoch == START));
    assert_eq!(records[0].operator(), operator(0).as_array());
    assert_ne!(keys(&view, &groups), keys(&view, &[(address, begun)]));
    begun.members[0].recorded = 1;
    (begun.round_open, begun.round_epoch) = (1, START);
    let records = due_records(&view, &[(address, begun)]);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].operator(), operator(1).as_array());
}

#[test]
fn the_end_of_a_commitment_is_noted_at_once() {
    let (address, group) = group();
    let mut view = chain(&[START - 1]);
    let mut registry = (*view.registry).clone();
    registry.commitments[1].1.ended_epoch = EPOCH;
    view.registry = Arc::new(registry);
    let records = due_records(&view, &[(address, group)]);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].operator(), operator(1).as_array());
}

#[test]
fn a_period_is_settled_when_all_are_recorded_or_one_was_silent_for_too_long() {
    let (address, mut group) = group();
    let mut view = chain(&[START]);
    let due = |view: &ChainView, group: LeaseGroup| {
        let due = due_group_settlements(view, &[(address, group)]);
        due.len()
    };
    assert_eq!(due(&view, group), 0);
    (group.round_open, group.round_epoch, group.round_opened) = (1, START, EPOCH);
    group.members[0].recorded = 1;
    assert_eq!(due(&view, group), 0);
    let mut all = group;
    all.members[1].recorded = 1;
    assert_eq!(due(&view, all), 1);
    view.epoch = EPOCH + GROUP_SILENT_EPOCHS + 1;
    assert_eq!(due(&view, group), 1);
    let sent = &due_group_settlements(&view, &[(address, group)])[0];
    assert_eq!((sent.action.kind, sent.turn_epoch), ("settle", START));
    group.settled_epoch = group.end_epoch;
    assert_eq!(due(&view, group), 0);
}
