//! Runs off chain: the laws that the kernels, trees and codecs of trestle-core keep, as
//! properties over random inputs, as edge cases, and as golden vectors.

mod change;
mod emission;
mod layout;
mod merkle;
mod money;
mod pool;
mod poseidon;
mod price;
mod ring;
mod settlement;
mod storage;
mod vectors;
