//! Slashes that a final root contains and that have not been taken yet.

use super::due::Due;
use crate::chain::{Action, ChainView};
use crate::store::KnownRoot;
use trestle_core::merkle::Tree;
use trestle_sdk::instruction::staking::{slash_apply, LeafProof};
use trestle_verify::storage::OperatorState;

/// Slashes sent in one round.
const SLASHES_PER_ROUND_MAX: usize = 16;

/// The proof of a leaf, as instructions take it.
pub fn leaf_proof(known: &KnownRoot, tree: &Tree, operator: &[u8; 32]) -> Option<LeafProof> {
    let slot = known
        .states
        .binary_search_by(|one| one.operator.cmp(operator))
        .ok()?;
    let state = known.states.get(slot)?;
    let index = u32::try_from(slot).ok()?;
    Some(LeafProof {
        epoch: known.epoch,
        index,
        counters: state.leaf().counters().into(),
        proof: tree.proof(index).ok()?,
    })
}

/// Slashes of the newest final root that operators still owe and can pay, at least in part.
pub fn due_slashes(view: &ChainView, known: &KnownRoot, tree: &Tree) -> Vec<Due> {
    let owed = |state: &OperatorState| {
        let account = view.registry.operator(&state.operator)?;
        let pays = view.registry.slashable(&state.operator)? > 0;
        let pays = pays && state.slashed > account.slashed_applied;
        pays.then_some(account)
    };
    let slashes = known.states.iter().filter_map(|state| {
        let account = owed(state)?;
        let operator = solana_pubkey::Pubkey::new_from_array(state.operator);
        let proof = leaf_proof(known, tree, &state.operator)?;
        let (network, service) = (&view.network_address, &view.service_address);
        let mint = &view.network.token_mint;
        Some(Due {
            action: Action {
                key: format!(
                    "slash:{operator}:{}:{}",
                    account.slashed_applied, state.slashed
                ),
                kind: "slash",
                instructions: vec![slash_apply(network, mint, service, &operator, proof)],
            },
            turn_epoch: known.epoch,
        })
    });
    slashes.take(SLASHES_PER_ROUND_MAX).collect()
}
