//! Off chain: the storage agent that an operator runs beside its disks.
//!
//! | module | what it does |
//! |---|---|
//! | [`settings`] | one TOML file, checked at the start |
//! | [`server`] | the wiring: opens everything, serves, stops |
//! | [`http`] | the API, one file per kind of resource |
//! | [`auth`] | who asks, and whether for the first time |
//! | [`store`] | shards on the disk: durable before acknowledged, opened for challenges |
//! | [`chain`] | what the node must know of the chain |
//! | [`agreement`] | which transactions the node's key signs |
//! | [`renewals`] | what of them was signed and may still land |
//! | [`retention`] | gives shards back that nothing on the chain speaks of |
//! | [`metrics`] | what `/metrics` shows |
//!
//! What never happens: an acknowledgement before the shard is on the disk; a signature over a
//! transaction that does anything but agree to store a shard that is here; an answer that says
//! "kept" for a leaf that does not open its commitment, or "lost" because a disk was busy.
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::dbg_macro
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod accept;
pub mod agreement;
pub mod auth;
pub mod chain;
pub mod error;
pub mod http;
pub mod metrics;
pub mod renewals;
pub mod retention;
pub mod server;
pub mod settings;
pub mod store;
mod tls;
