//! Scoring, proposing and attesting.

mod book;
mod draft;
mod proposal;
mod task;

pub(crate) use book::blocking;
pub use book::{BookError, RootBook};
pub use draft::{Draft, Drafter};
pub use proposal::{Reviewer, Verdict};
pub use task::{Voter, VOTER};

/// Key of the one vote in an epoch: proposing and attesting share it, so a verifier never sends two
/// votes even if the chain were to forget the first.
pub fn vote_key(service: &str, epoch: u64) -> String {
    format!("vote:{service}:{epoch}")
}
