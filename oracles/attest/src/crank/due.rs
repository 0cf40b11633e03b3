//! What is due by the view of the chain alone.

use crate::chain::{Action, ChainView};
use crate::settings::CrankSettings;
use solana_pubkey::Pubkey;
use trestle_core::pause;
use trestle_core::pool::MODE_MINT;
use trestle_sdk::address;
use trestle_sdk::fetch::Proposal;
use trestle_sdk::instruction::proofs::{
    epoch_finalize, epoch_seed_record, proposal_close, round_close, ProposalKey,
};
use trestle_sdk::instruction::rewards::epoch_allot;

/// An action, and the epoch whose order of turns it follows.
#[derive(Debug, Clone)]
pub struct Due {
    /// What to send.
    pub action: Action,
    /// Whose turn it is follows from this epoch.
    pub turn_epoch: u64,
}

/// Everything but the seed that is due now, most urgent first.
pub fn due(view: &ChainView, settings: &CrankSettings) -> Vec<Due> {
    let mut all = Vec::new();
    if settings.finalize {
        all.extend(due_finalize(view));
    }
    if settings.allot {
        all.extend(due_allot(view));
    }
    if settings.close {
        all.extend(due_closes(view));
    }
    all
}

/// The seed of the running epoch, where it is not recorded.
pub fn due_seed(view: &ChainView, settings: &CrankSettings) -> Option<Due> {
    if !settings.seed || view.seed(view.epoch).is_some() {
        return None;
    }
    let service = &view.service_address;
    Some(Due {
        action: Action {
            key: format!("seed:{service}:{}", view.epoch),
            kind: "seed",
            instructions: vec![epoch_seed_record(
                &view.network_address,
                service,
                view.epoch,
            )],
        },
        turn_epoch: view.epoch,
    })
}

fn due_finalize(view: &ChainView) -> Option<Due> {
    let window = i64::from(view.network.challenge_window_seconds);
    let (_, ready) = view.proposals.iter().find(|(_, one)| {
        !one.is_dead_in(view)
            && one.quorum_at != 0
            && view.time.unix_seconds >= one.quorum_at.saturating_add(window)
    })?;
    let round = view.rounds.get(&ready.epoch)?;
    Some(Due {
        action: Action {
            key: format!(
                "finalize:{}:{}:{}",
                view.service_address, ready.epoch, ready.proposer
            ),
            kind: "finalize",
            instructions: vec![epoch_finalize(&key_of(view, ready), &round.payer)],
        },
        turn_epoch: ready.epoch,
    })
}

/// The next epoch that the pool has not allotted. Epochs are allotted one after another.
fn due_allot(view: &ChainView) -> Option<Due> {
    let is_paused = pause::is_paused(view.network.paused, pause::AREA_REWARDS);
    let pool = view.pool.as_ref().filter(|_| !is_paused)?;
    let next = match pool.allot_count {
        0 => pool.first_epoch,
        _ => pool.last_allotted_epoch.checked_add(1)?,
    };
    if next > view.epoch {
        return None;
    }
    let (network, service) = (&view.network_address, &view.service_address);
    let mint = Pubkey::new_from_array(pool.token_mint);
    // A pool that mints reads the market's price; one that is funded reads none.
    let price = match view.price_account {
        Some(price) => price,
        None if pool.mode == MODE_MINT => return None,
        None => address::market(network),
    };
    Some(Due {
        action: Action {
            key: format!("allot:{service}:{next}"),
            kind: "allot",
            instructions: vec![epoch_allot(network, service, &mint, &price, next)],
        },
        turn_epoch: view.epoch,
    })
}

/// Proposals that can never become final, and rounds that no root came out of.
fn due_closes(view: &ChainView) -> Vec<Due> {
    let service = &view.service_address;
    let dead = view
        .proposals
        .iter()
        .filter(|(_, one)| one.is_dead_in(view))
        .map(|(_, one)| Due {
            action: Action {
                key: format!(
                    "close:{service}:{}:{}:{}",
                    one.epoch, one.proposer, one.proposed_at
                ),
                kind: "close",
                instructions: vec![proposal_close(&key_of(view, one))],
            },
            turn_epoch: one.epoch,
        });
    let passed = view
        .rounds
        .iter()
        .filter(|(epoch, _)| view.has_passed(**epoch));
    let rounds = passed.map(|(epoch, round)| Due {
        action: Action {
            key: format!("close-round:{service}:{epoch}"),
            kind: "close",
            instructions: vec![round_close(service, *epoch, &round.payer)],
        },
        turn_epoch: *epoch,
    });
    dead.chain(rounds).collect()
}

fn key_of(view: &ChainView, proposal: &Proposal) -> ProposalKey {
    ProposalKey {
        network: view.network_address,
        service: view.service_address,
        epoch: proposal.epoch,
        proposer: proposal.proposer,
    }
}

/// The program's own rule, applied to the ring of the view.
trait DeadIn {
    fn is_dead_in(&self, view: &ChainView) -> bool;
}

impl DeadIn for Proposal {
    fn is_dead_in(&self, view: &ChainView) -> bool {
        self.check_open().is_err() || self.previous_digest != view.latest_digest()
    }
}
