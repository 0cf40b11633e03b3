//! Slashes that a final root contains and that have not been taken yet: of an operator's pay first,
//! then of its stake and of what is delegated to it.

use super::due::Due;
use crate::chain::{Action, ChainView};
use crate::store::KnownRoot;
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use trestle_core::merkle::Tree;
use trestle_sdk::fetch::{Claim, Operator};
use trestle_sdk::instruction::rewards::{claim_sync, held_slash};
use trestle_sdk::instruction::staking::{slash_apply, LeafProof};
use trestle_verify::storage::OperatorState;

/// Slashes sent in one round.
const SLASHES_PER_ROUND_MAX: usize = 16;
/// Operators whose claims are read in one round: as many as four requests carry.
const OWING_MAX: usize = 400;

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

/// An operator that owes a slash of the newest final root.
pub struct Owing<'a> {
    /// Its address.
    pub address: Pubkey,
    /// What its leaf counts.
    state: &'a OperatorState,
    /// Its account.
    account: &'a Operator,
    /// What a slash of its stake can take, of what is delegated to it too.
    slashable: u64,
}

/// Operators that owe a slash of the newest final root, those with most at stake first: one that
/// has nothing left may owe for good.
pub fn owing<'a>(view: &'a ChainView, known: &'a KnownRoot) -> Vec<Owing<'a>> {
    let owes = known.states.iter().filter_map(|state| {
        let account = view.registry.operator(&state.operator)?;
        (state.slashed > account.slashed_applied).then_some(Owing {
            address: Pubkey::new_from_array(state.operator),
            state,
            account,
            slashable: view.registry.slashable(&state.operator)?,
        })
    });
    let mut owing: Vec<Owing> = owes.collect();
    owing.sort_by_key(|one| std::cmp::Reverse(one.slashable));
    owing.truncate(OWING_MAX);
    owing
}

/// What is due of these operators, by their claims.
pub fn due_slashes(
    view: &ChainView,
    known: &KnownRoot,
    tree: &Tree,
    owing: &[Owing<'_>],
    claims: &BTreeMap<Pubkey, Claim>,
) -> Vec<Due> {
    let slashes = owing.iter().filter_map(|one| {
        let source = source(one, claims.get(&one.address))?;
        let action = match source {
            Source::Pay(claim) if claim.synced_epoch <= known.epoch => {
                sync(view, &one.address, known.epoch)
            }
            _ => {
                let proof = leaf_proof(known, tree, &one.state.operator)?;
                action(view, one, source, proof)
            }
        };
        Some(Due {
            action,
            turn_epoch: known.epoch,
        })
    });
    slashes.take(SLASHES_PER_ROUND_MAX).collect()
}

/// What a slash takes from.
enum Source<'a> {
    /// Pay that is held, or that nobody has claimed.
    Pay(&'a Claim),
    /// What is at stake.
    Stake,
}

/// The pay comes first, once by each leaf. An operator that has nothing at stake owes on, and then
/// all that it earns is taken.
fn source<'a>(owing: &Owing<'_>, claim: Option<&'a Claim>) -> Option<Source<'a>> {
    let asks = claim.filter(|claim| claim.slash_asked < owing.state.slashed);
    if let Some(claim) = asks {
        return Some(Source::Pay(claim));
    }
    if owing.slashable > 0 {
        return Some(Source::Stake);
    }
    let has_pay = |claim: &&Claim| claim.held > 0 || claim.due(owing.state.tokens).0 > 0;
    claim.filter(has_pay).map(Source::Pay)
}

/// What the program asks for before it slashes pay of an epoch. A round of its own, since it does
/// not fit beside the proof of a deep tree.
fn sync(view: &ChainView, operator: &Pubkey, epoch: u64) -> Action {
    let (network, service) = (&view.network_address, &view.service_address);
    Action {
        key: format!("claim-sync:{operator}:{epoch}"),
        kind: "claim-sync",
        instructions: vec![claim_sync(network, service, operator)],
    }
}

fn action(view: &ChainView, owing: &Owing<'_>, source: Source<'_>, proof: LeafProof) -> Action {
    let operator = &owing.address;
    let (applied, slashed) = (owing.account.slashed_applied, owing.state.slashed);
    let (network, service) = (&view.network_address, &view.service_address);
    let mint = &view.network.token_mint;
    match source {
        Source::Pay(claim) => Action {
            key: format!(
                "slash-held:{operator}:{slashed}:{}:{}",
                claim.claimed_tokens, claim.held
            ),
            kind: "slash-held",
            instructions: vec![held_slash(network, mint, service, operator, proof)],
        },
        Source::Stake => Action {
            key: format!("slash:{operator}:{applied}:{slashed}"),
            kind: "slash",
            instructions: vec![slash_apply(network, mint, service, operator, proof)],
        },
    }
}
