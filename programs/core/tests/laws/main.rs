//! Runs off chain: the laws that the kernels, trees and codecs of trestle-core keep, as
//! properties over random inputs, as edge cases, and as golden vectors.

mod attestation;
mod capacity;
mod change;
mod clearance;
mod delegation;
mod device;
mod ed25519;
mod emission;
mod layout;
mod lease;
mod lease_group;
mod market;
mod merkle;
mod money;
mod pause;
mod payout;
mod pool;
mod poseidon;
mod precompile;
mod price;
mod release;
mod ring;
mod settlement;
mod storage;
mod vectors;
