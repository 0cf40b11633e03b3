//! What is due, and whose turn it is.

use crate::world::{network, service, view, EPOCH};
use anchor_lang::bytemuck::Zeroable;
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use trestle_attest::chain::ChainView;
use trestle_attest::crank::{due, due_seed, due_slashes, owing};
use trestle_attest::settings::CrankSettings;
use trestle_attest::store::KnownRoot;
use trestle_core::leaf::PayoutLeaf;
use trestle_core::merkle::{self, Tree};
use trestle_core::pause;
use trestle_core::pool::{PoolState, MODE_MINT};
use trestle_core::root::FinalRoot;
use trestle_sdk::fetch::{Claim, DelegationPool, Operator, Proposal, Round};
use trestle_verify::storage::OperatorState;

fn kinds(view: &ChainView, settings: &CrankSettings) -> Vec<&'static str> {
    due(view, settings)
        .iter()
        .map(|one| one.action.kind)
        .collect()
}

fn all() -> CrankSettings {
    CrankSettings::default()
}

fn with_proposal(quorum_at: i64) -> ChainView {
    let mut view = view(&[], EPOCH);
    view.network.challenge_window_seconds = 60;
    let mut proposal = Proposal::zeroed();
    proposal.status = 1;
    proposal.epoch = EPOCH - 1;
    proposal.service = service();
    proposal.network = network();
    proposal.quorum_at = quorum_at;
    view.proposals.push((Pubkey::new_unique(), proposal));
    let mut round = Round::zeroed();
    round.epoch = EPOCH - 1;
    view.rounds.insert(EPOCH - 1, round);
    view
}

#[test]
fn a_seed_is_due_once_an_epoch() {
    let mut view = view(&[], EPOCH);
    assert!(due_seed(&view, &all()).is_none());
    view.seeds.entries[EPOCH as usize].epoch = 1_000;
    let due = due_seed(&view, &all()).unwrap();
    assert_eq!((due.action.kind, due.turn_epoch), ("seed", EPOCH));
    let without = CrankSettings {
        seed: false,
        ..all()
    };
    assert!(due_seed(&view, &without).is_none());
}

#[test]
fn the_chain_is_looked_at_when_an_epoch_begins() {
    let mut view = view(&[], EPOCH);
    let start = view.epoch_start(EPOCH + 1);
    for (now, seconds) in [(start - 9, 9), (start - 1, 1), (start, 1), (start + 5, 1)] {
        view.time.unix_seconds = now;
        assert_eq!(view.until_epoch(), Duration::from_secs(seconds));
    }
}

#[test]
fn a_root_is_due_when_its_window_is_over() {
    let now = view(&[], EPOCH).time.unix_seconds;
    assert!(kinds(&with_proposal(0), &all()).is_empty());
    assert!(kinds(&with_proposal(now - 59), &all()).is_empty());
    assert_eq!(kinds(&with_proposal(now - 60), &all()), ["finalize"]);
    // Superseded: another root became final since. It is closed, and so is its round.
    let mut passed = with_proposal(now - 60);
    let mut ring = *passed.ring;
    ring.push(&FinalRoot {
        epoch: EPOCH - 1,
        digest: [1; 32],
        ..Default::default()
    })
    .unwrap();
    passed.ring = Arc::new(ring);
    assert_eq!(kinds(&passed, &all()), ["close", "close"]);
    let mut lost = with_proposal(now - 60);
    lost.proposals[0].1.status = 2;
    assert_eq!(kinds(&lost, &all()), ["close"]);
}

#[test]
fn epochs_are_allotted_in_order_and_not_while_paused() {
    let mut view = view(&[], EPOCH);
    let mut pool = PoolState::zeroed();
    pool.first_epoch = EPOCH - 1;
    view.pool = Some(pool);
    let key = |view: &ChainView| due(view, &all())[0].action.key.clone();
    assert!(key(&view).ends_with(":6"), "{}", key(&view));
    pool.push_allotment(EPOCH - 1, 5, 0).unwrap();
    view.pool = Some(pool);
    assert!(key(&view).ends_with(":7"));
    pool.push_allotment(EPOCH, 5, 0).unwrap();
    view.pool = Some(pool);
    assert!(kinds(&view, &all()).is_empty());
    // A pool that mints waits for a market.
    let mut minting = PoolState::zeroed();
    minting.mode = MODE_MINT;
    view.pool = Some(minting);
    assert!(kinds(&view, &all()).is_empty());
    let price = Pubkey::new_from_array([9; 32]);
    view.price_account = Some(price);
    let action = due(&view, &all())[0].action.clone();
    assert_eq!(action.instructions[0].accounts[10].pubkey, price);
    view.pool = Some(PoolState::zeroed());
    view.network.paused = pause::AREA_REWARDS;
    assert!(kinds(&view, &all()).is_empty());
    view.network.paused = pause::ALL - pause::AREA_REWARDS;
    assert_eq!(kinds(&view, &all()), ["allot"], "other areas do not matter");
}

#[test]
fn turns_rotate_with_the_epoch_and_skip_those_without_bond() {
    let mut view = view(&[], EPOCH);
    let keys: Vec<Pubkey> = (0..4).map(|_| Pubkey::new_unique()).collect();
    for (slot, key) in keys.iter().enumerate() {
        view.verifiers.entries[slot].authority = *key;
        view.verifiers.entries[slot].bond = 10;
    }
    view.verifiers.entries[1].exit_unlock_at = 5;
    let ranks = |view: &ChainView, epoch| -> Vec<u32> {
        keys.iter().map(|key| view.rank(key, epoch)).collect()
    };
    assert_eq!(ranks(&view, 6), [0, 3, 1, 2]);
    assert_eq!(ranks(&view, 7), [2, 3, 0, 1]);
    view.verifiers.entries[2].bond = 9;
    assert_eq!(ranks(&view, 7), [1, 2, 2, 0]);
    assert_eq!(view.rank(&Pubkey::new_unique(), 7), 2);
    assert!(view.voter(&keys[0]).is_some() && view.voter(&keys[2]).is_none());
    let mut round = Round::zeroed();
    round.voted = 0b1000;
    view.rounds.insert(6, round);
    assert!(view.has_voted(3, 6) && !view.has_voted(0, 6) && !view.has_voted(3, 5));
}

#[test]
fn slashes_are_due_while_owed_and_payable_with_a_proof_that_holds() {
    let mut view = view(&[], EPOCH);
    let mut registry = (*view.registry).clone();
    let mut states = Vec::new();
    for (number, (slashed, applied, stake)) in
        [(30, 0, 100), (30, 30, 100), (30, 10, 0), (0, 0, 100)]
            .into_iter()
            .enumerate()
    {
        let address = Pubkey::new_from_array([number as u8; 32]);
        let mut operator = Operator::zeroed();
        (operator.slashed_applied, operator.stake) = (applied, stake);
        registry.operators.push((address, operator));
        states.push(OperatorState {
            slashed,
            ..OperatorState::new(address.to_bytes())
        });
    }
    view.registry = Arc::new(registry.clone());
    let leaves: Vec<_> = states.iter().map(|one| one.leaf()).collect();
    let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect()).unwrap();
    let known = KnownRoot {
        epoch: 6,
        digest: [1; 32],
        states,
    };
    let none = BTreeMap::new();
    let kinds = |view: &ChainView, claims: &BTreeMap<Pubkey, Claim>| -> Vec<&'static str> {
        let owing = owing(view, &known);
        let due = due_slashes(view, &known, &tree, &owing, claims);
        due.iter().map(|one| one.action.kind).collect()
    };
    assert_eq!(kinds(&view, &none), ["slash"]);
    let first = owing(&view, &known);
    let slash = &due_slashes(&view, &known, &tree, &first, &none)[0]
        .action
        .instructions[0];
    let pool = trestle_sdk::address::delegation_pool(&Pubkey::new_from_array([0; 32]));
    assert_eq!(slash.accounts.last().map(|meta| meta.pubkey), Some(pool));

    // Of whoever has a claim the pay is asked first, once by each counter; before that the claim is
    // synced, since the leaf's epoch has ended.
    let mut claim = Claim::zeroed();
    let claims = |claim: Claim| BTreeMap::from([(Pubkey::new_from_array([0; 32]), claim)]);
    claim.synced_epoch = known.epoch;
    assert_eq!(kinds(&view, &claims(claim)), ["claim-sync"]);
    claim.synced_epoch = known.epoch + 1;
    assert_eq!(kinds(&view, &claims(claim)), ["slash-held"]);
    (claim.slash_asked, claim.held) = (29, 5);
    assert_eq!(kinds(&view, &claims(claim)), ["slash-held"]);
    claim.slash_asked = 30;
    assert_eq!(kinds(&view, &claims(claim)), ["slash"]);

    // What has nothing at stake pays by what it earns, as long as it owes.
    let poor = |claim: Claim| BTreeMap::from([(Pubkey::new_from_array([2; 32]), claim)]);
    assert_eq!(kinds(&view, &poor(claim)), ["slash", "slash-held"]);
    claim.held = 0;
    assert_eq!(kinds(&view, &poor(claim)), ["slash"]);

    // What has nothing of its own left can still be paid by what is delegated to it.
    let mut pool = DelegationPool::zeroed();
    (pool.amount, pool.unbonding_amount) = (0, 5);
    let operator = Pubkey::new_from_array([2; 32]);
    registry.delegations.insert(operator, pool);
    view.registry = Arc::new(registry);
    assert_eq!(kinds(&view, &none), ["slash", "slash"]);
    let proof = trestle_attest::crank::leaf_proof(&known, &tree, &[2; 32]).unwrap();
    let leaf = leaves[2].hash();
    merkle::verify(&tree.root(), 4, proof.index, &leaf, &proof.proof).unwrap();
}
