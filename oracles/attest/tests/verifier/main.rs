//! The verifier's pipeline against real storage nodes over HTTP, with the chain's accounts as
//! values. Transactions and a whole network are tested end to end elsewhere.

mod book;
mod challenges;
mod command;
mod cranks;
mod files;
mod groups;
mod scoring;
mod sending;
mod store;
mod world;
