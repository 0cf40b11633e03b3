//! Everything that a node does, over real HTTP.

mod agreements;
mod auth;
mod chain;
mod challenges;
mod command;
mod docs;
mod durability;
mod groups;
mod limits;
mod memory;
mod parsers;
mod process;
mod removal;
mod renewals;
mod rpc;
mod shards;
mod tls;
mod world;
