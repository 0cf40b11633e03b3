//! Off chain. The verification rules of Trestle as pure functions: same inputs, same bytes.
//!
//! A verifier turns what it read from the chain ([`storage::EpochInputs`]) and what nodes answered
//! ([`storage::ChallengeEvidence`]) into one payout leaf per operator ([`storage::EpochOutcome`]).
//! Other verifiers, watchers and `trestle reward explain` run the same code on the published files
//! ([`published`]) and must get the same root.
//!
//! Nothing here reads a clock, a file, the network or a random source, and no float is used.
//! One module per vertical; storage is the first.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::float_arithmetic,
        clippy::arithmetic_side_effects
    )
)]

pub mod error;
pub mod published;
pub mod storage;
pub mod text;

pub use error::VerifyError;

/// Version of the rules in this crate. It is bound into every root; any change of a formula, an
/// order or an encoding needs the next number, so that nobody takes an epoch of other rules for one
/// of these. This crate recomputes epochs of this version only; those of an older one are for the
/// release that scored them. Since version 3 the record of a loss binds the node's signature, and
/// pay asks for active stake.
pub const RULES_VERSION: u32 = 3;
