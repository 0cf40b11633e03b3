//! Asking nodes for the leaves that the epoch's seed chose.

mod answer;
mod client;
mod guard;
mod plan;
mod task;

pub use answer::judge_answer;
pub use client::{NodeAnswer, NodeAsker, NodeTarget};
pub use guard::{is_public, EndpointPolicy};
pub use plan::{chunk_of, open_asks, progress, Ask, Asked};
pub use task::{Challenger, CHALLENGER};

use crate::store::OpenedEpoch;
use trestle_verify::storage::{ChallengeScope, CommitmentInput};

impl OpenedEpoch {
    /// What fixes the questions.
    pub fn scope(&self) -> ChallengeScope {
        ChallengeScope {
            epoch: self.epoch,
            seed: self.seed,
        }
    }

    /// A commitment of the epoch.
    pub fn commitment(&self, address: &[u8; 32]) -> Option<&CommitmentInput> {
        let slot = self
            .commitments
            .binary_search_by(|one| one.address.cmp(address))
            .ok()?;
        self.commitments.get(slot)
    }
}
