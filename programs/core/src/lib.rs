//! Runs on chain and off: units, maths, hashing, trees, record codecs and kernels of Trestle.
//!
//! Everything a program decides and a client predicts is computed here, once. The crate knows
//! nothing of Anchor or of accounts; on chain it never allocates, elsewhere for signatures and with
//! feature `host` only.
//!
//! What holds for every item of this crate:
//! - no floats; amounts are `u64` base units, products are `u128`, every operation is checked;
//! - each split conserves its sum and rounding favours the protocol's solvency;
//! - a proof verifies only for its index, its leaf count and its exact length;
//! - every byte that is hashed anywhere in Trestle is laid out here, behind a domain tag.
//!
//! # Layouts that two programs read
//!
//! [`root::RootRing`] and [`pool::PoolState`] are accounts of the proofs and the rewards program
//! that others read. Anchor's `#[account]` needs a local struct whose fields describe themselves
//! to the IDL, which types of this crate cannot do. The owning program therefore declares a local
//! mirror with the same fields (plain integers, byte arrays or addresses, nested structs with
//! `#[derive(IdlType)]`), named `RootRing` and `Pool` so that the discriminators are the ones
//! stated here, and gets at the methods through `bytemuck::must_cast_ref::<Local, Core>` and
//! `must_cast_mut`, which refuse at compile time to convert between unequal sizes or alignments.
//! The owner asserts the field offsets beside its mirror. Every other program reads account bytes
//! through `RootRing::from_account_data` and `PoolState::from_account_data` after it has checked
//! owner and seeds.
//!
//! # Features
//!
//! `host` adds what builds instead of verifies: trees, commitments, openings and a Poseidon that
//! takes less than half the time of the reference. Programs never enable it.
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

#[cfg(feature = "host")]
extern crate std;

pub mod answer;
pub mod attestation;
pub mod breaker;
pub mod capacity;
pub mod change;
pub mod claim;
pub mod clearance;
pub mod delegation;
pub mod device;
pub mod ed25519;
pub mod emission;
pub mod epoch;
pub mod evidence;
pub mod hash;
pub mod leaf;
pub mod lease;
pub mod lease_group;
pub mod maintenance;
pub mod market;
pub mod math;
pub mod merkle;
pub mod pause;
pub mod payout;
pub mod pool;
pub mod poseidon;
pub mod precompile;
pub mod price;
pub mod program_ids;
pub mod release;
pub mod revenue;
pub mod root;
pub mod seeds;
pub mod slash;
pub mod storage;
pub mod units;
pub mod usage;

pub use bytemuck;
