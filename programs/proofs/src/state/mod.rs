//! The accounts of this program: layout, domain verbs and invariants.

mod commitment;
mod dispute;
mod load;
mod proposal;
mod ring;
mod round;
mod seeds;

use {crate::error, trestle_staking::versioned::VersionedAccount};

pub use {
    commitment::{Commitment, CommitmentParties, CommitmentStatus, EndedBy, NEVER},
    dispute::{Dispute, DisputeOrigin, Verdict},
    load::OperatorLoad,
    proposal::{DisputeStage, Proposal, ProposalOrigin, ProposalStatus, ProposedRoot},
    ring::{RootEntry, RootRing, Totals},
    round::{Round, RoundOrigin, Vote, VoteRules},
    seeds::{SeedEntry, SeedRing},
};

/// An account of a version that this program knows, whichever program owns it.
pub(crate) type State<T> = VersionedAccount<T, { error::WRONG_VERSION }>;
