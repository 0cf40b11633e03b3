//! Transactions that anybody may send: they keep the network going and belong to nobody.
//!
//! What is due follows from the view alone ([`due`] and its parts are pure). Verifiers take turns,
//! and one that is late only makes the next one do it.

mod due;
mod groups;
mod leases;
mod seeder;
mod slashes;
mod task;
mod turns;

pub use due::{due, due_seed, Due};
pub use groups::{due_group_settlements, due_records};
pub use leases::due_leases;
pub use seeder::{Seeder, SEEDER, SEEDER_BEAT};
pub use slashes::{due_slashes, leaf_proof, owing, Owing};
pub use task::{Cranker, CRANKER};
